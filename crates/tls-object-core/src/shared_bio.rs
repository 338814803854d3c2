//! A BIO with several owners.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Error, MemoryBio, VecBio};

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
    fn eof(&self) -> bool {
        self.bio().eof()
    }
}
