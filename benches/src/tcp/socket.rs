//! A socket that counts what is asked of the system.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// How often the sockets of one end have asked the system, also where that had nothing to give.
#[derive(Debug, Default)]
pub struct Calls {
    received: AtomicU64,
    sent: AtomicU64,
}

impl Calls {
    /// How often they were asked to receive and how often to send.
    pub fn count(&self) -> [u64; 2] {
        [&self.received, &self.sent].map(|calls| calls.load(Ordering::Relaxed))
    }
}

/// A socket of TCP that does what tokio's own does, and counts it.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    calls: Arc<Calls>,
}

impl Socket {
    /// Takes a socket into the runtime that runs.
    ///
    /// # Panics
    /// If the system refuses.
    pub fn new(stream: std::net::TcpStream, calls: Arc<Calls>) -> Self {
        stream.set_nodelay(true).expect("a socket of TCP");
        stream.set_nonblocking(true).expect("a socket of TCP");
        Self { stream: TcpStream::from_std(stream).expect("a runtime"), calls }
    }

    /// Forgets that the socket is ready. The system gave or took less than it was asked to, so the next
    /// call would block: tokio spares it in the same way.
    fn exhausted(&self, direction: Interest) {
        let would_block = || Err::<(), _>(io::ErrorKind::WouldBlock.into());
        // Returns what it is given.
        let _ = self.stream.try_io(direction, would_block);
    }
}

/// Whether a call would have blocked. A socket that is ready is asked: none blocks for another reason.
fn blocks<T>(result: &io::Result<T>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        dst: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            self.calls.received.fetch_add(1, Ordering::Relaxed);
            let spare = dst.initialize_unfilled();
            let len = spare.len();
            let result = self.stream.try_read(spare);
            if blocks(&result) {
                continue;
            }
            let n = result?;
            if 0 < n && n < len {
                self.exhausted(Interest::READABLE);
            }
            dst.advance(n);
            return Poll::Ready(Ok(()));
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        src: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            self.calls.sent.fetch_add(1, Ordering::Relaxed);
            let result = self.stream.try_write(src);
            if blocks(&result) {
                continue;
            }
            if result.as_ref().is_ok_and(|&n| 0 < n && n < src.len()) {
                self.exhausted(Interest::WRITABLE);
            }
            return Poll::Ready(result);
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            self.calls.sent.fetch_add(1, Ordering::Relaxed);
            // Tokio does not look whether all of it was taken.
            let result = self.stream.try_write_vectored(parts);
            if !blocks(&result) {
                return Poll::Ready(result);
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
