//! Tickets: each handed out, as many as asked for, sealed with keys that servers share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tls_object_core::{
    Capability, Config, DynContext, ErrorKind, Hook, Session, SessionSink, Side, TicketKey,
    VerifyMode,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::Pair;
use crate::pki::{SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "tickets::each_handed_out",
        "A client is told of each session once, as it arrives.",
        Dims::VERSIONS,
        each_handed_out,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::SessionEvents],
        &[Capability::ServerResumption],
    ),
    Scenario::new(
        "tickets::count",
        "A server sends as many tickets as it is told to, and each is good for a connection.",
        Dims::TLS13.variants(&["0", "1", "5"]),
        count,
    )
    .needs_each(
        &[Capability::Resumption13, Capability::SessionEvents],
        &[Capability::ServerResumption, Capability::TicketCount],
    ),
    Scenario::new(
        "tickets::details",
        "A session tells its id, its lifetime and that it is a ticket.",
        Dims::VERSIONS,
        details,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::SessionDetails],
        &[Capability::ServerResumption],
    ),
    Scenario::new(
        "tickets::shared_keys",
        "Servers that share a key resume each other's sessions, again and again.",
        Dims::VERSIONS,
        shared_keys,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "tickets::rotation",
        "Tickets under an old key are taken and renewed under the new one.",
        Dims::VERSIONS,
        rotation,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "tickets::other_key",
        "A ticket under a key that a server does not have leads to a full handshake.",
        Dims::VERSIONS,
        other_key,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "tickets::other_certificate",
        "A server with another certificate does not take the ticket.",
        Dims::VERSIONS,
        other_certificate,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "tickets::stricter_server",
        "A server that asks for certificates does not take the ticket of one that does not.",
        Dims::VERSIONS,
        stricter_server,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::ClientCertificate],
        &[
            Capability::ServerResumption,
            Capability::TicketKeys,
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
            Capability::VerifyTime,
        ],
    ),
    Scenario::new(
        "tickets::settings_that_contradict",
        "Settings about tickets are refused where they cannot mean anything.",
        Dims::ONCE,
        settings_that_contradict,
    ),
];

const CLIENT: &[Capability] = &[Capability::Resumption12, Capability::Resumption13];
const SERVER: &[Capability] = &[Capability::ServerResumption, Capability::TicketKeys];

/// Keeps every session that it is told of.
#[derive(Default)]
struct Kept(Mutex<Vec<Session>>);

impl Kept {
    fn take(&self) -> Vec<Session> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SessionSink for Kept {
    fn new_session(&self, session: Session) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

/// A client configuration whose sessions are kept.
fn keeping(lab: &Lab) -> (Config, Arc<Kept>) {
    let kept = Arc::<Kept>::default();
    let mut client = lab.client_config();
    client.on_session = Some(Hook::new(kept.clone()));
    (client, kept)
}

fn each_handed_out(lab: &Lab) -> Result<(), Failure> {
    let (client, kept) = keeping(lab);
    let contexts = lab.contexts(&client, &lab.server_config())?;
    let mut offered = None;
    for _ in 0..3 {
        let mut pair = contexts.offer(lab, offered.as_ref(), offered.is_some())?;
        let sessions = kept.take();
        ensure!(!sessions.is_empty(), "told of no session");
        ensure!(lab.is_tls13() || sessions.len() == 1, "told of {sessions:?}");
        for (at, session) in sessions.iter().enumerate() {
            ensure!(session.version() == lab.version(), "{session:?}");
            ensure!(session.server_name() == pair.client().server_name(), "{session:?}");
            let again = sessions[..at].iter().any(|earlier| {
                earlier == session || (session.id().is_some() && earlier.id() == session.id())
            });
            ensure!(!again, "told twice of {session:?}");
        }
        pair.exchange()?;
        pair.shut_down()?;
        ensure!(kept.take().is_empty(), "told of one again");
        offered = sessions.into_iter().next_back();
    }
    Ok(())
}

fn count(lab: &Lab) -> Result<(), Failure> {
    let wanted = lab.variant().parse().expect("a number");
    let (client, kept) = keeping(lab);
    let mut server = lab.server_config();
    server.num_tickets = Some(wanted);
    let contexts = lab.contexts(&client, &server)?;
    contexts.offer(lab, None, false)?;
    let sessions = kept.take();
    ensure!(sessions.len() == wanted, "{} tickets instead of {wanted}", sessions.len());
    for session in &sessions {
        contexts.offer(lab, Some(session), true)?;
    }
    Ok(())
}

fn details(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let session = lab.session(&mut contexts.offer(lab, None, false)?)?;
    let capability = Capability::SessionDetails;
    let id = lab.fact(Side::Client, capability, session.id().map(<[u8]>::to_vec))?;
    ensure!(!id.is_empty(), "an empty id");
    let timeout = lab.fact(Side::Client, capability, session.timeout())?;
    ensure!(timeout > Duration::ZERO, "offered for {timeout:?}");
    ensure!(session.ticket_lifetime_hint() != Some(Duration::ZERO), "taken for no time");
    ensure!(lab.fact(Side::Client, capability, session.has_ticket())?, "no ticket");
    // The clocks of these systems have been set.
    let year_2020 = SystemTime::UNIX_EPOCH + Duration::from_secs(1_577_836_800);
    ensure!(session.time() > year_2020, "{:?}", session.time());
    Ok(())
}

/// A server with keys of these letters, another one each time.
fn server_with(lab: &Lab, keys: &str) -> Result<Box<dyn DynContext>, Failure> {
    let mut server = lab.server_config();
    server.ticket_keys = keys.bytes().map(key).collect();
    lab.context(&server)
}

fn key(letter: u8) -> TicketKey {
    TicketKey::from_bytes([letter; TicketKey::LEN])
}

fn shared_keys(lab: &Lab) -> Result<(), Failure> {
    let (client, server) = (lab.client_config(), server_with(lab, "a")?);
    let mut contexts = lab.contexts(&client, &lab.server_config())?;
    contexts.server = server;
    let mut session = lab.session(&mut contexts.offer(lab, None, false)?)?;
    for _ in 0..4 {
        contexts.server = server_with(lab, "a")?;
        session = lab.session(&mut contexts.offer(lab, Some(&session), true)?)?;
    }
    Ok(())
}

fn rotation(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    contexts.server = server_with(lab, "a")?;
    let mut session = lab.session(&mut contexts.offer(lab, None, false)?)?;
    // The old key behind the new one, then the new one alone.
    for keys in ["ba", "b", "cb", "c"] {
        contexts.server = server_with(lab, keys)?;
        session = lab.session(&mut contexts.offer(lab, Some(&session), true)?)?;
    }
    Ok(())
}

fn other_key(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    contexts.server = server_with(lab, "a")?;
    let session = lab.session(&mut contexts.offer(lab, None, false)?)?;
    contexts.server = server_with(lab, "b")?;
    let session = lab.session(&mut contexts.offer(lab, Some(&session), false)?)?;
    // Keys of the library's own.
    contexts.server = lab.context(&lab.server_config())?;
    contexts.offer(lab, Some(&session), false).map(|_| ())
}

fn other_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.ticket_keys = vec![key(b'a')];
    let mut contexts = lab.contexts(&lab.client_config(), &server)?;
    let session = lab.session(&mut contexts.offer(lab, None, false)?)?;
    server.identities = vec![pki().server_named(&[SERVER_NAME])];
    contexts.server = lab.context(&server)?;
    shows(&mut contexts.offer(lab, Some(&session), false)?, &server)
}

/// The client has seen the first certificate of the configuration.
pub(super) fn shows(pair: &mut Pair, server: &Config) -> Result<(), Failure> {
    let shown = pair.client().getpeercert();
    ensure!(shown == server.identities[0].leaf(), "another certificate: {shown:?}");
    Ok(())
}

fn stricter_server(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![lab.family().client.clone()];
    server.ticket_keys = vec![key(b'a')];
    let mut contexts = lab.contexts(&client, &server)?;
    let session = lab.session(&mut contexts.offer(lab, None, false)?)?;
    server.verify_mode = VerifyMode::Required;
    server.trust_store = vec![lab.family().authority.root()].into();
    contexts.server = lab.context(&server)?;
    let mut pair = contexts.offer(lab, Some(&session), false)?;
    ensure!(
        pair.server().getpeercert() == lab.family().client.leaf(),
        "the server does not know its client"
    );
    Ok(())
}

fn settings_that_contradict(lab: &Lab) -> Result<(), Failure> {
    let server = |change: &dyn Fn(&mut Config)| {
        let mut config = lab.server_config();
        change(&mut config);
        config
    };
    let client = |change: &dyn Fn(&mut Config)| {
        let mut config = lab.client_config();
        change(&mut config);
        config
    };
    let sink = || Some(Hook::<dyn SessionSink>::new(Arc::<Kept>::default()));
    let contradictions = [
        client(&|config| config.ticket_keys = vec![key(b'a')]),
        client(&|config| config.num_tickets = Some(1)),
        client(&|config| {
            config.on_session = sink();
            config.resumption = false;
        }),
        server(&|config| config.on_session = sink()),
        server(&|config| config.ticket_keys = vec![key(b'a'), key(b'a')]),
        server(&|config| config.num_tickets = Some(17)),
        server(&|config| {
            config.ticket_keys = vec![key(b'a')];
            config.resumption = false;
        }),
        server(&|config| {
            config.num_tickets = Some(1);
            config.resumption = false;
        }),
    ];
    for config in &contradictions {
        let error = lab.refused_config(config)?;
        if error.kind() != ErrorKind::InvalidConfig {
            return Err(Failure::of(config.side, &error));
        }
    }
    Ok(())
}
