//! The secrets of a connection, handed out.

use super::Object;
use crate::{Capability, Context as _, Engine, Error, ErrorKind, Received, Status, TrafficSecrets};

impl<E: Engine> Object<E> {
    /// Whether the library has the connection: from the handshake on, and until it is handed over.
    ///
    /// # Errors
    /// [`ErrorKind::HandshakeNotDone`], [`ErrorKind::HandedOver`].
    pub(super) fn is_at_hand(&self) -> Result<(), Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        match &self.failure {
            Some(error) if error.kind() == ErrorKind::HandedOver => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Hands the secrets out, and ends the object with it.
    pub(super) fn hand_over(&mut self) -> Result<Status<TrafficSecrets>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        if !E::EXTRACTS_SECRETS {
            return Err(ErrorKind::Unsupported(Capability::TrafficSecrets).into());
        }
        self.secrets_left()?;
        if !self.context.config().extract_secrets {
            return Err(Error::new(ErrorKind::InvalidArgument)
                .with_detail("the configuration does not let secrets out"));
        }
        if self.sent_close {
            return Err(ErrorKind::ProtocolIsShutdown.into());
        }
        if let Some(status) = self.come_to_rest()? {
            return Ok(status);
        }
        match self.call(|engine, _| engine.traffic_secrets()) {
            Ok(secrets) => {
                self.failure = Some(ErrorKind::HandedOver.into());
                Ok(Status::Done(secrets))
            }
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)) => Err(error),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Ends the record that the library is in the middle of, and sends what it holds back; what is to be returned if that
    /// takes more than this call.
    fn come_to_rest<T>(&mut self) -> Result<Option<Status<T>>, Error> {
        let early = self.engine.early_data().is_some_and(|early| early.waits());
        if early || self.engine.pending() > 0 {
            return Err(ErrorKind::UnreadData.into());
        }
        while !self.received_close && self.engine.is_inside_record() {
            match self.call(|engine, bios| engine.ready(bios)) {
                Ok(Received::Data(_)) => return Err(ErrorKind::UnreadData.into()),
                Ok(Received::CloseNotify) => self.received_close = true,
                Ok(Received::WantRead) if self.engine.is_inside_record() => {
                    return self.want_read().map(Some);
                }
                Ok(Received::WantRead) => {}
                Err(error) => return Err(self.fail(error)),
            }
        }
        if let Err(error) = self.call(|engine, bios| engine.release(bios)) {
            return Err(self.fail(error));
        }
        let flushed = self.call(|_, bios| bios.flush());
        let is_out = flushed && self.bios.outgoing().pending() == 0;
        Ok(if is_out { None } else { Some(Status::WantWrite) })
    }
}
