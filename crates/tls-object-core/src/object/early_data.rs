//! Early data (RFC 8446 section 2.3): sent before the handshake, read during it.

use super::Object;
use crate::{Engine, Error, ErrorKind, Side, Status};

impl<E: Engine> Object<E> {
    pub(super) fn send_early_data(&mut self, src: &[u8]) -> Result<Status<usize>, Error> {
        if self.side == Side::Server {
            return Err(ErrorKind::WrongSide.into());
        }
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        if self.begun || src.is_empty() {
            return Ok(Status::Done(0));
        }
        let sent = self.call(|engine, bios| {
            bios.with_nothing_incoming(|bios| engine.write_early_data(bios, src))
        });
        match sent {
            Ok(sent) => {
                self.early_data_sent |= sent > 0;
                Ok(Status::Done(sent))
            }
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)) => Err(error),
            Err(error) => Err(self.fail(error)),
        }
    }

    pub(super) fn receive_early_data(&mut self, dst: &mut [u8]) -> Result<Status<usize>, Error> {
        if self.side == Side::Client {
            return Err(ErrorKind::WrongSide.into());
        }
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        if dst.is_empty() {
            return Ok(Status::Done(0));
        }
        let mut blocked = None;
        loop {
            // What the client has said may change what there is to be read.
            let (n, over) = match self.engine.early_data() {
                Some(early) => (early.read(dst), early.is_over()),
                None => (0, self.begun),
            };
            if n > 0 || over || self.done {
                return Ok(Status::Done(n));
            }
            if let Some(blocked) = blocked {
                return Ok(blocked);
            }
            blocked = match self.handshake()? {
                Status::Done(()) => None,
                Status::WantRead => Some(Status::WantRead),
                Status::WantWrite => Some(Status::WantWrite),
                Status::Suspended => Some(Status::Suspended),
            };
        }
    }
}
