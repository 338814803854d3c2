//! Sessions that a server keeps itself.

use std::sync::Arc;
use std::time::Duration;

use rustls::server::StoresServerSessions;
use tls_object_core::{BoundSessionStore, Config, SessionCache, SessionCounters};

/// What rustls tells clients of TLS 1.3 of a session that their server keeps (RFC 8446 section 4.6.1). Those of TLS 1.2 are
/// told nothing.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The core's cache, as rustls asks for one.
#[derive(Debug)]
pub(crate) struct ServerSessions(SessionCache<Vec<u8>>);

impl ServerSessions {
    pub(crate) fn new(most: usize, counters: &Arc<SessionCounters>) -> Self {
        Self(SessionCache::new(most, counters.clone()))
    }
}

impl StoresServerSessions for ServerSessions {
    fn put(&self, id: Vec<u8>, session: Vec<u8>) -> bool {
        self.0.insert(&id, session);
        true
    }

    fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.get(id)
    }

    fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.take(id)
    }

    fn can_cache(&self) -> bool {
        true
    }
}

/// A store of the application's, as rustls asks for one.
#[derive(Debug)]
pub(crate) struct StoredSessions(BoundSessionStore);

impl StoredSessions {
    /// The store of `config`, if it has one, for the backend of this name.
    pub(crate) fn of(config: &Config, backend: &'static str) -> Option<Arc<Self>> {
        BoundSessionStore::of(config, backend).map(|store| Arc::new(Self(store)))
    }
}

impl StoresServerSessions for StoredSessions {
    fn put(&self, id: Vec<u8>, session: Vec<u8>) -> bool {
        self.0.put(&id, session, LIFETIME);
        true
    }

    fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.get(id)
    }

    fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.take(id)
    }

    fn can_cache(&self) -> bool {
        true
    }
}
