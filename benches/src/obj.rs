//! Through this project's API.

use core::fmt;
use core::hint::black_box;
use std::io::IoSlice;

use tls_object::{
    AlpnProtocol, Backend, Certificate, CipherSuite, Config, Context, DynContext, Identity,
    NamedGroup, PrivateKey, ProtocolVersion, Read, ServerName, Session, Setting, SslObject, Status,
    VecBio, VerifyMode, Wrap,
};

use crate::pki::Identity as Material;
use crate::setup::{Group, Key, Setup, Suite, Terms, Version};
use crate::{Connection, Driver, End, Facts};

/// A library by the type of its contexts.
pub type Static<C> = Objects<Typed<C>>;

/// A library by its name.
pub type Named = Objects<Box<dyn DynContext>>;

/// A context, of a type that is known or not.
pub trait Wraps {
    /// What it makes.
    type Object: SslObject + ?Sized;

    /// Makes an object with two BIOs of its own that have this limit, 0 being none.
    fn wrap(&self, limit: usize, wrap: Wrap) -> Box<Self::Object>;
}

/// A context of a type that is known.
#[derive(Clone, Debug)]
pub struct Typed<C>(C);

impl<C: Context> Wraps for Typed<C> {
    type Object = C::Object;

    fn wrap(&self, limit: usize, wrap: Wrap) -> Box<C::Object> {
        let [incoming, outgoing] = [(); 2].map(|()| Box::new(VecBio::with_limit(limit)));
        Box::new(self.0.wrap_bio(incoming, outgoing, wrap).expect("an object"))
    }
}

impl Wraps for Box<dyn DynContext> {
    type Object = dyn SslObject;

    fn wrap(&self, limit: usize, wrap: Wrap) -> Box<dyn SslObject> {
        let [incoming, outgoing] = [(); 2].map(|()| Box::new(VecBio::with_limit(limit)));
        self.wrap_bio(incoming, outgoing, wrap).expect("an object")
    }
}

/// Two contexts.
#[derive(Clone, Debug)]
pub struct Objects<C> {
    client: C,
    server: C,
    server_name: ServerName,
    session: Option<Session>,
    limit: usize,
}

impl<C: Context> Objects<Typed<C>> {
    /// Of this backend.
    ///
    /// # Panics
    /// If the backend refuses the configuration.
    pub fn new<B: Backend<Context = C>>(backend: &B, setup: &Setup) -> Self {
        let context =
            |config: &Config| Typed(Backend::context(backend, config).expect("a context"));
        Self::of(backend.name(), setup, context)
    }
}

impl Objects<Box<dyn DynContext>> {
    /// Of the backend of this name.
    ///
    /// # Panics
    /// If there is no such backend, or it refuses the configuration.
    pub fn new(backend: &str, setup: &Setup) -> Self {
        let backend = tls_object::backend(backend).expect("a backend");
        Self::of(backend.name(), setup, |config| backend.context(config).expect("a context"))
    }
}

impl<C: Wraps> Objects<C> {
    /// Makes an object for one end, with BIOs that have this limit, 0 being none.
    pub fn end(&self, end: End, limit: usize) -> Box<C::Object> {
        match end {
            End::Client => self.client.wrap(limit, Wrap::client(self.server_name.clone())),
            End::Server => self.server.wrap(limit, Wrap::server()),
        }
    }

    fn of(backend: &str, setup: &Setup, context: impl Fn(&Config) -> C) -> Self {
        let identity = |material: &Material| {
            let chain = material.chain.iter().map(|der| Certificate::from_der(&**der)).collect();
            let key = PrivateKey::from_der(material.key.clone()).expect("a private key");
            Identity::new(chain, key).expect("an identity")
        };
        let Setup { terms, pki } = setup;
        let root = || vec![Certificate::from_der(&*pki.root)];
        let mut client = Config::client();
        client.trust_store = root().into();
        let mut server = Config::server(identity(&pki.server));
        if terms.mutual {
            client.identities = vec![identity(&pki.client)];
            server.verify_mode = VerifyMode::Required;
            server.trust_store = root().into();
        }
        for config in [&mut client, &mut server] {
            let version = ProtocolVersion::new(terms.version.code());
            (config.min_version, config.max_version) = (version, version);
            config.groups = Setting::Required(vec![group(terms.group), NamedGroup::SECP256R1]);
            config.alpn = vec![AlpnProtocol::new(Setup::ALPN).expect("a name")];
            if (terms.version, backend) != (Version::Tls13, "boring") {
                config.cipher_suites = Setting::Required(vec![suite(*terms)]);
            }
        }
        Self {
            client: context(&client),
            server: context(&server),
            server_name: ServerName::new(Setup::NAME).expect("a server name"),
            session: None,
            limit: terms.limit,
        }
    }
}

const fn group(group: Group) -> NamedGroup {
    match group {
        Group::X25519 => NamedGroup::X25519,
        Group::X25519MlKem768 => NamedGroup::X25519MLKEM768,
    }
}

const fn suite(terms: Terms) -> CipherSuite {
    match (terms.version, terms.key, terms.suite) {
        (Version::Tls12, Key::P256, Suite::Aes128) => {
            CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        }
        (Version::Tls12, Key::P256, Suite::Aes256) => {
            CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        }
        (Version::Tls12, Key::P256, Suite::ChaCha20) => {
            CipherSuite::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        }
        (Version::Tls12, Key::Rsa2048, Suite::Aes128) => {
            CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256
        }
        (Version::Tls12, Key::Rsa2048, Suite::Aes256) => {
            CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384
        }
        (Version::Tls12, Key::Rsa2048, Suite::ChaCha20) => {
            CipherSuite::ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        }
        (Version::Tls13, _, Suite::Aes128) => CipherSuite::TLS13_AES_128_GCM_SHA256,
        (Version::Tls13, _, Suite::Aes256) => CipherSuite::TLS13_AES_256_GCM_SHA384,
        (Version::Tls13, _, Suite::ChaCha20) => CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    }
}

impl<C: Wraps> Driver for Objects<C> {
    type Connection = Pair<C::Object>;

    fn wrap(&mut self, resume: bool) -> Pair<C::Object> {
        let mut wrap = Wrap::client(self.server_name.clone());
        wrap.session = self.session.clone().filter(|_| resume);
        Pair {
            client: self.client.wrap(self.limit, wrap),
            server: self.end(End::Server, self.limit),
        }
    }

    fn remember(&mut self, connection: &mut Pair<C::Object>) {
        self.session = connection.client.session();
    }
}

/// Two objects.
pub struct Pair<O: SslObject + ?Sized> {
    client: Box<O>,
    server: Box<O>,
}

impl<O: SslObject + ?Sized> fmt::Debug for Pair<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (client, server) = (&self.client, &self.server);
        f.debug_struct("Pair").field("client", client).field("server", server).finish()
    }
}

impl<O: SslObject + ?Sized> Pair<O> {
    fn end(&mut self, end: End) -> &mut O {
        match end {
            End::Client => &mut self.client,
            End::Server => &mut self.server,
        }
    }
}

impl<O: SslObject + ?Sized> Connection for Pair<O> {
    fn step(&mut self, end: End) -> bool {
        self.end(end).do_handshake().expect("a handshake").is_done()
    }

    fn facts(&self) -> Facts {
        let facts = self.client.facts();
        Facts {
            version: facts.version.map_or(0, |it| it.code()),
            cipher_suite: facts.cipher_suite.map_or(0, |it| it.code()),
            resumed: facts.resumed,
            certificates: self.client.peer_certificates().len(),
        }
    }

    fn write(&mut self, from: End, data: &[u8]) {
        let written = self.end(from).write(data).expect("an open connection");
        assert_eq!(written, Status::Done(data.len()));
    }

    fn write_some(&mut self, from: End, data: &[u8]) -> usize {
        match self.end(from).write(data).expect("an open connection") {
            Status::Done(n) => n,
            other => panic!("there is room, but writing says {other:?}"),
        }
    }

    fn write_parts(&mut self, from: End, parts: [&[u8]; 2]) {
        let len = parts.iter().map(|part| part.len()).sum();
        let parts = parts.map(IoSlice::new);
        let written = self.end(from).write_vectored(&parts).expect("an open connection");
        assert_eq!(written, Status::Done(len));
    }

    fn deliver(&mut self, from: End, most: usize) -> usize {
        let (from, to) = match from {
            End::Client => (&mut self.client, &mut self.server),
            End::Server => (&mut self.server, &mut self.client),
        };
        from.outgoing().lend(&mut |bytes| {
            let n = bytes.len().min(most);
            to.incoming().write(&bytes[..n]).expect("an open BIO")
        })
    }

    fn discard(&mut self, from: End) {
        self.end(from).outgoing().lend(&mut |bytes| bytes.len());
    }

    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize> {
        match self.end(at).read(buffer).expect("an open connection") {
            Read::Data(n) => Some(n),
            Read::WantRead => None,
            other => panic!("nobody closed, but reading says {other:?}"),
        }
    }

    fn read_lent(&mut self, at: End) -> Option<usize> {
        let mut look = |bytes: &[u8]| black_box(bytes).len();
        match self.end(at).read_with(&mut look).expect("an open connection that lends") {
            Read::Data(n) => Some(n),
            Read::WantRead => None,
            other => panic!("nobody closed, but reading says {other:?}"),
        }
    }

    fn trim(&mut self) {
        self.client.trim();
        self.server.trim();
    }
}
