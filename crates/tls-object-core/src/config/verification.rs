//! How the peer is judged.

use std::time::Duration;

use super::Side;

/// Whether the peer must show a certificate. Python: `verify_mode`.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum VerifyMode {
    /// A server asks for none. A client accepts whatever the server shows: anybody may be at
    /// the other end.
    None,
    /// A server asks for one and goes on without; what is shown must be valid. For a client
    /// the same as `Required`, since a server always shows one.
    Optional,
    /// No valid certificate, no connection.
    Required,
}

/// At which time certificates are judged.
#[allow(clippy::exhaustive_enums)] // the clock or not the clock
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum VerifyTime {
    /// The system's clock at the time of the handshake.
    System,
    /// This long after 1970-01-01T00:00:00Z, up to [`LAST`](Self::LAST). Whole seconds count.
    Fixed(Duration),
}

impl VerifyTime {
    /// The last second of the year 9999, beyond which certificates know no time (RFC 5280 section 4.1.2.5).
    pub const LAST: Duration = Duration::from_secs(253_402_300_799);
}

/// Of which certificates of a chain the revocation is checked. Without a revocation list for
/// one of these, the chain is refused.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CrlScope {
    /// Of the leaf. Python: `VERIFY_CRL_CHECK_LEAF`.
    Leaf,
    /// Of every certificate; it needs a revocation list at least. OpenSSL from 3.6 on asks no list about one that is
    /// its own issuer. Python: `VERIFY_CRL_CHECK_CHAIN`.
    Chain,
}

/// What the peer's certificate must be for, by its extended key usage. A certificate without that extension is
/// for anything.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Purpose {
    /// For what the peer does: being a server to a client, and the reverse.
    #[default]
    Peer,
    /// For being a client. OpenSSL: `sslclient`.
    Client,
    /// For being a server. OpenSSL: `sslserver`.
    Server,
    /// For anything. OpenSSL: `any`.
    Any,
}

impl Purpose {
    /// The side that a certificate of `peer` must be for; `None` for any.
    pub const fn side(self, peer: Side) -> Option<Side> {
        match self {
            Self::Peer => Some(peer),
            Self::Client => Some(Side::Client),
            Self::Server => Some(Side::Server),
            Self::Any => None,
        }
    }
}
