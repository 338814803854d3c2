//! The two memory buffers that an object reads ciphertext from and writes ciphertext to.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Error, ErrorKind};

/// A first-in first-out buffer of ciphertext between an object and its owner.
///
/// The owner puts what the transport delivered into the *incoming* BIO and takes what the
/// transport shall deliver out of the *outgoing* one. Bytes are lent to closures instead of
/// by reference, so that a BIO may sit behind a lock ([`SharedBio`]) or in the owner's own
/// memory.
///
/// Python: `ssl.MemoryBIO`.
pub trait MemoryBio: Send {
    /// The number of bytes waiting to be read.
    fn pending(&self) -> usize;

    /// Whether [`write_eof`](Self::write_eof) was called, whatever is still waiting.
    fn ended(&self) -> bool;

    /// How many bytes [`write`](Self::write) would take now; `usize::MAX` without a limit.
    fn room(&self) -> usize;

    /// Appends as much of `src` as the limit allows and returns how much that was.
    ///
    /// # Errors
    /// [`ErrorKind::BioEnded`] after [`write_eof`](Self::write_eof), for an empty `src` too.
    fn write(&mut self, src: &[u8]) -> Result<usize, Error>;

    /// Appends protocol bytes that an engine cannot hold back (handshake messages, alerts),
    /// beyond the limit if need be. Returns how much was taken: a BIO over fixed memory may
    /// take less, and the engine then keeps the rest and offers it again.
    ///
    /// For backends; an owner calls [`write`](Self::write).
    fn push(&mut self, src: &[u8]) -> usize;

    /// Marks the end of the stream. Cannot be taken back; doing it twice is the same as once.
    fn write_eof(&mut self);

    /// Takes bytes from the front into `dst`, returns how many.
    fn read(&mut self, dst: &mut [u8]) -> usize;

    /// Lends the waiting bytes, at least one when any wait, in order from the front, to `take`, and drops as
    /// many from the front as it returns (never more than it was lent). Returns that number.
    ///
    /// Not called when nothing waits. What is lent is everything for a contiguous BIO; a BIO made
    /// of pieces may lend only its first piece.
    fn lend(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> usize;

    /// Lends at least `min` writable bytes at the back to `put`, and appends as many as it
    /// returns (never more than it was lent). Returns that number. What the bytes hold
    /// beforehand is unspecified.
    ///
    /// This is how a transport reads straight into the BIO. Lends fewer than `min` bytes, or
    /// does not call `put` at all, when the limit does not leave them.
    ///
    /// # Errors
    /// [`ErrorKind::BioEnded`] after [`write_eof`](Self::write_eof).
    fn fill(&mut self, min: usize, put: &mut dyn FnMut(&mut [u8]) -> usize)
    -> Result<usize, Error>;

    /// Bytes of memory that the BIO holds on to now.
    fn memory_in_use(&self) -> usize;

    /// Gives back memory that is not needed for the bytes that wait.
    fn trim(&mut self);

    /// Whether the stream has ended and everything before the end was read.
    fn eof(&self) -> bool {
        self.ended() && self.pending() == 0
    }
}

/// A BIO that keeps what it is given behind a pointer of any kind.
impl<B: MemoryBio + ?Sized> MemoryBio for Box<B> {
    fn pending(&self) -> usize {
        (**self).pending()
    }
    fn ended(&self) -> bool {
        (**self).ended()
    }
    fn room(&self) -> usize {
        (**self).room()
    }
    fn write(&mut self, src: &[u8]) -> Result<usize, Error> {
        (**self).write(src)
    }
    fn push(&mut self, src: &[u8]) -> usize {
        (**self).push(src)
    }
    fn write_eof(&mut self) {
        (**self).write_eof();
    }
    fn read(&mut self, dst: &mut [u8]) -> usize {
        (**self).read(dst)
    }
    fn lend(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> usize {
        (**self).lend(take)
    }
    fn fill(
        &mut self,
        min: usize,
        put: &mut dyn FnMut(&mut [u8]) -> usize,
    ) -> Result<usize, Error> {
        (**self).fill(min, put)
    }
    fn memory_in_use(&self) -> usize {
        (**self).memory_in_use()
    }
    fn trim(&mut self) {
        (**self).trim();
    }
}

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
        if self.start == self.end {
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
        let needed = self.end + min;
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

/// A [`VecBio`] with several owners, as Python's `MemoryBIO` has: the object uses one clone,
/// whoever moves the bytes keeps another.
///
/// Each call takes the lock for itself. A closure that is lent bytes runs under the lock and
/// must not use the same BIO again.
#[derive(Clone, Debug, Default)]
pub struct SharedBio(Arc<Mutex<VecBio>>);

impl SharedBio {
    /// An empty BIO without a limit.
    pub fn new() -> Self {
        Self::with_limit(0)
    }

    /// An empty BIO with a limit in bytes; 0 means none. See [`VecBio::with_limit`].
    pub fn with_limit(limit: usize) -> Self {
        Self(Arc::new(Mutex::new(VecBio::with_limit(limit))))
    }

    /// A panic in a lent closure leaves the buffer as it was before the closure ran.
    fn bio(&self) -> MutexGuard<'_, VecBio> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryBio for SharedBio {
    fn pending(&self) -> usize {
        self.bio().pending()
    }
    fn ended(&self) -> bool {
        self.bio().ended()
    }
    fn room(&self) -> usize {
        self.bio().room()
    }
    fn write(&mut self, src: &[u8]) -> Result<usize, Error> {
        self.bio().write(src)
    }
    fn push(&mut self, src: &[u8]) -> usize {
        self.bio().push(src)
    }
    fn write_eof(&mut self) {
        self.bio().write_eof();
    }
    fn read(&mut self, dst: &mut [u8]) -> usize {
        self.bio().read(dst)
    }
    fn lend(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> usize {
        self.bio().lend(take)
    }
    fn fill(
        &mut self,
        min: usize,
        put: &mut dyn FnMut(&mut [u8]) -> usize,
    ) -> Result<usize, Error> {
        self.bio().fill(min, put)
    }
    fn memory_in_use(&self) -> usize {
        self.bio().memory_in_use()
    }
    fn trim(&mut self) {
        self.bio().trim();
    }
}
