//! An object over an asynchronous transport.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};

use tls_object::{Closure, Error, Read, SslObject, Status};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much ciphertext is taken from the transport at a time, in bytes.
const BURST: usize = 64 * 1024;

/// The limit of both BIOs of an object, in bytes: a burst of plaintext in full records, with their framing.
pub const LIMIT: usize = BURST + 512;

/// A connection of TLS over a transport that need not be ready.
///
/// The pump of the core's page, with its steps in the same order: whatever the object is asked, what
/// waits in its outgoing BIO is written out before anything else happens.
#[derive(Debug)]
pub struct TlsStream<T, O: SslObject + ?Sized> {
    transport: T,
    /// What was received holds no complete record any more: only the transport can help.
    dry: bool,
    object: Box<O>,
}

impl<T: AsyncRead + AsyncWrite + Unpin, O: SslObject + ?Sized> TlsStream<T, O> {
    /// Does the handshake.
    ///
    /// # Errors
    /// Those of the transport, and those of the object inside.
    pub async fn handshake(transport: T, object: Box<O>) -> io::Result<Self> {
        let mut stream = Self { transport, dry: false, object };
        poll_fn(|cx| stream.poll_handshake(cx)).await?;
        Ok(stream)
    }

    fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let step = self.object.do_handshake();
            let sent = self.poll_send(cx);
            match step.map_err(io::Error::other)? {
                Status::Done(()) => return sent,
                Status::WantRead => {
                    let _ = sent?;
                    ready!(self.poll_receive(cx))?;
                }
                Status::WantWrite | Status::Suspended => ready!(sent)?,
            }
        }
    }

    /// Writes out what the outgoing BIO holds.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outgoing = self.object.outgoing();
        while outgoing.pending() > 0 {
            let mut result = Poll::Pending;
            outgoing.lend(&mut |bytes| {
                result = Pin::new(&mut self.transport).poll_write(cx, bytes);
                if let Poll::Ready(Ok(n)) = result { n } else { 0 }
            });
            if ready!(result)? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads from the transport straight into the incoming BIO, once.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let incoming = self.object.incoming();
        // Half of the buffer can always be had without making it larger: less than a record waits.
        let min = if incoming.pending() == 0 { BURST } else { BURST / 2 };
        let mut result = Poll::Pending;
        let filled = incoming.fill(min, &mut |spare| {
            let mut spare = ReadBuf::new(spare);
            result = Pin::new(&mut self.transport).poll_read(cx, &mut spare);
            spare.filled().len()
        });
        let n = filled.map_err(io::Error::other)?;
        ready!(result)?;
        if n == 0 {
            incoming.write_eof();
        }
        self.dry = false;
        Poll::Ready(Ok(()))
    }

    /// Encrypts by `write`, which is given an empty outgoing BIO so that its records are full ones.
    fn poll_encrypt(
        &mut self,
        cx: &mut Context<'_>,
        mut write: impl FnMut(&mut O) -> Result<Status<usize>, Error>,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(cx))?;
        loop {
            let step = write(&mut self.object);
            let sent = self.poll_send(cx);
            match step.map_err(io::Error::other)? {
                // What the transport does not take yet goes out with the next call.
                Status::Done(n) => {
                    let _ = sent?;
                    return Poll::Ready(Ok(n));
                }
                Status::WantRead => ready!(self.poll_receive(cx))?,
                Status::WantWrite | Status::Suspended => ready!(sent)?,
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin, O: SslObject + ?Sized> AsyncRead for TlsStream<T, O> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        dst: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if dst.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            if this.dry {
                ready!(this.poll_receive(cx))?;
            }
            let step = this.object.read(dst.initialize_unfilled());
            let sent = this.poll_send(cx);
            match step.map_err(io::Error::other)? {
                Read::Data(n) => {
                    dst.advance(n);
                    // Spares the object a look at nothing, and this end a turn for nothing.
                    this.dry = this.object.pending() == 0 && this.object.incoming().pending() == 0;
                    return Poll::Ready(Ok(()));
                }
                Read::WantRead => {
                    let _ = sent?;
                    this.dry = true;
                }
                Read::WantWrite | Read::Suspended => ready!(sent)?,
                Read::Closed(Closure::Clean) => return Poll::Ready(Ok(())),
                Read::Closed(Closure::Truncated) => {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin, O: SslObject + ?Sized> AsyncWrite for TlsStream<T, O> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        src: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_encrypt(cx, |object| object.write(src))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_encrypt(cx, |object| object.write_vectored(parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.transport).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let closed = this.object.close();
        ready!(this.poll_send(cx))?;
        closed.map_err(io::Error::other)?;
        Pin::new(&mut this.transport).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[cfg(feature = "rustls")]
mod tests {
    use core::future::Future;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::runtime::Builder;

    use super::*;
    use crate::obj::Named;
    use crate::{End, Setup, Terms, Version};

    /// One end over a pipe that is narrower than a record.
    type Stream = TlsStream<DuplexStream, dyn SslObject>;

    /// A client and a server that have shaken hands.
    async fn pair() -> (Stream, Stream) {
        let objects = Named::new("rustls", &Setup::new(Terms::new(Version::Tls13)));
        let (client, server) = duplex(1000);
        let client = TlsStream::handshake(client, objects.end(End::Client, LIMIT));
        let client = tokio::spawn(client);
        let server = TlsStream::handshake(server, objects.end(End::Server, LIMIT)).await;
        (client.await.unwrap().unwrap(), server.unwrap())
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn what_the_transport_does_not_take_at_once_arrives_all_the_same() {
        block_on(async {
            let (mut client, mut server) = pair().await;
            let sent: Vec<_> = (0..1_000_000_u32).map(|it| it as u8).collect();
            let data = sent.clone();
            tokio::spawn(async move {
                client.write_all(&data).await.unwrap();
                client.shutdown().await.unwrap();
            });
            let mut received = Vec::new();
            server.read_to_end(&mut received).await.unwrap();
            assert_eq!(received, sent);
        });
    }

    #[test]
    fn a_transport_that_just_ends_is_an_error() {
        block_on(async {
            let (mut client, mut server) = pair().await;
            client.write_all(b"last words").await.unwrap();
            client.flush().await.unwrap();
            drop(client);
            let mut received = Vec::new();
            let error = server.read_to_end(&mut received).await.unwrap_err();
            assert_eq!(received, b"last words");
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        });
    }
}
