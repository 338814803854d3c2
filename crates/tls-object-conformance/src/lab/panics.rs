//! Panics of an application's code while an object calls it.

use core::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tls_object_core::{Alert, ErrorKind, Side};

use super::Lab;
use crate::failure::{Failure, ensure};
use crate::pair::{Pair, Progress};

/// What the code of scenarios panics with.
const PAYLOAD: &str = "the application's own";

/// Panics as the code of an application, without a message on standard error.
pub(crate) fn panic_quietly() -> ! {
    resume_unwind(Box::new(PAYLOAD))
}

/// `call` lets a panic of [`panic_quietly`] through.
#[track_caller]
pub(crate) fn lets_panic_through<T: Debug>(call: impl FnOnce() -> T) -> Result<(), Failure> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(value) => Err(Failure::new(format!("no panic: {value:?}"))),
        Err(payload) => {
            ensure!(payload.downcast_ref() == Some(&PAYLOAD), "another panic");
            Ok(())
        }
    }
}

/// The handshake ends with a panic of the application's code on `side`, and every later call there with an error.
#[track_caller]
pub(crate) fn ended_by_panic(pair: &mut Pair, side: Side) -> Result<(), Failure> {
    lets_panic_through(|| pair.drive())?;
    for _ in 0..2 {
        let after = pair.tls(side).do_handshake().map_err(|error| error.kind());
        ensure!(after == Err(ErrorKind::Internal), "after the panic: {after:?}");
    }
    Ok(())
}

impl Lab {
    /// The peer of `side`, which a panic has ended, is told so with this alert.
    #[track_caller]
    pub(crate) fn told_of_panic(
        &self,
        pair: &mut Pair,
        side: Side,
        alert: Alert,
    ) -> Result<(), Failure> {
        let handshake = pair.drive()?;
        let progress = handshake.of(side.peer());
        let told = !matches!(progress, Progress::Waiting);
        let fact = if self.is_tls13() { "alert under TLS 1.3" } else { "alert" };
        self.expect(fact, Some(alert), told.then_some(alert))?;
        let reported = pair.expect_error(side)?.alert_sent();
        ensure!(reported == told.then_some(alert), "{reported:?} was reported");
        if told { self.told(pair, side.peer(), progress, alert) } else { Ok(()) }
    }
}
