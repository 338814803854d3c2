//! Each setting of a configuration, told to an `SSL_CTX`.

use std::collections::BTreeMap;

use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::ssl::{
    AlpnError, NameType, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions,
    SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::verify::X509VerifyFlags;
use tls_object_core::{
    AlpnMismatch, AlpnProtocol, Config, CrlScope, Error, ErrorKind, Identity, ProtocolVersion,
    Side, VerifyMode, VerifyTime,
};
use tls_object_libssl::{DEFAULT_TLS12_SUITES, chosen, cipher_list, without_public_key};

use crate::error::library_error;
use crate::session;
use crate::{OpenSsl, capabilities, ffi};

/// Sessions of one context are not resumed by another: their ticket keys differ. OpenSSL wants to
/// be told all the same.
const SESSION_ID_CONTEXT: &[u8] = b"tls-object";

/// Builds the `SSL_CTX` of a configuration that has passed the check.
pub(crate) fn build(config: &Config) -> Result<SslContext, Error> {
    let mut builder = with_identity(config, config.identity.as_ref())?;
    if config.side == Side::Server {
        let mut by_name = BTreeMap::new();
        for (name, identity) in &config.identities_by_name {
            by_name.insert(name.clone(), with_identity(config, Some(identity))?.build());
        }
        // Also without identities by name: the callback is what makes OpenSSL remember the name.
        builder.set_servername_callback(move |ssl, _alert| {
            let name = ssl.servername_raw(NameType::HOST_NAME).map(<[u8]>::to_ascii_lowercase);
            let context = name
                .and_then(|name| String::from_utf8(name).ok())
                .and_then(|name| by_name.get(&name));
            match context.map(|context| ssl.set_ssl_context(context)) {
                Some(Err(_)) => Err(openssl::ssl::SniError::ALERT_FATAL),
                Some(Ok(())) | None => Ok(()),
            }
        });
    }
    Ok(builder.build())
}

/// Everything but the choice by name.
fn with_identity(config: &Config, identity: Option<&Identity>) -> Result<SslContextBuilder, Error> {
    let method = match config.side {
        Side::Client => SslMethod::tls_client(),
        Side::Server => SslMethod::tls_server(),
    };
    let mut builder = SslContext::builder(method).map_err(library_error)?;
    // An idle connection holds no record buffers; a chain is sent as it was given.
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
    negotiation(&mut builder, config).map_err(library_error)?;
    alpn(&mut builder, config).map_err(library_error)?;
    sessions(&mut builder, config).map_err(library_error)?;
    if let Some(identity) = identity {
        show(&mut builder, identity)?;
    }
    verification(&mut builder, config)?;
    Ok(builder)
}

fn negotiation(builder: &mut SslContextBuilder, config: &Config) -> Result<(), ErrorStack> {
    let capabilities = capabilities::capabilities();
    let (min, max) = config.version_range();
    builder.set_min_proto_version(Some(native_version(min)))?;
    builder.set_max_proto_version(Some(native_version(max)))?;
    match chosen(&config.cipher_suites, &capabilities.cipher_suites) {
        None => builder.set_cipher_list(&cipher_list(DEFAULT_TLS12_SUITES))?,
        Some(suites) => {
            let (new, old): (Vec<_>, Vec<_>) =
                suites.into_iter().partition(|suite| suite.version() == ProtocolVersion::TLS13);
            // With none of a version left, that version is outside of the range set above.
            if !old.is_empty() {
                builder.set_cipher_list(&cipher_list(&old))?;
            }
            if !new.is_empty() {
                builder.set_ciphersuites(&cipher_list(&new))?;
            }
        }
    }
    if let Some(groups) = chosen(&config.groups, &capabilities.groups) {
        let names: Vec<_> = groups.iter().filter_map(|group| group.openssl_name()).collect();
        builder.set_groups_list(&names.join(":"))?;
    }
    if let Some(schemes) = chosen(&config.signature_schemes, &capabilities.signature_schemes) {
        let accepted: Vec<_> = schemes.iter().filter_map(|scheme| scheme.iana_name()).collect();
        match config.side {
            Side::Client => {
                // One list speaks for both directions unless client signatures have their own.
                let all: Vec<_> = capabilities
                    .signature_schemes
                    .iter()
                    .filter_map(|scheme| scheme.iana_name())
                    .collect();
                builder.set_sigalgs_list(&accepted.join(":"))?;
                ffi::set_client_sigalgs_list(builder, &all.join(":"))?;
            }
            Side::Server => ffi::set_client_sigalgs_list(builder, &accepted.join(":"))?,
        }
    }
    Ok(())
}

fn native_version(version: ProtocolVersion) -> SslVersion {
    match version {
        ProtocolVersion::TLS12 => SslVersion::TLS1_2,
        _ => SslVersion::TLS1_3,
    }
}

fn alpn(builder: &mut SslContextBuilder, config: &Config) -> Result<(), ErrorStack> {
    if config.alpn.is_empty() {
        return Ok(());
    }
    if config.side == Side::Client {
        return builder.set_alpn_protos(&AlpnProtocol::encode(&config.alpn));
    }
    let own = config.alpn.clone();
    let mismatch = match config.alpn_mismatch {
        AlpnMismatch::Alert => AlpnError::ALERT_FATAL,
        AlpnMismatch::Continue => AlpnError::NOACK,
    };
    builder.set_alpn_select_callback(move |_ssl, offered| {
        AlpnProtocol::select(&own, offered).ok_or(mismatch)
    });
    Ok(())
}

fn sessions(builder: &mut SslContextBuilder, config: &Config) -> Result<(), ErrorStack> {
    use openssl::ssl::SslSessionCacheMode as Cache;
    if !config.resumption {
        builder.set_session_cache_mode(Cache::OFF);
        builder.set_options(SslOptions::NO_TICKET);
        return builder.set_num_tickets(0);
    }
    match config.side {
        Side::Client => {
            builder.set_session_cache_mode(Cache::CLIENT | Cache::NO_INTERNAL);
            builder.set_new_session_callback(session::store);
        }
        // Tickets carry the state of a session; nothing is kept here.
        Side::Server => {
            builder.set_session_cache_mode(Cache::OFF);
            builder.set_session_id_context(SESSION_ID_CONTEXT)?;
        }
    }
    Ok(())
}

fn show(builder: &mut SslContextBuilder, identity: &Identity) -> Result<(), Error> {
    let key = PKey::private_key_from_der(&without_public_key(identity.key())).map_err(|error| {
        Error::new(ErrorKind::InvalidPrivateKey).with_backend(OpenSsl::NAME).with_source(error)
    })?;
    let (leaf, issuers) = (identity.leaf(), &identity.chain()[1..]);
    let leaf = parse(leaf.der())?;
    if !leaf.public_key().map_err(certificate_error)?.public_eq(&key) {
        return Err(Error::new(ErrorKind::KeyMismatch).with_backend(OpenSsl::NAME));
    }
    builder.set_certificate(&leaf).map_err(certificate_error)?;
    for issuer in issuers {
        builder.add_extra_chain_cert(parse(issuer.der())?).map_err(library_error)?;
    }
    builder.set_private_key(&key).map_err(library_error)
}

fn verification(builder: &mut SslContextBuilder, config: &Config) -> Result<(), Error> {
    let asks = match (config.verify_mode, config.side) {
        (VerifyMode::None, _) => SslVerifyMode::NONE,
        (VerifyMode::Optional, Side::Server) => SslVerifyMode::PEER,
        _ => SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
    };
    builder.set_verify(asks);
    if config.verify_mode == VerifyMode::None {
        return Ok(());
    }
    for anchor in &config.trust_anchors {
        let anchor = parse(anchor.der())?;
        if config.side == Side::Server {
            builder.add_client_ca(&anchor).map_err(library_error)?;
        }
        builder.cert_store_mut().add_cert(anchor).map_err(certificate_error)?;
    }
    for crl in &config.crls {
        ffi::add_crl(builder, crl.der()).map_err(|error| {
            Error::new(ErrorKind::InvalidCrl).with_backend(OpenSsl::NAME).with_source(error)
        })?;
    }
    // Whose word is taken is for the configuration to say, not for a self-signature.
    let mut flags = X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::TRUSTED_FIRST;
    if !config.crls.is_empty() {
        flags |= X509VerifyFlags::CRL_CHECK;
        if config.crl_scope == CrlScope::Chain {
            flags |= X509VerifyFlags::CRL_CHECK_ALL;
        }
    }
    let param = builder.verify_param_mut();
    param.set_flags(flags).map_err(library_error)?;
    if let VerifyTime::Fixed(since_1970) = config.verify_time {
        let seconds = since_1970.as_secs().try_into().map_err(|_| {
            Error::new(ErrorKind::InvalidConfig).with_detail("a time that the library cannot hold")
        })?;
        param.set_time(seconds);
    }
    Ok(())
}

fn parse(der: &[u8]) -> Result<X509, Error> {
    X509::from_der(der).map_err(certificate_error)
}

fn certificate_error(error: ErrorStack) -> Error {
    Error::new(ErrorKind::InvalidCertificate).with_backend(OpenSsl::NAME).with_source(error)
}
