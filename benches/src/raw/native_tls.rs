//! The platform's own library, through the `native-tls` crate's `TlsStream` over memory.
//!
//! The crate chooses neither suites nor groups, resumes nothing, asks no client for a certificate, and its
//! server does not speak TLS 1.3 on OpenSSL: what it costs can be compared with itself alone.

use core::mem;
use std::io::{ErrorKind, Read as _, Write as _};

use native_tls::{
    Certificate, HandshakeError, Identity, MidHandshakeTlsStream, Protocol, TlsAcceptor,
    TlsConnector, TlsStream,
};

use super::memory::Memory;
use crate::setup::{Setup, Version};
use crate::workload::STEP;
use crate::{Connection, Driver, End, Facts};

/// A connector and an acceptor.
#[allow(missing_debug_implementations)] // acceptors have none
#[derive(Clone)]
pub struct NativeTls {
    client: TlsConnector,
    server: TlsAcceptor,
}

impl NativeTls {
    /// With as many of the settings that all drivers share as the crate has.
    ///
    /// # Panics
    /// If the library refuses them.
    pub fn new(setup: &Setup) -> Self {
        let version = match setup.terms.version {
            Version::Tls12 => Protocol::Tlsv12,
            Version::Tls13 => Protocol::Tlsv13,
        };
        let root = Certificate::from_der(&setup.pki.root).expect("a trust anchor");
        let client = TlsConnector::builder()
            .min_protocol_version(Some(version))
            .max_protocol_version(Some(version))
            .disable_built_in_roots(true)
            .add_root_certificate(root)
            .request_alpns(&[Setup::ALPN])
            .build();
        let chain: String =
            setup.pki.server.chain.iter().map(|it| pem("CERTIFICATE", it)).collect();
        let key = pem("PRIVATE KEY", &setup.pki.server.key);
        let identity = Identity::from_pkcs8(chain.as_bytes(), key.as_bytes()).expect("an identity");
        let server = TlsAcceptor::builder(identity)
            .min_protocol_version(Some(version))
            .max_protocol_version(Some(version))
            .accept_alpn(&[Setup::ALPN])
            .build();
        Self { client: client.expect("a client"), server: server.expect("a server") }
    }
}

fn pem(tag: &str, der: &[u8]) -> String {
    pem::encode(&pem::Pem::new(tag, der))
}

impl Driver for NativeTls {
    type Connection = Pair;

    fn wrap(&mut self, resume: bool) -> Pair {
        assert!(!resume, "the crate resumes nothing");
        let (client, server) = (Tls::New(Memory::default()), Tls::New(Memory::default()));
        Pair { connector: self.client.clone(), acceptor: self.server.clone(), client, server }
    }
}

/// A client and a server.
#[allow(missing_debug_implementations)] // acceptors have none
pub struct Pair {
    connector: TlsConnector,
    acceptor: TlsAcceptor,
    client: Tls,
    server: Tls,
}

/// One end on its way.
#[derive(Debug)]
enum Tls {
    New(Memory),
    Shaking(MidHandshakeTlsStream<Memory>),
    Open(TlsStream<Memory>),
}

impl Tls {
    fn memory(&mut self) -> &mut Memory {
        match self {
            Self::New(memory) => memory,
            Self::Shaking(stream) => stream.get_mut(),
            Self::Open(stream) => stream.get_mut(),
        }
    }

    fn open(&mut self) -> &mut TlsStream<Memory> {
        match self {
            Self::Open(stream) => stream,
            other => panic!("not open: {other:?}"),
        }
    }

    /// Goes on with the handshake, which `begin` begins.
    fn step(
        self,
        begin: impl FnOnce(Memory) -> Result<TlsStream<Memory>, HandshakeError<Memory>>,
    ) -> Self {
        let step = match self {
            Self::New(memory) => begin(memory),
            Self::Shaking(stream) => stream.handshake(),
            Self::Open(stream) => Ok(stream),
        };
        match step {
            Ok(stream) => Self::Open(stream),
            Err(HandshakeError::WouldBlock(stream)) => Self::Shaking(stream),
            Err(HandshakeError::Failure(error)) => panic!("a handshake failed: {error}"),
        }
    }
}

impl Pair {
    fn end(&mut self, end: End) -> &mut Tls {
        match end {
            End::Client => &mut self.client,
            End::Server => &mut self.server,
        }
    }
}

impl Connection for Pair {
    fn step(&mut self, end: End) -> bool {
        let tls = mem::replace(self.end(end), Tls::New(Memory::default()));
        *self.end(end) = match end {
            End::Client => tls.step(|memory| self.connector.connect(Setup::NAME, memory)),
            End::Server => tls.step(|memory| self.acceptor.accept(memory)),
        };
        matches!(self.end(end), Tls::Open(_))
    }

    /// The crate tells next to nothing.
    fn facts(&self) -> Facts {
        Facts { version: 0, cipher_suite: 0, resumed: false, certificates: 0 }
    }

    fn write(&mut self, from: End, data: &[u8]) {
        self.end(from).open().write_all(data).expect("an open connection");
    }

    fn write_some(&mut self, from: End, data: &[u8]) -> usize {
        let n = data.len().min(STEP);
        self.write(from, &data[..n]);
        n
    }

    fn write_parts(&mut self, from: End, parts: [&[u8]; 2]) {
        self.write(from, &parts.concat());
    }

    fn deliver(&mut self, from: End, most: usize) -> usize {
        let (client, server) = (self.client.memory(), self.server.memory());
        match from {
            End::Client => client.deliver(server, most),
            End::Server => server.deliver(client, most),
        }
    }

    fn discard(&mut self, from: End) {
        self.end(from).memory().discard();
    }

    fn trim(&mut self) {
        self.client.memory().trim();
        self.server.memory().trim();
    }

    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize> {
        match self.end(at).open().read(buffer) {
            Ok(n) => Some(n),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("nobody closed, but reading says {error}"),
        }
    }

    fn read_lent(&mut self, _: End) -> Option<usize> {
        panic!("the crate lends nothing")
    }
}
