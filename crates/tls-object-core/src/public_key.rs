//! Public keys that stand for themselves, without a certificate around them.

use core::fmt;
use std::sync::Arc;

use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;

use crate::pem::{pem_error, without_mark};
use crate::{Error, ErrorKind, split_der};

/// How a peer shows whose key it signs the handshake with: TLS Certificate Types of IANA (RFC 7250 section 3).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CertificateType {
    /// A chain of X.509 certificates.
    X509,
    /// A public key alone.
    RawPublicKey,
}

impl CertificateType {
    /// The number in the registry.
    pub const fn code(self) -> u8 {
        match self {
            Self::X509 => 0,
            Self::RawPublicKey => 2,
        }
    }
}

/// A public key as a `SubjectPublicKeyInfo` (RFC 5280 section 4.1) in DER. Cheap to clone.
///
/// Two are equal if their bytes are.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct PublicKey(Arc<[u8]>);

impl PublicKey {
    /// A key from its DER encoding.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] if it is no `SubjectPublicKeyInfo`. Whether a library knows the algorithm is not
    /// looked at here.
    pub fn from_der(der: impl Into<Arc<[u8]>>) -> Result<Self, Error> {
        let der = der.into();
        if !is_spki(&der) {
            return Err(Error::new(ErrorKind::InvalidCertificate).with_detail("no public key"));
        }
        Ok(Self(der))
    }

    /// The first public key of a PEM text (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPem`] if there is none, and as [`from_der`](Self::from_der).
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let key = SubjectPublicKeyInfoDer::from_pem_slice(without_mark(pem))
            .map_err(|error| pem_error("public key", error))?;
        Self::from_der(key.as_ref())
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bytes)", self.0.len())
    }
}

/// Whether this is a sequence of an algorithm and a bit string, and nothing else.
fn is_spki(der: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    const BIT_STRING: u8 = 0x03;
    let Some((SEQUENCE, content, [])) = split_der(der) else { return false };
    let Some((SEQUENCE, _, key)) = split_der(content) else { return false };
    matches!(split_der(key), Some((BIT_STRING, _, [])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An Ed25519 key.
    fn ed25519() -> Vec<u8> {
        let head = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        [&head[..], &[7; 32]].concat()
    }

    #[test]
    fn a_public_key_is_an_algorithm_and_bits() {
        let der = ed25519();
        assert_eq!(PublicKey::from_der(der.clone()).unwrap().der(), der);
        let cut = &der[..der.len() - 1];
        let longer = [&der[..], &[0]].concat();
        for not in [&[][..], cut, &longer, &der[2..]] {
            let error = PublicKey::from_der(not).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidCertificate, "{not:?}");
        }
    }

    #[test]
    fn pem_without_a_public_key_is_refused() {
        let pem = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEABwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n-----END PUBLIC KEY-----\n";
        assert_eq!(PublicKey::from_pem(pem).unwrap().der(), ed25519());
        let error = PublicKey::from_pem(b"no key").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidPem);
    }
}
