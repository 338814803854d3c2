//! Sessions that a server keeps itself.

use rustls::server::StoresServerSessions;
use tls_object_core::SessionCache;

/// The core's cache, as rustls asks for one.
#[derive(Debug)]
pub(crate) struct ServerSessions(SessionCache<Vec<u8>>);

impl ServerSessions {
    pub(crate) fn new(most: usize) -> Self {
        Self(SessionCache::new(most))
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
