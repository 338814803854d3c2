//! Sessions that servers keep in a store of the application's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tls_object_core::{
    Capability, Config, ErrorKind, Hook, Session, SessionStore, Side, TicketKey, VerifyMode,
};

use super::tickets::shows;
use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab, ask_again, ended_by_panic, panic_quietly, two_hellos};
use crate::pair::Pair;
use crate::pki::{SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "session_store::shared",
        "Servers that share a store resume each other's sessions, again and again.",
        Dims::VERSIONS,
        shared,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_store::once",
        "A session of TLS 1.3 is out of the store when it is resumed, and is not resumed again.",
        Dims::TLS13,
        once,
    )
    .needs_each(
        &[Capability::Resumption13],
        &[
            Capability::ServerResumption,
            Capability::SessionCache13,
            Capability::SessionStore,
            Capability::TicketCount,
        ],
    ),
    Scenario::new(
        "session_store::second_hello",
        "A session is resumed though the client has to send a second ClientHello.",
        Dims::TLS13,
        second_hello,
    )
    .needs_each(
        &[Capability::Resumption13, Capability::Groups],
        &[
            Capability::ServerResumption,
            Capability::SessionCache13,
            Capability::SessionStore,
            Capability::Groups,
        ],
    ),
    Scenario::new(
        "session_store::forgotten",
        "What the store has forgotten leads to a full handshake.",
        Dims::VERSIONS,
        forgotten,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_store::other_certificate",
        "A server with another certificate does not resume the session.",
        Dims::VERSIONS,
        other_certificate,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_store::client_certificate",
        "A server knows the client again that showed its certificate to another.",
        Dims::VERSIONS,
        client_certificate,
    )
    .needs_each(CLIENT_WITH_CERTIFICATE, SERVER_WITH_VERIFICATION),
    Scenario::new(
        "session_store::stricter_server",
        "A server that asks for certificates does not resume the session of one that does not.",
        Dims::VERSIONS,
        stricter_server,
    )
    .needs_each(CLIENT_WITH_CERTIFICATE, SERVER_WITH_VERIFICATION),
    Scenario::new(
        "session_store::wrong_answers",
        "What a store answers that is no session, or another one, leads to a full handshake.",
        Dims::VERSIONS.variants(&["empty", "junk", "cut-off", "changed", "other-session"]),
        wrong_answers,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_store::panic",
        "A panic in a store ends the connection and no other.",
        Dims::VERSIONS.variants(&["put", "find"]),
        panic,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "session_store::settings_that_contradict",
        "A store of sessions is refused where it cannot mean anything.",
        Dims::ONCE,
        settings_that_contradict,
    ),
];

const CLIENT: &[Capability] = &[Capability::Resumption12, Capability::Resumption13];
const SERVER: &[Capability] = &[
    Capability::ServerResumption,
    Capability::SessionCache12,
    Capability::SessionCache13,
    Capability::SessionStore,
];
const CLIENT_WITH_CERTIFICATE: &[Capability] =
    &[Capability::Resumption12, Capability::Resumption13, Capability::ClientCertificate];
const SERVER_WITH_VERIFICATION: &[Capability] = &[
    Capability::ServerResumption,
    Capability::SessionCache12,
    Capability::SessionCache13,
    Capability::SessionStore,
    Capability::ClientAuthRequired,
    Capability::VerifyChain,
    Capability::VerifyTime,
];

/// Sessions by their ids.
type Sessions = BTreeMap<Vec<u8>, Vec<u8>>;

/// What a store does.
#[derive(Clone, Copy, Default)]
enum Mood {
    #[default]
    Keeps,
    /// Gives this, of what is kept and the id that is asked for.
    Gives(fn(&Sessions, &[u8]) -> Vec<u8>),
    PanicsAtPut,
    PanicsAtFind,
}

/// A store in memory.
#[derive(Default)]
struct Store(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    sessions: Sessions,
    lifetimes: Vec<Duration>,
    asked: usize,
    mood: Mood,
}

impl Store {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, mood: Mood) {
        self.shelf().mood = mood;
    }
}

impl Shelf {
    fn find(&mut self, id: &[u8]) -> Option<Vec<u8>> {
        self.asked += 1;
        match self.mood {
            Mood::Gives(made) => Some(made(&self.sessions, id)),
            Mood::PanicsAtFind => panic_quietly(),
            Mood::Keeps | Mood::PanicsAtPut => self.sessions.get(id).cloned(),
        }
    }
}

impl SessionStore for Store {
    fn put(&self, id: &[u8], session: &[u8], lifetime: Duration) {
        let mut shelf = self.shelf();
        if matches!(shelf.mood, Mood::PanicsAtPut) {
            panic_quietly();
        }
        shelf.sessions.insert(id.to_vec(), session.to_vec());
        shelf.lifetimes.push(lifetime);
    }

    fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.shelf().find(id)
    }

    fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        let mut shelf = self.shelf();
        let session = shelf.find(id);
        shelf.sessions.remove(id);
        session
    }
}

fn server_config(lab: &Lab, store: &Arc<Store>) -> Config {
    let mut server = lab.server_config();
    server.session_store = Some(Hook::new(store.clone()));
    server
}

fn contexts(lab: &Lab) -> Result<(Contexts, Arc<Store>), Failure> {
    let store = Arc::default();
    Ok((lab.contexts(&lab.client_config(), &server_config(lab, &store))?, store))
}

/// The session that a connection ends with which offers another.
fn session(
    lab: &Lab,
    contexts: &Contexts,
    offered: Option<&Session>,
    resumed: bool,
) -> Result<Session, Failure> {
    let mut pair = contexts.offer(lab, offered, resumed)?;
    let session = lab.session(&mut pair)?;
    pair.shut_down()?;
    Ok(session)
}

fn shared(lab: &Lab) -> Result<(), Failure> {
    let (mut contexts, store) = contexts(lab)?;
    let mut newest = session(lab, &contexts, None, false)?;
    for _ in 0..4 {
        // Under TLS 1.3 an id is sent as a ticket is.
        ensure!(lab.is_tls13() || newest.has_ticket() != Some(true), "a ticket");
        let mut alike = server_config(lab, &store);
        // What a server says above does not matter.
        alike.alpn = Vec::new();
        contexts.server = lab.context(&alike)?;
        newest = session(lab, &contexts, Some(&newest), true)?;
    }
    let lifetimes = &store.shelf().lifetimes;
    let most = Duration::from_secs(7 * 24 * 60 * 60);
    ensure!(
        lifetimes.iter().all(|it| (Duration::from_secs(60)..=most).contains(it)),
        "{lifetimes:?}"
    );
    Ok(())
}

fn once(lab: &Lab) -> Result<(), Failure> {
    let store = Arc::<Store>::default();
    let mut server = server_config(lab, &store);
    server.num_tickets = Some(1);
    let mut contexts = lab.contexts(&lab.client_config(), &server)?;
    let first = session(lab, &contexts, None, false)?;
    let ids: Vec<_> = store.shelf().sessions.keys().cloned().collect();
    ensure!(ids.len() == 1, "{} sessions", ids.len());
    session(lab, &contexts, Some(&first), true)?;
    ensure!(!store.shelf().sessions.contains_key(&ids[0]), "still there");
    contexts.server = lab.context(&server)?;
    session(lab, &contexts, Some(&first), false).map(|_| ())
}

fn second_hello(lab: &Lab) -> Result<(), Failure> {
    let store = Arc::<Store>::default();
    let (mut client, mut server) = (lab.client_config(), server_config(lab, &store));
    ask_again(&mut client, &mut server);
    let contexts = lab.contexts(&client, &server)?;
    let first = session(lab, &contexts, None, false)?;
    two_hellos(&mut contexts.offer(lab, Some(&first), true)?)
}

fn forgotten(lab: &Lab) -> Result<(), Failure> {
    let (contexts, store) = contexts(lab)?;
    let first = session(lab, &contexts, None, false)?;
    store.shelf().sessions.clear();
    session(lab, &contexts, Some(&first), false).map(|_| ())
}

fn other_certificate(lab: &Lab) -> Result<(), Failure> {
    let (mut contexts, store) = contexts(lab)?;
    let first = session(lab, &contexts, None, false)?;
    let mut server = server_config(lab, &store);
    server.identities = vec![pki().server_named(&[SERVER_NAME])];
    contexts.server = lab.context(&server)?;
    shows(&mut contexts.offer(lab, Some(&first), false)?, &server)
}

fn client_certificate(lab: &Lab) -> Result<(), Failure> {
    let store = Arc::<Store>::default();
    let (client, server) = verifying(lab, &store);
    let mut contexts = lab.contexts(&client, &server)?;
    let first = session(lab, &contexts, None, false)?;
    contexts.server = lab.context(&server)?;
    knows_client(lab, &mut contexts.offer(lab, Some(&first), true)?)
}

fn stricter_server(lab: &Lab) -> Result<(), Failure> {
    let store = Arc::<Store>::default();
    let (client, server) = verifying(lab, &store);
    let mut contexts = lab.contexts(&client, &server_config(lab, &store))?;
    let first = session(lab, &contexts, None, false)?;
    contexts.server = lab.context(&server)?;
    knows_client(lab, &mut contexts.offer(lab, Some(&first), false)?)
}

/// A client with a certificate, and a server that requires one.
fn verifying(lab: &Lab, store: &Arc<Store>) -> (Config, Config) {
    let (mut client, mut server) = (lab.client_config(), server_config(lab, store));
    client.identities = vec![lab.family().client.clone()];
    server.verify_mode = VerifyMode::Required;
    server.trust_store = vec![lab.family().authority.root()].into();
    (client, server)
}

fn knows_client(lab: &Lab, pair: &mut Pair) -> Result<(), Failure> {
    let known = pair.server().getpeercert() == lab.family().client.leaf();
    ensure!(known, "the server does not know its client");
    Ok(())
}

fn wrong_answers(lab: &Lab) -> Result<(), Failure> {
    let (contexts, store) = contexts(lab)?;
    session(lab, &contexts, None, false)?;
    let first = session(lab, &contexts, None, false)?;
    store.set(Mood::Gives(match lab.variant() {
        "empty" => |_, _| Vec::new(),
        "junk" => |_, _| vec![0x30; 300],
        "cut-off" => |kept, id| kept.get(id).map_or_else(Vec::new, |it| it[..it.len() / 2].into()),
        "changed" => |kept, id| {
            let mut session = kept.get(id).cloned().unwrap_or_default();
            let middle = session.len() / 2;
            session.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 1);
            session
        },
        _ => |kept, id| {
            kept.iter().find(|(of, _)| of[..] != *id).map_or_else(Vec::new, |(_, it)| it.clone())
        },
    }));
    session(lab, &contexts, Some(&first), false)?;
    let asked = store.shelf().asked;
    ensure!(asked > 0, "the store was not asked");
    Ok(())
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    let (contexts, store) = contexts(lab)?;
    let first = session(lab, &contexts, None, false)?;
    let finds = lab.variant() == "find";
    store.set(if finds { Mood::PanicsAtFind } else { Mood::PanicsAtPut });
    let mut wrap = lab.wrap()?;
    wrap.session = finds.then(|| first.clone());
    let mut pair = contexts.pair(wrap)?;
    ended_by_panic(&mut pair, Side::Server)?;
    store.set(Mood::Keeps);
    session(lab, &contexts, None, false).map(|_| ())
}

fn settings_that_contradict(lab: &Lab) -> Result<(), Failure> {
    let store = Arc::<Store>::default();
    let mut client = lab.client_config();
    client.session_store = Some(Hook::new(store.clone()));
    let mut sealed = server_config(lab, &store);
    sealed.ticket_keys = vec![TicketKey::from_bytes([1; TicketKey::LEN])];
    let mut off = server_config(lab, &store);
    off.resumption = false;
    let mut both = server_config(lab, &store);
    both.session_cache = 1;
    for config in &[client, sealed, off, both] {
        let error = lab.refused_config(config)?;
        if error.kind() != ErrorKind::InvalidConfig {
            return Err(Failure::of(config.side, &error));
        }
    }
    Ok(())
}
