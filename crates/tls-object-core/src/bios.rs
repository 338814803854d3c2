//! The BIO pair of one object, as its engine sees it.

use core::{fmt, mem};

use crate::{MemoryBio, VecBio};

/// The incoming and the outgoing BIO of one object, lent to its engine for each call.
///
/// For backends. An engine never sees a full outgoing BIO: what one over fixed memory does
/// not take waits here and goes out first when it has room again.
pub struct Bios {
    incoming: Box<dyn MemoryBio>,
    outgoing: Box<dyn MemoryBio>,
    backlog: VecBio,
    sent: u64,
}

impl Bios {
    pub(crate) fn new(incoming: Box<dyn MemoryBio>, outgoing: Box<dyn MemoryBio>) -> Self {
        Self { incoming, outgoing, backlog: VecBio::new(), sent: 0 }
    }

    /// What the transport delivered.
    pub fn incoming(&mut self) -> &mut dyn MemoryBio {
        &mut *self.incoming
    }

    /// What the transport shall deliver. An engine calls [`send`](Self::send) instead.
    pub fn outgoing(&mut self) -> &mut dyn MemoryBio {
        &mut *self.outgoing
    }

    /// Queues bytes for the peer, all of them.
    pub fn send(&mut self, bytes: &[u8]) {
        self.sent += bytes.len() as u64;
        let taken = if self.backlog.pending() == 0 { self.outgoing.push(bytes) } else { 0 };
        if taken < bytes.len() {
            self.backlog.push(&bytes[taken..]);
        }
    }

    /// How many bytes were queued so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Offers the outgoing BIO what it did not take before; whether nothing is left.
    pub(crate) fn flush(&mut self) -> bool {
        if self.backlog.pending() > 0 {
            let taken = self.outgoing.push(self.backlog.peek());
            self.backlog.consume(taken);
            if self.backlog.pending() == 0 {
                self.backlog.trim();
            }
        }
        self.backlog.pending() == 0
    }

    /// Runs `f` as if nothing had arrived.
    pub(crate) fn with_nothing_incoming<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let incoming = mem::replace(&mut self.incoming, Box::new(VecBio::new()));
        let result = f(self);
        self.incoming = incoming;
        result
    }

    pub(crate) fn memory_in_use(&self) -> usize {
        self.incoming.memory_in_use() + self.outgoing.memory_in_use() + self.backlog.memory_in_use()
    }

    pub(crate) fn trim(&mut self) {
        self.incoming.trim();
        self.outgoing.trim();
        self.backlog.trim();
    }
}

impl fmt::Debug for Bios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bios")
            .field("incoming", &self.incoming.pending())
            .field("outgoing", &self.outgoing.pending())
            .field("backlog", &self.backlog.pending())
            .finish_non_exhaustive()
    }
}
