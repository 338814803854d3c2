//! The platform's own library, through `tokio-native-tls`.
//!
//! On its own terms: the crate chooses neither suites nor groups, and where it is OpenSSL its server
//! speaks no TLS 1.3.

use native_tls::{Certificate, Identity};
use tokio_native_tls::{TlsAcceptor, TlsConnector, TlsStream};

use super::pem;
use crate::Setup;
use crate::tcp::{Socket, Stack};

/// A connector and an acceptor.
#[derive(Debug)]
pub struct NativeTls {
    client: TlsConnector,
    server: TlsAcceptor,
}

impl NativeTls {
    /// With as many of the settings that all stacks share as the crate has.
    ///
    /// # Panics
    /// If the library refuses them.
    pub fn new(setup: &Setup) -> Self {
        let root = Certificate::from_der(&setup.pki.root).expect("a trust anchor");
        let client = native_tls::TlsConnector::builder()
            .disable_built_in_roots(true)
            .add_root_certificate(root)
            .request_alpns(&[Setup::ALPN])
            .build()
            .expect("a client");
        let identity = &setup.pki.server;
        let (chain, key) =
            (pem("CERTIFICATE", &identity.chain), pem("PRIVATE KEY", [&identity.key]));
        let identity = Identity::from_pkcs8(chain.as_bytes(), key.as_bytes()).expect("an identity");
        let server = native_tls::TlsAcceptor::builder(identity)
            .accept_alpn(&[Setup::ALPN])
            .build()
            .expect("a server");
        Self { client: client.into(), server: server.into() }
    }
}

impl Stack for NativeTls {
    type Client = TlsStream<Socket>;
    type Server = TlsStream<Socket>;

    async fn connect(&self, socket: Socket) -> Self::Client {
        self.client.connect(Setup::NAME, socket).await.expect("a handshake")
    }

    async fn accept(&self, socket: Socket) -> Self::Server {
        self.server.accept(socket).await.expect("a handshake")
    }
}
