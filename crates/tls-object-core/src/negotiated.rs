//! What both ends agreed on.

use crate::{AlpnProtocol, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

/// How the two ends of a connection came to an agreement.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum HandshakeKind {
    /// With a key exchange and certificates, or under TLS 1.2 a pre-shared key.
    Full,
    /// The same after the server had asked for another ClientHello (RFC 8446 section 4.1.4), which costs a round trip.
    FullWithHelloRetryRequest,
    /// From an earlier session or, under TLS 1.3, a pre-shared key, with or without another ClientHello.
    Resumed,
}

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
    /// connection, or a suite with a pre-shared key alone. Python: `group()`.
    pub group: Option<NamedGroup>,
    /// The scheme that the client signed the handshake by; `None` where it did not: it showed no certificate, or an
    /// earlier session was resumed. Python: `client_sigalg()`.
    pub client_signature: Option<SignatureScheme>,
    /// The scheme that the server signed the handshake by; `None` where it did not: an earlier session was resumed, or
    /// the suite has the client encrypt to the server's RSA key, or rests on a pre-shared key. Python: `server_sigalg()`.
    pub server_signature: Option<SignatureScheme>,
    /// The application protocol. Python: `selected_alpn_protocol()`.
    pub alpn: Option<AlpnProtocol>,
    /// The host name that the client asked for by SNI, in lower case.
    pub server_name: Option<String>,
    /// How the two came to an agreement.
    pub handshake: Option<HandshakeKind>,
    /// Whether an earlier session was resumed, or under TLS 1.3 a pre-shared key was used, which is the same to the
    /// protocol. Python: `session_reused`.
    pub resumed: bool,
    /// Whether the client offered early data and the server took it, even if none was written (RFC 8446 section 2.3). A client
    /// of OpenSSL offers it with the first of it, others wherever [it may be sent](crate::Wrap::early_data).
    pub early_data_accepted: bool,
}
