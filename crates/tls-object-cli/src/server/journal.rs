//! What went wrong with whom, on standard error.

use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// How many lines wait to be written.
const LINES: usize = 256;

/// Writes lines to standard error from a thread of its own: whoever reads them slowly, or not at
/// all, holds up no client. Lines that find no room are dropped.
pub(super) struct Journal {
    lines: Option<SyncSender<String>>,
    writer: Option<JoinHandle<io::Result<()>>>,
}

impl Journal {
    pub(super) fn new() -> Self {
        let (lines, received) = sync_channel::<String>(LINES);
        let writer = thread::spawn(move || {
            // Ends early where nobody can read it any more.
            received.iter().try_for_each(|line| writeln!(io::stderr(), "{line}"))
        });
        Self { lines: Some(lines), writer: Some(writer) }
    }

    /// Notes what happened with the client at `peer`.
    pub(super) fn note(&self, peer: SocketAddr, what: &dyn Display) {
        if let Some(lines) = &self.lines {
            // A full channel drops the line, as promised.
            let _ = lines.try_send(format!("tlsobj: {peer}: {what}"));
        }
    }
}

/// Waits until the last line is written.
impl Drop for Journal {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            // Without a reader there is nobody to tell.
            let _ = writer.join();
        }
    }
}
