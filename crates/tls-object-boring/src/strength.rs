//! How strong keys and signatures must be, which BoringSSL leaves to others and the other libraries ask of every chain.

use boring::nid::Nid;
use boring::pkey::{Id, PKeyRef, Public};
use boring::stack::StackRef;
use boring::x509::{X509, X509Ref};
use tls_object_core::VerifyCode;

/// What OpenSSL asks of RSA at its second level, and the providers of rustls always, in bits.
const LEAST_RSA: u32 = 2048;

/// Signatures over hashes that are broken.
const BROKEN: &[Nid] = &[
    Nid::MD5WITHRSA,
    Nid::MD5WITHRSAENCRYPTION,
    Nid::SHA1WITHRSA,
    Nid::SHA1WITHRSAENCRYPTION,
    Nid::ECDSA_WITH_SHA1,
    Nid::DSAWITHSHA1,
    Nid::DSAWITHSHA1_2,
];

/// What is too weak in a path, and how far above the leaf. The path begins with the leaf and ends with the trust anchor:
/// nobody relies on the anchor's own signature.
pub(crate) fn weakness(path: &StackRef<X509>) -> Option<(VerifyCode, usize)> {
    let anchor = path.len().checked_sub(1)?;
    path.iter().enumerate().find_map(|(depth, certificate)| {
        let code = match depth {
            0 if has_weak_key(certificate) => VerifyCode::WeakKey,
            _ if has_weak_key(certificate) => VerifyCode::WeakCaKey,
            depth if depth < anchor && has_weak_signature(certificate) => VerifyCode::WeakSignature,
            _ => return None,
        };
        Some((code, depth))
    })
}

fn has_weak_key(certificate: &X509Ref) -> bool {
    certificate.public_key().is_ok_and(|key| is_weak(&key))
}

/// Whether a key is too weak.
pub(crate) fn is_weak(key: &PKeyRef<Public>) -> bool {
    [Id::RSA, Id::RSAPSS].contains(&key.id()) && key.bits() < LEAST_RSA
}

fn has_weak_signature(certificate: &X509Ref) -> bool {
    BROKEN.contains(&certificate.signature_algorithm().object().nid())
}
