//! What one connection adds to its context.

use crate::{AlpnProtocol, Config, Error, ErrorKind, ServerName, Side};

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
    /// Client: whether [early data](crate::SslObject::write_early_data) may be sent, if the session allows it.
    pub early_data: bool,
    /// Application protocols of this connection instead of those of the context, the best first. They hold for a server
    /// that goes on with [another context](crate::Answer::with_context), too, unless the
    /// [answer](crate::Answer::and_alpn) has its own.
    pub alpn: Option<Vec<AlpnProtocol>>,
    /// Server: whether the handshake [is suspended](crate::Status::Suspended) when the client has spoken, until
    /// [`resume`](crate::SslObject::resume) says how to go on. The context's hook is then not asked.
    pub pause_at_client_hello: bool,
}

impl Wrap {
    /// A client that talks to `server_name`.
    pub fn client(server_name: ServerName) -> Self {
        Self {
            side: Side::Client,
            server_name: Some(server_name),
            session: None,
            early_data: false,
            alpn: None,
            pause_at_client_hello: false,
        }
    }

    /// A client that neither asks for a name nor checks one. Refused by a context that
    /// verifies names.
    pub const fn nameless_client() -> Self {
        Self {
            side: Side::Client,
            server_name: None,
            session: None,
            early_data: false,
            alpn: None,
            pause_at_client_hello: false,
        }
    }

    /// A server.
    pub const fn server() -> Self {
        Self {
            side: Side::Server,
            server_name: None,
            session: None,
            early_data: false,
            alpn: None,
            pause_at_client_hello: false,
        }
    }

    /// With a session to resume.
    #[must_use]
    pub fn with_session(mut self, session: crate::Session) -> Self {
        self.session = Some(session);
        self
    }

    /// With early data, if the session allows it.
    #[must_use]
    pub const fn with_early_data(mut self) -> Self {
        self.early_data = true;
        self
    }

    /// With application protocols of its own.
    #[must_use]
    pub fn with_alpn(mut self, protocols: Vec<AlpnProtocol>) -> Self {
        self.alpn = Some(protocols);
        self
    }

    /// With a pause when the client has spoken.
    #[must_use]
    pub const fn pausing_at_client_hello(mut self) -> Self {
        self.pause_at_client_hello = true;
        self
    }

    /// The application protocols of a connection of a context of `config`.
    ///
    /// For backends.
    pub fn alpn<'a>(&'a self, config: &'a Config) -> &'a [AlpnProtocol] {
        self.alpn.as_deref().unwrap_or(&config.alpn)
    }

    /// Checks this against a context, before a backend makes an object of it.
    ///
    /// For backends: each `wrap_bio` begins with it. `context` is the [`ContextId`](crate::ContextId) that the
    /// context binds its sessions to.
    ///
    /// # Errors
    /// * [`ErrorKind::WrongSide`]: a client of a server context, or the reverse; a server with a
    ///   server name, a session or early data; a client that pauses at the ClientHello.
    /// * [`ErrorKind::InvalidConfig`]: more application protocols than a ClientHello takes.
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
        if self.side == Side::Server && self.early_data {
            return Err(Error::new(ErrorKind::WrongSide).with_detail(
                "early data is sent by clients, and servers take it by their context",
            ));
        }
        if self.side == Side::Client && self.pause_at_client_hello {
            return Err(Error::new(ErrorKind::WrongSide)
                .with_detail("a client does not pause at the ClientHello"));
        }
        self.check_alpn()?;
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

    /// Whether the protocols of this connection can be said.
    pub(crate) fn check_alpn(&self) -> Result<(), Error> {
        AlpnProtocol::check(self.alpn.as_deref().unwrap_or_default())
    }
}
