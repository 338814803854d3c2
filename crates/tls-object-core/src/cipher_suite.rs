//! Cipher suites.

mod algorithms;
mod info;
mod known;

use crate::{ProtocolVersion, SignatureScheme};

pub(crate) use algorithms::{Authentication, Encryption, KeyExchange, Mac, Since, Traits};
pub use info::CipherInfo;
pub use known::CipherSuite;

impl CipherSuite {
    /// The version of the protocol that speaks it here: suites older than TLS 1.2 count as its own.
    pub const fn version(self) -> ProtocolVersion {
        // RFC 8446 appendix B.4: the suites of TLS 1.3 are 0x13xx.
        if self.code() >> 8 == 0x13 { ProtocolVersion::TLS13 } else { ProtocolVersion::TLS12 }
    }

    /// How many bits of security its encryption gives, as Python's `cipher()` has it with OpenSSL 3.2 or newer;
    /// `None` for a suite without a constant here.
    pub const fn secret_bits(self) -> Option<u16> {
        match self.traits() {
            Some(traits) => Some(traits.enc.strength_bits()),
            None => None,
        }
    }

    /// The version of the protocol that had it first, by OpenSSL's name: what Python's `cipher()` and
    /// `get_ciphers()` call its protocol. `SSLv3`, `TLSv1.0`, `TLSv1.2` or `TLSv1.3`; `None` for a suite
    /// without a constant here.
    pub const fn protocol(self) -> Option<&'static str> {
        match self.traits() {
            Some(traits) => Some(traits.since.name()),
            None => None,
        }
    }

    /// Whether a pre-shared key stands for the server's certificate in it (RFC 4279, RFC 5489).
    pub const fn is_psk(self) -> bool {
        matches!(self.traits(), Some(Traits { auth: Authentication::Psk, .. }))
    }

    /// Whether a pre-shared key from elsewhere goes with it: under TLS 1.3, where such a key has a hash, those with SHA-256.
    pub(crate) fn goes_with_psk(self) -> bool {
        if self.version() == ProtocolVersion::TLS13 {
            self.openssl_name().is_some_and(|name| name.ends_with("SHA256"))
        } else {
            self.is_psk()
        }
    }

    /// Whether a backend offers it if its library has it: the server shows a certificate or has a pre-shared key, and
    /// the encryption gives 128 bits of security at least.
    pub const fn is_offered(self) -> bool {
        let Some(traits) = self.traits() else { return false };
        let by_certificate = matches!(
            traits.auth,
            Authentication::Any | Authentication::Rsa | Authentication::Ecdsa
        ) && matches!(
            traits.kx,
            KeyExchange::Any | KeyExchange::Rsa | KeyExchange::Dhe | KeyExchange::Ecdhe
        );
        (by_certificate || self.is_psk()) && traits.enc.strength_bits() >= 128
    }

    /// Whether it authenticates records by their encryption (RFC 5116).
    pub const fn is_aead(self) -> bool {
        matches!(self.traits(), Some(Traits { mac: Mac::Aead, .. }))
    }

    /// Whether what was recorded stays secret when a certificate's key becomes known.
    pub const fn is_forward_secret(self) -> bool {
        matches!(
            self.traits(),
            Some(Traits {
                kx: KeyExchange::Any
                    | KeyExchange::Dhe
                    | KeyExchange::Ecdhe
                    | KeyExchange::DhePsk
                    | KeyExchange::EcdhePsk,
                ..
            })
        )
    }

    /// Whether clients encrypt a secret to the key of the server's certificate.
    pub(crate) const fn encrypts_to_certificate(self) -> bool {
        matches!(self.traits(), Some(Traits { kx: KeyExchange::Rsa | KeyExchange::RsaPsk, .. }))
    }

    /// Whether keys that sign with `scheme` are of the kind that it authenticates servers by. Suites of TLS 1.3 and those
    /// with a pre-shared key alone leave the kind open.
    pub(crate) const fn goes_with(self, scheme: SignatureScheme) -> bool {
        use SignatureScheme as S;
        match self.traits() {
            Some(Traits { auth: Authentication::Rsa, .. }) => matches!(
                scheme,
                S::RSA_PKCS1_SHA256
                    | S::RSA_PKCS1_SHA384
                    | S::RSA_PKCS1_SHA512
                    | S::RSA_PSS_RSAE_SHA256
                    | S::RSA_PSS_RSAE_SHA384
                    | S::RSA_PSS_RSAE_SHA512
            ),
            Some(Traits { auth: Authentication::Ecdsa, .. }) => matches!(
                scheme,
                S::ECDSA_SECP256R1_SHA256
                    | S::ECDSA_SECP384R1_SHA384
                    | S::ECDSA_SECP521R1_SHA512
                    | S::ED25519
                    | S::ED448
            ),
            _ => true,
        }
    }

    /// Whether OpenSSL speaks it at a security level of 0 to 5.
    pub const fn is_allowed_at(self, level: u8) -> bool {
        const BITS: [u16; 6] = [0, 80, 112, 128, 192, 256];
        let Some(traits) = self.traits() else { return false };
        if level == 0 {
            return true;
        }
        let least = BITS[if level < 5 { level as usize } else { 5 }];
        let authenticated = !matches!(traits.auth, Authentication::Null);
        let mac = least <= 160 || !matches!(traits.mac, Mac::Sha1);
        let forward_secret = level < 3 || self.is_forward_secret();
        traits.enc.strength_bits() >= least && authenticated && mac && forward_secret
    }

    /// All that Python's `get_ciphers()` says of it; `None` for a suite without a constant here.
    pub fn info(self) -> Option<CipherInfo> {
        CipherInfo::of(self)
    }
}
