//! The contract of [`SslObject`](crate::SslObject), kept once for all engines.

mod data;
mod early_data;
mod greeting;
mod handshake;
mod secrets;
mod ssl_object;

use core::cell::OnceCell;
use core::{fmt, mem};

use greeting::Greeting;

use crate::{
    Bios, Certificate, Context as _, Engine, Error, ErrorKind, MemoryBio, Negotiated, ServerName,
    Side, VerifyCode, Wrap,
};

/// An engine between its BIOs: the one implementation of [`SslObject`](crate::SslObject).
///
/// For backends: [`Context::wrap_bio`](crate::Context::wrap_bio) returns one.
pub struct Object<E: Engine> {
    engine: E,
    context: E::Context,
    side: Side,
    server_name: Option<ServerName>,
    bios: Bios,
    /// Server: there until the ClientHello has arrived and been decided on, if that is wanted.
    greeting: Option<Box<Greeting>>,
    /// The engine has begun the handshake.
    begun: bool,
    /// Client: early data was sent, and nobody was told yet what became of it.
    early_data_sent: bool,
    /// The first five bytes were looked at.
    recognised: bool,
    done: bool,
    sent_close: bool,
    received_close: bool,
    failure: Option<Error>,
    /// Where [`Bios::sent`] stood when the outgoing BIO last had room.
    sent_with_room: u64,
    facts: Negotiated,
    /// A certificate may arrive with any read.
    asked_later: bool,
    /// Filled when they are first asked for.
    peer_certificates: OnceCell<Vec<Certificate>>,
}

impl<E: Engine> Object<E> {
    /// Puts an engine of `context` between its BIOs. `wrap` has passed [`Wrap::check`].
    ///
    /// # Errors
    /// Those of [`Engine::new`].
    pub fn new(
        context: E::Context,
        wrap: Wrap,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
    ) -> Result<Self, Error> {
        Ok(Self {
            engine: E::new(&context, &wrap)?,
            greeting: Greeting::new(context.config(), &wrap),
            context,
            side: wrap.side,
            server_name: wrap.server_name,
            bios: Bios::new(incoming, outgoing),
            begun: false,
            early_data_sent: false,
            recognised: false,
            done: false,
            sent_close: false,
            received_close: false,
            failure: None,
            sent_with_room: 0,
            facts: Negotiated::default(),
            asked_later: false,
            peer_certificates: OnceCell::new(),
        })
    }

    /// The engine, for what a backend offers beyond [`SslObject`](crate::SslObject).
    pub fn engine(&mut self) -> &mut E {
        &mut self.engine
    }

    /// Begins every call: the error that ended the connection, or else whether the outgoing BIO
    /// has taken all that an earlier call put out.
    fn begin(&mut self) -> Result<bool, Error> {
        let flushed = self.call(|_, bios| bios.flush());
        match &self.failure {
            Some(error) => Err(error.clone()),
            None => Ok(flushed),
        }
    }

    /// Whether the secrets of the connection can be asked for. Libraries that drop them with the connection would not
    /// know them after an error.
    fn secrets_left(&self) -> Result<(), Error> {
        match &self.failure {
            Some(error) => Err(error.clone()),
            None if self.done => Ok(()),
            None => Err(ErrorKind::HandshakeNotDone.into()),
        }
    }

    /// Calls into the engine, or what its calls reach. A panic on the way, which only code of the application should ever
    /// cause, leaves the library in the middle of something: the connection ends with it.
    fn call<R>(&mut self, call: impl FnOnce(&mut E, &mut Bios) -> R) -> R {
        let unwinding = EndedByPanic { engine: &mut self.engine, failure: &mut self.failure };
        let result = call(unwinding.engine, &mut self.bios);
        mem::forget(unwinding);
        result
    }

    /// Makes an error the last word of the connection.
    #[cold]
    fn fail(&mut self, mut error: Error) -> Error {
        if let Some(VerifyCode::NameMismatch | VerifyCode::IpAddressMismatch) = error.verify_code()
        {
            error = error.with_server_name(self.server_name.clone());
        }
        self.failure = Some(error.clone());
        error
    }
}

/// Dropped by a panic only.
struct EndedByPanic<'a, E: Engine> {
    engine: &'a mut E,
    failure: &'a mut Option<Error>,
}

impl<E: Engine> Drop for EndedByPanic<'_, E> {
    fn drop(&mut self) {
        let sent = self.engine.alert_before_panic();
        self.failure.get_or_insert_with(|| ended_by_panic().with_alert_sent(sent));
    }
}

/// What each call says after a panic.
fn ended_by_panic() -> Error {
    Error::new(ErrorKind::Internal).with_detail("an earlier call panicked")
}

impl<E: Engine> fmt::Debug for Object<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("side", &self.side)
            .field("server_name", &self.server_name)
            .field("bios", &self.bios)
            .field("handshake_done", &self.done)
            .field("sent_close", &self.sent_close)
            .field("received_close", &self.received_close)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}
