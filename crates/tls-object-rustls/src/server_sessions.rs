//! Sessions that a server keeps itself.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use rustls::server::{ServerSessionMemoryCache, StoresServerSessions};

/// How many parts there are, each behind a lock of its own.
const PARTS: usize = 16;

/// At most so many sessions, the oldest dropped for new ones, in parts so that threads meet seldom.
#[derive(Debug)]
pub(crate) struct ServerSessions {
    parts: Vec<Arc<ServerSessionMemoryCache>>,
    hasher: RandomState,
}

impl ServerSessions {
    pub(crate) fn new(most: usize) -> Self {
        let parts = PARTS.min(most.max(1));
        let part = |_| ServerSessionMemoryCache::new(most.div_ceil(parts));
        Self { parts: (0..parts).map(part).collect(), hasher: RandomState::new() }
    }

    fn part(&self, key: &[u8]) -> &ServerSessionMemoryCache {
        // The client has a say in what is looked up, but not in the hash. Fits: there are few parts.
        let at = self.hasher.hash_one(key) % self.parts.len() as u64;
        &self.parts[at as usize]
    }
}

impl StoresServerSessions for ServerSessions {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.part(&key).put(key, value)
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.part(key).get(key)
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.part(key).take(key)
    }

    fn can_cache(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_kept_up_to_a_number_and_taken_once() {
        let sessions = ServerSessions::new(64);
        for key in 0..1000_u32 {
            assert!(sessions.put(key.to_be_bytes().to_vec(), vec![1]));
        }
        let kept = (0..1000_u32).filter(|key| sessions.get(&key.to_be_bytes()).is_some()).count();
        assert!((16..=64).contains(&kept), "{kept}");
        let newest = 999_u32.to_be_bytes();
        assert_eq!(sessions.take(&newest), Some(vec![1]));
        assert_eq!(sessions.take(&newest), None);
    }
}
