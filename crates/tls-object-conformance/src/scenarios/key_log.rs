//! The secrets of connections, told to a key log.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tls_object_core::{Capability, Config, Hook, KeyLog, Side, Status};

use super::early_data;

use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab, ended_by_panic, panic_quietly};
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "key_log::same_at_both_ends",
        "Both ends tell the same secrets, all of the version and no other, each once.",
        Dims::VERSIONS,
        same_at_both_ends,
    )
    .needs(KEY_LOG),
    Scenario::new(
        "key_log::of_each_connection",
        "Each connection of a context tells secrets of its own, under the random of its own ClientHello.",
        Dims::VERSIONS,
        of_each_connection,
    )
    .needs(KEY_LOG),
    Scenario::new(
        "key_log::resumed",
        "A resumed connection tells its secrets, too.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[Capability::KeyLog, Capability::Resumption12, Capability::Resumption13],
        &[Capability::KeyLog, Capability::ServerResumption],
    ),
    Scenario::new(
        "key_log::by_name",
        "A server that chooses its certificate by name tells the secrets all the same.",
        Dims::VERSIONS,
        by_name,
    )
    .needs_each(KEY_LOG, &[Capability::KeyLog, Capability::SniIdentity]),
    Scenario::new(
        "key_log::early_data",
        "Both ends tell the secret of early data, too.",
        Dims::TLS13,
        with_early_data,
    )
    .needs_each(
        &[Capability::KeyLog, Capability::Resumption13, Capability::EarlyDataClient],
        &[Capability::KeyLog, Capability::ServerResumption, Capability::EarlyDataServer],
    ),
    Scenario::new(
        "key_log::key_update",
        "Secrets after a change of keys, for which the format has no label, are not told.",
        Dims::TLS13,
        key_update,
    )
    .needs(&[Capability::KeyLog, Capability::KeyUpdate]),
    Scenario::new(
        "key_log::panic",
        "A panic of a key log comes out of the call that told it a secret, and the connection is over.",
        Dims::VERSIONS,
        panic,
    )
    .needs(KEY_LOG),
    Scenario::new(
        "key_log::of_one_end",
        "An end without a key log tells nothing, and hinders nobody.",
        Dims::VERSIONS,
        of_one_end,
    )
    .needs_each(KEY_LOG, &[]),
];

const KEY_LOG: &[Capability] = &[Capability::KeyLog];

/// A label, the client's random, and the secret.
type Line = (String, Vec<u8>, Vec<u8>);

/// What one end has told.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Line>>>);

impl Notes {
    fn hook(&self) -> Option<Hook<dyn KeyLog>> {
        Some(Hook::new(Arc::new(self.clone())))
    }

    /// What was told since this was last asked.
    fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.0.lock().expect("no scenario panics with it"))
    }
}

impl KeyLog for Notes {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = (label.to_owned(), client_random.to_owned(), secret.to_owned());
        self.0.lock().expect("no scenario panics with it").push(line);
    }
}

/// Contexts whose ends take notes: the client's first.
fn noting(lab: &Lab) -> Result<(Contexts, [Notes; 2]), Failure> {
    let notes = [Notes::default(), Notes::default()];
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.key_log = notes[0].hook();
    server.key_log = notes[1].hook();
    Ok((lab.contexts(&client, &server)?, notes))
}

/// What both ends have told of one connection, which must be the same and whole.
fn told(lab: &Lab, notes: &[Notes; 2]) -> Result<BTreeSet<Line>, Failure> {
    let labels: &[_] = if lab.is_tls13() {
        &[
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_TRAFFIC_SECRET_0",
        ]
    } else {
        &["CLIENT_RANDOM"]
    };
    let [client, server] = notes.each_ref().map(Notes::take);
    for told in [&client, &server] {
        let told: Vec<_> = told.iter().map(|(label, ..)| label).collect();
        ensure!(told.len() == labels.len(), "told: {told:?}");
    }
    let [client, server] = [client, server].map(BTreeSet::from_iter);
    ensure!(client == server, "the client tells {client:?}, the server {server:?}");
    let told: Vec<_> = client.iter().map(|(label, ..)| label.as_str()).collect();
    ensure!(told == labels, "{told:?}");
    for (label, random, secret) in &client {
        ensure!(random.len() == 32, "{label}: a random of {} bytes", random.len());
        // RFC 5246 section 8.1: a master secret has 48 bytes. RFC 8446 section 7.1: others are as long as
        // the hash.
        let fits = secret.len() == 48 || lab.is_tls13() && secret.len() == 32;
        ensure!(fits, "{label}: a secret of {} bytes", secret.len());
    }
    Ok(client)
}

fn same_at_both_ends(lab: &Lab) -> Result<(), Failure> {
    let (contexts, notes) = noting(lab)?;
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    told(lab, &notes)?;
    pair.exchange()?;
    pair.shut_down()?;
    let later = notes.each_ref().map(Notes::take);
    ensure!(later.iter().all(Vec::is_empty), "told later: {later:?}");
    Ok(())
}

/// The random in the ClientHello that waits in front of the server: behind five bytes of header, four of the
/// message's, and two of the version.
fn client_random(pair: &mut Pair) -> Result<Vec<u8>, Failure> {
    let _ = pair.call(Side::Client, |tls| tls.do_handshake())?;
    pair.deliver_all(Side::Server);
    let mut random = None;
    pair.server().incoming().lend(&mut |bytes| {
        random = bytes.get(11..43).map(<[u8]>::to_vec);
        0
    });
    random.ok_or_else(|| Failure::new("no whole ClientHello"))
}

fn of_each_connection(lab: &Lab) -> Result<(), Failure> {
    let (contexts, notes) = noting(lab)?;
    let mut secrets = BTreeSet::new();
    let mut lines = 0;
    for _ in 0..2 {
        let mut pair = contexts.pair(lab.wrap()?)?;
        let expected = client_random(&mut pair)?;
        pair.handshake()?;
        for (label, random, secret) in told(lab, &notes)? {
            ensure!(random == expected, "{label}: under another random");
            secrets.insert(secret);
            lines += 1;
        }
    }
    ensure!(secrets.len() == lines, "the same secret twice");
    Ok(())
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let (contexts, notes) = noting(lab)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let before = told(lab, &notes)?;
    let session = lab.session(&mut first)?;
    let mut second = contexts.pair(lab.wrap()?.with_session(session))?;
    second.handshake()?;
    ensure!(second.client().session_reused(), "not resumed");
    let after = told(lab, &notes)?;
    ensure!(before.is_disjoint(&after), "lines of the first connection");
    Ok(())
}

fn by_name(lab: &Lab) -> Result<(), Failure> {
    let notes = [Notes::default(), Notes::default()];
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.key_log = notes[0].hook();
    server.key_log = notes[1].hook();
    let identity = lab.family().server.clone();
    server.identities_by_name.insert(crate::pki::SERVER_NAME.to_owned(), vec![identity]);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    told(lab, &notes).map(|_| ())
}

fn with_early_data(lab: &Lab) -> Result<(), Failure> {
    const LABEL: &str = "CLIENT_EARLY_TRAFFIC_SECRET";
    let notes = [Notes::default(), Notes::default()];
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.key_log = notes[0].hook();
    server.key_log = notes[1].hook();
    server.max_early_data = Config::EARLY_DATA;
    let contexts = lab.contexts(&client, &server)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let session = lab.session(&mut first)?;
    told(lab, &notes)?;
    let mut second = contexts.pair(lab.wrap()?.with_session(session).with_early_data())?;
    ensure!(early_data::send(&mut second, b"early")? == 5, "not all was taken");
    ensure!(early_data::receive(&mut second)? == b"early", "other data");
    second.handshake()?;
    let [client, server] = notes.each_ref().map(Notes::take);
    let early = |told: &[Line]| -> Vec<Line> {
        told.iter().filter(|(label, ..)| label == LABEL).cloned().collect()
    };
    ensure!(early(&client).len() == 1, "the client tells {client:?}");
    ensure!(early(&client) == early(&server), "the server tells {server:?}");
    let rest = |told: &[Line]| told.iter().filter(|(label, ..)| !label.contains("EARLY")).count();
    ensure!(rest(&client) == 5 && rest(&server) == 5, "{client:?} and {server:?}");
    Ok(())
}

fn key_update(lab: &Lab) -> Result<(), Failure> {
    let (contexts, notes) = noting(lab)?;
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    pair.exchange()?;
    told(lab, &notes)?;
    for side in SIDES {
        let updated = pair.call(side, |tls| tls.key_update(true));
        ensure!(matches!(updated, Ok(Status::Done(()))), "{updated:?}");
        pair.exchange()?;
    }
    let later = notes.each_ref().map(Notes::take);
    ensure!(later.iter().all(Vec::is_empty), "told later: {later:?}");
    Ok(())
}

fn of_one_end(lab: &Lab) -> Result<(), Failure> {
    let notes = Notes::default();
    let mut client = lab.client_config();
    client.key_log = notes.hook();
    let mut pair = lab.pair(&client, &lab.server_config())?;
    pair.handshake()?;
    for side in SIDES {
        ensure!(pair.tls(side).version() == Some(lab.version()), "no version");
    }
    ensure!(!notes.take().is_empty(), "nothing from the client");
    pair.exchange()
}

/// A key log that does not get to note anything.
struct Panics;

impl KeyLog for Panics {
    fn log(&self, _: &str, _: &[u8], _: &[u8]) {
        panic_quietly();
    }
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let (mut client, mut server) = (lab.client_config(), lab.server_config());
        let config = if side == Side::Client { &mut client } else { &mut server };
        config.key_log = Some(Hook::new(Arc::new(Panics)));
        let mut pair = lab.pair(&client, &server)?;
        ended_by_panic(&mut pair, side)?;
    }
    Ok(())
}
