//! PKCS#12 files.

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use tls_object_core::{Certificate, Error, ErrorKind, Identity, PrivateKey};

use crate::passphrase::refused;
use crate::{Passphrase, cost};

/// The chain and the key of a PKCS#12 file (`.p12`, `.pfx`): the first key with a certificate, and as much as there is of
/// the chain of that.
///
/// # Errors
/// * [`ErrorKind::InvalidPrivateKey`] if the passphrase is wrong, the file damaged or of an unknown kind, asks for too
///   much, or holds no key with a certificate.
/// * [`ErrorKind::InvalidArgument`] for a passphrase of more than [`MAX_PASSPHRASE`](crate::MAX_PASSPHRASE) bytes, or one
///   that is not UTF-8: the format knows characters only.
/// * Those of what [`Passphrase::ask`] was given.
pub fn identity_from_pkcs12(der: &[u8], passphrase: Passphrase<'_>) -> Result<Identity, Error> {
    cost::check(der)?;
    let passphrase = passphrase.bytes()?;
    let passphrase = core::str::from_utf8(&passphrase).map_err(|_| {
        Error::new(ErrorKind::InvalidArgument).with_detail("a passphrase of PKCS#12 is UTF-8")
    })?;
    let store = KeyStore::from_pkcs12(der, passphrase, Pkcs12ImportPolicy::Strict)
        .map_err(|error| refused().with_source(error))?;
    let Some((_, found)) = store.private_key_chain() else {
        return Err(Error::new(ErrorKind::InvalidPrivateKey)
            .with_detail("no private key with a certificate"));
    };
    let chain = found.certs().iter().map(|it| Certificate::from_der(it.as_der())).collect();
    Identity::new(chain, PrivateKey::from_der(found.key().as_der().to_vec())?)
}
