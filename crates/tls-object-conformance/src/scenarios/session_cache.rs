//! Sessions that a server keeps itself.

use tls_object_core::{Capability, Config, ErrorKind, Session, Side, TicketKey};

use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "session_cache::resumed",
        "A server resumes the sessions that it keeps, again and again, and the client holds no ticket.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_cache::other_context",
        "A session that one server keeps is unknown to another.",
        Dims::VERSIONS,
        other_context,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_cache::full",
        "The oldest sessions make room for new ones, and their clients are served all the same.",
        Dims::VERSIONS,
        full,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_cache::settings_that_contradict",
        "A cache of sessions is refused where it cannot mean anything.",
        Dims::ONCE,
        settings_that_contradict,
    ),
];

const CLIENT: &[Capability] = &[Capability::Resumption12, Capability::Resumption13];
const SERVER: &[Capability] =
    &[Capability::ServerResumption, Capability::SessionCache12, Capability::SessionCache13];

fn server_config(lab: &Lab, sessions: usize) -> Config {
    let mut server = lab.server_config();
    server.session_cache = sessions;
    server
}

fn contexts(lab: &Lab, sessions: usize) -> Result<Contexts, Failure> {
    lab.contexts(&lab.client_config(), &server_config(lab, sessions))
}

/// A connection that offers `session`, and the session that it ends with.
fn connect(
    lab: &Lab,
    contexts: &Contexts,
    session: Option<&Session>,
    resumed: bool,
) -> Result<Session, Failure> {
    let mut pair = contexts.offer(lab, session, resumed)?;
    let session = lab.session(&mut pair)?;
    pair.shut_down()?;
    Ok(session)
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab, 100)?;
    let mut session = connect(lab, &contexts, None, false)?;
    for _ in 0..4 {
        // Under TLS 1.3 an id is sent as a ticket is.
        ensure!(lab.is_tls13() || session.has_ticket() != Some(true), "a ticket");
        session = connect(lab, &contexts, Some(&session), true)?;
    }
    Ok(())
}

fn other_context(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = contexts(lab, 100)?;
    let session = connect(lab, &contexts, None, false)?;
    contexts.server = lab.context(&server_config(lab, 100))?;
    connect(lab, &contexts, Some(&session), false).map(|_| ())
}

fn full(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab, 2)?;
    let first = connect(lab, &contexts, None, false)?;
    let mut newest = first.clone();
    for _ in 0..40 {
        newest = connect(lab, &contexts, None, false)?;
    }
    connect(lab, &contexts, Some(&newest), true)?;
    connect(lab, &contexts, Some(&first), false)?;
    if lab.has(Side::Server, Capability::SessionStats) {
        let stats = contexts.server.session_stats()?;
        // Under TLS 1.3 a connection may come with several sessions, and one that was resumed is gone.
        let is_kept = (1..=2).contains(&stats.kept);
        ensure!(is_kept && stats.dropped >= 39 && stats.missed >= 1, "{stats:?}");
    }
    Ok(())
}

fn settings_that_contradict(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.session_cache = 1;
    let mut shared = server_config(lab, 1);
    shared.ticket_keys = vec![TicketKey::from_bytes([1; TicketKey::LEN])];
    let mut off = server_config(lab, 1);
    off.resumption = false;
    for config in &[client, shared, off] {
        let error = lab.refused_config(config)?;
        if error.kind() != ErrorKind::InvalidConfig {
            return Err(Failure::of(config.side, &error));
        }
    }
    Ok(())
}
