//! The connections of one test, one after another, and what they hand on.

use tls_object::{
    Capability, Config, DynBackend, DynContext, Error, ErrorKind, ServerName, Session, Side,
    TicketKey, Wrap,
};

use crate::config::config;
use crate::connection::Connection;
use crate::exchange::Exchange;
use crate::expect::Stage;
use crate::failure::Failure;
use crate::flags::Scopes;
use crate::hello;
use crate::hooks::Hooks;
use crate::old_version::speaks_before_tls12;
use crate::settings::Settings;

/// Runs a test on `backend`.
///
/// # Errors
/// The failure of the first connection that has one.
pub(crate) fn run(scopes: &Scopes, backend: &'static dyn DynBackend) -> Result<(), Failure> {
    refuse_what_is_not_seen(scopes)?;
    let hooks = Hooks::new();
    let mut first = config(&scopes.initial, backend, &hooks)?;
    let mut next = match scopes.initial.resume_count {
        0 => first.clone(),
        _ => config(&scopes.resume, backend, &hooks)?,
    };
    share_ticket_keys(&mut first, &mut next)?;
    for config in [&first, &next] {
        refuse_what_is_lacking(backend, config)?;
    }
    let mut context = context(backend, &first)?;
    let mut session = None;
    for number in 0..=scopes.initial.resume_count {
        let is_resume = number > 0;
        let settings = if is_resume { &scopes.resume } else { &scopes.initial };
        if number == 1 && next != first {
            let changed = self::context(backend, &next)?;
            session = session.map(|session| carry(&session, &*context, &*changed)).transpose()?;
            context = changed;
        }
        if is_resume && session.is_none() && !settings.server {
            backend.capabilities().require(Capability::Resumption12)?;
            backend.capabilities().require(Capability::Resumption13)?;
            return Err(Failure::unexpected("no session to offer"));
        }
        hooks.begin(settings)?;
        let stage = Stage { backend, hooks: &hooks, is_resume, is_retry: false };
        let exchange = Exchange { settings, retry: &scopes.retry, stage };
        session = connect(exchange, &*context, session)?;
    }
    Ok(())
}

/// Refuses flags that nothing here can do or look at.
fn refuse_what_is_not_seen(scopes: &Scopes) -> Result<(), Failure> {
    let Scopes { initial, resume, retry } = scopes;
    if initial.fail_cert_callback && !initial.server {
        return Err(Failure::unimplemented(
            "a client that fails when it is asked for a certificate",
        ));
    }
    if (initial.fail_ocsp_callback || resume.fail_ocsp_callback) && !initial.server {
        return Err(Failure::unimplemented("a client that refuses an OCSP response"));
    }
    if retry.verify_fail && !resume.verify_fail {
        // Early data is known to be rejected when the handshake is done, and its peer judged.
        return Err(Failure::unimplemented("another verdict because early data is rejected"));
    }
    // What a ticket is good for shows where early data is offered by it.
    let offered =
        initial.resume_count > 0 && resume.enable_early_data && !resume.expect.no_offer_early_data;
    if initial.expect.ticket_supports_early_data && !offered {
        return Err(Failure::unimplemented("whether a ticket that is not used allows early data"));
    }
    Ok(())
}

/// Refuses what the backend's capabilities do not have: also values of settings that it has otherwise.
fn refuse_what_is_lacking(backend: &dyn DynBackend, config: &Config) -> Result<(), Failure> {
    for error in backend.check(config).errors {
        if let ErrorKind::Unsupported(capability) = error.kind() {
            return Err(Failure::Unimplemented {
                lacking: Some(capability),
                what: error.to_string(),
            });
        }
    }
    Ok(())
}

/// A context. Some libraries give clients only what they can read of an OCSP response: BoGo's are four bytes that are
/// none, and its certificates are sound.
fn context(backend: &dyn DynBackend, config: &Config) -> Result<Box<dyn DynContext>, Failure> {
    let gives = config.identities.iter().any(|identity| identity.ocsp_response().is_some());
    backend.context(config).map_err(|error| match error.kind() {
        ErrorKind::InvalidCertificate if gives => {
            Failure::unimplemented("an OCSP response that is none")
        }
        _ => error.into(),
    })
}

/// Servers whose settings change between connections are two, which share the keys of their tickets.
fn share_ticket_keys(first: &mut Config, next: &mut Config) -> Result<(), Failure> {
    if first.side == Side::Client || first == next {
        return Ok(());
    }
    if [&first, &next].iter().any(|one| one.session_cache > 0 || one.max_early_data > 0) {
        return Err(Failure::unimplemented("sessions that two servers keep themselves"));
    }
    let key = TicketKey::from_bytes([0x5a; TicketKey::LEN]);
    first.ticket_keys = vec![key.clone()];
    next.ticket_keys = vec![key];
    Ok(())
}

/// Takes a client's session over to a context with other settings.
fn carry(
    session: &Session,
    from: &dyn DynContext,
    to: &dyn DynContext,
) -> Result<Session, Failure> {
    to.load_session(&from.save_session(session)?).map_err(|error| match error.kind() {
        ErrorKind::SessionMismatch => {
            Failure::unimplemented("a session offered under other settings than it began under")
        }
        _ => error.into(),
    })
}

/// One connection; the session to be offered on the next.
fn connect(
    exchange: Exchange<'_>,
    context: &dyn DynContext,
    session: Option<Session>,
) -> Result<Option<Session>, Failure> {
    let settings = exchange.settings;
    let mut connection = Connection::new(context, wrap(settings, session)?, settings)?;
    match exchange.run(&mut connection) {
        Ok(()) => Ok(connection.tls().session()),
        Err(Failure::Tls(_))
            if settings.speaks_before_tls12() && speaks_before_tls12(connection.heard()) =>
        {
            Err(Failure::unimplemented("TLS 1.0 and 1.1"))
        }
        Err(failure) => Err(failure),
    }
}

fn wrap(settings: &Settings, session: Option<Session>) -> Result<Wrap, Error> {
    let mut wrap = match &settings.host_name {
        _ if settings.server => Wrap::server(),
        Some(name) => Wrap::client(ServerName::new(name)?),
        None => Wrap::nameless_client(),
    };
    if let Some(session) = session {
        wrap = wrap.with_session(session);
        if settings.enable_early_data && !settings.expect.no_offer_early_data {
            wrap = wrap.with_early_data();
        }
    }
    if hello::is_asked_for(settings) {
        wrap = wrap.pausing_at_client_hello();
    }
    Ok(wrap)
}
