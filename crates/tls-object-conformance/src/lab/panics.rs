//! Panics of an application's code while an object calls it.

use core::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tls_object_core::{ErrorKind, Side};

use crate::failure::{Failure, ensure};
use crate::pair::Pair;

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
