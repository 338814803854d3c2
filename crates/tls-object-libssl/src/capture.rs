//! Sessions that a client takes along.

use core::mem;

use tls_object_core::{ContextId, ProtocolVersion, ServerName, Session, SessionDetails, Wrap};

/// What a client connection keeps of its sessions, `S` being the library's own: the newest that can be
/// resumed, and where it belongs. A backend hangs it on the `SSL`.
#[derive(Debug)]
pub struct Capture<S> {
    context: ContextId,
    server_name: Option<ServerName>,
    newest: Option<S>,
    /// The newest, once it was asked for: the same each time.
    given: Option<Session>,
    /// The newest is the one that was offered.
    offered: bool,
    /// Those that somebody is yet to be told of; `None` where nobody wants to know.
    untold: Option<Vec<S>>,
}

impl<S: Clone + Send + Sync + 'static> Capture<S> {
    /// For a new connection of this context, where `tells` says whether each session is told of.
    pub fn new(context: ContextId, wrap: &Wrap, tells: bool) -> Self {
        let newest = Self::offered_by(wrap).cloned();
        let offered = newest.is_some();
        let server_name = wrap.server_name.clone();
        Self { context, server_name, newest, given: None, offered, untold: tells.then(Vec::new) }
    }

    /// The session that `wrap` brings.
    pub fn offered_by(wrap: &Wrap) -> Option<&S> {
        wrap.session.as_ref().and_then(Session::native)
    }

    /// Keeps a session that has come.
    pub fn store(&mut self, session: S) {
        if let Some(untold) = &mut self.untold {
            untold.push(session.clone());
        }
        self.newest = Some(session);
        self.given = None;
        self.offered = false;
    }

    /// Keeps the session that a connection was resumed with, if no other has come.
    pub fn keep(&mut self, session: S) {
        if self.offered {
            self.store(session);
        }
    }

    /// The newest session that can be resumed. One that was offered is none any more under TLS 1.3,
    /// where a ticket is used once; under TLS 1.2, if it was offered in vain, which `resumed` tells.
    pub fn newest(
        &mut self,
        resumed: bool,
        describe: impl Fn(&S) -> Option<SessionDetails>,
    ) -> Option<Session> {
        if self.given.is_some() {
            return self.given.clone();
        }
        let newest = self.newest.as_ref()?;
        let details = describe(newest)?;
        if self.offered && !(resumed && details.version == ProtocolVersion::TLS12) {
            return None;
        }
        self.given = Some(self.session(newest.clone(), details));
        self.given.clone()
    }

    /// The sessions that have come since this was last asked, where each is told of.
    pub fn untold(&mut self, describe: impl Fn(&S) -> Option<SessionDetails>) -> Vec<Session> {
        let untold = self.untold.as_mut().map(mem::take).unwrap_or_default();
        let whole = |native: S| describe(&native).map(|details| self.session(native, details));
        untold.into_iter().filter_map(whole).collect()
    }

    fn session(&self, native: S, details: SessionDetails) -> Session {
        Session::new(self.context, self.server_name.clone(), details, native)
    }
}
