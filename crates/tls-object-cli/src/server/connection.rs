//! One client, from its first byte to its last.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tls_object::Error;

use crate::cli::Mode;
use crate::failure::Failure;
use crate::pump::Pump;

use super::echo::Echo;
use super::http::Http;
use super::journal::Journal;

/// How long a client may take for its handshake, and in http mode for its request.
const OPENING: Duration = Duration::from_secs(30);

/// How long an echo may be silent.
const SILENCE: Duration = Duration::from_secs(600);

/// How long a client may take to read the last words and to end the transport.
const CLOSING: Duration = Duration::from_secs(5);

/// What a connection needs next.
pub(super) enum Step {
    /// To be called again soon: it could have gone on.
    Again,
    /// An event on its socket, or its deadline.
    Wait,
    /// To be dropped. This is what it came to.
    Over(ExitCode),
}

/// One client.
pub(super) struct Connection {
    pump: Pump,
    peer: SocketAddr,
    mode: Mode,
    stage: Stage,
    since: Instant,
    deadline: Instant,
}

enum Stage {
    Handshake,
    Service(Service),
    /// The last words are on their way: they are written out, the transport is told that nothing
    /// follows, and what still comes is dropped until the client ends it too. Closing the socket at
    /// once could reset it under the last words.
    Closing {
        told: bool,
        exit_code: ExitCode,
    },
}

enum Service {
    Echo(Echo),
    Http(Http),
}

impl Connection {
    /// A client that was just let in.
    pub(super) fn new(pump: Pump, peer: SocketAddr, mode: Mode, now: Instant) -> Self {
        Self { pump, peer, mode, stage: Stage::Handshake, since: now, deadline: now + OPENING }
    }

    /// Where it comes from.
    pub(super) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// When it was let in.
    pub(super) fn since(&self) -> Instant {
        self.since
    }

    /// When it has to be called again without an event.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether its handshake is not done yet.
    pub(super) fn is_shaking_hands(&self) -> bool {
        matches!(self.stage, Stage::Handshake)
    }

    /// Goes on as far as a few records reach.
    pub(super) fn step(&mut self, now: Instant, scratch: &mut [u8], journal: &Journal) -> Step {
        let before = self.pump.activity();
        let failure = match self.advance(now, scratch) {
            Ok(Some(exit_code)) => return Step::Over(exit_code),
            Ok(None) if self.pump.activity() != before => return Step::Again,
            Ok(None) if now < self.deadline => return Step::Wait,
            Ok(None) => {
                Failure::transport("waiting for the client", io::ErrorKind::TimedOut.into())
            }
            Err(failure) => failure,
        };
        journal.note(self.peer, &failure);
        let exit_code = failure.exit_code();
        if let Failure::Tls(_) = failure {
            self.close(now, exit_code);
            return Step::Again;
        }
        Step::Over(exit_code)
    }

    /// Goes through the stages; what the connection came to when it is over.
    fn advance(&mut self, now: Instant, scratch: &mut [u8]) -> Result<Option<ExitCode>, Failure> {
        let before = self.pump.activity();
        match &mut self.stage {
            Stage::Handshake => {
                self.pump.receive();
                let step = self.pump.call(|tls| tls.do_handshake());
                if step.map_err(|error| self.pump.verdict(error))?.is_done() {
                    self.stage = Stage::Service(Service::new(self.mode));
                }
            }
            Stage::Service(service) => {
                self.pump.receive();
                let done = service.step(&mut self.pump, scratch);
                if done.map_err(|error| self.pump.verdict(error))? {
                    let closed = self.pump.call(|tls| tls.close());
                    closed.map_err(|error| self.pump.verdict(error))?;
                    self.close(now, ExitCode::SUCCESS);
                } else if self.mode == Mode::Echo && self.pump.activity() != before {
                    self.deadline = now + SILENCE;
                }
            }
            Stage::Closing { told, exit_code } => {
                if !*told && self.pump.flush() {
                    *told = true;
                    self.pump.finish();
                }
                if self.pump.discard(scratch) || now >= self.deadline {
                    return Ok(Some(*exit_code));
                }
            }
        }
        Ok(None)
    }

    fn close(&mut self, now: Instant, exit_code: ExitCode) {
        self.stage = Stage::Closing { told: false, exit_code };
        self.deadline = now + CLOSING;
    }
}

impl Service {
    fn new(mode: Mode) -> Self {
        match mode {
            Mode::Echo => Self::Echo(Echo::default()),
            Mode::Http => Self::Http(Http::default()),
        }
    }

    fn step(&mut self, pump: &mut Pump, scratch: &mut [u8]) -> Result<bool, Error> {
        match self {
            Self::Echo(echo) => echo.step(pump, scratch),
            Self::Http(http) => http.step(pump, scratch),
        }
    }
}
