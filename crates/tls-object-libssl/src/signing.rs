//! Signatures by keys that are held elsewhere, on their way around the library.

use core::any::Any;
use core::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

use tls_object_core::{Error, ExternalKey, SignatureScheme};

/// Why there is no signature.
enum Failed {
    Told(Error),
    Panicked(Box<dyn Any + Send>),
}

thread_local! {
    /// Why the last key that was asked on this thread has not signed.
    ///
    /// It is asked within a call of [`take_failure`]'s caller, on the same stack, by a library that has no place for this
    /// and through which no panic may unwind.
    static FAILED: Cell<Option<Failed>> = const { Cell::new(None) };
}

/// A signature of `message` by `scheme` that `holds`; `None` where there is none, and why is left for the connection
/// whose call is running.
pub fn sign(
    key: &ExternalKey,
    scheme: SignatureScheme,
    message: &[u8],
    holds: impl FnOnce(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    let signed = panic::catch_unwind(AssertUnwindSafe(|| key.sign(scheme, message, holds)));
    let failed = match signed {
        Ok(Ok(signature)) => return Some(signature),
        Ok(Err(error)) => Failed::Told(error),
        Err(payload) => Failed::Panicked(payload),
    };
    FAILED.set(Some(failed));
    None
}

/// Why the call that has just failed got no signature, if that is the cause. A panic of the application's goes on.
pub(crate) fn take_failure() -> Option<Error> {
    match FAILED.take()? {
        Failed::Told(error) => Some(error),
        Failed::Panicked(payload) => panic::resume_unwind(payload),
    }
}
