//! What one connection adds to its context.

use crate::{Config, Error, ErrorKind, ServerName, Side};

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
