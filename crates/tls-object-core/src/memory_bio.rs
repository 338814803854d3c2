//! The two memory buffers that an object reads ciphertext from and writes ciphertext to.

use crate::Error;

/// A first-in first-out buffer of ciphertext between an object and its owner.
///
/// The owner puts what the transport delivered into the *incoming* BIO and takes what the
/// transport shall deliver out of the *outgoing* one. Bytes are lent to closures instead of
/// by reference, so that a BIO may sit behind a lock ([`SharedBio`](crate::SharedBio)) or in the owner's own
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
    /// [`ErrorKind::BioEnded`](crate::ErrorKind::BioEnded) after [`write_eof`](Self::write_eof), for an empty `src` too.
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
    /// [`ErrorKind::BioEnded`](crate::ErrorKind::BioEnded) after [`write_eof`](Self::write_eof).
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
    fn eof(&self) -> bool {
        (**self).eof()
    }
}
