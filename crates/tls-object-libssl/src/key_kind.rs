//! What a certificate's key can sign with.

use tls_object_core::{ProtocolVersion, SignatureScheme};

/// What a certificate's key is, as far as it decides what it signs with.
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
}
