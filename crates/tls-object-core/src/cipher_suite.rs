//! Cipher suites.

use crate::{ProtocolVersion, registry::registry};

registry! {
    /// A cipher suite (IANA "TLS Cipher Suites").
    pub struct CipherSuite(u16);
    /// TLS 1.3.
    TLS13_AES_128_GCM_SHA256 = 0x1301, "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256";
    /// TLS 1.3.
    TLS13_AES_256_GCM_SHA384 = 0x1302, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384";
    /// TLS 1.3.
    TLS13_CHACHA20_POLY1305_SHA256 = 0x1303, "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256";
    /// TLS 1.2.
    ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256";
    /// TLS 1.2.
    ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 = 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384";
    /// TLS 1.2.
    ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256";
    /// TLS 1.2.
    ECDHE_RSA_WITH_AES_256_GCM_SHA384 = 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384";
    /// TLS 1.2.
    ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305";
    /// TLS 1.2.
    ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305";
    /// TLS 1.2, no authenticated encryption.
    ECDHE_ECDSA_WITH_AES_128_CBC_SHA = 0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA";
    /// TLS 1.2, no authenticated encryption.
    ECDHE_ECDSA_WITH_AES_256_CBC_SHA = 0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA";
    /// TLS 1.2, no authenticated encryption.
    ECDHE_RSA_WITH_AES_128_CBC_SHA = 0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA";
    /// TLS 1.2, no authenticated encryption.
    ECDHE_RSA_WITH_AES_256_CBC_SHA = 0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA";
    /// TLS 1.2, no forward secrecy.
    RSA_WITH_AES_128_GCM_SHA256 = 0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256";
    /// TLS 1.2, no forward secrecy.
    RSA_WITH_AES_256_GCM_SHA384 = 0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384";
}

impl CipherSuite {
    /// The version of the protocol that the suite belongs to; those of this list belong to one only.
    pub const fn version(self) -> ProtocolVersion {
        // RFC 8446 appendix B.4: the suites of TLS 1.3 are 0x13xx.
        if self.code() >> 8 == 0x13 { ProtocolVersion::TLS13 } else { ProtocolVersion::TLS12 }
    }

    /// The strength of the symmetric key in bits, as Python's `cipher()` gives it; `None` for
    /// a suite without a constant here.
    pub const fn secret_bits(self) -> Option<u16> {
        match self {
            Self::TLS13_AES_128_GCM_SHA256
            | Self::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | Self::ECDHE_RSA_WITH_AES_128_GCM_SHA256
            | Self::ECDHE_ECDSA_WITH_AES_128_CBC_SHA
            | Self::ECDHE_RSA_WITH_AES_128_CBC_SHA
            | Self::RSA_WITH_AES_128_GCM_SHA256 => Some(128),
            Self::TLS13_AES_256_GCM_SHA384
            | Self::TLS13_CHACHA20_POLY1305_SHA256
            | Self::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | Self::ECDHE_RSA_WITH_AES_256_GCM_SHA384
            | Self::ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
            | Self::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
            | Self::ECDHE_ECDSA_WITH_AES_256_CBC_SHA
            | Self::ECDHE_RSA_WITH_AES_256_CBC_SHA
            | Self::RSA_WITH_AES_256_GCM_SHA384 => Some(256),
            _ => None,
        }
    }
}
