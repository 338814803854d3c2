//! Signatures by keys that are held elsewhere, on their way around the library.

use core::any::Any;
use core::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

use tls_object_core::{Error, ExternalKey, SignatureScheme};

use crate::aside::{Aside, call_application};
use crate::pause::{self, Asked};

/// What became of a signature.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Debug)]
pub enum Signed {
    /// It is there, and holds.
    Done(Vec<u8>),
    /// There is none, and why is left for the connection whose call is running.
    Failed,
    /// The library is to wait for it: what is to be signed is left for the connection.
    Later,
}

/// Why there is no signature.
pub(crate) enum Failed {
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

/// Puts the reason aside that is on its way.
pub(crate) fn put_aside() -> Aside<Failed> {
    Aside::put(&FAILED, None)
}

/// A signature of `message` by `scheme` that `holds`.
pub fn sign(
    key: &ExternalKey,
    scheme: SignatureScheme,
    message: &[u8],
    holds: impl FnOnce(&[u8]) -> bool,
) -> Signed {
    let code = || call_application(|| key.sign(scheme, message));
    let signed = panic::catch_unwind(AssertUnwindSafe(code));
    match signed {
        Ok(Ok(Some(signature))) => checked(Ok(signature), holds),
        Ok(Ok(None)) => {
            pause::ask(Asked::Signature { scheme, message: message.to_vec() });
            Signed::Later
        }
        Ok(Err(error)) => checked(Err(error), holds),
        Err(payload) => {
            FAILED.set(Some(Failed::Panicked(payload)));
            Signed::Failed
        }
    }
}

/// The signature that was waited for, if `holds` says so of scheme, message and signature.
pub fn signed_meanwhile(holds: impl FnOnce(SignatureScheme, &[u8], &[u8]) -> bool) -> Signed {
    let Some(late) = pause::take_signature() else { return Signed::Failed };
    checked(late.signed, |signature| holds(late.scheme, &late.message, signature))
}

fn checked(signed: Result<Vec<u8>, Error>, holds: impl FnOnce(&[u8]) -> bool) -> Signed {
    match signed.and_then(|signature| ExternalKey::checked(signature, holds)) {
        Ok(signature) => Signed::Done(signature),
        Err(error) => {
            FAILED.set(Some(Failed::Told(error)));
            Signed::Failed
        }
    }
}

/// Forgets the reason that is on its way.
pub(crate) fn forget() {
    drop(FAILED.take());
}

/// Why the call that has just failed got no signature, if that is the cause. A panic of the application's goes on.
pub(crate) fn take_failure() -> Option<Error> {
    match FAILED.take()? {
        Failed::Told(error) => Some(error),
        Failed::Panicked(payload) => panic::resume_unwind(payload),
    }
}
