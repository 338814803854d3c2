//! What a certificate's key can sign with.

use rustls_pki_types::alg_id;

use crate::{ProtocolVersion, SignatureScheme, split_der};

/// For backends: what a certificate's key is, as far as it decides what it signs with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyKind {
    /// RSA, for every padding.
    Rsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Edwards curve 25519.
    Ed25519,
}

impl KeyKind {
    /// What a public key is that is encoded as a `SubjectPublicKeyInfo` (RFC 5280 section 4.1); `None` for a type
    /// without a name here, and for other bytes.
    pub fn of(public_key: &[u8]) -> Option<Self> {
        const SEQUENCE: u8 = 0x30;
        let (SEQUENCE, content, []) = split_der(public_key)? else { return None };
        let (SEQUENCE, algorithm, _) = split_der(content)? else { return None };
        let kinds = [
            (alg_id::RSA_ENCRYPTION, Self::Rsa),
            (alg_id::ECDSA_P256, Self::P256),
            (alg_id::ECDSA_P384, Self::P384),
            (alg_id::ECDSA_P521, Self::P521),
            (alg_id::ED25519, Self::Ed25519),
        ];
        kinds.into_iter().find(|(id, _)| id.as_ref() == algorithm).map(|(_, kind)| kind)
    }

    /// Whether it signs with `scheme` in a handshake of `version`.
    pub fn signs_with(self, scheme: SignatureScheme, version: ProtocolVersion) -> bool {
        use SignatureScheme as S;
        // RFC 8446 section 4.2.3: RSASSA-PKCS1-v1_5 is for TLS 1.2, where a scheme of ECDSA names no curve.
        let tls12 = version < ProtocolVersion::TLS13;
        match scheme {
            S::RSA_PSS_RSAE_SHA256 | S::RSA_PSS_RSAE_SHA384 | S::RSA_PSS_RSAE_SHA512 => {
                self == Self::Rsa
            }
            S::RSA_PKCS1_SHA256 | S::RSA_PKCS1_SHA384 | S::RSA_PKCS1_SHA512 => {
                self == Self::Rsa && tls12
            }
            S::ECDSA_SECP256R1_SHA256 => self == Self::P256 || self.is_elliptic() && tls12,
            S::ECDSA_SECP384R1_SHA384 => self == Self::P384 || self.is_elliptic() && tls12,
            S::ECDSA_SECP521R1_SHA512 => self == Self::P521 || self.is_elliptic() && tls12,
            S::ED25519 => self == Self::Ed25519,
            _ => false,
        }
    }

    const fn is_elliptic(self) -> bool {
        matches!(self, Self::P256 | Self::P384 | Self::P521)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_decides_on_padding_and_curve() {
        use SignatureScheme as S;
        let signs = |kind: KeyKind, scheme| {
            [ProtocolVersion::TLS12, ProtocolVersion::TLS13].map(|v| kind.signs_with(scheme, v))
        };
        assert_eq!(signs(KeyKind::Rsa, S::RSA_PSS_RSAE_SHA384), [true, true]);
        assert_eq!(signs(KeyKind::Rsa, S::RSA_PKCS1_SHA256), [true, false]);
        assert_eq!(signs(KeyKind::Rsa, S::ECDSA_SECP256R1_SHA256), [false, false]);
        assert_eq!(signs(KeyKind::P256, S::ECDSA_SECP256R1_SHA256), [true, true]);
        assert_eq!(signs(KeyKind::P256, S::ECDSA_SECP384R1_SHA384), [true, false]);
        assert_eq!(signs(KeyKind::P521, S::ECDSA_SECP521R1_SHA512), [true, true]);
        assert_eq!(signs(KeyKind::Ed25519, S::ED25519), [true, true]);
        assert_eq!(signs(KeyKind::Ed25519, S::ECDSA_SECP256R1_SHA256), [false, false]);
        assert_eq!(signs(KeyKind::P256, S::ED448), [false, false]);
    }

    #[test]
    fn a_public_key_says_what_it_is() {
        let key = |algorithm: &[u8]| {
            let algorithm = [&[0x30, algorithm.len() as u8], algorithm].concat();
            let content = [&algorithm[..], &[3, 2, 0, 7]].concat();
            [&[0x30, content.len() as u8], &content[..]].concat()
        };
        assert_eq!(KeyKind::of(&key(&alg_id::ECDSA_P384)), Some(KeyKind::P384));
        assert_eq!(KeyKind::of(&key(&alg_id::RSA_ENCRYPTION)), Some(KeyKind::Rsa));
        assert_eq!(KeyKind::of(&key(&[6, 1, 5])), None);
        let whole = key(&alg_id::ED25519);
        assert_eq!(KeyKind::of(&whole), Some(KeyKind::Ed25519));
        assert_eq!(KeyKind::of(&whole[..whole.len() - 1]), None);
    }
}
