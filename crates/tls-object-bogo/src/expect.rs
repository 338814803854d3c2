//! Whether a connection came to what the flags say.

use tls_object::{
    Capability, Certificate, ChannelBinding, DynBackend, ErrorKind, HandshakeKind, Negotiated,
    ProtocolVersion, Side, SslObject, VerifyMode,
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
    early_data(tls, settings, stage)?;
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
    if arrived && expect.no_session {
        let tls12 = connection.tls().version() == Some(ProtocolVersion::TLS12);
        if tls12 && connection.tls().session_reused() {
            // It is told again though no ticket came.
            return Err(Failure::unimplemented(
                "whether a resumed session of TLS 1.2 is a new one",
            ));
        }
        return Err(Failure::unexpected("a session"));
    }
    if !arrived && expect.ticket_renewal {
        return Err(Failure::unexpected("no new session"));
    }
    Ok(())
}

/// What both ends agreed on. The contract does not tell what was of a resumed session's first connection only: by what
/// that was signed, and under TLS 1.2 the group.
fn agreement(
    tls: &mut dyn SslObject,
    expect: &Expectations,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    let capabilities = stage.backend.capabilities();
    let side = tls.side();
    let facts = tls.facts();
    if expect.version.is_some() {
        check("the version", expect.version, facts.version)?;
    }
    let suite = facts.cipher_suite.map(|suite| suite.code());
    for expected in [expect.cipher, expect.cipher_aes].into_iter().flatten() {
        check("the cipher suite", Some(expected), suite)?;
    }
    if expect.curve_id.is_some() {
        capabilities.require(Capability::GroupFact)?;
        if facts.version != Some(ProtocolVersion::TLS13) {
            untold_if_resumed(facts.resumed, "the group")?;
        }
        check("the group", expect.curve_id, facts.group)?;
    }
    if expect.peer_signature_algorithm.is_some() {
        capabilities.require(Capability::SignatureFact)?;
        untold_if_resumed(facts.resumed, "the peer's signature scheme")?;
        let scheme = match side {
            Side::Client => facts.server_signature,
            Side::Server => facts.client_signature,
        };
        check("the peer's signature scheme", expect.peer_signature_algorithm, scheme)?;
    }
    Ok(())
}

/// What the contract tells of the first of the connections that share a session, and not of later ones, is
/// unimplemented for those.
fn untold_if_resumed(resumed: bool, what: &str) -> Result<(), Failure> {
    if resumed {
        return Err(Failure::unimplemented(format!("{what} of a resumed session")));
    }
    Ok(())
}

/// Whether early data was taken, and why not.
fn early_data(
    tls: &mut dyn SslObject,
    settings: &Settings,
    stage: &Stage<'_>,
) -> Result<(), Failure> {
    let expect = &settings.expect;
    let taken = tls.facts().early_data_accepted;
    if expect.accept_early_data && tls.side() == Side::Client {
        check("early data taken", true, taken)?;
    }
    if expect.reject_early_data {
        check("early data taken", false, taken)?;
    }
    let Some(expected) = &expect.early_data_reason else { return Ok(()) };
    match early_data_reason(tls.side(), tls.facts(), settings, stage) {
        Some(reason) => check("why early data is taken or not", expected.as_str(), reason),
        None => Err(Failure::unimplemented("why a resumed session's early data is not taken")),
    }
}

/// Why early data was taken or not, in BoringSSL's words and its order of reasons, as far as it follows from what was
/// asked for and the facts.
fn early_data_reason(
    side: Side,
    facts: &Negotiated,
    settings: &Settings,
    stage: &Stage<'_>,
) -> Option<&'static str> {
    let tls12 = facts.version == Some(ProtocolVersion::TLS12);
    let after_retry = facts.handshake == Some(HandshakeKind::FullWithHelloRetryRequest);
    Some(match side {
        _ if facts.early_data_accepted => "accept",
        Side::Server if tls12 => "protocol_version",
        _ if !settings.enable_early_data => "disabled",
        Side::Client if !settings.speaks(ProtocolVersion::TLS13) => "protocol_version",
        _ if !stage.is_resume => "no_session_offered",
        Side::Client if after_retry => "hello_retry_request",
        _ if !facts.resumed => "session_not_resumed",
        _ => return None,
    })
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
        Some(HandshakeKind::Resumed) => {
            stage.backend.capabilities().require(Capability::Messages)?;
            check("a HelloRetryRequest", expect.hrr, stage.hooks.retried())
        }
        None => Err(Failure::unexpected("a handshake of no kind")),
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
    let times = stage.hooks.verified();
    let anew = settings.reverify_on_resume && stage.is_resume;
    // Before early data is sent, and again where it is rejected.
    let most = if anew && stage.is_retry { 2 } else { 1 };
    if times > most || anew && times < most {
        return Err(Failure::unexpected(format!("the peer was judged {times} times")));
    }
    if expect.verify_result {
        let judged = tls.context().config().verify_mode != VerifyMode::None;
        if settings.verify_fail && !judged {
            return Err(Failure::unimplemented("a refusal that refuses nobody"));
        }
        if judged && shown && !tls.session_reused() && times == 0 {
            return Err(Failure::unexpected("nobody judged the peer"));
        }
    }
    if let Some(path) = &expect.peer_cert_file {
        stage.backend.capabilities().require(Capability::PeerChain)?;
        check("the peer's chain", certificates(path)?.as_slice(), tls.peer_certificates())?;
    }
    // Both came with the certificate, so on the first connection.
    if let Some(expected) = &expect.ocsp_response {
        untold_if_resumed(tls.session_reused(), "the OCSP response")?;
        check("the OCSP response", Some(expected), tls.ocsp_response()?.as_ref())?;
    }
    if let Some(expected) = &expect.signed_cert_timestamps {
        untold_if_resumed(tls.session_reused(), "the certificate's timestamps")?;
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
