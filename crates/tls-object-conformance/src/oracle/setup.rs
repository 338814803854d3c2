//! What a case sets up, as configurations.

use tls_object_core::{
    AlpnMismatch, AlpnProtocol, Capability, CipherSuite, Config, CrlScope, DynBackend, Error,
    ProtocolVersion, Setting, Side, TrustStore, VerifyMode,
};

use super::case::Setup;
use super::certificates::certificates;
use crate::lab::settled;

/// The only suites that are spoken, where they can be chosen: all records then have the length that CPython's have.
const SUITES: [CipherSuite; 2] =
    [CipherSuite::TLS13_AES_256_GCM_SHA384, CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384];

/// The configuration of one end.
pub(super) fn configured(
    setup: &Setup,
    side: Side,
    backend: &dyn DynBackend,
) -> Result<Config, Error> {
    let it = certificates();
    let shown = match side {
        Side::Client => setup.client.as_deref(),
        Side::Server => Some(setup.server.as_deref().unwrap_or("server")),
    };
    let mut config = Config::client();
    config.side = side;
    config.identities = shown.map(|name| it.identity(name).clone()).into_iter().collect();
    let root = ["root".to_owned()];
    let trusted = setup.trust.as_deref().unwrap_or(&root);
    config.trust_store = trusted.iter().map(|name| it.anchor(name).clone()).collect();
    if side == Side::Server {
        config.alpn_mismatch = AlpnMismatch::Continue;
    }
    let protocols: Vec<&str> = match (side, &setup.alpn) {
        (Side::Client, Some(protocols)) => protocols.iter().map(String::as_str).collect(),
        (Side::Client, None) => vec!["h2", "http/1.1"],
        (Side::Server, _) => vec!["h2"],
    };
    config.alpn = protocols.into_iter().map(AlpnProtocol::new).collect::<Result<_, _>>()?;
    let is_client = side == Side::Client;
    if is_client {
        config.check_server_name = setup.check_name.unwrap_or(true);
        config.check_common_name = setup.common_name.unwrap_or(config.check_server_name)
            && backend.capabilities().has(Capability::VerifyCommonName);
        if setup.verify == Some(false) {
            config.verify_mode = VerifyMode::None;
        }
    } else {
        config.check_server_name = false;
        config.verify_mode = match setup.ask.as_deref() {
            Some("required") => VerifyMode::Required,
            Some("optional") => VerifyMode::Optional,
            _ => VerifyMode::None,
        };
        if setup.ask.is_none() {
            config.trust_store = TrustStore::new();
        }
    }
    if is_client == setup.ask.is_none() {
        config.strict_certificates = setup.strict.unwrap_or(false);
        config.partial_chain = setup.partial.unwrap_or(false);
        let lists = setup.crls.iter().flatten();
        config.trust_store.extend(lists.map(|name| it.crl(name).clone()));
        if setup.crl_scope.as_deref() == Some("chain") {
            config.crl_scope = CrlScope::Chain;
        }
    }
    let version = match (side, &setup.server_tls) {
        (Side::Server, Some(version)) => version,
        _ => &setup.tls,
    };
    let (version, choice) = if version == "1.2" {
        (ProtocolVersion::TLS12, Capability::CipherSuites12)
    } else {
        (ProtocolVersion::TLS13, Capability::CipherSuites13)
    };
    if backend.capabilities().has(choice) {
        let suite = SUITES.into_iter().filter(|suite| suite.version() == version);
        config.cipher_suites = Setting::Required(suite.collect());
    }
    Ok(settled(config, backend, Some(version)))
}
