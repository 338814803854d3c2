//! PKCS#12 files.

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use tls_object_core::{Certificate, Error, ErrorKind, Identity, PrivateKey, split_der};

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
    if !is_pkcs12(der) {
        let detail = "it is no PKCS#12 file";
        return Err(Error::new(ErrorKind::InvalidPrivateKey).with_detail(detail));
    }
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

/// Whether these bytes begin as RFC 7292 section 4 has it: a SEQUENCE, and in it the version, which is 3. BER is allowed,
/// where the SEQUENCE may be of indefinite length.
fn is_pkcs12(der: &[u8]) -> bool {
    const VERSION: &[u8] = &[0x02, 0x01, 0x03];
    const INDEFINITE: &[u8] = &[0x30, 0x80];
    let content = match der.strip_prefix(INDEFINITE) {
        Some(content) => Some(content),
        None => split_der(der).filter(|(tag, ..)| *tag == 0x30).map(|(_, content, _)| content),
    };
    content.is_some_and(|content| content.starts_with(VERSION))
}
