//! Groups for the key exchange.

use crate::registry::registry;

registry! {
    /// A group for the key exchange (RFC 8446 section 4.2.7, IANA "TLS Supported Groups").
    pub struct NamedGroup(u16);
    /// NIST P-256.
    SECP256R1 = 0x0017, "secp256r1", "prime256v1";
    /// NIST P-384.
    SECP384R1 = 0x0018, "secp384r1", "secp384r1";
    /// NIST P-521.
    SECP521R1 = 0x0019, "secp521r1", "secp521r1";
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
