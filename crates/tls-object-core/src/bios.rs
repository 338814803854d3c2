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
    /// What was taken from the incoming BIO for a look, and waits in front of it for the engine.
    ahead: Option<Box<VecBio>>,
    backlog: VecBio,
    sent: u64,
}

impl Bios {
    pub(crate) fn new(incoming: Box<dyn MemoryBio>, outgoing: Box<dyn MemoryBio>) -> Self {
        Self { incoming, outgoing, ahead: None, backlog: VecBio::new(), sent: 0 }
    }

    /// A pair that holds nothing and leads nowhere: what stands in the place of one that is lent, while it is not.
    pub fn nowhere() -> Self {
        Self::new(Box::new(VecBio::new()), Box::new(VecBio::new()))
    }

    /// What the transport delivered.
    pub fn incoming(&mut self) -> &mut dyn MemoryBio {
        match &mut self.ahead {
            Some(ahead) if ahead.pending() > 0 => &mut **ahead,
            _ => &mut *self.incoming,
        }
    }

    /// What the transport delivers to, whatever waits in front of it.
    pub(crate) fn transport(&mut self) -> &mut dyn MemoryBio {
        &mut *self.incoming
    }

    /// Puts whole records in front of the incoming BIO, from where they were taken.
    pub(crate) fn put_back(&mut self, records: &[u8]) {
        let mut waiting = VecBio::new();
        waiting.push(records);
        self.ahead = Some(Box::new(waiting));
    }

    /// Forgets what is read by now of that which was put back.
    pub(crate) fn drop_ahead(&mut self) {
        if self.ahead.as_ref().is_some_and(|ahead| ahead.pending() == 0) {
            self.ahead = None;
        }
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
        let ahead = self.ahead.as_ref().map_or(0, |ahead| ahead.memory_in_use());
        let backlog = self.backlog.memory_in_use();
        self.incoming.memory_in_use() + self.outgoing.memory_in_use() + ahead + backlog
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
