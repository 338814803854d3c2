//! OpenSSL.

use core::error::Error as StdError;
use core::ffi::c_int;

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::{X509, X509Ref, X509VerifyResult};
use tls_object_core::{Certificate, Error, ErrorKind, HashAlgorithm, Identity, Library};
use tls_object_libssl::without_public_key;
use zeroize::Zeroizing;

/// Why the library is not used at all; `None` where it is.
pub(crate) const UNTRIED: Option<&str> = None;

/// The library that is linked.
pub(crate) fn library() -> Library {
    let (name, version) = split(openssl::version::version());
    // The date behind the number says nothing that the number does not.
    Library::new(name, version.split(' ').next().unwrap_or(version))
}

fn split(text: &'static str) -> (&'static str, &'static str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// Refuses to run on anything but OpenSSL: with wrongly linked BoringSSL symbols every call is
/// undefined behaviour waiting to happen.
pub(crate) fn require() -> Result<(), Error> {
    let version = openssl::version::version();
    if split(version).0 == "OpenSSL" {
        return Ok(());
    }
    Err(Error::new(ErrorKind::WrongLibrary).with_detail(format!(
        "native-tls runs on {version:?}; docs/linking.md says how to link both"
    )))
}

/// Empties the error queue of the thread: the library reads an old entry as the outcome of the next call.
pub(crate) fn forget_errors() {
    drop(ErrorStack::get());
}

/// The library and the reason of each entry of the error queue that `error` was made of.
pub(crate) fn codes(error: &(dyn StdError + 'static)) -> Vec<(c_int, c_int)> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(stack) = error.downcast_ref::<ErrorStack>() {
            let codes = |entry: &openssl::error::Error| (entry.library_code(), entry.reason_code());
            return stack.errors().iter().map(codes).collect();
        }
        next = error.source();
    }
    Vec::new()
}

/// OpenSSL's default level takes no shorter ones, and native-tls has no other.
const LEAST_RSA_BITS: u32 = 2048;

/// A chain and a key in PEM, the key as PKCS#8: what native-tls reads.
///
/// # Errors
/// [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidPrivateKey`], [`ErrorKind::KeyMismatch`], for which native-tls
/// does not look.
pub(crate) fn pem(identity: &Identity) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Error> {
    let certificates = identity.chain().iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
    let invalid = |error| Error::new(ErrorKind::InvalidPrivateKey).with_source(error);
    // The check lets no other through.
    let key = identity.key().private().ok_or(ErrorKind::InvalidPrivateKey)?;
    let key = PKey::private_key_from_der(&without_public_key(key)).map_err(invalid)?;
    if !belongs(&key, &certificates[0]) {
        return Err(ErrorKind::KeyMismatch.into());
    }
    if key.id() == Id::RSA && key.bits() < LEAST_RSA_BITS {
        let detail = format!("an RSA key of {} bits is too short", key.bits());
        return Err(Error::new(ErrorKind::InvalidPrivateKey).with_detail(detail));
    }
    if certificates.iter().any(|it| is_weakly_signed(it)) {
        return Err(Error::new(ErrorKind::InvalidCertificate).with_detail("ca md too weak"));
    }
    let mut chain = Vec::new();
    for certificate in &certificates {
        chain.extend(certificate.to_pem().map_err(unusable)?);
    }
    let key = Zeroizing::new(key.private_key_to_pem_pkcs8().map_err(invalid)?);
    Ok((chain, key))
}

/// Whether it is signed by another over a hash that OpenSSL's default level does not take. native-tls hides the reason for
/// which the library would refuse it.
fn is_weakly_signed(certificate: &X509Ref) -> bool {
    let signature = certificate.signature_algorithm().object().nid().signature_algorithms();
    let weak = signature.is_some_and(|them| matches!(them.digest, Nid::MD5 | Nid::SHA1));
    weak && certificate.issued(certificate) != X509VerifyResult::OK
}

fn belongs(key: &PKey<Private>, leaf: &X509) -> bool {
    leaf.public_key().is_ok_and(|public| public.public_eq(key))
}

fn certificate(certificate: &Certificate) -> Result<X509, Error> {
    X509::from_der(certificate.der()).map_err(unusable)
}

fn unusable(error: ErrorStack) -> Error {
    Error::new(ErrorKind::InvalidCertificate).with_source(error)
}

/// The hash of `data`.
pub(crate) fn digest(hash: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, Error> {
    let digest = match hash {
        HashAlgorithm::Sha256 => MessageDigest::sha256(),
        HashAlgorithm::Sha384 => MessageDigest::sha384(),
        HashAlgorithm::Sha512 => MessageDigest::sha512(),
        _ => return Err(ErrorKind::Internal.into()),
    };
    let hash = openssl::hash::hash(digest, data);
    hash.map(|it| it.to_vec()).map_err(|error| Error::new(ErrorKind::Library).with_source(error))
}

/// Whether a certificate has a host name as a subject alternative name. If not, the library has looked for the name in the
/// subject, where none is to be found (RFC 9525 section 2).
pub(crate) fn has_host_name(certificate: &[u8]) -> bool {
    let names = X509::from_der(certificate).ok().and_then(|leaf| leaf.subject_alt_names());
    names.is_some_and(|names| names.iter().any(|name| name.dnsname().is_some()))
}
