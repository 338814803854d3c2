//! Sessions that a server keeps itself.

use core::fmt;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::SessionCounters;

/// How many parts there are, each behind a lock of its own.
const PARTS: usize = 16;

/// For backends: at most so many sessions of a server by their ids, the oldest dropped for new ones, in parts so that
/// threads meet seldom: the libraries' own caches have one lock. `S` is what the library has of a session.
pub struct SessionCache<S> {
    parts: Vec<Mutex<Part<S>>>,
    most: usize,
    hasher: RandomState,
    counters: Arc<SessionCounters>,
}

struct Part<S> {
    sessions: HashMap<Box<[u8]>, S>,
    /// The oldest first.
    ids: VecDeque<Box<[u8]>>,
}

impl<S: Clone> SessionCache<S> {
    /// For so many sessions, at least one. `counters` are those of the server's context.
    pub fn new(most: usize, counters: Arc<SessionCounters>) -> Self {
        let parts = PARTS.min(most.max(1));
        let part = |_| Mutex::new(Part { sessions: HashMap::new(), ids: VecDeque::new() });
        Self {
            parts: (0..parts).map(part).collect(),
            most: most.max(1).div_ceil(parts),
            hasher: RandomState::new(),
            counters,
        }
    }

    /// Keeps a session.
    pub fn insert(&self, id: &[u8], session: S) {
        let mut part = self.part(id);
        let part = &mut *part;
        if part.sessions.insert(id.into(), session).is_none() {
            part.ids.push_back(id.into());
            self.counters.keep();
        }
        while part.ids.len() > self.most {
            if let Some(oldest) = part.ids.pop_front() {
                part.sessions.remove(&oldest);
                self.counters.make_room();
            }
        }
    }

    /// The session of this id, which a client has asked for.
    pub fn get(&self, id: &[u8]) -> Option<S> {
        let session = self.part(id).sessions.get(id).cloned();
        if session.is_none() {
            self.counters.miss();
        }
        session
    }

    /// The session of this id, which a client has asked for, and which is then forgotten.
    pub fn take(&self, id: &[u8]) -> Option<S> {
        let session = self.remove(id);
        if session.is_none() {
            self.counters.miss();
        }
        session
    }

    /// Forgets the session of this id, if there is one.
    pub fn remove(&self, id: &[u8]) -> Option<S> {
        let mut part = self.part(id);
        let session = part.sessions.remove(id)?;
        part.ids.retain(|known| **known != *id);
        self.counters.forget();
        Some(session)
    }

    fn part(&self, id: &[u8]) -> MutexGuard<'_, Part<S>> {
        // A client may ask for any id, but has no say in the hash. Fits: there are few parts.
        let at = self.hasher.hash_one(id) % self.parts.len() as u64;
        // Whoever panicked left whole entries.
        self.parts[at as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> fmt::Debug for SessionCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCache").field("most", &self.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_kept_up_to_a_number() {
        let counters = Arc::new(SessionCounters::default());
        let cache = SessionCache::new(64, counters.clone());
        for id in 0..1000_u32 {
            cache.insert(&id.to_be_bytes(), id);
        }
        let kept = (0..1000_u32).filter(|id| cache.get(&id.to_be_bytes()) == Some(*id)).count();
        assert_eq!(kept, 64);
        let counted = counters.read();
        assert_eq!((counted.kept, counted.missed, counted.dropped), (64, 936, 936));
        let newest = 999_u32.to_be_bytes();
        assert_eq!(cache.get(&newest), Some(999));
        assert_eq!(cache.take(&newest), Some(999));
        assert_eq!(cache.get(&newest), None);
        assert_eq!(cache.remove(&newest), None);
        let counted = counters.read();
        assert_eq!((counted.kept, counted.missed), (63, 937));
    }

    #[test]
    fn what_is_taken_and_kept_again_is_kept() {
        let cache = SessionCache::new(1, Arc::default());
        cache.insert(b"a", 1);
        assert_eq!(cache.take(b"a"), Some(1));
        cache.insert(b"a", 2);
        assert_eq!(cache.get(b"a"), Some(2));
        cache.insert(b"b", 3);
        assert_eq!((cache.get(b"a"), cache.get(b"b")), (None, Some(3)));
    }
}
