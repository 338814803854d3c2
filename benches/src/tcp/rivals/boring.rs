//! BoringSSL, through `tokio-boring`.

use boring::pkey::PKey;
use boring::ssl::{
    AlpnError, SslAcceptor, SslConnector, SslContextBuilder, SslMethod, SslVersion,
    select_next_proto,
};
use boring::x509::X509;
use tokio_boring::SslStream;

use crate::Setup;
use crate::tcp::{Socket, Stack};

/// `h2` behind its length.
const ALPN: &[u8] = b"\x02h2";

/// A connector and an acceptor.
#[allow(missing_debug_implementations)] // they have none
pub struct BoringSsl {
    client: SslConnector,
    server: SslAcceptor,
}

impl BoringSsl {
    /// With the settings that all stacks share. The suite is the library's own choice, as everywhere.
    ///
    /// # Panics
    /// If the library refuses them.
    pub fn new(setup: &Setup) -> Self {
        let parse = |der: &Vec<u8>| X509::from_der(der).expect("a certificate");
        let mut client = SslConnector::builder(SslMethod::tls()).expect("a context");
        client.cert_store_mut().add_cert(parse(&setup.pki.root)).expect("a trust anchor");
        client.set_alpn_protos(ALPN).expect("a protocol");

        let method = SslMethod::tls();
        let mut server = SslAcceptor::mozilla_intermediate_v5(method).expect("a context");
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
    builder.set_max_proto_version(Some(SslVersion::TLS1_3)).expect("a version");
    builder.set_curves_list("X25519:P-256").expect("groups");
}

impl Stack for BoringSsl {
    type Client = SslStream<Socket>;
    type Server = SslStream<Socket>;

    async fn connect(&self, socket: Socket) -> Self::Client {
        let client = self.client.configure().expect("a client");
        tokio_boring::connect(client, Setup::NAME, socket).await.expect("a handshake")
    }

    async fn accept(&self, socket: Socket) -> Self::Server {
        tokio_boring::accept(&self.server, socket).await.expect("a handshake")
    }
}
