//! Sessions that a client takes along.

use tls_object_core::{ContextId, ProtocolVersion, ServerName, Session, Wrap};

/// What a client connection keeps of its sessions, `S` being the library's own: the newest that can be
/// resumed, and where it belongs. A backend hangs it on the `SSL`.
#[derive(Debug)]
pub struct Capture<S> {
    context: ContextId,
    server_name: Option<ServerName>,
    newest: Option<S>,
    /// The newest is the one that was offered.
    offered: bool,
}

impl<S: Clone + Send + Sync + 'static> Capture<S> {
    /// For a new connection of this context.
    pub fn new(context: ContextId, wrap: &Wrap) -> Self {
        let newest = Self::offered_by(wrap).cloned();
        let offered = newest.is_some();
        Self { context, server_name: wrap.server_name.clone(), newest, offered }
    }

    /// The session that `wrap` brings.
    pub fn offered_by(wrap: &Wrap) -> Option<&S> {
        wrap.session.as_ref().and_then(Session::native)
    }

    /// Keeps a session that has come.
    pub fn store(&mut self, session: S) {
        self.newest = Some(session);
        self.offered = false;
    }

    /// The newest session that can be resumed. One that was offered is none any more under TLS 1.3,
    /// where a ticket is used once; under TLS 1.2, if it was offered in vain, which `resumed` tells.
    pub fn newest(
        &self,
        resumed: bool,
        version: impl Fn(&S) -> Option<ProtocolVersion>,
    ) -> Option<Session> {
        let newest = self.newest.as_ref()?;
        let version = version(newest)?;
        if self.offered && !(resumed && version == ProtocolVersion::TLS12) {
            return None;
        }
        Some(Session::new(self.context, self.server_name.clone(), version, newest.clone()))
    }
}
