//! What waits on a thread for the connection whose call is running, while code of the application goes on with others.

use core::cell::Cell;
use std::thread::LocalKey;

use crate::{pause, refusal, signing};

/// What a cell of this thread held, which it holds again when this is dropped.
pub(crate) struct Aside<T: 'static> {
    cell: &'static LocalKey<Cell<Option<T>>>,
    held: Option<T>,
}

impl<T> Aside<T> {
    /// Puts `value` into the cell meanwhile.
    pub(crate) fn put(cell: &'static LocalKey<Cell<Option<T>>>, value: Option<T>) -> Self {
        Self { cell, held: cell.replace(value) }
    }
}

impl<T> Drop for Aside<T> {
    fn drop(&mut self) {
        self.cell.set(self.held.take());
    }
}

/// Forgets what waits, where a call ends otherwise than by asking for it.
pub(crate) fn forget() {
    refusal::forget_refusal();
    drop(pause::take_asked());
    signing::forget();
}

/// Runs code of the application that a library calls back. It may go on with other connections on this thread, which
/// leave nothing for the one that is calling and take nothing of it.
pub(crate) fn call_application<R>(code: impl FnOnce() -> R) -> R {
    let _aside = (refusal::put_aside(), pause::put_aside(), signing::put_aside());
    code()
}
