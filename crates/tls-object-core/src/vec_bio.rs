//! The default BIO.

use core::fmt;

use crate::{Error, ErrorKind, MemoryBio};

/// Capacity that an emptied BIO keeps for the next burst in any case, in bytes. Holds 64 KiB of application
/// data with its framing.
const RETAINED: usize = 66 * 1024;

/// The default BIO: one contiguous, growing buffer.
///
/// Reading moves a cursor; bytes are moved to the front only when room at the back is needed
/// and at least half of the buffer was read, so that each byte is moved at most once on
/// average. An emptied buffer keeps what 64 KiB of application data fill. It keeps more when two
/// bursts in a row have needed more, until one comes that does not, or [`trim`](MemoryBio::trim).
#[derive(Clone, Default)]
pub struct VecBio {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    limit: usize,
    ended: bool,
    /// How much of a large buffer was needed before it was last empty.
    burst: usize,
}

impl VecBio {
    /// An empty BIO without a limit, as Python's.
    pub const fn new() -> Self {
        Self::with_limit(0)
    }

    /// An empty BIO of which [`write`](MemoryBio::write) fills at most `limit` bytes; 0 means no limit.
    ///
    /// As the outgoing BIO of an object it holds at most `limit` bytes of application data
    /// with their framing, plus what the handshake must send. Less than 16 KiB makes every
    /// record smaller than TLS allows.
    pub const fn with_limit(limit: usize) -> Self {
        Self { bytes: Vec::new(), start: 0, end: 0, limit, ended: false, burst: 0 }
    }

    /// The bytes that wait.
    pub fn peek(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Drops `n` bytes from the front.
    ///
    /// # Panics
    /// If fewer wait.
    pub fn consume(&mut self, n: usize) {
        assert!(n <= self.pending(), "consumed more bytes than wait");
        self.start += n;
        // To take nothing from an empty buffer says nothing of bursts.
        if self.start == self.end && n > 0 {
            let burst = if self.bytes.capacity() > RETAINED { self.emptied() } else { 0 };
            (self.start, self.end, self.burst) = (0, 0, burst);
        }
    }

    /// Decides whether a large buffer is kept for the next burst; how large this one was.
    #[cold]
    fn emptied(&mut self) -> usize {
        let needed_twice = self.burst.min(self.end);
        // A buffer that has doubled may be twice as long as what it was needed for.
        let kept = if needed_twice > RETAINED { 2 * needed_twice } else { RETAINED };
        if self.bytes.capacity() > kept {
            self.bytes = Vec::new();
        }
        self.end
    }

    /// At least `min` writable bytes at the back; [`commit`](Self::commit) appends them.
    /// What they hold is unspecified. Takes no notice of the limit.
    ///
    /// # Panics
    /// If there is no such amount of memory.
    pub fn spare(&mut self, min: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < min {
            self.grow(min);
        }
        &mut self.bytes[self.end..]
    }

    /// Appends the first `n` bytes of what [`spare`](Self::spare) lent.
    ///
    /// # Panics
    /// If it lent fewer.
    pub fn commit(&mut self, n: usize) {
        assert!(n <= self.bytes.len() - self.end, "committed more bytes than were spare");
        self.end += n;
    }

    /// Moves what waits to the front, if at least half of the buffer was read.
    fn compact(&mut self) {
        if self.start > 0 && self.start >= self.end - self.start {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
    }

    #[cold]
    fn grow(&mut self, min: usize) {
        self.compact();
        if self.bytes.len() - self.end < min {
            self.reserve(min);
            // Every byte of `bytes` is initialised once, when the buffer first grows to it.
            self.bytes.resize(self.bytes.capacity(), 0);
        }
    }

    /// Appends what does not fit into what the buffer has grown to.
    #[cold]
    fn push_beyond(&mut self, src: &[u8]) {
        self.compact();
        self.reserve(src.len());
        // Written over as far as it goes, and appended behind that: nothing is set to zero first.
        let (over, beyond) = src.split_at(src.len().min(self.bytes.len() - self.end));
        self.bytes[self.end..self.end + over.len()].copy_from_slice(over);
        self.bytes.extend_from_slice(beyond);
        self.end += src.len();
    }

    /// Makes room for `min` bytes at the back: twice as much as there was, but for a burst that
    /// fits what is kept of an emptied buffer no more than that.
    fn reserve(&mut self, min: usize) {
        let needed = self.end.checked_add(min).expect("no buffer is as long as that");
        let had = self.bytes.capacity();
        if needed > had {
            let doubled = needed.max(had * 2).max(1024);
            let wanted = if needed <= RETAINED { doubled.min(RETAINED) } else { doubled };
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
    }
}

impl MemoryBio for VecBio {
    fn pending(&self) -> usize {
        self.end - self.start
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn room(&self) -> usize {
        match self.limit {
            0 => usize::MAX,
            limit => limit.saturating_sub(self.pending()),
        }
    }

    fn write(&mut self, src: &[u8]) -> Result<usize, Error> {
        if self.ended {
            return Err(ErrorKind::BioEnded.into());
        }
        Ok(self.push(&src[..src.len().min(self.room())]))
    }

    fn push(&mut self, src: &[u8]) -> usize {
        // What the buffer has grown to before is written over.
        if let Some(room) = self.bytes.get_mut(self.end..self.end + src.len()) {
            room.copy_from_slice(src);
            self.end += src.len();
        } else {
            self.push_beyond(src);
        }
        src.len()
    }

    fn write_eof(&mut self) {
        self.ended = true;
    }

    fn read(&mut self, dst: &mut [u8]) -> usize {
        let n = dst.len().min(self.pending());
        dst[..n].copy_from_slice(&self.peek()[..n]);
        self.consume(n);
        n
    }

    fn lend(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> usize {
        if self.start == self.end {
            return 0;
        }
        let n = take(self.peek());
        self.consume(n);
        n
    }

    fn fill(
        &mut self,
        min: usize,
        put: &mut dyn FnMut(&mut [u8]) -> usize,
    ) -> Result<usize, Error> {
        if self.ended {
            return Err(ErrorKind::BioEnded.into());
        }
        let room = self.room();
        let min = min.min(room);
        if min == 0 {
            return Ok(0);
        }
        let spare = self.spare(min);
        let lent = spare.len().min(room);
        let n = put(&mut spare[..lent]);
        assert!(n <= lent, "put more bytes than were lent");
        self.commit(n);
        Ok(n)
    }

    fn memory_in_use(&self) -> usize {
        self.bytes.capacity()
    }

    fn trim(&mut self) {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        self.bytes.truncate(self.end);
        self.bytes.shrink_to_fit();
        self.burst = 0;
    }
}

/// Sizes only: what waits may be somebody's secret, or long.
impl fmt::Debug for VecBio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VecBio")
            .field("pending", &self.pending())
            .field("limit", &self.limit)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
