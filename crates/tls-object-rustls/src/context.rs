//! A configuration as rustls has it.

use core::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{DnsName, ServerName as RustlsName};
use rustls::server::{ClientHello, NoServerSessionStorage};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion,
};
use tls_object_core::{
    AlpnMismatch, AlpnProtocol, Backend as _, CertificateType, CipherSuite, Config, Context,
    ContextId, Error, ErrorKind, HashAlgorithm, Identity, MemoryBio, NamedGroup, Object,
    ProtocolVersion, ServerName, SessionCounters, Side, Wrap,
};

use crate::hooks::Keys;
use crate::identity::{ClientIdentities, ServerIdentities};
use crate::server_sessions::{ServerSessions, StoredSessions};
use crate::session::{Events, Issued, SessionSlot};
use crate::verify::PeerVerifier;
use crate::{Rustls, RustlsEngine, RustlsObject};

/// How many sessions a server keeps that takes early data. OpenSSL has the same number.
const EARLY_DATA_SESSIONS: usize = 20 * 1024;

/// A configuration made ready for rustls.
#[derive(Clone)]
pub struct RustlsContext(Arc<Inner>);

struct Inner {
    id: ContextId,
    counters: Arc<SessionCounters>,
    backend: Rustls,
    config: Config,
    native: Native,
}

enum Native {
    Client(Arc<ClientConfig>),
    Server(Arc<ServerConfigs>),
}

/// What a server chooses from when it has seen the ClientHello.
pub(crate) struct ServerConfigs {
    usual: Arc<ServerConfig>,
    /// For clients without a protocol in common, where they are served all the same.
    without_alpn: Option<Arc<ServerConfig>>,
}

impl ServerConfigs {
    /// `server` with these protocols.
    fn new(mut server: ServerConfig, protocols: &[AlpnProtocol], mismatch: AlpnMismatch) -> Self {
        server.alpn_protocols = Vec::new();
        let proceeds = !protocols.is_empty() && mismatch == AlpnMismatch::Continue;
        let without_alpn = proceeds.then(|| Arc::new(server.clone()));
        server.alpn_protocols = alpn(protocols);
        Self { usual: Arc::new(server), without_alpn }
    }

    /// The one for the client that says this.
    pub(crate) fn choose(&self, hello: &ClientHello<'_>) -> Arc<ServerConfig> {
        let Some(without_alpn) = &self.without_alpn else { return self.usual.clone() };
        let ours = &self.usual.alpn_protocols;
        let is_ours = |theirs: &[u8]| ours.iter().any(|ours| ours == theirs);
        match hello.alpn().map(|mut theirs| theirs.any(is_ours)) {
            Some(false) => without_alpn.clone(),
            Some(true) | None => self.usual.clone(),
        }
    }
}

impl RustlsContext {
    /// `config` has passed the backend's check.
    pub(crate) fn new(backend: &Rustls, config: &Config) -> Result<Self, Error> {
        let counters = Arc::default();
        let native = match config.side {
            Side::Client => Native::Client(Arc::new(client(backend, config)?)),
            Side::Server => Native::Server(Arc::new(server(backend, config, &counters)?)),
        };
        Ok(Self(Arc::new(Inner {
            id: ContextId::new(),
            counters,
            backend: *backend,
            config: config.clone(),
            native,
        })))
    }

    /// What sessions are bound to.
    pub(crate) fn id(&self) -> ContextId {
        self.0.id
    }

    /// Whether peers show public keys without certificates: all do, or none does.
    pub(crate) fn takes_raw_public_keys(&self) -> bool {
        self.0.config.accepts(CertificateType::RawPublicKey)
    }

    /// The same of this end.
    pub(crate) fn shows_raw_public_keys(&self) -> bool {
        let is_raw = |it: &Identity| it.certificate_type() == CertificateType::RawPublicKey;
        self.0.config.identities.iter().any(is_raw)
    }

    /// A connection.
    pub(crate) fn engine(&self, wrap: &Wrap) -> Result<RustlsEngine, Error> {
        match &self.0.native {
            Native::Client(config) => self
                .connect(config, wrap)
                .map_err(|error| error.with_backend(self.0.backend.name())),
            Native::Server(configs) => {
                let configs = match &wrap.alpn {
                    None => configs.clone(),
                    Some(protocols) => {
                        let usual = ServerConfig::clone(&configs.usual);
                        let mismatch = self.0.config.alpn_mismatch;
                        Arc::new(ServerConfigs::new(usual, protocols, mismatch))
                    }
                };
                Ok(RustlsEngine::server(self.clone(), configs))
            }
        }
    }

    /// The hash of `data`, by the cryptography provider.
    pub(crate) fn digest(&self, hash: HashAlgorithm, data: &[u8]) -> Vec<u8> {
        self.0.backend.digest(hash, data)
    }

    /// A connection of a client.
    fn connect(&self, config: &Arc<ClientConfig>, wrap: &Wrap) -> Result<RustlsEngine, Error> {
        let name = rustls_name(wrap.server_name.as_ref())?;
        let mut config = config.clone();
        if let Some(protocols) = &wrap.alpn {
            Arc::make_mut(&mut config).alpn_protocols = alpn(protocols);
        }
        let issued = self.0.config.resumption.then(Arc::<Issued>::default);
        if let Some(issued) = &issued {
            // rustls has one cache for each configuration. The clone shares everything else, the
            // verifier above all: sessions are bound to it.
            let events = self.0.config.on_session.clone().map(|sink| Events {
                sink,
                context: self.0.id,
                server_name: wrap.server_name.clone(),
            });
            let slot =
                SessionSlot { offered: wrap.session.clone(), issued: issued.clone(), events };
            let config = Arc::make_mut(&mut config);
            config.resumption = Resumption::store(Arc::new(slot));
            config.enable_early_data = wrap.early_data;
        }
        let connection = ClientConnection::new(config, name)
            .map_err(|error| Error::new(ErrorKind::Library).with_source(error))?;
        Ok(RustlsEngine::client(self.clone(), connection, wrap.server_name.clone(), issued))
    }
}

impl Context for RustlsContext {
    type Object = RustlsObject;

    fn backend(&self) -> &'static str {
        self.0.backend.name()
    }

    fn config(&self) -> &Config {
        &self.0.config
    }

    fn ciphers(&self) -> Vec<CipherSuite> {
        let provider = match &self.0.native {
            Native::Client(config) => config.crypto_provider(),
            Native::Server(configs) => configs.usual.crypto_provider(),
        };
        let (oldest, newest) = self.0.config.version_range();
        let code = |suite: &SupportedCipherSuite| CipherSuite::new(suite.suite().into());
        let is_spoken = |suite: &CipherSuite| (oldest..=newest).contains(&suite.version());
        provider.cipher_suites.iter().map(code).filter(is_spoken).collect()
    }

    fn counters(&self) -> Option<&SessionCounters> {
        Some(&self.0.counters)
    }

    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<RustlsObject, Error> {
        wrap.check(&self.0.config, self.0.id)?;
        Object::new(self.clone(), wrap, incoming, outgoing)
    }
}

impl fmt::Debug for RustlsContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RustlsContext")
            .field("backend", &self.0.backend.name())
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

/// The name as rustls wants it. It insists on one: an address is never sent, and whether it is
/// checked is the verifier's affair.
fn rustls_name(name: Option<&ServerName>) -> Result<RustlsName<'static>, Error> {
    match name {
        Some(ServerName::Dns(name)) => DnsName::try_from(name.as_str().to_owned())
            .map(RustlsName::DnsName)
            .map_err(|error| Error::new(ErrorKind::InvalidServerName).with_source(error)),
        Some(ServerName::Ip(address)) => Ok(RustlsName::IpAddress((*address).into())),
        _ => Ok(RustlsName::IpAddress(Ipv4Addr::UNSPECIFIED.into())),
    }
}

fn client(backend: &Rustls, config: &Config) -> Result<ClientConfig, Error> {
    let provider = Arc::new(provider(backend, config)?);
    let verifier = Arc::new(PeerVerifier::new(config, &provider)?);
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions(config))
        .map_err(invalid)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut client = if config.identities.is_empty() {
        builder.with_no_client_auth()
    } else {
        builder.with_client_cert_resolver(Arc::new(ClientIdentities::new(config, &provider)?))
    };
    client.alpn_protocols = alpn(&config.alpn);
    if let Some(keys) = Keys::of(config) {
        client.key_log = keys;
    }
    client.enable_secret_extraction = config.extract_secrets;
    // Each connection has its own.
    client.resumption = Resumption::disabled();
    Ok(client)
}

fn server(
    backend: &Rustls,
    config: &Config,
    counters: &Arc<SessionCounters>,
) -> Result<ServerConfigs, Error> {
    let provider = Arc::new(provider(backend, config)?);
    let verifier = Arc::new(PeerVerifier::new(config, &provider)?);
    let identities = Arc::new(ServerIdentities::new(config, &provider)?);
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(config))
        .map_err(invalid)?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(identities);
    server.ignore_client_order =
        config.cipher_suites.values().is_some() || config.cipher_string.is_some();
    if let Some(keys) = Keys::of(config) {
        server.key_log = keys;
    }
    server.enable_secret_extraction = config.extract_secrets;
    server.session_storage = Arc::new(NoServerSessionStorage {});
    if config.resumption && config.max_early_data > 0 {
        // With tickets it would take none.
        server.session_storage = Arc::new(ServerSessions::new(EARLY_DATA_SESSIONS, counters));
        server.max_early_data_size = config.max_early_data;
    } else if let Some(store) = StoredSessions::of(config, backend.name()) {
        server.session_storage = store;
    } else if config.resumption && config.session_cache > 0 {
        server.session_storage = Arc::new(ServerSessions::new(config.session_cache, counters));
    } else if config.resumption {
        server.ticketer = backend
            .ticketer(config)
            .map_err(|error| Error::new(ErrorKind::Library).with_source(error))?;
    } else {
        server.send_tls13_tickets = 0;
    }
    if let Some(number) = config.num_tickets {
        server.send_tls13_tickets = number;
    }
    Ok(ServerConfigs::new(server, &config.alpn, config.alpn_mismatch))
}

/// rustls refuses suites that fit none of the groups.
fn invalid(error: rustls::Error) -> Error {
    Error::new(ErrorKind::InvalidConfig).with_source(error)
}

fn alpn(protocols: &[AlpnProtocol]) -> Vec<Vec<u8>> {
    protocols.iter().map(AlpnProtocol::as_bytes).map(<[u8]>::to_vec).collect()
}

fn versions(config: &Config) -> Vec<&'static SupportedProtocolVersion> {
    let (oldest, newest) = config.version_range();
    [&TLS12, &TLS13]
        .into_iter()
        .filter(|known| (oldest..=newest).contains(&ProtocolVersion::new(known.version.into())))
        .collect()
}

/// The provider with the suites and groups of the configuration, in its order.
fn provider(backend: &Rustls, config: &Config) -> Result<CryptoProvider, Error> {
    let mut provider = backend.provider();
    let wanted = config.suites(&backend.capabilities())?;
    for (version, wanted) in
        [(ProtocolVersion::TLS13, wanted.tls13), (ProtocolVersion::TLS12, wanted.tls12)]
    {
        let Some(wanted) = wanted else { continue };
        let code = |suite: &SupportedCipherSuite| CipherSuite::new(suite.suite().into());
        let chosen = choose(&wanted, &provider.cipher_suites, code);
        provider.cipher_suites.retain(|suite| code(suite).version() != version);
        match version {
            ProtocolVersion::TLS13 => drop(provider.cipher_suites.splice(0..0, chosen)),
            _ => provider.cipher_suites.extend(chosen),
        }
    }
    if let Some(wanted) = config.groups.values() {
        provider.kx_groups =
            choose(wanted, backend.groups(), |group| NamedGroup::new(group.name().into()));
    }
    Ok(provider)
}

fn choose<T: Copy, C: Eq>(wanted: &[C], available: &[T], code: impl Fn(&T) -> C) -> Vec<T> {
    wanted
        .iter()
        .filter_map(|wanted| available.iter().find(|candidate| code(candidate) == *wanted))
        .copied()
        .collect()
}
