//! Authorities and revocation lists, gathered.

use rustls_pki_types::pem::{PemObject as _, SectionKind};

use crate::{Certificate, Config, Crl, Error, ErrorKind, split_der};

const SEQUENCE: u8 = 0x30;

/// Certificates and revocation lists from texts and files, each once, to be given to any number of configurations:
/// clones share the bytes. Python: what `load_verify_locations` fills.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrustStore {
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
}

/// How much there is in a [`TrustStore`]. Python: `cert_store_stats`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TrustStoreStats {
    /// Certificates. Python: `x509`.
    pub certificates: usize,
    /// Those of them that are authorities'. Python: `x509_ca`.
    pub authorities: usize,
    /// Revocation lists. Python: `crl`.
    pub crls: usize,
}

impl TrustStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate, unless it is there. Returns whether it was added.
    pub fn add(&mut self, certificate: Certificate) -> bool {
        let is_new = !self.certificates.contains(&certificate);
        if is_new {
            self.certificates.push(certificate);
        }
        is_new
    }

    /// Adds a revocation list, unless it is there. Returns whether it was added.
    pub fn add_crl(&mut self, crl: Crl) -> bool {
        let is_new = !self.crls.contains(&crl);
        if is_new {
            self.crls.push(crl);
        }
        is_new
    }

    /// Adds every certificate and revocation list of a PEM text; what else there is in it is passed over. Returns how many
    /// there are, those included that were there before.
    ///
    /// # Errors
    /// Nothing is added then.
    /// * [`ErrorKind::InvalidPem`] if there is none, or one is not PEM.
    /// * [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidCrl`] for bytes that are no DER. The detail has the
    ///   number of the entry, from 1.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<usize, Error> {
        let (mut certificates, mut crls) = (Vec::new(), Vec::new());
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
            let entry = certificates.len() + crls.len() + 1;
            let (kind, der) = section.map_err(|error| {
                Error::new(ErrorKind::InvalidPem)
                    .with_detail(format!("entry {entry}"))
                    .with_source(error)
            })?;
            let broken = match kind {
                SectionKind::Certificate => ErrorKind::InvalidCertificate,
                SectionKind::Crl => ErrorKind::InvalidCrl,
                _ => continue,
            };
            if !matches!(split_der(&der), Some((SEQUENCE, _, []))) {
                return Err(Error::new(broken).with_detail(format!("entry {entry}")));
            }
            if kind == SectionKind::Crl {
                crls.push(Crl::from_der(der));
            } else {
                certificates.push(Certificate::from_der(der));
            }
        }
        if certificates.is_empty() && crls.is_empty() {
            let detail = "no certificate and no revocation list";
            return Err(Error::new(ErrorKind::InvalidPem).with_detail(detail));
        }
        let count = certificates.len() + crls.len();
        certificates.into_iter().for_each(|it| _ = self.add(it));
        crls.into_iter().for_each(|it| _ = self.add_crl(it));
        Ok(count)
    }

    /// Adds every certificate of a row of DER encodings, one behind the other. Returns how many there are, those included
    /// that were there before. Python: `load_verify_locations(cadata=bytes)`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] if there is none, or behind the last one there is something else; the detail has the
    /// number of the entry, from 1. Nothing is added then.
    pub fn add_der(&mut self, der: &[u8]) -> Result<usize, Error> {
        let mut certificates = Vec::new();
        let mut rest = der;
        while !rest.is_empty() {
            let Some((SEQUENCE, _, behind)) = split_der(rest) else {
                let detail = format!("entry {}", certificates.len() + 1);
                return Err(Error::new(ErrorKind::InvalidCertificate).with_detail(detail));
            };
            certificates.push(Certificate::from_der(&rest[..rest.len() - behind.len()]));
            rest = behind;
        }
        if certificates.is_empty() {
            return Err(Error::new(ErrorKind::InvalidCertificate).with_detail("no certificate"));
        }
        let count = certificates.len();
        certificates.into_iter().for_each(|it| _ = self.add(it));
        Ok(count)
    }

    /// Every certificate, in the order in which they came.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificates of authorities. Python: `get_ca_certs(binary_form=True)`.
    pub fn authorities(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().filter(|certificate| is_authority(certificate.der()))
    }

    /// Every revocation list, in the order in which they came.
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }

    /// How much there is.
    pub fn stats(&self) -> TrustStoreStats {
        TrustStoreStats {
            certificates: self.certificates.len(),
            authorities: self.authorities().count(),
            crls: self.crls.len(),
        }
    }

    /// Lets `config` trust all that is in here instead of what it trusted before.
    pub fn apply(&self, config: &mut Config) {
        config.trust_anchors.clone_from(&self.certificates);
        config.crls.clone_from(&self.crls);
    }
}

/// Whether a certificate is an authority's, as OpenSSL's `X509_check_ca` has it: by its basic constraints; without them,
/// if its key may sign certificates, or if it is of the first version, which knows no such thing, and issued by itself.
fn is_authority(der: &[u8]) -> bool {
    authority(der).unwrap_or(false)
}

/// RFC 5280 section 4.1; `None` where it is cut off.
fn authority(der: &[u8]) -> Option<bool> {
    const VERSION: u8 = 0xa0;
    const EXTENSIONS: u8 = 0xa3;
    const BOOLEAN: u8 = 0x01;
    const OCTET_STRING: u8 = 0x04;
    const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
    const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
    const CERTIFICATE_SIGN: u8 = 0x04;

    let (_, certificate, _) = split_der(der)?;
    let (_, mut rest, _) = split_der(certificate)?;
    let (first, _, behind) = split_der(rest)?;
    if first == VERSION {
        rest = behind;
    }
    // The serial number and the algorithm; then issuer, validity, subject and key.
    for _ in 0..2 {
        rest = split_der(rest)?.2;
    }
    let (_, issuer, behind) = split_der(rest)?;
    let (_, subject, behind) = split_der(split_der(behind)?.2)?;
    rest = split_der(behind)?.2;
    while let Some((tag, content, behind)) = split_der(rest) {
        rest = behind;
        if tag != EXTENSIONS {
            continue;
        }
        let (_, mut extensions, _) = split_der(content)?;
        let mut may_sign = false;
        while !extensions.is_empty() {
            let (_, extension, behind) = split_der(extensions)?;
            extensions = behind;
            let (_, id, mut value) = split_der(extension)?;
            if let (BOOLEAN, _critical, behind) = split_der(value)? {
                value = behind;
            }
            let (OCTET_STRING, value, _) = split_der(value)? else { return None };
            let (_, content, _) = split_der(value)?;
            if id == BASIC_CONSTRAINTS {
                return Some(matches!(split_der(content), Some((BOOLEAN, [1..=u8::MAX], _))));
            }
            // A BIT STRING: how many bits are unused, and then they.
            may_sign |=
                id == KEY_USAGE && content.get(1).is_some_and(|it| it & CERTIFICATE_SIGN != 0);
        }
        return Some(may_sign);
    }
    Some(first != VERSION && issuer == subject)
}
