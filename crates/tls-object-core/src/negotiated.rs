//! What both ends agreed on.

use crate::{AlpnProtocol, CipherSuite, NamedGroup, ProtocolVersion};

/// What both ends agreed on, taken once when the handshake is done and never changed after,
/// whatever happens to the connection.
///
/// Both ends of a connection hold the same facts.
#[non_exhaustive]
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Negotiated {
    /// The version of the protocol. Python: `version()`.
    pub version: Option<ProtocolVersion>,
    /// The cipher suite. Python: `cipher()`.
    pub cipher_suite: Option<CipherSuite>,
    /// The group of the key exchange. `None` where there was none: a resumed TLS 1.2
    /// connection. Python: `group()`.
    pub group: Option<NamedGroup>,
    /// The application protocol. Python: `selected_alpn_protocol()`.
    pub alpn: Option<AlpnProtocol>,
    /// The host name that the client asked for by SNI, in lower case.
    pub server_name: Option<String>,
    /// Whether an earlier session was resumed. Python: `session_reused`.
    pub resumed: bool,
    /// Whether the server took the client's early data, or would have (RFC 8446 section 2.3).
    pub early_data_accepted: bool,
}
