//! Certificates and keys as native-tls holds them.

use tls_object_core::{Error, ErrorKind, Identity};

use crate::platform;

/// A trust anchor.
///
/// # Errors
/// [`ErrorKind::InvalidCertificate`].
pub(crate) fn anchor(
    certificate: &tls_object_core::Certificate,
) -> Result<native_tls::Certificate, Error> {
    native_tls::Certificate::from_der(certificate.der())
        .map_err(|error| Error::new(ErrorKind::InvalidCertificate).with_source(error))
}

/// What one end shows of itself.
///
/// # Errors
/// [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidPrivateKey`], [`ErrorKind::KeyMismatch`].
pub(crate) fn load(identity: &Identity) -> Result<native_tls::Identity, Error> {
    let (chain, key) = platform::pem(identity)?;
    native_tls::Identity::from_pkcs8(&chain, &key)
        .map_err(|error| Error::new(ErrorKind::InvalidPrivateKey).with_source(error))
}
