//! A session to be resumed.

use core::{any::Any, fmt};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{ProtocolVersion, ServerName};

/// Tells contexts apart within this process.
///
/// For backends: each context takes a new one when it is made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ContextId(u64);

impl ContextId {
    /// One that no other context has.
    #[allow(clippy::new_without_default)] // a default that differs each time would surprise
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A session that a client took from a finished connection, to be offered on the next one.
///
/// Bound to the context and the server name it came from: a session stands for a
/// verification that took place then, so offering it elsewhere is refused.
///
/// Offer it once, and take the next one from the connection it was resumed on. Under TLS 1.2 it can be offered
/// again. Under TLS 1.3 that is up to the library and the server: somebody on the path can tell connections that
/// offer the same ticket to belong together (RFC 8446 appendix C.4), and some libraries use each once. A session
/// that is not taken leads to a full handshake, never to an error.
///
/// Python: `SSLSession`.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    context: ContextId,
    server_name: Option<ServerName>,
    version: ProtocolVersion,
    native: Box<dyn Any + Send + Sync>,
}

impl Session {
    /// For backends: a session around the library's own.
    pub fn new(
        context: ContextId,
        server_name: Option<ServerName>,
        version: ProtocolVersion,
        native: impl Any + Send + Sync,
    ) -> Self {
        Self(Arc::new(Inner { context, server_name, version, native: Box::new(native) }))
    }

    /// The version of the protocol that it can be resumed under.
    pub fn version(&self) -> ProtocolVersion {
        self.0.version
    }

    /// The name of the server that it came from.
    pub fn server_name(&self) -> Option<&ServerName> {
        self.0.server_name.as_ref()
    }

    /// Whether it came from this context and name.
    pub fn belongs_to(&self, context: ContextId, server_name: Option<&ServerName>) -> bool {
        self.0.context == context && self.0.server_name.as_ref() == server_name
    }

    /// For backends: the library's own session, if it is of this type.
    pub fn native<T: Any>(&self) -> Option<&T> {
        self.0.native.downcast_ref()
    }
}

/// The two are the same session, not merely alike.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Session {}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("server_name", &self.0.server_name)
            .field("version", &self.0.version)
            .finish_non_exhaustive()
    }
}
