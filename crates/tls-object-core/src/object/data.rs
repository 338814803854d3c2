//! Data and the end of it: what reading, writing and closing have in common.

use super::Object;
use crate::{Bios, Closure, Engine, Error, ErrorKind, MAX_PLAINTEXT, Read, Received, Status};

/// What one record adds to its plaintext at most, for the suites that are spoken here: header,
/// content type or explicit nonce, tag or MAC and padding.
const RECORD_OVERHEAD: usize = 128;

/// What answers to the peer (alerts, key updates) may add to a full outgoing BIO, in bytes,
/// before reading stops until it is written out.
const ANSWERS: u64 = 64 * 1024;

impl<E: Engine> Object<E> {
    /// Whether answers to the peer have piled up behind a full outgoing BIO.
    pub(super) fn answers_pile_up(&mut self) -> bool {
        if self.bios.outgoing().room() > 0 {
            self.sent_with_room = self.bios.sent();
        }
        self.bios.sent() - self.sent_with_room > ANSWERS
    }

    /// What begins every call that reads, the engine's part, and what its answer comes to.
    pub(super) fn receive(
        &mut self,
        read: impl FnOnce(&mut E, &mut Bios) -> Result<Received, Error>,
    ) -> Result<Read, Error> {
        match self.begin() {
            Err(error) if self.done && error.kind() == ErrorKind::Truncated => {
                return Ok(Read::Closed(Closure::Truncated));
            }
            Err(error) => return Err(error),
            Ok(false) => return Ok(Read::WantWrite),
            Ok(true) => {}
        }
        if self.received_close {
            return Ok(Read::Closed(Closure::Clean));
        }
        if !self.done {
            match self.handshake()? {
                Status::Done(()) => {}
                Status::WantRead => return Ok(Read::WantRead),
                Status::WantWrite => return Ok(Read::WantWrite),
                Status::Suspended => return Ok(Read::Suspended),
            }
        }
        if self.engine.early_data().is_some_and(|early| early.waits()) {
            return Err(ErrorKind::UnreadData.into());
        }
        if self.answers_pile_up() {
            return Ok(Read::WantWrite);
        }
        let received = self.call(read);
        if self.asked_later {
            self.peer_certificates.take();
        }
        match received {
            Ok(Received::Data(n)) => Ok(Read::Data(n)),
            Ok(Received::CloseNotify) => {
                self.received_close = true;
                Ok(Read::Closed(Closure::Clean))
            }
            Ok(Received::WantRead) if self.bios.incoming().ended() => {
                self.fail(ErrorKind::Truncated.into());
                Ok(Read::Closed(Closure::Truncated))
            }
            Ok(Received::WantRead) => Ok(Read::WantRead),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// What begins every call that writes; what it returns if there is nothing to be written now.
    pub(super) fn before_write(&mut self) -> Result<Option<Status<usize>>, Error> {
        if !self.begin()? {
            return Ok(Some(Status::WantWrite));
        }
        if self.sent_close {
            return Err(ErrorKind::ProtocolIsShutdown.into());
        }
        if self.done {
            return Ok(None);
        }
        Ok(match self.handshake()? {
            Status::Done(()) => None,
            Status::WantRead => Some(Status::WantRead),
            Status::WantWrite => Some(Status::WantWrite),
            Status::Suspended => Some(Status::Suspended),
        })
    }

    /// How much plaintext the next record may hold.
    pub(super) fn record_room(&mut self) -> usize {
        let outgoing = self.bios.outgoing();
        let room = outgoing.room().saturating_sub(RECORD_OVERHEAD);
        if room == 0 && outgoing.pending() == 0 {
            // A limit below one record's overhead must not stop the connection for good.
            return 1;
        }
        room.min(MAX_PLAINTEXT)
    }

    /// Writes one record.
    pub(super) fn send(&mut self, plaintext: &[u8]) -> Result<(), Error> {
        let written = self.call(|engine, bios| engine.write(bios, plaintext));
        written.map_err(|error| self.fail(error))
    }

    pub(super) fn send_close(&mut self) -> Result<(), Error> {
        if !self.done {
            return Err(ErrorKind::ShutdownWhileInInit.into());
        }
        if !self.sent_close {
            self.sent_close = true;
            let sent = self.call(|engine, bios| engine.close_notify(bios));
            sent.map_err(|error| self.fail(error))?;
        }
        Ok(())
    }
}

/// What a write comes to that took `taken` bytes.
pub(super) fn written(taken: usize, of_nothing: bool) -> Status<usize> {
    if taken == 0 && !of_nothing { Status::WantWrite } else { Status::Done(taken) }
}
