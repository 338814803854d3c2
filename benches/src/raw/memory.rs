//! The buffers of one end.

use std::io::{self, Read, Write};

/// The buffers of one end. To read from it takes from `incoming`, to write to it appends to `outgoing`.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) incoming: Vec<u8>,
    /// How much of `incoming` was read.
    taken: usize,
    pub(super) outgoing: Vec<u8>,
    /// How much of `outgoing` was delivered.
    delivered: usize,
}

impl Memory {
    /// What waits to be read.
    pub(super) fn waiting(&self) -> &[u8] {
        &self.incoming[self.taken..]
    }

    /// Drops `n` bytes from the front of what waits.
    pub(super) fn consume(&mut self, n: usize) {
        self.taken += n;
        if self.taken == self.incoming.len() {
            self.incoming.clear();
            self.taken = 0;
        }
    }

    /// What the network would do, `most` bytes at a time; how many it did.
    pub(super) fn deliver(&mut self, to: &mut Self, most: usize) -> usize {
        let waiting = &self.outgoing[self.delivered..];
        let n = waiting.len().min(most);
        to.incoming.extend_from_slice(&waiting[..n]);
        self.delivered += n;
        if self.delivered == self.outgoing.len() {
            self.discard();
        }
        n
    }

    /// Drops what waits to be delivered.
    pub(super) fn discard(&mut self) {
        self.outgoing.clear();
        self.delivered = 0;
    }

    /// Gives back what is not needed.
    pub(super) fn trim(&mut self) {
        self.incoming.shrink_to_fit();
        self.outgoing.shrink_to_fit();
    }
}

impl Read for Memory {
    fn read(&mut self, dst: &mut [u8]) -> io::Result<usize> {
        let n = dst.len().min(self.waiting().len());
        if n == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        dst[..n].copy_from_slice(&self.waiting()[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl Write for Memory {
    fn write(&mut self, src: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(src);
        Ok(src.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
