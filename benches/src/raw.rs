//! rustls driven by hand, with a `Vec` where this project has a BIO.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, RootCertStore, ServerConfig, ServerConnection,
};

use crate::{Connection, RECORD};

/// A client and a server of rustls with aws-lc-rs.
#[derive(Debug)]
pub struct Pair {
    client: ClientConnection,
    server: ServerConnection,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
}

impl Pair {
    /// TLS 1.3 with rustls' own defaults.
    ///
    /// # Panics
    /// If the handshake fails.
    pub fn new(made: &CertifiedKey<KeyPair>) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());

        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).expect("a trust anchor");
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])
            .expect("a provider with TLS 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])
            .expect("a provider with TLS 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("an identity");

        let localhost = ServerName::try_from("localhost").expect("a server name");
        let mut pair = Self {
            client: ClientConnection::new(client.into(), localhost).expect("a client"),
            server: ServerConnection::new(server.into()).expect("a server"),
            outgoing: Vec::new(),
            incoming: Vec::new(),
        };
        while pair.client.is_handshaking() || pair.server.is_handshaking() {
            pair.carry_to_server();
            pair.carry_to_client();
        }
        pair.carry_to_client(); // the server's tickets
        pair
    }

    fn carry_to_server(&mut self) {
        carry(&mut self.client, &mut self.outgoing, &mut self.incoming, &mut self.server);
    }

    fn carry_to_client(&mut self) {
        carry(&mut self.server, &mut self.outgoing, &mut self.incoming, &mut self.client);
    }
}

/// Takes all that one end has to say to the other, with a copy where the network would be.
fn carry<From, To>(
    from: &mut ConnectionCommon<From>,
    outgoing: &mut Vec<u8>,
    incoming: &mut Vec<u8>,
    to: &mut ConnectionCommon<To>,
) {
    while from.wants_write() {
        from.write_tls(outgoing).expect("a Vec takes everything");
    }
    incoming.extend_from_slice(outgoing);
    outgoing.clear();
    let mut wire = &incoming[..];
    while !wire.is_empty() {
        to.read_tls(&mut wire).expect("a slice gives everything");
        to.process_new_packets().expect("what the other end sent");
    }
    incoming.clear();
}

impl Connection for Pair {
    fn cipher_suite(&self) -> u16 {
        let suite = self.client.negotiated_cipher_suite().expect("a finished handshake");
        suite.suite().into()
    }

    fn transfer(&mut self, data: &[u8], buffer: &mut [u8]) -> usize {
        assert!(data.len() <= RECORD);
        self.client.writer().write_all(data).expect("an empty send buffer");
        self.carry_to_server();
        self.server.reader().read(buffer).expect("a record was delivered")
    }
}
