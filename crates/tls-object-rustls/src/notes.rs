//! What is found out about a connection by code that belongs to its whole context, on its way around rustls.

use core::any::Any;
use core::cell::RefCell;
use core::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::sign::CertifiedKey;
use tls_object_core::Error;

use crate::path::Path;

/// What keys, verifiers and the like have found out about a connection.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Server: what it has chosen to show.
    pub(crate) shown: Option<Arc<CertifiedKey>>,
    /// By which scheme this end has signed the handshake.
    pub(crate) own_signature: Option<SignatureScheme>,
    /// By which scheme the peer has, validly.
    pub(crate) peer_signature: Option<SignatureScheme>,
    /// By which path the peer's chain was accepted.
    pub(crate) verified: Option<Path>,
    /// What the server said of its certificate, if it was asked.
    pub(crate) ocsp_response: Option<Vec<u8>>,
    /// Why the peer's chain was refused.
    pub(crate) refusal: Option<Error>,
    /// A panic of the application's code, which goes on when the peer was told.
    pub(crate) panic: Option<Box<dyn Any + Send>>,
}

thread_local! {
    /// Those of the connection whose call is running on this thread.
    static NOTES: RefCell<Notes> = const { RefCell::new(Notes::NOTHING) };
}

impl Notes {
    const NOTHING: Self = Self {
        shown: None,
        own_signature: None,
        peer_signature: None,
        verified: None,
        ocsp_response: None,
        refusal: None,
        panic: None,
    };

    /// Runs a call into rustls, which adds to these notes.
    ///
    /// Code of the application that rustls calls back may go on with other connections on this thread: each has notes of
    /// its own, also after a panic.
    pub(crate) fn gather<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let _until_the_end = Exchanged::new(self);
        call()
    }
}

/// Notes that have changed places with those that are being written, and go back when this is dropped.
struct Exchanged<'a>(&'a mut Notes);

impl<'a> Exchanged<'a> {
    fn new(notes: &'a mut Notes) -> Self {
        let mut this = Self(notes);
        this.exchange();
        this
    }

    fn exchange(&mut self) {
        NOTES.with_borrow_mut(|written| mem::swap(written, self.0));
    }
}

impl Drop for Exchanged<'_> {
    fn drop(&mut self) {
        self.exchange();
    }
}

/// Takes something down about the connection whose call is running.
pub(crate) fn note(write: impl FnOnce(&mut Notes)) {
    NOTES.with_borrow_mut(write);
}

/// Runs code of the application that rustls is to hear of as a refusal if it panics: `None` then, and the panic is noted.
pub(crate) fn run<R>(code: impl FnOnce() -> R) -> Option<R> {
    panic::catch_unwind(AssertUnwindSafe(code))
        .map_err(|payload| note(|notes| notes.panic = Some(payload)))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme() -> Option<SignatureScheme> {
        NOTES.with_borrow(|notes| notes.own_signature)
    }

    #[test]
    fn each_call_has_its_own() {
        let sign = |scheme| note(|notes| notes.own_signature = Some(scheme));
        let [mut outer, mut inner, mut panicking] = [const { Notes::NOTHING }; 3];
        outer.gather(|| {
            sign(SignatureScheme::ED25519);
            inner.gather(|| assert_eq!(scheme(), None));
            let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
                panicking.gather(|| {
                    sign(SignatureScheme::ED448);
                    panic!("of the application");
                })
            }));
            assert!(panicked.is_err());
            assert_eq!(scheme(), Some(SignatureScheme::ED25519));
        });
        assert_eq!(outer.own_signature, Some(SignatureScheme::ED25519));
        assert_eq!(inner.own_signature, None);
        assert_eq!(scheme(), None);
    }
}
