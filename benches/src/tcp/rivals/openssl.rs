//! OpenSSL, through `tokio-openssl`.

use core::pin::Pin;

use openssl::pkey::PKey;
use openssl::ssl::{
    AlpnError, Ssl, SslAcceptor, SslConnector, SslContextBuilder, SslMethod, SslVersion,
    select_next_proto,
};
use openssl::x509::X509;
use tokio_openssl::SslStream;

use crate::Setup;
use crate::tcp::{Socket, Stack};

/// `h2` behind its length.
const ALPN: &[u8] = b"\x02h2";

/// A connector and an acceptor.
#[allow(missing_debug_implementations)] // they have none
pub struct OpenSsl {
    client: SslConnector,
    server: SslAcceptor,
}

impl OpenSsl {
    /// With the settings that all stacks share.
    ///
    /// # Panics
    /// If the library refuses them.
    pub fn new(setup: &Setup) -> Self {
        let parse = |der: &Vec<u8>| X509::from_der(der).expect("a certificate");
        let mut client = SslConnector::builder(SslMethod::tls_client()).expect("a context");
        client.cert_store_mut().add_cert(parse(&setup.pki.root)).expect("a trust anchor");
        client.set_alpn_protos(ALPN).expect("a protocol");

        let method = SslMethod::tls_server();
        let mut server = SslAcceptor::mozilla_modern_v5(method).expect("a context");
        let identity = &setup.pki.server;
        let (leaf, issuers) = identity.chain.split_first().expect("a leaf");
        server.set_certificate(&parse(leaf)).expect("a leaf");
        for issuer in issuers {
            server.add_extra_chain_cert(parse(issuer)).expect("an issuer");
        }
        let key = PKey::private_key_from_der(&identity.key).expect("a key");
        server.set_private_key(&key).expect("the leaf's key");
        server.set_alpn_select_callback(|_, offered| {
            select_next_proto(ALPN, offered).ok_or(AlpnError::ALERT_FATAL)
        });

        common(&mut client);
        common(&mut server);
        Self { client: client.build(), server: server.build() }
    }
}

/// What both ends are told.
fn common(builder: &mut SslContextBuilder) {
    builder.set_min_proto_version(Some(SslVersion::TLS1_3)).expect("a version");
    builder.set_ciphersuites("TLS_AES_256_GCM_SHA384").expect("a suite");
    builder.set_groups_list("X25519:P-256").expect("groups");
}

impl Stack for OpenSsl {
    type Client = SslStream<Socket>;
    type Server = SslStream<Socket>;

    async fn connect(&self, socket: Socket) -> Self::Client {
        let client = self.client.configure().expect("a client");
        let ssl = client.into_ssl(Setup::NAME).expect("a server name");
        let mut stream = SslStream::new(ssl, socket).expect("a stream");
        Pin::new(&mut stream).connect().await.expect("a handshake");
        stream
    }

    async fn accept(&self, socket: Socket) -> Self::Server {
        let ssl = Ssl::new(self.server.context()).expect("a server");
        let mut stream = SslStream::new(ssl, socket).expect("a stream");
        Pin::new(&mut stream).accept().await.expect("a handshake");
        stream
    }
}
