//! The handshake: begun, continued, and refused before an engine sees what is no TLS.

use core::mem;

use super::Object;
use crate::record::{HEADER, plain_alert, preamble};
use crate::{Alert, Context as _, Engine, Error, ErrorKind, Side, Status};

impl<E: Engine> Object<E> {
    /// Looks at the first bytes from the peer before the engine does; whether they are there.
    fn recognise(&mut self) -> Result<bool, Error> {
        let mut first = [0; HEADER];
        let mut have = 0;
        let incoming = self.bios.incoming();
        if incoming.pending() < HEADER {
            return Ok(false);
        }
        incoming.lend(&mut |bytes| {
            have = bytes.len().min(HEADER);
            first[..have].copy_from_slice(&bytes[..have]);
            0
        });
        if have < HEADER {
            // A BIO made of pieces: only its front can be seen, and that must do.
            self.recognised = true;
            return Ok(true);
        }
        match preamble(first, self.side == Side::Server) {
            Ok(()) => {
                self.recognised = true;
                Ok(true)
            }
            Err(kind) => {
                let mut error = Error::from(kind);
                if kind == ErrorKind::Ssl2Hello {
                    // TLS 1.0 is the newest that the sender may know.
                    let mut alert = plain_alert(Alert::PROTOCOL_VERSION);
                    alert[2] = 1;
                    self.bios.send(&alert);
                    error = error.with_alert_sent(Alert::PROTOCOL_VERSION);
                }
                Err(self.fail(error))
            }
        }
    }

    /// The handshake, begun and continued.
    pub(super) fn handshake(&mut self) -> Result<Status<()>, Error> {
        if self.done {
            return Ok(Status::Done(()));
        }
        if !self.recognised {
            // A client speaks first: it may do so before anything is there to be recognised.
            let something_there = self.bios.incoming().pending() > 0;
            if !self.recognise()? && (something_there || self.side == Side::Server) {
                if self.side == Side::Client {
                    self.count_start();
                }
                if self.side == Side::Client && self.bios.sent() == 0 {
                    let begun = self.call(|engine, bios| {
                        bios.with_nothing_incoming(|bios| engine.handshake(bios))
                    });
                    if let Err(error) = begun {
                        return Err(self.fail(error));
                    }
                }
                return self.want_read();
            }
        }
        if let Some(status) = self.greet()? {
            return Ok(status);
        }
        if self.engine.awaited().is_some() {
            return Ok(Status::Suspended);
        }
        self.count_start();
        match self.call(|engine, bios| engine.handshake(bios)) {
            Ok(Status::Done(())) => {
                self.done = true;
                self.bios.drop_ahead();
                self.facts = self.engine.negotiated();
                if let Some(counters) = self.context.counters() {
                    counters.finish(self.facts.resumed);
                }
                if mem::take(&mut self.early_data_sent) && !self.facts.early_data_accepted {
                    // Not the end: the connection was made all the same.
                    return Err(ErrorKind::EarlyDataRejected.into());
                }
                Ok(Status::Done(()))
            }
            Ok(Status::Suspended) => Ok(Status::Suspended),
            Ok(Status::WantRead | Status::WantWrite) => self.want_read(),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn count_start(&mut self) {
        if !mem::replace(&mut self.begun, true)
            && let Some(counters) = self.context.counters()
        {
            counters.start();
        }
    }

    /// The incoming BIO ran dry: for now, or for good?
    pub(super) fn want_read<T>(&mut self) -> Result<Status<T>, Error> {
        if self.bios.incoming().ended() {
            return Err(self.fail(ErrorKind::Truncated.into()));
        }
        let incoming = self.bios.incoming();
        if incoming.pending() > 0 && incoming.room() == 0 {
            // Nothing was taken, nothing more fits: the owner would wait for ever.
            return Err(Error::new(ErrorKind::InvalidConfig)
                .with_detail("the limit of the incoming BIO is too small for a record's header"));
        }
        Ok(Status::WantRead)
    }
}
