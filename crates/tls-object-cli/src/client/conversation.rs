//! Standard input to the peer and the peer to standard output, each direction on its own.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, TryRecvError};

use tls_object::{Closure, ErrorKind, MAX_PLAINTEXT, Read, Status};

use crate::failure::Failure;
use crate::pump::Pump;

/// The state of both directions.
pub(super) struct Conversation {
    stdin: Receiver<io::Result<Vec<u8>>>,
    /// What was read from standard input and not yet sent, behind `sent` bytes that were.
    unsent: Vec<u8>,
    sent: usize,
    stdin_ended: bool,
    closed: bool,
    peer_closed: bool,
    buffer: Vec<u8>,
}

impl Conversation {
    /// A conversation that has not begun.
    pub(super) fn new(stdin: Receiver<io::Result<Vec<u8>>>) -> Self {
        Self {
            stdin,
            unsent: Vec::new(),
            sent: 0,
            stdin_ended: false,
            closed: false,
            peer_closed: false,
            buffer: vec![0; MAX_PLAINTEXT],
        }
    }

    /// Goes as far as it can without waiting; whether all is said.
    pub(super) fn step(&mut self, pump: &mut Pump) -> Result<bool, Failure> {
        self.send(pump)?;
        if !self.peer_closed {
            self.receive(pump)?;
        }
        if !self.peer_closed {
            return Ok(false);
        }
        if self.stdin_ended {
            self.close(pump)?;
        }
        // The peer may still listen to the rest of standard input; not any more once its transport
        // is gone.
        let gone = pump.discard(&mut self.buffer);
        Ok(gone || self.closed && pump.flush())
    }

    /// Whether standard input has ended and the peer was not told yet.
    pub(super) fn has_to_close(&self) -> bool {
        self.stdin_ended && !self.closed
    }

    /// Tells the peer that nothing follows.
    pub(super) fn close(&mut self, pump: &mut Pump) -> Result<(), Failure> {
        self.closed = true;
        pump.call(|tls| tls.close()).map_err(|error| pump.verdict(error))
    }

    fn send(&mut self, pump: &mut Pump) -> Result<(), Failure> {
        if self.sent == self.unsent.len() {
            match self.stdin.try_recv() {
                Ok(chunk) => {
                    self.unsent =
                        chunk.map_err(|error| Failure::transport("standard input", error))?;
                    self.sent = 0;
                }
                Err(TryRecvError::Empty) => return Ok(()),
                Err(TryRecvError::Disconnected) => {
                    self.stdin_ended = true;
                    return Ok(());
                }
            }
        }
        let step = pump.call(|tls| tls.write(&self.unsent[self.sent..]));
        if let Status::Done(n) = step.map_err(|error| pump.verdict(error))? {
            self.sent += n;
        }
        Ok(())
    }

    fn receive(&mut self, pump: &mut Pump) -> Result<(), Failure> {
        loop {
            let step = pump.call(|tls| tls.read(&mut self.buffer));
            match step.map_err(|error| pump.verdict(error))? {
                Read::Data(n) => print(&self.buffer[..n])?,
                Read::WantRead | Read::WantWrite | Read::Suspended => return Ok(()),
                Read::Closed(Closure::Clean) => {
                    self.peer_closed = true;
                    return Ok(());
                }
                Read::Closed(Closure::Truncated) => return Err(self.truncated(pump)),
            }
        }
    }

    /// The transport ended without the peer's `close_notify`.
    fn truncated(&self, pump: &mut Pump) -> Failure {
        if self.closed && pump.was_reset() {
            // A peer that drops the connection with our close_notify still unread resets it:
            // nothing but an end without close_notify.
            return Failure::Truncated;
        }
        pump.verdict(ErrorKind::Truncated.into())
    }
}

fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(bytes).and_then(|()| stdout.flush());
    printed.map_err(|error| Failure::transport("standard output", error))
}
