//! A cipher suite in words.

use super::{CipherSuite, Mac};

/// A cipher suite as an entry of Python's `SSLContext.get_ciphers()` describes it, with OpenSSL's words.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CipherInfo {
    /// The code point, with OpenSSL's 3 in the top byte.
    pub id: u32,
    /// OpenSSL's name of the suite.
    pub name: &'static str,
    /// The version of the protocol that had it first.
    pub protocol: &'static str,
    /// One line, as `openssl ciphers -v` prints it.
    pub description: String,
    /// How many bits of security its encryption gives.
    pub strength_bits: u16,
    /// The length of its key in bits.
    pub alg_bits: u16,
    /// Whether it authenticates records by their encryption.
    pub aead: bool,
    /// Its encryption; `None` if there is none.
    pub symmetric: Option<&'static str>,
    /// The digest of its MAC; `None` where the encryption authenticates.
    pub digest: Option<&'static str>,
    /// Its key exchange.
    pub kea: &'static str,
    /// How the server is authenticated.
    pub auth: &'static str,
}

impl CipherInfo {
    pub(super) fn of(suite: CipherSuite) -> Option<Self> {
        let traits = suite.traits()?;
        let (name, protocol) = (suite.openssl_name()?, traits.since.name());
        // OpenSSL calls it thus in descriptions only.
        let shown = if protocol == "TLSv1.0" { "TLSv1" } else { protocol };
        Some(Self {
            id: 0x0300_0000 | u32::from(suite.code()),
            name,
            protocol,
            description: format!(
                "{name:<30} {shown:<7} Kx={:<8} Au={:<5} Enc={:<22} Mac={:<4}",
                traits.kx.word(),
                traits.auth.word(),
                traits.enc.word(),
                traits.mac.word(),
            ),
            strength_bits: traits.enc.strength_bits(),
            alg_bits: traits.enc.key_bits(),
            aead: traits.mac == Mac::Aead,
            symmetric: traits.enc.name(),
            digest: traits.mac.digest(),
            kea: traits.kx.name(),
            auth: traits.auth.name(),
        })
    }
}
