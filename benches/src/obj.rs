//! Through this project's API.

use rcgen::{CertifiedKey, KeyPair};
use tls_object::{
    Certificate, Config, Identity, PrivateKey, ProtocolVersion, Read, ServerName, SslObject,
    Status, VecBio, Wrap,
};

use crate::{Connection, RECORD};

/// Two objects of one backend.
#[derive(Debug)]
pub struct Pair {
    client: Box<dyn SslObject>,
    server: Box<dyn SslObject>,
}

impl Pair {
    /// TLS 1.3 between two objects of the backend of this name, with the backend's own defaults.
    ///
    /// # Panics
    /// If there is no such backend, or the handshake fails.
    pub fn new(backend: &str, made: &CertifiedKey<KeyPair>) -> Self {
        let backend = tls_object::backend(backend).expect("a backend");
        let certificate = Certificate::from_der(made.cert.der().to_vec());
        let key = PrivateKey::from_der(made.signing_key.serialize_der()).expect("a private key");
        let identity = Identity::new(vec![certificate.clone()], key).expect("an identity");

        let mut client = Config::client();
        client.trust_anchors = vec![certificate];
        client.min_version = ProtocolVersion::TLS13;
        let localhost = ServerName::new("localhost").expect("a server name");

        let object = |config: &Config, wrap| {
            let context = backend.context(config).expect("a context");
            context
                .wrap_bio(Box::new(VecBio::new()), Box::new(VecBio::new()), wrap)
                .expect("an object")
        };
        let mut pair = Self {
            client: object(&client, Wrap::client(localhost)),
            server: object(&Config::server(identity), Wrap::server()),
        };
        pair.handshake();
        pair
    }

    fn handshake(&mut self) {
        loop {
            let client = self.client.do_handshake().expect("the client's handshake");
            deliver(&mut *self.client, &mut *self.server);
            let server = self.server.do_handshake().expect("the server's handshake");
            deliver(&mut *self.server, &mut *self.client);
            if client.is_done() && server.is_done() {
                break;
            }
        }
    }
}

/// What the network would do.
fn deliver(from: &mut dyn SslObject, to: &mut dyn SslObject) {
    from.outgoing().lend(&mut |bytes| to.incoming().write(bytes).expect("an open BIO"));
}

impl Connection for Pair {
    fn cipher_suite(&self) -> u16 {
        self.client.facts().cipher_suite.expect("a finished handshake").code()
    }

    fn transfer(&mut self, data: &[u8], buffer: &mut [u8]) -> usize {
        assert!(data.len() <= RECORD);
        assert_eq!(self.client.write(data).expect("an open connection"), Status::Done(data.len()));
        deliver(&mut *self.client, &mut *self.server);
        match self.server.read(buffer).expect("an open connection") {
            Read::Data(n) => n,
            other => panic!("a record was delivered, but reading says {other:?}"),
        }
    }
}
