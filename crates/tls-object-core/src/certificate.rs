//! Certificates and revocation lists, as the bytes they are.

use core::fmt;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::Error;
use crate::pem::{all_or_error, one_label, without_mark};

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

    /// Every certificate of a PEM text, in order: what is labelled `CERTIFICATE` or `X509 CERTIFICATE`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPem`](crate::ErrorKind::InvalidPem) if there is none, if one is not PEM, or if one is a
    /// `TRUSTED CERTIFICATE`, whose settings, which only OpenSSL knows, would be lost.
    pub fn all_from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        let found = CertificateDer::pem_slice_iter(&one_label(pem)?)
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
    /// [`ErrorKind::InvalidPem`](crate::ErrorKind::InvalidPem) if there is none, or if one is not PEM.
    pub fn all_from_pem(pem: &[u8]) -> Result<Vec<Self>, Error> {
        let found = CertificateRevocationListDer::pem_slice_iter(without_mark(pem))
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
