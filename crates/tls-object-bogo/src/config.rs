//! Flags made into a configuration.

use std::path::Path;
use std::sync::Arc;

use tls_object::{
    AlpnMismatch, AlpnProtocol, Capability, Certificate, CipherString, Config, DynBackend, Hook,
    Identity, PrivateKey, ProtocolVersion, PskClient, PskServer, Setting, Side, SignatureScheme,
    VerifierRole, VerifyMode,
};

use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::settings::{Credential, Settings};

/// What `settings` come to on `backend`, whose hooks are `hooks`.
///
/// # Errors
/// [`Failure::Unimplemented`] for what no backend has a setting for, files that cannot be read, and credentials that
/// are none.
pub(crate) fn config(
    settings: &Settings,
    backend: &dyn DynBackend,
    hooks: &Arc<Hooks>,
) -> Result<Config, Failure> {
    let mut config = side(settings, hooks)?;
    (config.min_version, config.max_version) = versions(settings)?;
    ciphers(&mut config, settings, backend)?;
    config.cipher_suites = setting(&settings.tls13_ciphers);
    config.groups = setting(&settings.curves);
    config.signature_schemes = setting(&settings.verify_prefs);
    config.signing_schemes = signing(settings)?;
    peer(&mut config, settings, hooks);
    alpn(&mut config, settings)?;
    sessions(&mut config, settings, backend, hooks)?;
    let shows_messages = backend.capabilities().has(Capability::Messages);
    if shows_messages || settings.expect.msg_callback.is_some() {
        config.on_message = Some(Hook::new(hooks.clone()));
    }
    Ok(config)
}

/// The side, and what it shows of itself.
fn side(settings: &Settings, hooks: &Arc<Hooks>) -> Result<Config, Failure> {
    let identities = identities(settings)?;
    let has_psk = !settings.psk.is_empty();
    if !settings.server {
        let gives = |it: &Identity| it.ocsp_response().is_some() || it.sct_list().is_some();
        if identities.iter().any(gives) {
            return Err(Failure::unimplemented("a client's OCSP response or timestamps"));
        }
        let mut config = Config::client();
        config.check_server_name = false;
        config.identities = identities;
        config.psk_client = has_psk.then(|| Hook::new(hooks.clone() as Arc<dyn PskClient>));
        config.request_ocsp = settings.enable_ocsp_stapling;
        config.request_sct = settings.enable_signed_cert_timestamps;
        return Ok(config);
    }
    if has_psk {
        let mut config = Config::psk_server(Hook::new(hooks.clone() as Arc<dyn PskServer>));
        let hint = String::from_utf8(settings.psk_identity.clone()).ok();
        config.psk_identity_hint = hint.filter(|hint| !hint.is_empty());
        config.identities = identities;
        return Ok(config);
    }
    let mut identities = identities.into_iter();
    let first = identities.next();
    let mut config = Config::server(
        first.ok_or_else(|| Failure::unimplemented("a server without a certificate"))?,
    );
    config.identities.extend(identities);
    Ok(config)
}

/// The credentials that were added, then the one that there is without adding any.
fn identities(settings: &Settings) -> Result<Vec<Identity>, Failure> {
    settings
        .credentials
        .iter()
        .chain(settings.credential.cert_file.is_some().then_some(&settings.credential))
        .map(|credential| identity(credential, settings.decline_ocsp_callback))
        .collect()
}

fn identity(credential: &Credential, without_ocsp: bool) -> Result<Identity, Failure> {
    let (Some(chain), Some(key)) = (&credential.cert_file, &credential.key_file) else {
        return Err(Failure::unimplemented("a credential without a certificate or a key"));
    };
    let identity = Identity::new(certificates(chain)?, PrivateKey::from_pem(&read(key)?)?)?;
    let identity = match credential.ocsp_response.as_ref().filter(|_| !without_ocsp) {
        Some(der) => identity.with_ocsp_response(der.as_slice())?,
        None => identity,
    };
    Ok(match &credential.signed_cert_timestamps {
        Some(list) => identity.with_sct_list(list.as_slice())?,
        None => identity,
    })
}

/// What the credentials sign by, which is one setting for all of them.
fn signing(settings: &Settings) -> Result<Setting<SignatureScheme>, Failure> {
    let default = settings.credential.cert_file.is_some().then_some(&settings.credential);
    let mut all = settings.credentials.iter().chain(default).map(|one| &one.signing_prefs);
    let Some(first) = all.next() else { return Ok(Setting::Default) };
    if !all.all(|other| other == first) {
        return Err(Failure::unimplemented("schemes to sign by of one credential only"));
    }
    Ok(setting(first))
}

/// The certificates of a file.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    Ok(Certificate::all_from_pem(&read(path)?)?)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::io(path.display().to_string(), error))
}

/// The oldest and the newest version among those that are left on and that there are.
fn versions(settings: &Settings) -> Result<(ProtocolVersion, ProtocolVersion), Failure> {
    let tls12 = settings.speaks(ProtocolVersion::TLS12);
    let tls13 = settings.speaks(ProtocolVersion::TLS13);
    // BoringSSL has pre-shared keys by flags of their own under TLS 1.3.
    let tls13 = tls13 && settings.psk.is_empty();
    match (tls12, tls13) {
        (true, true) => Ok((ProtocolVersion::TLS12, ProtocolVersion::TLS13)),
        (true, false) => Ok((ProtocolVersion::TLS12, ProtocolVersion::TLS12)),
        (false, true) if !settings.speaks_before_tls12() => {
            Ok((ProtocolVersion::TLS13, ProtocolVersion::TLS13))
        }
        _ => Err(Failure::unimplemented("versions before TLS 1.2")),
    }
}

/// BoGo takes for granted that everything is on, however weak.
fn ciphers(
    config: &mut Config,
    settings: &Settings,
    backend: &dyn DynBackend,
) -> Result<(), Failure> {
    let capabilities = backend.capabilities();
    if capabilities.has(Capability::SecurityLevel) {
        config.security_level = Some(0);
    }
    let chosen = settings.cipher.as_deref();
    let all = capabilities.has(Capability::CipherSuites12)
        && config.min_version == ProtocolVersion::TLS12;
    let Some(text) = chosen.or_else(|| all.then_some("ALL")) else { return Ok(()) };
    let (suites, rules) = (&capabilities.cipher_suites, capabilities.cipher_rules);
    CipherString::parse(text, suites, rules)
        .map_err(|error| Failure::unimplemented(format!("-cipher {text}: {error}")))?;
    config.cipher_string = Some(text.to_owned());
    Ok(())
}

/// How the peer is judged: as the hooks say, and by nothing else.
fn peer(config: &mut Config, settings: &Settings, hooks: &Arc<Hooks>) {
    config.verify_mode = match config.side {
        Side::Client if settings.verify_peer || settings.require_any_client_certificate => {
            VerifyMode::Required
        }
        Side::Server if settings.verify_peer => VerifyMode::Optional,
        Side::Server if settings.require_any_client_certificate => VerifyMode::Required,
        _ => VerifyMode::None,
    };
    if config.verify_mode != VerifyMode::None {
        config.verifier = Some(Hook::new(hooks.clone()));
        config.verifier_role = VerifierRole::Instead;
    }
    config.reverify_on_resume = settings.reverify_on_resume && config.side == Side::Client;
}

fn alpn(config: &mut Config, settings: &Settings) -> Result<(), Failure> {
    config.alpn_mismatch = AlpnMismatch::Alert;
    config.alpn = match config.side {
        Side::Client => protocols(&settings.advertise_alpn)?,
        Side::Server if settings.select_alpn.is_empty() => Vec::new(),
        Side::Server => vec![AlpnProtocol::new(settings.select_alpn.clone())?],
    };
    Ok(())
}

/// The protocols of a list as it is on the wire (RFC 7301 section 3.1).
fn protocols(mut wire: &[u8]) -> Result<Vec<AlpnProtocol>, Failure> {
    let mut protocols = Vec::new();
    while let Some((&len, rest)) = wire.split_first() {
        let (name, rest) = rest
            .split_at_checked(len.into())
            .ok_or_else(|| Failure::unimplemented("-advertise-alpn that is no list"))?;
        protocols.push(AlpnProtocol::new(name)?);
        wire = rest;
    }
    Ok(protocols)
}

fn sessions(
    config: &mut Config,
    settings: &Settings,
    backend: &dyn DynBackend,
    hooks: &Arc<Hooks>,
) -> Result<(), Failure> {
    match config.side {
        Side::Client if settings.no_ticket => {
            Err(Failure::unimplemented("a client without tickets"))
        }
        Side::Client => {
            if backend.capabilities().has(Capability::SessionEvents) {
                config.on_session = Some(Hook::new(hooks.clone()));
            }
            Ok(())
        }
        Side::Server => {
            if settings.no_ticket {
                config.session_cache = SESSION_CACHE;
            }
            if settings.enable_early_data && config.max_version >= ProtocolVersion::TLS13 {
                config.max_early_data = Config::EARLY_DATA;
            }
            Ok(())
        }
    }
}

/// Sessions that a server keeps where it sends no tickets: more than any test has.
const SESSION_CACHE: usize = 16;

fn setting<T: Clone>(values: &[T]) -> Setting<T> {
    if values.is_empty() { Setting::Default } else { Setting::Required(values.to_vec()) }
}
