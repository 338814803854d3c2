//! s2n-tls, through `s2n-tls-tokio`.

use s2n_tls::config::Config;
use s2n_tls::connection::{Builder, Connection};
use s2n_tls::enums::{Mode, Version};
use s2n_tls::error::Error;
use s2n_tls::security::Policy;
use s2n_tls_tokio::{TlsAcceptor, TlsConnector, TlsStream};

use super::pem;
use crate::Setup;
use crate::tcp::{Socket, Stack};

/// A policy that puts AES-256-GCM first. It has X25519, though not as its first group.
const POLICY: &str = "20251113";

/// A connector and an acceptor.
#[allow(missing_debug_implementations)] // they have none
pub struct S2n {
    client: TlsConnector<Throughput>,
    server: TlsAcceptor<Throughput>,
}

impl S2n {
    /// With as many of the settings that all stacks share as a policy gives.
    ///
    /// # Panics
    /// If the library refuses them.
    pub fn new(setup: &Setup) -> Self {
        let policy = Policy::from_version(POLICY).expect("a policy");
        let root = pem("CERTIFICATE", [&setup.pki.root]);
        let mut client = Config::builder();
        client.set_security_policy(&policy).expect("a policy");
        client.with_system_certs(false).expect("no trust anchors");
        client.trust_pem(root.as_bytes()).expect("a trust anchor");

        let identity = &setup.pki.server;
        let (chain, key) =
            (pem("CERTIFICATE", &identity.chain), pem("PRIVATE KEY", [&identity.key]));
        let mut server = Config::builder();
        server.set_security_policy(&policy).expect("a policy");
        server.load_pem(chain.as_bytes(), key.as_bytes()).expect("an identity");

        for config in [&mut client, &mut server] {
            config.set_application_protocol_preference([Setup::ALPN]).expect("a protocol");
        }
        let [client, server] =
            [client, server].map(|it| Throughput(it.build().expect("a context")));
        Self { client: TlsConnector::new(client), server: TlsAcceptor::new(server) }
    }
}

/// Makes connections that send full records and receive several at once.
#[derive(Clone)]
struct Throughput(Config);

impl Builder for Throughput {
    type Output = Connection;

    fn build_connection(&self, mode: Mode) -> Result<Connection, Error> {
        let mut connection = self.0.build_connection(mode)?;
        connection.prefer_throughput()?;
        connection.set_receive_buffering(true)?;
        Ok(connection)
    }
}

/// Checks what the policy came to.
fn checked(stream: TlsStream<Socket>) -> TlsStream<Socket> {
    let connection = stream.as_ref();
    assert_eq!(connection.actual_protocol_version().expect("a version"), Version::TLS13);
    assert_eq!(connection.cipher_suite().expect("a suite"), "TLS_AES_256_GCM_SHA384");
    stream
}

impl Stack for S2n {
    type Client = TlsStream<Socket>;
    type Server = TlsStream<Socket>;

    async fn connect(&self, socket: Socket) -> Self::Client {
        checked(self.client.connect(Setup::NAME, socket).await.expect("a handshake"))
    }

    async fn accept(&self, socket: Socket) -> Self::Server {
        checked(self.server.accept(socket).await.expect("a handshake"))
    }
}
