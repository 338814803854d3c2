//! Signatures of revocation lists, and of certificates, looked at once more to say which one does not hold.

use rustls::crypto::WebPkiSupportedAlgorithms;
use x509_parser::asn1_rs::{Any, BitString, FromDer as _, Sequence};
use x509_parser::x509::SubjectPublicKeyInfo;

/// Whether `signed`, a certificate or a revocation list, carries a signature of `key` that holds. `None` where it cannot be
/// read, or no algorithm fits.
pub(crate) fn holds(
    algorithms: &WebPkiSupportedAlgorithms,
    signed: &[u8],
    key: &[u8],
) -> Option<bool> {
    // RFC 5280 sections 4.1 and 5.1: what is signed, the algorithm, the signature.
    let (_, outer) = Sequence::from_der(signed).ok()?;
    let (rest, _) = Any::from_der(&outer.content).ok()?;
    let message = &outer.content[..outer.content.len() - rest.len()];
    let (rest, algorithm) = Sequence::from_der(rest).ok()?;
    let (_, signature) = BitString::from_der(rest).ok()?;

    let (_, info) = SubjectPublicKeyInfo::from_der(key).ok()?;
    let (_, outer) = Sequence::from_der(key).ok()?;
    let (_, key_algorithm) = Sequence::from_der(&outer.content).ok()?;

    let mut fitting = algorithms
        .all
        .iter()
        .filter(|candidate| candidate.signature_alg_id().as_ref() == &*algorithm.content)
        .filter(|candidate| candidate.public_key_alg_id().as_ref() == &*key_algorithm.content)
        .peekable();
    fitting.peek()?;
    let key = &info.subject_public_key.data;
    Some(fitting.any(|it| it.verify_signature(key, message, signature.as_ref()).is_ok()))
}
