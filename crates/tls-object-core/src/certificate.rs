//! Certificates and revocation lists, as the bytes they are.

use core::fmt;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject};

use crate::{Error, ErrorKind};

/// An X.509 certificate in DER. Cheap to clone.
///
/// Not parsed here: a backend refuses what its library cannot use.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Certificate(Arc<[u8]>);

impl Certificate {
    /// A certificate from its DER encoding.
    pub fn from_der(der: impl Into<Arc<[u8]>>) -> Self {
        Self(der.into())
    }

    /// Every certificate of a PEM text, in order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPem`] if there is none, or if one is not PEM.
    pub fn all_from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        let found = CertificateDer::pem_slice_iter(pem)
            .map(|item| item.map(|der| Self::from_der(der.as_ref())))
            .collect::<Result<Vec<_>, _>>();
        all_or_error(found, "certificate")
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// Whether its issuer goes by another name than itself; `false` for what is no certificate.
    pub(crate) fn is_issued_by_another(&self) -> bool {
        issuer_and_subject(&self.0).is_some_and(|(issuer, subject)| issuer != subject)
    }
}

/// Two fields of a certificate (RFC 5280 section 4.1), as they stand in it.
fn issuer_and_subject(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    /// `[0] EXPLICIT`.
    const VERSION: u8 = 0xa0;
    let (_, fields, _) = der_value(certificate)?;
    let (_, fields, _) = der_value(fields)?;
    let (first, _, behind) = der_value(fields)?;
    let mut rest = fields;
    if first == VERSION {
        rest = behind;
    }
    let mut found = [&[][..]; 5];
    for field in &mut found {
        let (_, content, behind) = der_value(rest)?;
        (*field, rest) = (content, behind);
    }
    let [_serial_number, _signature, issuer, _validity, subject] = found;
    Some((issuer, subject))
}

/// The tag and the content of the first value in DER, and what stands behind it.
fn der_value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // 0x80 is a length that is not told, which DER has not.
        0x81..=0x84 => {
            let (len, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (len.iter().fold(0, |len, &byte| len << 8 | usize::from(byte)), rest)
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(len)?;
    Some((tag, content, behind))
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} bytes)", self.0.len())
    }
}

/// A certificate revocation list in DER. Cheap to clone.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Crl(Arc<[u8]>);

impl Crl {
    /// A revocation list from its DER encoding.
    pub fn from_der(der: impl Into<Arc<[u8]>>) -> Self {
        Self(der.into())
    }

    /// Every revocation list of a PEM text, in order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPem`] if there is none, or if one is not PEM.
    pub fn all_from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        let found = CertificateRevocationListDer::pem_slice_iter(pem)
            .map(|item| item.map(|der| Self::from_der(der.as_ref())))
            .collect::<Result<Vec<_>, _>>();
        all_or_error(found, "certificate revocation list")
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({} bytes)", self.0.len())
    }
}

fn all_or_error<T>(
    found: Result<Vec<T>, rustls_pki_types::pem::Error>,
    what: &str,
) -> Result<Vec<T>, Error> {
    match found {
        Ok(found) if found.is_empty() => {
            Err(Error::new(ErrorKind::InvalidPem).with_detail(format!("no {what}")))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(Error::new(ErrorKind::InvalidPem).with_detail(what).with_source(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x81, content.len() as u8], content].concat()
    }

    fn certificate(version: &[u8], issuer: &[u8], subject: &[u8]) -> Certificate {
        let names = [issuer, subject].map(|name| der(0x30, name));
        let fields = [version, &[2, 1, 7], &[0x30, 0], &names[0], &[0x30, 0], &names[1]].concat();
        Certificate::from_der(der(0x30, &der(0x30, &fields)))
    }

    #[test]
    fn issuers_are_told_from_subjects() {
        for version in [&[][..], &[0xa0, 3, 2, 1, 2]] {
            assert!(certificate(version, b"root", b"leaf").is_issued_by_another());
            assert!(!certificate(version, b"root", b"root").is_issued_by_another());
        }
    }

    #[test]
    fn what_is_no_certificate_is_issued_by_nobody() {
        let whole = certificate(&[], b"root", b"leaf");
        for len in 0..whole.der().len() {
            assert!(!Certificate::from_der(&whole.der()[..len]).is_issued_by_another(), "{len}");
        }
    }
}
