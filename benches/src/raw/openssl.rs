//! OpenSSL, through the `openssl` crate's `SslStream` over memory.

use std::sync::{Arc, Mutex, PoisonError};

use openssl::pkey::PKey;
use openssl::ssl::{
    AlpnError, ErrorCode, ShutdownState, Ssl, SslContext, SslContextBuilder, SslMethod, SslMode,
    SslOptions, SslSession, SslSessionCacheMode, SslStream, SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags};

use super::memory::Memory;
use crate::setup::{Setup, Version};
use crate::{Connection, Driver, End, Facts, ffi};

/// `h2` behind its length.
const ALPN: &[u8] = b"\x02h2";

/// The contexts of both ends.
#[allow(missing_debug_implementations)] // sessions have none
pub struct OpenSsl {
    client: SslContext,
    server: SslContext,
    /// The newest that the client was given.
    session: Arc<Mutex<Option<SslSession>>>,
}

impl OpenSsl {
    /// With the settings that all drivers share.
    ///
    /// # Panics
    /// If OpenSSL refuses them.
    pub fn new(setup: &Setup) -> Self {
        let parse = |der: &Vec<u8>| X509::from_der(der).expect("a certificate");

        let mut client = builder(setup);
        client.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        client.cert_store_mut().add_cert(parse(&setup.root)).expect("a trust anchor");
        client.set_alpn_protos(ALPN).expect("a protocol");
        client
            .set_session_cache_mode(SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL);
        let session = Arc::new(Mutex::new(None));
        let newest = Arc::clone(&session);
        client.set_new_session_callback(move |_, session| {
            *newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        });

        let mut server = builder(setup);
        server.set_certificate(&parse(&setup.chain[0])).expect("a leaf");
        for issuer in &setup.chain[1..] {
            server.add_extra_chain_cert(parse(issuer)).expect("an issuer");
        }
        let key = PKey::private_key_from_der(&setup.key).expect("a key");
        server.set_private_key(&key).expect("the leaf's key");
        server.set_alpn_select_callback(|_, offered| {
            openssl::ssl::select_next_proto(ALPN, offered).ok_or(AlpnError::ALERT_FATAL)
        });
        server.set_session_cache_mode(SslSessionCacheMode::OFF);
        server.set_session_id_context(b"bench").expect("a short name");
        Self { client: client.build(), server: server.build(), session }
    }
}

/// What both ends are told.
fn builder(setup: &Setup) -> SslContextBuilder {
    let mut builder = SslContext::builder(SslMethod::tls()).expect("a context");
    builder.set_mode(
        SslMode::RELEASE_BUFFERS
            | SslMode::ACCEPT_MOVING_WRITE_BUFFER
            | SslMode::ENABLE_PARTIAL_WRITE
            | SslMode::AUTO_RETRY
            | SslMode::NO_AUTO_CHAIN,
    );
    builder.set_options(
        SslOptions::NO_COMPRESSION
            | SslOptions::NO_RENEGOTIATION
            | SslOptions::CIPHER_SERVER_PREFERENCE,
    );
    let version = match setup.version {
        Version::Tls12 => SslVersion::TLS1_2,
        Version::Tls13 => SslVersion::TLS1_3,
    };
    builder.set_min_proto_version(Some(version)).expect("a version");
    builder.set_max_proto_version(Some(version)).expect("a version");
    builder.set_cipher_list("ECDHE-ECDSA-AES256-GCM-SHA384").expect("a suite");
    builder.set_ciphersuites("TLS_AES_256_GCM_SHA384").expect("a suite");
    builder.set_groups_list("X25519:P-256").expect("groups");
    builder
}

impl Driver for OpenSsl {
    type Connection = Pair;

    fn connect(&mut self, resume: bool) -> Pair {
        let mut client = Ssl::new(&self.client).expect("a client");
        client.set_hostname(Setup::NAME).expect("a server name");
        let param = client.param_mut();
        param
            .set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::TRUSTED_FIRST)
            .expect("flags");
        param.set_hostflags(
            X509CheckFlags::NO_PARTIAL_WILDCARDS | X509CheckFlags::NEVER_CHECK_SUBJECT,
        );
        param.set_host(Setup::NAME).expect("a server name");
        if resume {
            let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            ffi::openssl::set_session(
                &mut client,
                session.as_ref().expect("an earlier connection"),
            );
        }
        let server = Ssl::new(&self.server).expect("a server");
        let stream = |ssl| SslStream::new(ssl, Memory::default()).expect("a stream");
        let mut pair = Pair { client: stream(client), server: stream(server) };
        loop {
            let client = is_done(pair.client.connect());
            pair.deliver(End::Client);
            let server = is_done(pair.server.accept());
            pair.deliver(End::Server);
            if client && server {
                return pair;
            }
        }
    }
}

/// Whether the handshake is done.
fn is_done(step: Result<(), openssl::ssl::Error>) -> bool {
    match step {
        Ok(()) => true,
        Err(error) if error.code() == ErrorCode::WANT_READ => false,
        Err(error) => panic!("a handshake failed: {error}"),
    }
}

/// A client and a server.
#[derive(Debug)]
pub struct Pair {
    client: SslStream<Memory>,
    server: SslStream<Memory>,
}

/// A session may be offered again although its connection was not closed.
impl Drop for Pair {
    fn drop(&mut self) {
        for end in [&mut self.client, &mut self.server] {
            end.set_shutdown(ShutdownState::SENT | ShutdownState::RECEIVED);
        }
    }
}

impl Pair {
    fn end(&mut self, end: End) -> &mut SslStream<Memory> {
        match end {
            End::Client => &mut self.client,
            End::Server => &mut self.server,
        }
    }
}

impl Connection for Pair {
    fn facts(&self) -> Facts {
        let ssl = self.client.ssl();
        Facts {
            version: match ssl.version2() {
                Some(SslVersion::TLS1_2) => Version::Tls12.code(),
                Some(SslVersion::TLS1_3) => Version::Tls13.code(),
                _ => 0,
            },
            cipher_suite: ssl.current_cipher().map_or(0, |it| u16::from_be_bytes(it.protocol_id())),
            resumed: ssl.session_reused(),
            certificates: ssl.peer_cert_chain().map_or(0, |chain| chain.len()),
        }
    }

    fn write(&mut self, from: End, data: &[u8]) {
        assert_eq!(self.end(from).ssl_write(data).expect("an open connection"), data.len());
    }

    fn deliver(&mut self, from: End) {
        let (client, server) = (self.client.get_mut(), self.server.get_mut());
        match from {
            End::Client => client.deliver(server),
            End::Server => server.deliver(client),
        }
    }

    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize> {
        match self.end(at).ssl_read(buffer) {
            Ok(n) => Some(n),
            Err(error) if error.code() == ErrorCode::WANT_READ => None,
            Err(error) => panic!("nobody closed, but reading says {error}"),
        }
    }
}
