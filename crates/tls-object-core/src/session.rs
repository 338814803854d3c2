//! A session to be resumed.

pub(crate) mod envelope;
mod saved;
mod stats;

use core::{any::Any, fmt};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::{ProtocolVersion, ServerName};

pub use saved::SavedSession;
pub use stats::{SessionCounters, SessionStats};

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

/// Takes the sessions of a client as they arrive, such as a cache by server name. See
/// [`Config::on_session`](crate::Config::on_session).
pub trait SessionSink: Send + Sync {
    /// Called with each session that can be offered next time: with each ticket of TLS 1.3, while a
    /// [`read`](crate::SslObject::read) meets it; under TLS 1.2 once for each handshake that gives one, also if a
    /// resumed connection goes on with the session it has.
    fn new_session(&self, session: Session);
}

/// For backends: what is known of a session; `None` for what the library does not tell.
#[allow(clippy::exhaustive_structs)] // made by the backends
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionDetails {
    /// See [`Session::version`].
    pub version: ProtocolVersion,
    /// See [`Session::time`].
    pub time: SystemTime,
    /// See [`Session::id`].
    pub id: Option<Box<[u8]>>,
    /// See [`Session::timeout`].
    pub timeout: Option<Duration>,
    /// See [`Session::ticket_lifetime_hint`].
    pub ticket_lifetime_hint: Option<Duration>,
    /// See [`Session::has_ticket`].
    pub has_ticket: Option<bool>,
}

impl SessionDetails {
    /// Of a session of which nothing else is known.
    pub const fn new(version: ProtocolVersion, time: SystemTime) -> Self {
        Self {
            version,
            time,
            id: None,
            timeout: None,
            ticket_lifetime_hint: None,
            has_ticket: None,
        }
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
/// that is not taken leads to a full handshake, never to an error, unless early data goes with it that is more than the server
/// takes now ([`Config::max_early_data`](crate::Config::max_early_data)).
///
/// Python: `SSLSession`.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    context: ContextId,
    server_name: Option<ServerName>,
    details: SessionDetails,
    native: Box<dyn Any + Send + Sync>,
}

impl Session {
    /// For backends: a session around the library's own.
    pub fn new(
        context: ContextId,
        server_name: Option<ServerName>,
        details: SessionDetails,
        native: impl Any + Send + Sync,
    ) -> Self {
        Self(Arc::new(Inner { context, server_name, details, native: Box::new(native) }))
    }

    /// The version of the protocol that it can be resumed under.
    pub fn version(&self) -> ProtocolVersion {
        self.0.details.version
    }

    /// When it began: its handshake, or the arrival of its ticket. Python: `time`.
    pub fn time(&self) -> SystemTime {
        self.0.details.time
    }

    /// What it is called in the library, which may be of the client's making where there is a ticket. `None` where
    /// the library does not tell ([`Capability::SessionDetails`](crate::Capability::SessionDetails)).
    /// Python: `id`.
    pub fn id(&self) -> Option<&[u8]> {
        self.0.details.id.as_deref()
    }

    /// For how long after [`time`](Self::time) it is offered; `None` where the library does not tell. Python:
    /// `timeout`.
    pub fn timeout(&self) -> Option<Duration> {
        self.0.details.timeout
    }

    /// For how long after [`time`](Self::time) the server said that it would take it; zero where it said nothing,
    /// `None` where the library does not tell. Python: `ticket_lifetime_hint`.
    pub fn ticket_lifetime_hint(&self) -> Option<Duration> {
        self.0.details.ticket_lifetime_hint
    }

    /// Whether the server's state is in a ticket, rather than kept by the server under an id; `None` where the
    /// library does not tell. Python: `has_ticket`.
    pub fn has_ticket(&self) -> Option<bool> {
        self.0.details.has_ticket
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
            .field("version", &self.0.details.version)
            .finish_non_exhaustive()
    }
}
