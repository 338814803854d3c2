//! rustls with aws-lc-rs, through its buffered API.

use std::io::{ErrorKind, Read as _, Write as _};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::crypto::aws_lc_rs::{self, Ticketer, cipher_suite, kx_group};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::server::NoServerSessionStorage;
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, HandshakeKind, NamedGroup, RootCertStore,
    ServerConfig, ServerConnection,
};

use super::memory::Memory;
use crate::setup::{Setup, Version};
use crate::{Connection, Driver, End, Facts};

/// The configurations of both ends.
#[derive(Debug)]
pub struct Rustls {
    /// Keeps sessions and offers none.
    fresh: Arc<ClientConfig>,
    /// Keeps sessions and offers the newest.
    resuming: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    server_name: ServerName<'static>,
}

impl Rustls {
    /// With the settings that all drivers share.
    ///
    /// # Panics
    /// If rustls refuses them.
    pub fn new(setup: &Setup) -> Self {
        let mut provider = aws_lc_rs::default_provider();
        provider.kx_groups = vec![kx_group::X25519, kx_group::SECP256R1];
        let (version, suite) = match setup.version {
            Version::Tls12 => (&TLS12, cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
            Version::Tls13 => (&TLS13, cipher_suite::TLS13_AES_256_GCM_SHA384),
        };
        provider.cipher_suites = vec![suite];
        let provider = Arc::new(provider);

        let mut roots = RootCertStore::empty();
        roots.add(setup.root.clone().into()).expect("a trust anchor");
        let mut fresh = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .expect("a suite of this version")
            .with_root_certificates(roots)
            .with_no_client_auth();
        fresh.alpn_protocols = vec![Setup::ALPN.into()];
        let cache = Arc::new(ClientSessionMemoryCache::new(8));
        fresh.resumption = Resumption::store(Arc::new(KeepOnly(Arc::clone(&cache))));
        let mut resuming = fresh.clone();
        resuming.resumption = Resumption::store(cache);

        let chain = setup.chain.iter().map(|der| der.clone().into()).collect();
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("a suite of this version")
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::Pkcs8(setup.key.clone().into()))
            .expect("an identity");
        server.alpn_protocols = vec![Setup::ALPN.into()];
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.ticketer = Ticketer::new().expect("random numbers");
        Self {
            fresh: fresh.into(),
            resuming: resuming.into(),
            server: server.into(),
            server_name: ServerName::try_from(Setup::NAME).expect("a server name"),
        }
    }
}

impl Driver for Rustls {
    type Connection = Pair;

    fn connect(&mut self, resume: bool) -> Pair {
        let config = if resume { &self.resuming } else { &self.fresh };
        let client = ClientConnection::new(Arc::clone(config), self.server_name.clone());
        let server = ServerConnection::new(Arc::clone(&self.server));
        let mut pair = Pair {
            client: Tls { connection: client.expect("a client"), memory: Memory::default() },
            server: Tls { connection: server.expect("a server"), memory: Memory::default() },
        };
        while pair.client.connection.is_handshaking() || pair.server.connection.is_handshaking() {
            pair.client.flush();
            pair.deliver(End::Client);
            pair.server.advance();
            pair.deliver(End::Server);
            pair.client.advance();
        }
        pair.deliver(End::Client);
        pair
    }
}

/// A client and a server.
#[derive(Debug)]
pub struct Pair {
    client: Tls<ClientConnection>,
    server: Tls<ServerConnection>,
}

#[derive(Debug)]
struct Tls<C> {
    connection: C,
    memory: Memory,
}

impl<C: DerefMut + Deref<Target = ConnectionCommon<D>>, D> Tls<C> {
    /// Gives rustls as much as it takes at a time, and writes out what it answers.
    fn advance(&mut self) {
        while !self.memory.waiting().is_empty() {
            let mut rest = self.memory.waiting();
            let before = rest.len();
            while !rest.is_empty() {
                // An error says that its buffer is full.
                let Ok(1..) = self.connection.read_tls(&mut rest) else { break };
            }
            let taken = before - rest.len();
            self.memory.consume(taken);
            let state = self.connection.process_new_packets().expect("what the other end sent");
            self.flush();
            if state.plaintext_bytes_to_read() > 0 {
                break;
            }
            assert_ne!(taken, 0, "rustls takes nothing and has nothing");
        }
    }

    fn flush(&mut self) {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.memory.outgoing).expect("a Vec takes everything");
        }
    }

    fn write(&mut self, data: &[u8]) {
        self.connection.writer().write_all(data).expect("an empty send buffer");
        self.flush();
    }

    fn read(&mut self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            match self.connection.reader().read(buffer) {
                Ok(n) => return Some(n),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
            if self.memory.waiting().is_empty() {
                return None;
            }
            self.advance();
        }
    }
}

impl Connection for Pair {
    fn facts(&self) -> Facts {
        let client = &self.client.connection;
        Facts {
            version: client.protocol_version().map_or(0, Into::into),
            cipher_suite: client.negotiated_cipher_suite().map_or(0, |it| it.suite().into()),
            resumed: client.handshake_kind() == Some(HandshakeKind::Resumed),
            certificates: client.peer_certificates().map_or(0, <[_]>::len),
        }
    }

    fn write(&mut self, from: End, data: &[u8]) {
        match from {
            End::Client => self.client.write(data),
            End::Server => self.server.write(data),
        }
    }

    fn deliver(&mut self, from: End) {
        let (client, server) = (&mut self.client.memory, &mut self.server.memory);
        match from {
            End::Client => client.deliver(server),
            End::Server => server.deliver(client),
        }
    }

    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize> {
        match at {
            End::Client => self.client.read(buffer),
            End::Server => self.server.read(buffer),
        }
    }
}

/// A cache that is filled and never asked, for full handshakes that keep what the server issues.
#[derive(Debug)]
struct KeepOnly(Arc<ClientSessionMemoryCache>);

impl ClientSessionStore for KeepOnly {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(name, group);
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.0.kx_hint(name)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(name, value);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.0.remove_tls12_session(name);
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(name, value);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}
