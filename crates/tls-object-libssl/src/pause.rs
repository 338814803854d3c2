//! Decisions that a handshake is suspended for, on their way around the library.

use core::cell::Cell;
use core::time::Duration;

use tls_object_core::{Awaited, Decision, Error, Side, SignatureScheme, VerifyCode};

use crate::aside::Aside;
use crate::hooks::Sent;

/// What a library was told to wait for.
#[derive(Debug)]
pub(crate) enum Asked {
    Signature { scheme: SignatureScheme, message: Vec<u8> },
    Verdict { sent: Sent, time: Duration, library: Option<Result<(), VerifyCode>> },
}

impl Asked {
    /// The same for the application, of a connection whose own end is `side`.
    pub(crate) fn awaited(&self, side: Side) -> Awaited<'_> {
        match self {
            Self::Signature { scheme, message } => Awaited::Signature { scheme: *scheme, message },
            Self::Verdict { sent, time, library } => {
                let mut peer = sent.presented_by(side.peer());
                peer.time = *time;
                peer.library = *library;
                Awaited::Verdict(peer)
            }
        }
    }
}

thread_local! {
    /// What a callback has last told the library on this thread to wait for, and what was decided of that which the
    /// connection had asked whose call is running.
    ///
    /// Callbacks run within a call of the engine's, on the same stack, and know the connection as the library's only, which has
    /// no place for this.
    static ASKED: Cell<Option<Asked>> = const { Cell::new(None) };
    static DECIDED: Cell<Option<(Asked, Decision)>> = const { Cell::new(None) };
}

/// Puts the question and the decision aside that are on their way.
pub(crate) fn put_aside() -> (Aside<Asked>, Aside<(Asked, Decision)>) {
    (Aside::put(&ASKED, None), Aside::put(&DECIDED, None))
}

/// Leaves a question for the connection whose call is running, when the library is told to wait.
pub(crate) fn ask(asked: Asked) {
    ASKED.set(Some(asked));
}

/// The question that the library waits for.
pub(crate) fn take_asked() -> Option<Asked> {
    ASKED.take()
}

/// Runs a call in which the library may ask again for what was decided of what it had asked.
pub(crate) fn with_decision<R>(decided: Option<(Asked, Decision)>, call: impl FnOnce() -> R) -> R {
    let _outer = Aside::put(&DECIDED, decided);
    call()
}

/// What came of a signature that was waited for.
pub(crate) struct LateSignature {
    pub(crate) scheme: SignatureScheme,
    pub(crate) message: Vec<u8>,
    pub(crate) signed: Result<Vec<u8>, Error>,
}

/// The signature that was waited for.
pub(crate) fn take_signature() -> Option<LateSignature> {
    match DECIDED.take()? {
        (Asked::Signature { scheme, message }, Decision::Signature(signed)) => {
            Some(LateSignature { scheme, message, signed })
        }
        other => {
            DECIDED.set(Some(other));
            None
        }
    }
}

/// The verdict that was waited for.
pub(crate) fn take_verdict() -> Option<Result<(), VerifyCode>> {
    match DECIDED.take()? {
        (Asked::Verdict { .. }, Decision::Verdict(verdict)) => Some(verdict),
        other => {
            DECIDED.set(Some(other));
            None
        }
    }
}
