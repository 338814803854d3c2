//! Private keys in PEM and DER.

use pem::PemError;
use pkcs8::EncryptedPrivateKeyInfoRef;
use tls_object_core::{Certificate, Error, ErrorKind, Identity, PrivateKey, split_der};

use crate::passphrase::refused;
use crate::{Passphrase, cost, legacy};

const PLAIN: &[&str] = &["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// The first private key of a PEM text, decrypted if need be; the passphrase is asked for only then.
///
/// # Errors
/// * [`ErrorKind::InvalidPem`] if there is none, or the text is not PEM.
/// * [`ErrorKind::InvalidPrivateKey`] if it is not to be decrypted: without a passphrase or with a wrong one, with an
///   algorithm that is not known here, or at too high a cost.
/// * [`ErrorKind::InvalidArgument`] for a passphrase of more than [`MAX_PASSPHRASE`](crate::MAX_PASSPHRASE) bytes.
/// * Those of what [`Passphrase::ask`] was given.
pub fn private_key_from_pem(pem: &[u8], passphrase: Passphrase<'_>) -> Result<PrivateKey, Error> {
    let not_pem = |error| {
        let refusal = Error::new(ErrorKind::InvalidPem);
        match error {
            PemError::MalformedFraming => refusal.with_detail("private key: no line -----END"),
            error => refusal.with_source(error),
        }
    };
    let Some(begin) = first_key(pem) else {
        return Err(Error::new(ErrorKind::InvalidPem).with_detail("no private key"));
    };
    // What is around the key may be anything.
    let part = pem::parse(begin).map_err(not_pem)?;
    if part.tag() == ENCRYPTED {
        return decrypt(part.contents(), passphrase);
    }
    let is_encrypted = part.headers().get("Proc-Type").is_some_and(|it| it.ends_with("ENCRYPTED"));
    if !is_encrypted {
        return PrivateKey::from_der(part.into_contents());
    }
    let Some(info) = part.headers().get("DEK-Info") else {
        return Err(Error::new(ErrorKind::InvalidPem).with_detail("encrypted without DEK-Info"));
    };
    let der = legacy::decrypt(info, part.contents(), &passphrase.bytes()?)?;
    PrivateKey::from_der(der.to_vec()).map_err(|_| refused())
}

/// The text from the first private key on.
fn first_key(pem: &[u8]) -> Option<&[u8]> {
    let begin: Vec<_> =
        PLAIN.iter().chain([&ENCRYPTED]).map(|tag| format!("-----BEGIN {tag}-----")).collect();
    let is_key = |at: &usize| begin.iter().any(|line| pem[*at..].starts_with(line.as_bytes()));
    (0..pem.len()).find(is_key).map(|at| &pem[at..])
}

/// The private key in a file of either kind: PEM as [`private_key_from_pem`] reads it, or DER in one of the layouts of
/// [`KeyFormat`](tls_object_core::KeyFormat) or encrypted (RFC 5958 section 3).
///
/// # Errors
/// Those of [`private_key_from_pem`].
pub fn private_key(file: &[u8], passphrase: Passphrase<'_>) -> Result<PrivateKey, Error> {
    const SEQUENCE: u8 = 0x30;
    const BEGIN: &[u8] = b"-----BEGIN ";
    let is_pem = file.windows(BEGIN.len()).any(|it| it == BEGIN);
    if is_pem || file.first() != Some(&SEQUENCE) {
        return private_key_from_pem(file, passphrase);
    }
    // One that is not encrypted begins with the number of its layout.
    match split_der(file) {
        Some((_, [SEQUENCE, ..], [])) => decrypt(file, passphrase),
        _ => PrivateKey::from_der(file.to_vec()),
    }
}

/// A chain and its private key from PEM texts, which may be one and the same.
///
/// # Errors
/// Those of [`private_key_from_pem`], and [`ErrorKind::InvalidPem`] if there is no certificate.
pub fn identity_from_pem(
    chain: &[u8],
    key: &[u8],
    passphrase: Passphrase<'_>,
) -> Result<Identity, Error> {
    Identity::new(Certificate::all_from_pem(chain)?, private_key_from_pem(key, passphrase)?)
}

/// PKCS#8 (RFC 5958 section 3) with PBES2.
fn decrypt(der: &[u8], passphrase: Passphrase<'_>) -> Result<PrivateKey, Error> {
    cost::check(der)?;
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|error| {
        // What is well formed and not known comes here as well.
        Error::new(ErrorKind::InvalidPrivateKey)
            .with_detail("how it is encrypted is not known here")
            .with_source(error)
    })?;
    let document = info.decrypt(&*passphrase.bytes()?).map_err(|_| refused())?;
    PrivateKey::from_der(document.as_bytes().to_vec()).map_err(|_| refused())
}
