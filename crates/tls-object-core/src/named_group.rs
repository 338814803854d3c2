//! Groups for the key exchange.

use crate::registry::registry;
use crate::{Capability, Error, name_list};

registry! {
    /// A group for the key exchange (RFC 8446 section 4.2.7, IANA "TLS Supported Groups").
    pub struct NamedGroup(u16);
    /// NIST P-256.
    SECP256R1 = 0x0017, "secp256r1", "prime256v1" | "P-256";
    /// NIST P-384.
    SECP384R1 = 0x0018, "secp384r1", "secp384r1" | "P-384";
    /// NIST P-521.
    SECP521R1 = 0x0019, "secp521r1", "secp521r1" | "P-521";
    /// Curve25519.
    X25519 = 0x001d, "x25519", "X25519";
    /// Curve448.
    X448 = 0x001e, "x448", "X448";
    /// 2048-bit finite field.
    FFDHE2048 = 0x0100, "ffdhe2048", "ffdhe2048";
    /// 3072-bit finite field.
    FFDHE3072 = 0x0101, "ffdhe3072", "ffdhe3072";
    /// ML-KEM-768 alone.
    MLKEM768 = 0x0201, "MLKEM768", "MLKEM768";
    /// ML-KEM-1024 alone.
    MLKEM1024 = 0x0202, "MLKEM1024", "MLKEM1024";
    /// P-256 with ML-KEM-768.
    SECP256R1MLKEM768 = 0x11eb, "SecP256r1MLKEM768", "SecP256r1MLKEM768";
    /// Curve25519 with ML-KEM-768: what current browsers offer first.
    X25519MLKEM768 = 0x11ec, "X25519MLKEM768", "X25519MLKEM768";
    /// P-384 with ML-KEM-1024.
    SECP384R1MLKEM1024 = 0x11ed, "SecP384r1MLKEM1024", "SecP384r1MLKEM1024";
}

impl NamedGroup {
    /// Reads a list as OpenSSL's `-groups` and Python's `set_groups` take it: names between colons, the best
    /// first, of groups that are `available`, such as [`Capabilities::groups`](crate::Capabilities::groups). A name
    /// behind a `?` counts where there is such a group and is passed over where there is none. For
    /// [`Setting::Required`](crate::Setting::Required).
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for a name that is empty or unknown, or when
    ///   no group is left.
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a group that is not available.
    pub fn parse_list(text: &str, available: &[Self]) -> Result<Vec<Self>, Error> {
        name_list::parse(text, available, Self::from_name, Self::capability)
    }

    /// What a backend lacks that does not have it.
    pub(crate) const fn capability(self) -> Capability {
        match self {
            Self::X25519MLKEM768 => Capability::PostQuantumGroup,
            _ => Capability::Groups,
        }
    }
}
