//! A configuration as native-tls' connectors and acceptors.

use core::fmt;
use std::sync::{Arc, OnceLock};

use native_tls::{Protocol, TlsAcceptor, TlsConnector};
use tls_object_core::{
    AlpnProtocol, CipherSuite, Config, Context, ContextId, Error, ErrorKind, MemoryBio, Object,
    ProtocolVersion, Side, VerifyMode, Wrap,
};

use crate::{NativeTls, NativeTlsEngine, NativeTlsObject, alpn, identity};

/// A context of native-tls.
#[derive(Clone)]
pub struct NativeTlsContext(Arc<Inner>);

struct Inner {
    id: ContextId,
    config: Config,
    ends: Ends,
    /// Client: the connector for connections without a server name, made for the first of them.
    nameless: OnceLock<TlsConnector>,
}

/// What makes the connections of one end.
#[derive(Clone)]
pub(crate) enum Ends {
    Client(TlsConnector),
    Server(TlsAcceptor),
}

impl NativeTlsContext {
    /// `config` has passed the backend's check.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let ends = match config.side {
            Side::Client => Ends::Client(connector(config, &config.alpn, true)?),
            Side::Server => Ends::Server(acceptor(config, &config.alpn)?),
        };
        Ok(Self(Arc::new(Inner {
            id: ContextId::new(),
            config: config.clone(),
            ends,
            nameless: OnceLock::new(),
        })))
    }

    /// What makes the connection of `wrap`.
    pub(crate) fn ends(&self, wrap: &Wrap) -> Result<Ends, Error> {
        let Inner { config, ends, nameless, .. } = &*self.0;
        let named = wrap.server_name.is_some();
        Ok(match (ends, &wrap.alpn) {
            (Ends::Server(_), Some(own)) => Ends::Server(acceptor(config, own)?),
            (Ends::Client(_), Some(own)) => Ends::Client(connector(config, own, named)?),
            (Ends::Client(_), None) if !named => match nameless.get() {
                Some(connector) => Ends::Client(connector.clone()),
                None => {
                    let made = connector(config, &config.alpn, false)?;
                    Ends::Client(nameless.get_or_init(|| made).clone())
                }
            },
            (ends, None) => ends.clone(),
        })
    }
}

fn connector(config: &Config, alpn: &[AlpnProtocol], sni: bool) -> Result<TlsConnector, Error> {
    let mut builder = TlsConnector::builder();
    builder
        .disable_built_in_roots(true)
        .danger_accept_invalid_certs(config.verify_mode == VerifyMode::None)
        .danger_accept_invalid_hostnames(!config.needs_server_name())
        .use_sni(sni)
        .min_protocol_version(Some(protocol(config.min_version)?))
        .max_protocol_version(Some(protocol(config.max_version)?))
        .request_alpns(&alpn::names(alpn)?);
    let anchors = config.trust_store.parsed(|| {
        let mut anchors = Vec::new();
        config.trust_store.each_certificate(|it| {
            anchors.push(identity::anchor(it)?);
            Ok(())
        })?;
        Ok(anchors)
    })?;
    for anchor in anchors.iter() {
        builder.add_root_certificate(anchor.clone());
    }
    if let Some(own) = config.identities.first() {
        builder.identity(identity::load(own)?);
    }
    builder.build().map_err(library_error)
}

fn acceptor(config: &Config, alpn: &[AlpnProtocol]) -> Result<TlsAcceptor, Error> {
    let own = config.identities.first().ok_or(ErrorKind::NoCertificate)?;
    TlsAcceptor::builder(identity::load(own)?)
        .min_protocol_version(Some(protocol(config.min_version)?))
        .max_protocol_version(Some(protocol(config.max_version)?))
        .accept_alpn(&alpn::names(alpn)?)
        .build()
        .map_err(library_error)
}

fn protocol(version: ProtocolVersion) -> Result<Protocol, Error> {
    match version {
        ProtocolVersion::TLS12 => Ok(Protocol::Tlsv12),
        ProtocolVersion::TLS13 => Ok(Protocol::Tlsv13),
        _ => Err(ErrorKind::InvalidConfig.into()),
    }
}

fn library_error(error: native_tls::Error) -> Error {
    Error::new(ErrorKind::Library).with_source(error)
}

impl Context for NativeTlsContext {
    type Object = Object<NativeTlsEngine>;

    fn backend(&self) -> &'static str {
        NativeTls::NAME
    }

    fn config(&self) -> &Config {
        &self.0.config
    }

    /// native-tls does not tell.
    fn ciphers(&self) -> Vec<CipherSuite> {
        Vec::new()
    }

    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<NativeTlsObject, Error> {
        wrap.check(&self.0.config, self.0.id)?;
        Object::new(self.clone(), wrap, incoming, outgoing)
    }
}

impl fmt::Debug for NativeTlsContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeTlsContext").field("config", &self.0.config).finish_non_exhaustive()
    }
}
