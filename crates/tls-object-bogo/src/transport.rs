//! The socket to the runner.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, TcpStream};

use tls_object::MemoryBio;

use crate::failure::Failure;
use crate::settings::Settings;

/// How much is asked of the socket at once, in bytes.
const READ: usize = 16 * 1024;

/// A connection to the runner. When it goes, it is ended in order: nothing follows, and what the runner still says is
/// taken, so that no alert is lost to a reset.
pub(crate) struct Transport {
    socket: TcpStream,
    /// The most that one read brings, in bytes.
    chunk: usize,
    /// The first bytes that came, for [`speaks_before_tls12`](crate::old_version::speaks_before_tls12).
    heard: Vec<u8>,
}

/// How much is kept of what came first, in bytes: any ClientHello or ServerHello of a test.
const HEARD: usize = 4096;

impl Transport {
    /// Connects, and says which shim this is.
    pub(crate) fn connect(settings: &Settings) -> Result<Self, Failure> {
        let connect = || {
            let mut socket = match settings.ipv6 {
                true => TcpStream::connect((Ipv6Addr::LOCALHOST, settings.port))?,
                false => TcpStream::connect((Ipv4Addr::LOCALHOST, settings.port))?,
            };
            socket.set_nodelay(true)?;
            socket.write_all(&settings.shim_id.to_le_bytes())?;
            Ok(socket)
        };
        let socket = connect().map_err(|error| Failure::io("connecting to the runner", error))?;
        // An asynchronous transport of BoringSSL's shim moves bytes one by one.
        let chunk = if settings.asynchronous { 1 } else { READ };
        Ok(Self { socket, chunk, heard: Vec::new() })
    }

    /// Writes out all that waits. What a runner that has gone does not take is dropped: what it said before it went is
    /// still to be read, and tells more.
    pub(crate) fn flush(&mut self, outgoing: &mut dyn MemoryBio) {
        while outgoing.pending() > 0 {
            outgoing.lend(&mut |bytes| {
                // Reading meets the same failure.
                let _ = self.socket.write_all(bytes);
                bytes.len()
            });
        }
    }

    /// Reads once, and ends `incoming` if nothing will follow.
    pub(crate) fn feed(&mut self, incoming: &mut dyn MemoryBio) -> Result<(), Failure> {
        let mut read = Ok(0);
        incoming.fill(self.chunk, &mut |spare| {
            let room = spare.len().min(self.chunk);
            read = self.socket.read(&mut spare[..room]);
            let n = *read.as_ref().unwrap_or(&0);
            let wanted = n.min(HEARD - self.heard.len());
            self.heard.extend_from_slice(&spare[..wanted]);
            n
        })?;
        match read {
            Ok(0) => incoming.write_eof(),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The runner has gone without reading everything.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => incoming.write_eof(),
            Err(error) => return Err(Failure::io("reading from the runner", error)),
        }
        Ok(())
    }

    /// The first bytes that came.
    pub(crate) fn heard(&self) -> &[u8] {
        &self.heard
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        // A runner that has gone needs no good-bye.
        let _ = self.socket.shutdown(Shutdown::Write);
        let _ = io::copy(&mut self.socket, &mut io::sink());
    }
}
