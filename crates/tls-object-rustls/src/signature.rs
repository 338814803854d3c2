//! Signatures of the handshake by a certificate's key; those of certificates and revocation lists, looked at once more to
//! say which one does not hold.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerMisbehaved};
use tls_object_core::{ProtocolVersion, SignatureScheme, split_der};
use webpki::RawPublicKeyEntity;
use x509_parser::asn1_rs::{Any, BitString, FromDer as _, Sequence};
use x509_parser::x509::SubjectPublicKeyInfo;

/// The `SubjectPublicKeyInfo` of a certificate, whatever else stands in it: RFC 5280 section 4.1. `None` where it has none.
pub(crate) fn public_key(certificate: &[u8]) -> Option<SubjectPublicKeyInfoDer<'_>> {
    let (_, certificate, _) = split_der(certificate)?;
    let (_, mut fields, _) = split_der(certificate)?;
    if fields.first() == Some(&VERSION) {
        (_, _, fields) = split_der(fields)?;
    }
    // Serial number, signature algorithm, issuer, validity, subject.
    for _ in 0..5 {
        (_, _, fields) = split_der(fields)?;
    }
    let (_, _, behind) = split_der(fields)?;
    Some(fields[..fields.len() - behind.len()].into())
}

/// The tag of a certificate's version, which those of version 1 leave out.
const VERSION: u8 = 0xa0;

/// Verifies a signature of TLS 1.2's handshake by `key`. A scheme does not say there of which curve a key is.
///
/// # Errors
/// The signature does not hold, or is by a scheme that is not for this key or not for TLS 1.2.
pub(crate) fn verify_tls12(
    message: &[u8],
    key: &SubjectPublicKeyInfoDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    if !SignatureScheme::new(signed.scheme.into()).is_for(ProtocolVersion::TLS12) {
        return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
    }
    let key = RawPublicKeyEntity::try_from(key).map_err(|_| CertificateError::BadEncoding)?;
    let (_, fitting) = algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signed.scheme)
        .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    let is_by = |algorithm| key.verify_signature(algorithm, message, signed.signature()).is_ok();
    if !fitting.iter().any(|&algorithm| is_by(algorithm)) {
        return Err(CertificateError::BadSignature.into());
    }
    Ok(HandshakeSignatureValid::assertion())
}

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
