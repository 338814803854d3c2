//! What makes both ends of a connection.

use core::future::Future;

use tokio::io::{AsyncRead, AsyncWrite};

use super::Socket;

/// One library, driven one way, with the contexts of both ends ready. Panics where it cannot connect.
pub trait Stack: Send + Sync + 'static {
    /// A client's end of a connection.
    type Client: AsyncRead + AsyncWrite + Send + Unpin + 'static;
    /// A server's end of a connection.
    type Server: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// Does a client's handshake.
    fn connect(&self, socket: Socket) -> impl Future<Output = Self::Client> + Send;

    /// Does a server's handshake.
    fn accept(&self, socket: Socket) -> impl Future<Output = Self::Server> + Send;
}
