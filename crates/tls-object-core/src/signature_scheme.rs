//! Signature schemes.

use crate::registry::registry;
use crate::{Capability, Error, ProtocolVersion, name_list};

registry! {
    /// An algorithm for signatures in the handshake (RFC 8446 section 4.2.3, IANA "TLS SignatureScheme").
    pub struct SignatureScheme(u16);
    /// RSA PKCS#1 v1.5, TLS 1.2 only.
    RSA_PKCS1_SHA256 = 0x0401, "rsa_pkcs1_sha256", "RSA+SHA256";
    /// RSA PKCS#1 v1.5, TLS 1.2 only.
    RSA_PKCS1_SHA384 = 0x0501, "rsa_pkcs1_sha384", "RSA+SHA384";
    /// RSA PKCS#1 v1.5, TLS 1.2 only.
    RSA_PKCS1_SHA512 = 0x0601, "rsa_pkcs1_sha512", "RSA+SHA512";
    /// ECDSA; under TLS 1.3 with P-256 only.
    ECDSA_SECP256R1_SHA256 = 0x0403, "ecdsa_secp256r1_sha256", "ECDSA+SHA256";
    /// ECDSA; under TLS 1.3 with P-384 only.
    ECDSA_SECP384R1_SHA384 = 0x0503, "ecdsa_secp384r1_sha384", "ECDSA+SHA384";
    /// ECDSA; under TLS 1.3 with P-521 only.
    ECDSA_SECP521R1_SHA512 = 0x0603, "ecdsa_secp521r1_sha512", "ECDSA+SHA512";
    /// RSASSA-PSS with a plain RSA key.
    RSA_PSS_RSAE_SHA256 = 0x0804, "rsa_pss_rsae_sha256", "RSA-PSS+SHA256" | "PSS+SHA256";
    /// RSASSA-PSS with a plain RSA key.
    RSA_PSS_RSAE_SHA384 = 0x0805, "rsa_pss_rsae_sha384", "RSA-PSS+SHA384" | "PSS+SHA384";
    /// RSASSA-PSS with a plain RSA key.
    RSA_PSS_RSAE_SHA512 = 0x0806, "rsa_pss_rsae_sha512", "RSA-PSS+SHA512" | "PSS+SHA512";
    /// Edwards curve 25519.
    ED25519 = 0x0807, "ed25519", "ed25519";
    /// Edwards curve 448.
    ED448 = 0x0808, "ed448", "ed448";
    /// ML-DSA-44, TLS 1.3 only (draft-ietf-tls-mldsa).
    MLDSA44 = 0x0904, "mldsa44", "mldsa44";
    /// ML-DSA-65, TLS 1.3 only (draft-ietf-tls-mldsa).
    MLDSA65 = 0x0905, "mldsa65", "mldsa65";
    /// ML-DSA-87, TLS 1.3 only (draft-ietf-tls-mldsa).
    MLDSA87 = 0x0906, "mldsa87", "mldsa87";
}

impl SignatureScheme {
    /// Reads a list as OpenSSL's `-sigalgs` and Python's `set_client_sigalgs` take it: names between colons, the
    /// best first, of schemes that are `available`, such as
    /// [`Capabilities::signature_schemes`](crate::Capabilities::signature_schemes). A name behind a `?` counts where
    /// there is such a scheme and is passed over where there is none. For
    /// [`Setting::Required`](crate::Setting::Required).
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for a name that is empty or unknown, or when
    ///   no scheme is left.
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a scheme that is not available.
    pub fn parse_list(text: &str, available: &[Self]) -> Result<Vec<Self>, Error> {
        name_list::parse(text, available, Self::from_name, |_| Capability::SignatureSchemes)
    }

    /// Whether handshakes of `version` may be signed with it (RFC 8446 section 4.2.3).
    pub fn is_for(self, version: ProtocolVersion) -> bool {
        match self {
            Self::RSA_PKCS1_SHA256 | Self::RSA_PKCS1_SHA384 | Self::RSA_PKCS1_SHA512 => {
                version < ProtocolVersion::TLS13
            }
            Self::MLDSA44 | Self::MLDSA65 | Self::MLDSA87 => version >= ProtocolVersion::TLS13,
            _ => true,
        }
    }
}
