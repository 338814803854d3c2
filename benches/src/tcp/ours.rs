//! This project's objects behind the adapter.

use tls_object::SslObject;

use super::adapter::{LIMIT, TlsStream};
use super::{Socket, Stack};
use crate::End;
use crate::obj::{Objects, Wraps};

impl<C: Wraps<Object: SslObject + 'static> + Send + Sync + 'static> Stack for Objects<C> {
    type Client = TlsStream<Socket, C::Object>;
    type Server = TlsStream<Socket, C::Object>;

    async fn connect(&self, socket: Socket) -> Self::Client {
        let object = self.end(End::Client, LIMIT);
        TlsStream::handshake(socket, object).await.expect("a handshake")
    }

    async fn accept(&self, socket: Socket) -> Self::Server {
        let object = self.end(End::Server, LIMIT);
        TlsStream::handshake(socket, object).await.expect("a handshake")
    }
}
