//! What is counted of sessions.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the connections of a context have come to so far. Python: `session_stats`, of which there is no counterpart to
/// the renegotiations, since there are none, and to `timeouts`: a session that is too old counts as one that was not
/// resumed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SessionStats {
    /// Handshakes that began: on a server, when the client had spoken. Python: `connect`, `accept`.
    pub started: u64,
    /// Handshakes that were finished. Python: `connect_good`, `accept_good`.
    pub finished: u64,
    /// Those of them that resumed a session, or under TLS 1.3 used a pre-shared key. Python: `hits`.
    pub resumed: u64,
    /// Sessions that a server keeps now: see [`Config::session_cache`](crate::Config::session_cache). Python: `number`.
    pub kept: u64,
    /// Sessions that a client asked for and the server does not keep. Python: `misses`.
    pub missed: u64,
    /// Sessions that made room for newer ones. Python: `cache_full`.
    pub dropped: u64,
}

/// For backends: what a context counts. Each number on its own is exact; together they may be of different moments.
#[derive(Debug, Default)]
pub struct SessionCounters {
    started: AtomicU64,
    finished: AtomicU64,
    resumed: AtomicU64,
    kept: AtomicU64,
    missed: AtomicU64,
    dropped: AtomicU64,
}

impl SessionCounters {
    pub(crate) fn start(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn finish(&self, resumed: bool) {
        self.finished.fetch_add(1, Ordering::Relaxed);
        if resumed {
            self.resumed.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn keep(&self) {
        self.kept.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn forget(&self) {
        self.kept.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn miss(&self) {
        self.missed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn make_room(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        self.forget();
    }

    /// The numbers as they are.
    pub fn read(&self) -> SessionStats {
        SessionStats {
            started: self.started.load(Ordering::Relaxed),
            finished: self.finished.load(Ordering::Relaxed),
            resumed: self.resumed.load(Ordering::Relaxed),
            kept: self.kept.load(Ordering::Relaxed),
            missed: self.missed.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }
}
