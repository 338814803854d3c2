//! What every driver is set up with.

use crate::pki::Pki;

/// The one version of the protocol that is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

impl Version {
    /// Its code point.
    pub const fn code(self) -> u16 {
        match self {
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// The kind of every key in the certificates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Key {
    /// ECDSA on P-256.
    P256,
    /// RSA of 2048 bits.
    Rsa2048,
}

/// The one cipher that is offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Suite {
    /// AES-128-GCM with SHA-256.
    Aes128,
    /// AES-256-GCM with SHA-384.
    Aes256,
    /// ChaCha20-Poly1305 with SHA-256.
    ChaCha20,
}

/// The group of the key exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Group {
    /// RFC 7748.
    X25519,
    /// X25519 and ML-KEM-768 together.
    X25519MlKem768,
}

/// What two ends agree on, and at which pace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// The one version that is spoken.
    pub version: Version,
    /// The kind of every key in the certificates.
    pub key: Key,
    /// The one cipher. Under TLS 1.3 BoringSSL takes its own choice, which the `boring` crate has no
    /// function to change.
    pub suite: Suite,
    /// The group of the key exchange. P-256 is offered too, for the certificates' sake.
    pub group: Group,
    /// Whether the server asks for a certificate, and gets one.
    pub mutual: bool,
    /// In pieces of how many bytes the handshake arrives; 0 is as it was sent.
    pub chunk: usize,
    /// How many bytes an outgoing buffer of ours holds; 0 is without limit.
    pub limit: usize,
}

impl Terms {
    /// The usual terms for a version.
    pub const fn new(version: Version) -> Self {
        Self {
            version,
            key: Key::P256,
            suite: Suite::Aes256,
            group: Group::X25519,
            mutual: false,
            chunk: 0,
            limit: 0,
        }
    }
}

/// What every driver is set up with, and what costs time on the wire.
///
/// Besides the terms: the client verifies the server's chain of two and its name against a root, both
/// ends agree on `h2`, and a server issues as many tickets as its library does by itself.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What is agreed on.
    pub terms: Terms,
    /// The certificates and keys of both ends.
    pub pki: Pki,
}

impl Setup {
    /// The server's name.
    pub const NAME: &str = "localhost";
    /// The one application protocol.
    pub const ALPN: &str = "h2";

    /// With new certificates.
    pub fn new(terms: Terms) -> Self {
        Self { terms, pki: Pki::new(terms.key) }
    }
}
