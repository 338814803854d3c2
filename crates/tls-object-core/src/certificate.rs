//! Certificates and revocation lists, as the bytes they are.

use core::fmt;
use std::sync::Arc;

use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

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

fn all_or_error<T>(found: Result<Vec<T>, pem::Error>, what: &str) -> Result<Vec<T>, Error> {
    match found {
        Ok(found) if found.is_empty() => {
            Err(Error::new(ErrorKind::InvalidPem).with_detail(format!("no {what}")))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(pem_error(what, error)),
    }
}

/// What is wrong with the text that `what` was looked for in.
pub(crate) fn pem_error(what: &str, error: pem::Error) -> Error {
    let why = match &error {
        pem::Error::MissingSectionEnd { end_marker } => {
            format!("no line -----END {}-----", String::from_utf8_lossy(end_marker))
        }
        pem::Error::IllegalSectionStart { line } => {
            format!("a section begins with {:?}", String::from_utf8_lossy(line))
        }
        pem::Error::NoItemsFound => "there is none".to_owned(),
        error => error.to_string(),
    };
    let detail = format!("{what}: {why}");
    Error::new(ErrorKind::InvalidPem).with_detail(detail).with_source(error)
}
