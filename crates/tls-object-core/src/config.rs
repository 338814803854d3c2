//! What a context is made of: plain data, to be cloned and compared.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::{
    Certificate, CipherSuite, Crl, Error, ErrorKind, Identity, NamedGroup, ProtocolVersion,
    ServerName, SignatureScheme,
};

/// Which end of the connection this is. Python: `server_side`.
#[allow(clippy::exhaustive_enums)] // a connection has two ends
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// The end that begins.
    Client,
    /// The end that answers.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

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
    /// This long after 1970-01-01T00:00:00Z. Whole seconds count.
    Fixed(Duration),
}

/// Of which certificates of a chain the revocation is checked. Without a revocation list for
/// one of these, the chain is refused.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CrlScope {
    /// Of the leaf. Python: `VERIFY_CRL_CHECK_LEAF`.
    Leaf,
    /// Of every certificate but the trust anchor. Python: `VERIFY_CRL_CHECK_CHAIN`.
    Chain,
}

/// What a server does when it has protocols to choose from, the client offers some, and none is in both lists.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AlpnMismatch {
    /// It ends the handshake with the alert `no_application_protocol` (RFC 7301 section 3.2).
    Alert,
    /// It goes on without a protocol, as Python does.
    Continue,
}

/// A list to choose from, and how much it matters.
///
/// Nothing is ever ignored in silence: a value that a backend lacks is an error or stands in
/// the [`Report`](crate::Report).
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Setting<T> {
    /// The backend's own default.
    #[default]
    Default,
    /// As many of these as the backend has, at least one, in this order. What it lacks is reported.
    Preferred(Vec<T>),
    /// These in this order; a backend that lacks one refuses the configuration.
    Required(Vec<T>),
}

impl<T> Setting<T> {
    /// The values asked for; `None` for the backend's own default.
    pub fn values(&self) -> Option<&[T]> {
        match self {
            Self::Default => None,
            Self::Preferred(values) | Self::Required(values) => Some(values),
        }
    }
}

/// The name of an application protocol (RFC 7301): 1 to 255 bytes, such as `h2`.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AlpnProtocol(Box<[u8]>);

impl AlpnProtocol {
    /// A protocol of this name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the name is empty or longer than 255 bytes.
    pub fn new(name: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let name = name.into();
        match name.len() {
            1..=255 => Ok(Self(name.into())),
            len => Err(Error::new(ErrorKind::InvalidConfig)
                .with_detail(format!("an ALPN protocol name of {len} bytes"))),
        }
    }

    /// The name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Each name behind its length in one byte, as RFC 7301 section 3.1 has the list on the wire.
    pub fn encode(protocols: &[Self]) -> Vec<u8> {
        let mut wire = Vec::new();
        for protocol in protocols {
            // At most 255: the constructor has seen to it.
            wire.push(protocol.0.len() as u8);
            wire.extend_from_slice(&protocol.0);
        }
        wire
    }

    /// The first of `own` that is among those `offered`, which are encoded as by
    /// [`encode`](Self::encode). Gives the offered one.
    ///
    /// For backends whose library leaves the choice to them.
    pub fn select<'a>(own: &[Self], offered: &'a [u8]) -> Option<&'a [u8]> {
        own.iter().find_map(|own| {
            let mut rest = offered;
            while let Some((&len, behind)) = rest.split_first() {
                let (name, next) = behind.split_at_checked(usize::from(len))?;
                if name == own.as_bytes() {
                    return Some(name);
                }
                rest = next;
            }
            None
        })
    }
}

impl core::fmt::Debug for AlpnProtocol {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// Everything a context is made of.
///
/// Plain data without a TLS library in it: made once, handed to any backend. Start from
/// [`Config::client`] or [`Config::server`] and set the fields that matter;
/// [`Backend::check`](crate::Backend::check) says what a backend makes of it before any key is touched.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// The end that objects made from it play. Python: `PROTOCOL_TLS_CLIENT`, `PROTOCOL_TLS_SERVER`.
    pub side: Side,
    /// What this end shows of itself. A server needs one, a client may be asked for one.
    /// Python: `load_cert_chain`.
    pub identity: Option<Identity>,
    /// Server: what is shown instead to a client that asks for this name by SNI. Keys are
    /// lower-case A-labels, compared whole.
    pub identities_by_name: BTreeMap<String, Identity>,
    /// The authorities whose word is taken. Python: `load_verify_locations`.
    pub trust_anchors: Vec<Certificate>,
    /// Whether the peer must show a certificate. Python: `verify_mode`.
    pub verify_mode: VerifyMode,
    /// Client: whether the server's certificate must carry the name that was asked for.
    /// Python: `check_hostname`.
    pub check_server_name: bool,
    /// Revocation lists. With none, revocation is not checked.
    pub crls: Vec<Crl>,
    /// Of which certificates revocation is checked, when there are revocation lists.
    pub crl_scope: CrlScope,
    /// At which time certificates and revocation lists are judged.
    pub verify_time: VerifyTime,
    /// The oldest version of the protocol that is spoken. Python: `minimum_version`.
    pub min_version: ProtocolVersion,
    /// The newest version of the protocol that is spoken. Python: `maximum_version`.
    pub max_version: ProtocolVersion,
    /// Cipher suites, the best first. Python: `set_ciphers`, `set_ciphersuites`.
    pub cipher_suites: Setting<CipherSuite>,
    /// Groups for the key exchange, the best first. Python: `set_groups`.
    pub groups: Setting<NamedGroup>,
    /// Signature schemes accepted from the peer, the best first. Python:
    /// `set_client_sigalgs`, `set_server_sigalgs`.
    pub signature_schemes: Setting<SignatureScheme>,
    /// Application protocols, the best first. A server goes by its own order. Python: `set_alpn_protocols`.
    pub alpn: Vec<AlpnProtocol>,
    /// What a server does when it and the client have no application protocol in common.
    pub alpn_mismatch: AlpnMismatch,
    /// Whether sessions are kept to be resumed: handed out by a client object, issued by a server.
    pub resumption: bool,
}

impl Config {
    /// A client that verifies the server's certificate and name, trusts nobody yet, and
    /// speaks TLS 1.2 and 1.3.
    pub const fn client() -> Self {
        Self::new(Side::Client, None)
    }

    /// A server that shows `identity`, asks clients for none, and speaks TLS 1.2 and 1.3.
    pub const fn server(identity: Identity) -> Self {
        Self::new(Side::Server, Some(identity))
    }

    const fn new(side: Side, identity: Option<Identity>) -> Self {
        Self {
            side,
            identity,
            identities_by_name: BTreeMap::new(),
            trust_anchors: Vec::new(),
            verify_mode: match side {
                Side::Client => VerifyMode::Required,
                Side::Server => VerifyMode::None,
            },
            check_server_name: matches!(side, Side::Client),
            crls: Vec::new(),
            crl_scope: CrlScope::Leaf,
            verify_time: VerifyTime::System,
            min_version: ProtocolVersion::TLS12,
            max_version: ProtocolVersion::TLS13,
            cipher_suites: Setting::Default,
            groups: Setting::Default,
            signature_schemes: Setting::Default,
            alpn: Vec::new(),
            alpn_mismatch: AlpnMismatch::Alert,
            resumption: true,
        }
    }

    /// Whether a client that is made from this needs to be told the server's name.
    pub fn needs_server_name(&self) -> bool {
        self.side == Side::Client && self.verify_mode != VerifyMode::None && self.check_server_name
    }

    /// The oldest and the newest version that is spoken in the end: one that the list of cipher
    /// suites leaves no suite for is not. The former is the newer when there is none at all, which
    /// [`check`](crate::check) refuses.
    pub fn version_range(&self) -> (ProtocolVersion, ProtocolVersion) {
        let Some(suites) = self.cipher_suites.values() else {
            return (self.min_version, self.max_version);
        };
        let versions = suites.iter().map(|suite| suite.version());
        let oldest = versions.clone().min().unwrap_or(self.min_version);
        let newest = versions.max().unwrap_or(self.max_version);
        (self.min_version.max(oldest), self.max_version.min(newest))
    }

    /// The identity that a server shows to a client that asks for `name`.
    pub fn identity_for(&self, name: Option<&str>) -> Option<&Identity> {
        name.and_then(|name| self.identities_by_name.get(&name.to_ascii_lowercase()))
            .or(self.identity.as_ref())
    }
}

/// What one connection adds to its context. Python: the arguments of `wrap_bio`.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Wrap {
    /// The end that the object plays; must be the context's.
    pub side: Side,
    /// Client: whom to talk to.
    pub server_name: Option<ServerName>,
    /// Client: a session to resume. See [`Session`](crate::Session).
    pub session: Option<crate::Session>,
}

impl Wrap {
    /// A client that talks to `server_name`.
    pub fn client(server_name: ServerName) -> Self {
        Self { side: Side::Client, server_name: Some(server_name), session: None }
    }

    /// A client that neither asks for a name nor checks one. Refused by a context that
    /// verifies names.
    pub const fn nameless_client() -> Self {
        Self { side: Side::Client, server_name: None, session: None }
    }

    /// A server.
    pub const fn server() -> Self {
        Self { side: Side::Server, server_name: None, session: None }
    }

    /// With a session to resume.
    #[must_use]
    pub fn with_session(mut self, session: crate::Session) -> Self {
        self.session = Some(session);
        self
    }

    /// Checks this against a context, before a backend makes an object of it.
    ///
    /// For backends: each `wrap_bio` begins with it. `context` is the [`ContextId`](crate::ContextId) that the
    /// context binds its sessions to.
    ///
    /// # Errors
    /// * [`ErrorKind::WrongSide`]: a client of a server context, or the reverse; a server with a
    ///   server name or a session.
    /// * [`ErrorKind::ServerNameRequired`]: a client context that verifies names, and no name.
    /// * [`ErrorKind::SessionMismatch`]: a session of another context or for another name.
    pub fn check(&self, config: &Config, context: crate::ContextId) -> Result<(), Error> {
        if self.side != config.side {
            return Err(ErrorKind::WrongSide.into());
        }
        if self.side == Side::Server && (self.server_name.is_some() || self.session.is_some()) {
            return Err(Error::new(ErrorKind::WrongSide)
                .with_detail("a server takes neither a server name nor a session"));
        }
        if config.needs_server_name() && self.server_name.is_none() {
            return Err(ErrorKind::ServerNameRequired.into());
        }
        match &self.session {
            Some(session) if !session.belongs_to(context, self.server_name.as_ref()) => {
                Err(ErrorKind::SessionMismatch.into())
            }
            _ => Ok(()),
        }
    }
}
