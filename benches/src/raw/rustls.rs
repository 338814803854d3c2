//! rustls with aws-lc-rs, through its buffered API.

use core::hint::black_box;
use std::io::{self, BufRead as _, ErrorKind, IoSlice, Read as _, Write as _};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::crypto::aws_lc_rs::{self, Ticketer, cipher_suite, kx_group};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, HandshakeKind, NamedGroup, Reader,
    RootCertStore, ServerConfig, ServerConnection, SupportedCipherSuite,
};

use super::memory::Memory;
use crate::pki::Identity;
use crate::setup::{Group, Key, Setup, Suite, Terms, Version};
use crate::workload::STEP;
use crate::{Connection, Driver, End, Facts};

/// How much rustls takes before it is asked for records, in bytes: its own default.
const BUFFER: usize = 64 * 1024;

/// The configurations of both ends, which clones share.
#[derive(Clone, Debug)]
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
        let Setup { terms, pki } = setup;
        let mut provider = aws_lc_rs::default_provider();
        let group = match terms.group {
            Group::X25519 => kx_group::X25519,
            Group::X25519MlKem768 => kx_group::X25519MLKEM768,
        };
        provider.kx_groups = vec![group, kx_group::SECP256R1];
        provider.cipher_suites = vec![suite(*terms)];
        let version = match terms.version {
            Version::Tls12 => &TLS12,
            Version::Tls13 => &TLS13,
        };
        let provider = Arc::new(provider);
        let mut roots = RootCertStore::empty();
        roots.add(pki.root.clone().into()).expect("a trust anchor");
        let roots = Arc::new(roots);

        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .expect("a suite of this version")
            .with_root_certificates(Arc::clone(&roots));
        let mut fresh = if terms.mutual {
            let (chain, key) = parse(&pki.client);
            client.with_client_auth_cert(chain, key).expect("an identity")
        } else {
            client.with_no_client_auth()
        };
        fresh.alpn_protocols = vec![Setup::ALPN.into()];
        let cache = Arc::new(ClientSessionMemoryCache::new(8));
        fresh.resumption = Resumption::store(Arc::new(KeepOnly(Arc::clone(&cache))));
        let mut resuming = fresh.clone();
        resuming.resumption = Resumption::store(cache);

        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .expect("a suite of this version");
        let server = if terms.mutual {
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
            server.with_client_cert_verifier(verifier.expect("a trust anchor"))
        } else {
            server.with_no_client_auth()
        };
        let (chain, key) = parse(&pki.server);
        let mut server = server.with_single_cert(chain, key).expect("an identity");
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

    fn wrap(&mut self, resume: bool) -> Pair {
        let config = if resume { &self.resuming } else { &self.fresh };
        let client = ClientConnection::new(Arc::clone(config), self.server_name.clone());
        let server = ServerConnection::new(Arc::clone(&self.server));
        Pair {
            client: Tls { connection: client.expect("a client"), memory: Memory::default() },
            server: Tls { connection: server.expect("a server"), memory: Memory::default() },
        }
    }
}

fn parse(identity: &Identity) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let chain = identity.chain.iter().map(|der| der.clone().into()).collect();
    (chain, PrivateKeyDer::Pkcs8(identity.key.clone().into()))
}

fn suite(terms: Terms) -> SupportedCipherSuite {
    match (terms.version, terms.key, terms.suite) {
        (Version::Tls12, Key::P256, Suite::Aes128) => {
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        }
        (Version::Tls12, Key::P256, Suite::Aes256) => {
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        }
        (Version::Tls12, Key::P256, Suite::ChaCha20) => {
            cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        }
        (Version::Tls12, Key::Rsa2048, Suite::Aes128) => {
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        }
        (Version::Tls12, Key::Rsa2048, Suite::Aes256) => {
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        }
        (Version::Tls12, Key::Rsa2048, Suite::ChaCha20) => {
            cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        }
        (Version::Tls13, _, Suite::Aes128) => cipher_suite::TLS13_AES_128_GCM_SHA256,
        (Version::Tls13, _, Suite::Aes256) => cipher_suite::TLS13_AES_256_GCM_SHA384,
        (Version::Tls13, _, Suite::ChaCha20) => cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
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

    /// Whether the handshake is done.
    fn step(&mut self) -> bool {
        self.flush();
        if self.connection.is_handshaking() {
            self.advance();
        }
        !self.connection.is_handshaking()
    }

    fn flush(&mut self) {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.memory.outgoing).expect("a Vec takes everything");
        }
    }

    fn write(&mut self, data: &[u8]) {
        for data in data.chunks(BUFFER) {
            self.connection.writer().write_all(data).expect("an empty send buffer");
            self.flush();
        }
    }

    fn write_parts(&mut self, parts: [&[u8]; 2]) {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let written = self.connection.writer().write_vectored(&parts.map(IoSlice::new));
        assert_eq!(written.expect("an empty send buffer"), len);
        self.flush();
    }

    fn read(&mut self, buffer: &mut [u8]) -> Option<usize> {
        self.plaintext(|mut reader| reader.read(buffer))
    }

    fn read_lent(&mut self) -> Option<usize> {
        self.plaintext(|mut reader| {
            let n = black_box(reader.fill_buf()?).len();
            reader.consume(n);
            Ok(n)
        })
    }

    /// Has plaintext read, of the next records if there is none yet.
    fn plaintext(
        &mut self,
        mut read: impl FnMut(Reader<'_>) -> io::Result<usize>,
    ) -> Option<usize> {
        loop {
            match read(self.connection.reader()) {
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
    fn step(&mut self, end: End) -> bool {
        match end {
            End::Client => self.client.step(),
            End::Server => self.server.step(),
        }
    }

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

    fn write_some(&mut self, from: End, data: &[u8]) -> usize {
        let n = data.len().min(STEP);
        self.write(from, &data[..n]);
        n
    }

    fn write_parts(&mut self, from: End, parts: [&[u8]; 2]) {
        match from {
            End::Client => self.client.write_parts(parts),
            End::Server => self.server.write_parts(parts),
        }
    }

    fn deliver(&mut self, from: End, most: usize) -> usize {
        let (client, server) = (&mut self.client.memory, &mut self.server.memory);
        match from {
            End::Client => client.deliver(server, most),
            End::Server => server.deliver(client, most),
        }
    }

    fn discard(&mut self, from: End) {
        match from {
            End::Client => self.client.memory.discard(),
            End::Server => self.server.memory.discard(),
        }
    }

    fn trim(&mut self) {
        self.client.memory.trim();
        self.server.memory.trim();
    }

    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize> {
        match at {
            End::Client => self.client.read(buffer),
            End::Server => self.server.read(buffer),
        }
    }

    fn read_lent(&mut self, at: End) -> Option<usize> {
        match at {
            End::Client => self.client.read_lent(),
            End::Server => self.server.read_lent(),
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
