//! rustls with aws-lc-rs, through `tokio-rustls`.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::{cipher_suite, default_provider, kx_group};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use crate::Setup;
use crate::tcp::{Socket, Stack};

/// A connector and an acceptor.
#[allow(missing_debug_implementations)] // they have none
pub struct Rustls {
    client: TlsConnector,
    server: TlsAcceptor,
}

impl Rustls {
    /// With the settings that all stacks share.
    ///
    /// # Panics
    /// If rustls refuses them.
    pub fn new(setup: &Setup) -> Self {
        let mut provider = default_provider();
        provider.kx_groups = vec![kx_group::X25519, kx_group::SECP256R1];
        provider.cipher_suites = vec![cipher_suite::TLS13_AES_256_GCM_SHA384];
        let provider = Arc::new(provider);
        let mut roots = RootCertStore::empty();
        roots.add(setup.pki.root.clone().into()).expect("a trust anchor");
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])
            .expect("a suite of this version")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let identity = &setup.pki.server;
        let chain = identity.chain.iter().map(|der| der.clone().into()).collect();
        let key = PrivateKeyDer::Pkcs8(identity.key.clone().into());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .expect("a suite of this version")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("an identity");
        client.alpn_protocols = vec![Setup::ALPN.into()];
        server.alpn_protocols = vec![Setup::ALPN.into()];
        Self { client: Arc::new(client).into(), server: Arc::new(server).into() }
    }
}

impl Stack for Rustls {
    type Client = client::TlsStream<Socket>;
    type Server = server::TlsStream<Socket>;

    async fn connect(&self, socket: Socket) -> Self::Client {
        let name = ServerName::try_from(Setup::NAME).expect("a server name");
        self.client.connect(name, socket).await.expect("a handshake")
    }

    async fn accept(&self, socket: Socket) -> Self::Server {
        self.server.accept(socket).await.expect("a handshake")
    }
}
