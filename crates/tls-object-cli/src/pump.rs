//! A TLS object on a non-blocking socket.

use std::io::{self, ErrorKind as IoKind, Read, Write};
use std::net::Shutdown;

use mio::net::TcpStream;
use tls_object::{DynContext, Error, ErrorKind, SslObject, VecBio, Wrap};

use crate::failure::Failure;

/// How much ciphertext either BIO holds, in bytes: a few records.
const BIO_LIMIT: usize = 64 * 1024;

/// How much room a read from the socket is given until the handshake is done, in bytes: who
/// has not shown a valid hello is not worth much memory.
const HANDSHAKE_READ: usize = 2 * 1024;

/// A TLS object and the non-blocking socket that it talks through.
///
/// Nothing here waits. The owner alternates [`receive`](Self::receive) and [`call`](Self::call) until
/// [`activity`](Self::activity) stands still, and only then waits for the socket.
pub(crate) struct Pump {
    socket: TcpStream,
    tls: Box<dyn SslObject>,
    activity: u64,
    failure: Option<io::Error>,
}

impl Pump {
    /// An object of `context` on `socket`.
    pub(crate) fn new(
        socket: TcpStream,
        context: &dyn DynContext,
        wrap: Wrap,
    ) -> Result<Self, Error> {
        let bio = || Box::new(VecBio::with_limit(BIO_LIMIT));
        let tls = context.wrap_bio(bio(), bio(), wrap)?;
        Ok(Self { socket, tls, activity: 0, failure: None })
    }

    /// The socket, to be registered.
    pub(crate) fn socket(&mut self) -> &mut TcpStream {
        &mut self.socket
    }

    /// The object, to be asked for facts.
    pub(crate) fn tls(&self) -> &dyn SslObject {
        &*self.tls
    }

    /// Changes whenever bytes were moved.
    pub(crate) fn activity(&self) -> u64 {
        self.activity
    }

    /// Makes one call on the object and then, whatever it returned, writes out what waits for
    /// the peer: the alert that explains an error above all.
    pub(crate) fn call<T>(
        &mut self,
        call: impl FnOnce(&mut dyn SslObject) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let waiting = self.tls.incoming().pending();
        let result = call(&mut *self.tls);
        self.activity += (waiting - self.tls.incoming().pending()) as u64;
        self.flush();
        result
    }

    /// Writes out what waits for the peer, as far as the socket takes it. Returns whether
    /// nothing is left.
    ///
    /// On a socket that has failed everything is dropped; what the peer said before that is
    /// still to be read, and [`verdict`](Self::verdict) tells the failure.
    pub(crate) fn flush(&mut self) -> bool {
        while self.tls.outgoing().pending() > 0 {
            if self.failure.is_some() {
                self.tls.outgoing().lend(&mut |bytes| bytes.len());
                continue;
            }
            let mut result = Ok(0);
            let sent = self.tls.outgoing().lend(&mut |bytes| {
                result = self.socket.write(bytes);
                *result.as_ref().unwrap_or(&0)
            });
            self.activity += sent as u64;
            match result {
                Ok(_) => {}
                Err(error) if error.kind() == IoKind::Interrupted => {}
                Err(error) if error.kind() == IoKind::WouldBlock => return false,
                Err(error) => self.failure = Some(error),
            }
        }
        true
    }

    /// Reads once from the socket into the incoming BIO, if that has room.
    pub(crate) fn receive(&mut self) {
        let min = if self.tls.version().is_some() { BIO_LIMIT } else { HANDSHAKE_READ };
        let mut result = None;
        // An incoming BIO that has ended, or is full, does not ask the socket.
        let _ = self.tls.incoming().fill(min, &mut |spare| {
            let read = self.socket.read(spare);
            let n = *read.as_ref().unwrap_or(&0);
            result = Some(read);
            n
        });
        if result.is_some_and(|result| self.received(result)) {
            self.tls.incoming().write_eof();
        }
    }

    /// Reads once from the socket and drops what comes. Returns whether the transport has ended.
    pub(crate) fn discard(&mut self, scratch: &mut [u8]) -> bool {
        let result = self.socket.read(scratch);
        self.received(result)
    }

    /// Tells the transport that nothing follows. What the peer still sends can be read.
    pub(crate) fn finish(&mut self) {
        if let Err(error) = self.socket.shutdown(Shutdown::Write) {
            self.failure.get_or_insert(error);
        }
    }

    /// Whether the peer has reset the connection.
    pub(crate) fn was_reset(&self) -> bool {
        let kind = self.failure.as_ref().map(io::Error::kind);
        matches!(kind, Some(IoKind::ConnectionReset | IoKind::BrokenPipe))
    }

    /// What an error of the object amounts to: where the transport has failed, the object has
    /// seen no more than its end.
    pub(crate) fn verdict(&mut self, error: Error) -> Failure {
        if error.kind() != ErrorKind::Truncated {
            return Failure::Tls(error);
        }
        match self.failure.take() {
            Some(cause) => Failure::transport("the connection failed", cause),
            None if self.tls.version().is_some() => Failure::Truncated,
            None => Failure::Tls(error),
        }
    }

    /// Notes what a read from the socket came to; whether it was the end.
    fn received(&mut self, result: io::Result<usize>) -> bool {
        match result {
            Ok(n) => {
                self.activity += n.max(1) as u64;
                n == 0
            }
            Err(error) if error.kind() == IoKind::WouldBlock => false,
            Err(error) if error.kind() == IoKind::Interrupted => {
                self.activity += 1;
                false
            }
            Err(error) => {
                self.failure.get_or_insert(error);
                self.activity += 1;
                true
            }
        }
    }
}
