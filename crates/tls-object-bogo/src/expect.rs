//! Whether a connection came to what the flags say.

use tls_object::{
    Capability, Certificate, ChannelBinding, DynBackend, ErrorKind, HandshakeKind, ProtocolVersion,
    Side, SslObject, VerifyMode,
};

use crate::config::certificates;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::settings::{Expectations, Settings};

/// Which connection this is, and what watched it.
#[derive(Clone, Copy)]
pub(crate) struct Stage<'a> {
    pub(crate) backend: &'a dyn DynBackend,
    pub(crate) hooks: &'a Hooks,
    /// It is to resume an earlier one's session.
    pub(crate) is_resume: bool,
    /// The server has rejected its early data.
    pub(crate) is_retry: bool,
}

/// Looks at a connection whose handshake is done.
pub(crate) fn after_the_handshake(
    connection: &mut Connection<'_>,
    settings: &Settings,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    let expect = &settings.expect;
    if expect.handshake_never_done {
        return Err(Failure::unexpected("a handshake that is done"));
    }
    let tls = connection.tls();
    agreement(tls, expect, stage)?;
    names(tls, settings, stage)?;
    resumption(tls, expect, stage)?;
    handshake_kind(tls, expect, stage)?;
    certificates_of_the_peer(tls, settings, stage)?;
    own_certificate(tls, settings)?;
    extended_master_secret(tls, expect, stage)
}

/// Looks at a connection that has ended.
pub(crate) fn at_the_end(
    connection: &mut Connection<'_>,
    settings: &Settings,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    let expect = &settings.expect;
    check("renegotiations", expect.total_renegotiations, 0)?;
    if let Some(expected) = &expect.msg_callback {
        check("the messages", expected, &stage.hooks.trace())?;
    }
    if settings.server || !(expect.no_session || expect.ticket_renewal) {
        return Ok(());
    }
    stage.backend.capabilities().require(Capability::SessionEvents)?;
    let arrived = stage.hooks.sessions() > 0;
    let tls13 = connection.tls().version() == Some(ProtocolVersion::TLS13);
    // Under TLS 1.2 a resumed session is told again though no ticket came.
    if arrived && expect.no_session && (tls13 || !connection.tls().session_reused()) {
        return Err(Failure::unexpected("a session"));
    }
    if !arrived && expect.ticket_renewal {
        return Err(Failure::unexpected("no new session"));
    }
    Ok(())
}

/// What both ends agreed on. Of a resumed connection the contract does not tell what was of the first one only: by what
/// it was signed, and under TLS 1.2 the group.
fn agreement(
    tls: &mut dyn SslObject,
    expect: &Expectations,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    let capabilities = stage.backend.capabilities();
    let facts = tls.facts().clone();
    if expect.version.is_some() {
        check("the version", expect.version, facts.version)?;
    }
    let suite = facts.cipher_suite.map(|suite| suite.code());
    for expected in [expect.cipher, expect.cipher_aes].into_iter().flatten() {
        check("the cipher suite", Some(expected), suite)?;
    }
    let tls13 = facts.version == Some(ProtocolVersion::TLS13);
    if expect.curve_id.is_some() && (tls13 || !facts.resumed) {
        capabilities.require(Capability::GroupFact)?;
        check("the group", expect.curve_id, facts.group)?;
    }
    if expect.peer_signature_algorithm.is_some() && !facts.resumed {
        capabilities.require(Capability::SignatureFact)?;
        let scheme = match tls.side() {
            Side::Client => facts.server_signature,
            Side::Server => facts.client_signature,
        };
        check("the peer's signature scheme", expect.peer_signature_algorithm, scheme)?;
    }
    if expect.accept_early_data && tls.side() == Side::Client {
        check("early data taken", true, facts.early_data_accepted)?;
    }
    if expect.reject_early_data {
        check("early data taken", false, facts.early_data_accepted)?;
    }
    // Why it was not taken is told by no backend.
    if let Some(reason) = &expect.early_data_reason {
        check("early data taken", reason.starts_with("accept"), facts.early_data_accepted)?;
    }
    Ok(())
}

/// The names of hosts and protocols.
fn names(tls: &mut dyn SslObject, settings: &Settings, stage: &Stage<'_>) -> Result<(), Failure> {
    let facts = tls.facts();
    if settings.expect.server_name.is_some() {
        stage.backend.capabilities().require(Capability::Sni)?;
        check("the server name", &settings.expect.server_name, &facts.server_name)?;
    }
    let alpn = if settings.server { &settings.select_alpn } else { &settings.expect.alpn };
    let agreed = facts.alpn.as_ref().map(|protocol| protocol.as_bytes()).unwrap_or_default();
    check("the application protocol", alpn.as_slice(), agreed)
}

fn resumption(
    tls: &mut dyn SslObject,
    expect: &Expectations,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    check("resumed", stage.is_resume && !expect.session_miss, tls.session_reused())?;
    if (expect.session_id || expect.no_session_id) && !stage.is_resume {
        let keeps = tls.context().config().session_cache > 0;
        if expect.session_id && !keeps {
            return Err(Failure::unimplemented("tickets or ids, whatever the client has"));
        }
        check("sessions kept by the server", expect.session_id, keeps)?;
    }
    Ok(())
}

fn handshake_kind(
    tls: &mut dyn SslObject,
    expect: &Expectations,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    if !expect.hrr && !expect.no_hrr {
        return Ok(());
    }
    stage.backend.capabilities().require(Capability::HandshakeKind)?;
    match tls.facts().handshake {
        Some(HandshakeKind::Full) => check("a HelloRetryRequest", expect.hrr, false),
        Some(HandshakeKind::FullWithHelloRetryRequest) => {
            check("a HelloRetryRequest", expect.hrr, true)
        }
        // The contract does not tell what was before a session is resumed.
        _ => Ok(()),
    }
}

fn certificates_of_the_peer(
    tls: &mut dyn SslObject,
    settings: &Settings,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    let expect = &settings.expect;
    let shown = !tls.peer_certificates().is_empty();
    if expect.no_peer_cert || !settings.psk.is_empty() {
        check("a certificate", false, shown)?;
    } else if !settings.server || settings.require_any_client_certificate {
        check("a certificate", true, shown)?;
    }
    if expect.verify_result {
        let judged = tls.context().config().verify_mode != VerifyMode::None;
        if settings.verify_fail && !judged {
            return Err(Failure::unimplemented("a refusal that refuses nobody"));
        }
        if judged && shown && !tls.session_reused() && stage.hooks.verified() == 0 {
            return Err(Failure::unexpected("nobody judged the peer"));
        }
    }
    if let Some(path) = &expect.peer_cert_file {
        stage.backend.capabilities().require(Capability::PeerChain)?;
        check("the peer's chain", certificates(path)?.as_slice(), tls.peer_certificates())?;
    }
    // The response is the first connection's: the contract tells none of a resumed one.
    if let Some(expected) = expect.ocsp_response.as_ref().filter(|_| !tls.session_reused()) {
        check("the OCSP response", Some(expected), tls.ocsp_response()?.as_ref())?;
    }
    if let Some(expected) = expect.signed_cert_timestamps.as_ref().filter(|_| !tls.session_reused())
    {
        check("the certificate's timestamps", Some(expected), tls.sct_list()?.as_ref())?;
    }
    Ok(())
}

/// Which of the credentials was shown, as far as their certificates tell.
fn own_certificate(tls: &mut dyn SslObject, settings: &Settings) -> Result<(), Failure> {
    let Some(expected) = settings.expect.selected_credential else { return Ok(()) };
    if !settings.server {
        return Err(Failure::unimplemented("which credential a client has shown"));
    }
    let shown = tls.own_certificate()?;
    let mut matching = Vec::new();
    for (credential, number) in settings
        .credentials
        .iter()
        .zip(0_i64..)
        .chain(settings.credential.cert_file.is_some().then_some((&settings.credential, -1)))
    {
        if leaf(credential)?.is_some() && leaf(credential)? == shown {
            matching.push(number);
        }
    }
    match matching[..] {
        [number] => check("the credential", expected, number),
        [] => Err(Failure::unexpected("none of the credentials was shown")),
        _ => Err(Failure::unimplemented("credentials with the same certificate")),
    }
}

fn leaf(credential: &crate::settings::Credential) -> Result<Option<Certificate>, Failure> {
    let Some(path) = &credential.cert_file else { return Ok(None) };
    Ok(certificates(path)?.into_iter().next())
}

/// Told by the exporter's channel binding, which RFC 9266 defines under TLS 1.2 where the extended master secret was
/// agreed on.
fn extended_master_secret(
    tls: &mut dyn SslObject,
    expect: &Expectations,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    if !expect.extended_master_secret || tls.version() != Some(ProtocolVersion::TLS12) {
        return Ok(());
    }
    stage.backend.capabilities().require(Capability::ChannelBindingExporter12)?;
    match tls.get_channel_binding(ChannelBinding::TlsExporter) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::InvalidArgument => {
            Err(Failure::unexpected("no extended master secret"))
        }
        Err(error) => Err(error.into()),
    }
}

fn check<T: PartialEq + core::fmt::Debug>(what: &str, expected: T, seen: T) -> Result<(), Failure> {
    if expected == seen {
        return Ok(());
    }
    Err(Failure::unexpected(format!("{what}: {expected:?} expected, {seen:?} seen")))
}
