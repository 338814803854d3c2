//! Everything back to where it came from.

use tls_object::{Closure, Error, ErrorKind, Read, Status};

use crate::pump::Pump;

/// An echo that has not sent everything back.
#[derive(Default)]
pub(super) struct Echo {
    /// What was read and not yet sent back, behind `sent` bytes that were.
    unsent: Vec<u8>,
    sent: usize,
}

impl Echo {
    /// Goes as far as it can without waiting; whether the client has closed and has got
    /// everything back.
    ///
    /// # Errors
    /// What ended the connection, [`ErrorKind::Truncated`] included.
    pub(super) fn step(&mut self, pump: &mut Pump, scratch: &mut [u8]) -> Result<bool, Error> {
        loop {
            if self.sent < self.unsent.len() {
                match pump.call(|tls| tls.write(&self.unsent[self.sent..]))? {
                    Status::Done(n) => self.sent += n,
                    Status::WantRead | Status::WantWrite | Status::Suspended => return Ok(false),
                }
                continue;
            }
            self.unsent = Vec::new();
            self.sent = 0;
            match pump.call(|tls| tls.read(scratch))? {
                Read::Data(n) => self.unsent.extend_from_slice(&scratch[..n]),
                Read::WantRead | Read::WantWrite | Read::Suspended => return Ok(false),
                Read::Closed(Closure::Clean) => return Ok(true),
                Read::Closed(Closure::Truncated) => return Err(ErrorKind::Truncated.into()),
            }
        }
    }
}
