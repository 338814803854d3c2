//! Early data: 0-RTT (RFC 8446 section 2.3).

use tls_object_core::{
    Capability, Config, DynContext, ErrorKind, ProtocolVersion, Session, Side, Status, TicketKey,
    Wrap,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab, wrapped};
use crate::pair::{Pair, Progress};
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "early_data::accepted",
        "Early data arrives before the handshake is done, whole and in order, and the connection goes on.",
        Dims::TLS13.chunkings(&[Chunking::Byte, Chunking::Whole]),
        accepted,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::again_and_again",
        "A connection that took early data gives sessions for more of it.",
        Dims::TLS13,
        again_and_again,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::replayed",
        "A first flight that is copied and sent again brings its early data once (RFC 8446 section 8).",
        Dims::TLS13,
        replayed,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::rejected",
        "Early data that a server does not take is told of once, and can be sent again.",
        Dims::TLS13.variants(&["unknown session", "takes none"]),
        rejected,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::not_possible",
        "Where early data cannot be sent, nothing of it is taken.",
        Dims::TLS13.variants(&["no session", "session without", "not asked for", "begun"]),
        not_possible,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::not_sent",
        "A server that takes early data serves clients that send none.",
        Dims::ONCE.variants(&["tls1.2", "tls1.3"]),
        not_sent,
    )
    .needs_each(&[], SERVER),
    Scenario::new(
        "early_data::none_written",
        "Early data that may be sent is offered, and both ends tell that it was accepted, also where none is written.",
        Dims::TLS13,
        none_written,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::limit",
        "No more is taken than the server allows; the rest is for after the handshake.",
        Dims::TLS13,
        limit,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::chosen_limit",
        "A server says how much early data it takes.",
        Dims::TLS13,
        chosen_limit,
    )
    .needs_each(
        CLIENT,
        &[
            Capability::ServerResumption,
            Capability::EarlyDataServer,
            Capability::EarlyDataLimit,
        ],
    ),
    Scenario::new(
        "early_data::unread",
        "A server does not read past early data that was not read.",
        Dims::TLS13,
        unread,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "early_data::settings_that_contradict",
        "Early data is refused where it cannot be had, or not safely.",
        Dims::ONCE,
        settings_that_contradict,
    )
    .needs_each(&[], &[Capability::EarlyDataServer]),
];

const CLIENT: &[Capability] = &[Capability::Resumption13, Capability::EarlyDataClient];
const SERVER: &[Capability] = &[Capability::ServerResumption, Capability::EarlyDataServer];

fn server_config(lab: &Lab) -> Config {
    let mut server = lab.server_config();
    server.max_early_data = Config::EARLY_DATA;
    server
}

fn contexts(lab: &Lab) -> Result<Contexts, Failure> {
    lab.contexts(&lab.client_config(), &server_config(lab))
}

fn session_of(lab: &Lab, pair: &mut Pair) -> Result<Session, Failure> {
    pair.exchange()?;
    lab.session(pair)
}

/// The session of a connection without early data.
fn session(lab: &Lab, contexts: &Contexts) -> Result<Session, Failure> {
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    ensure!(!lab.same_facts(&mut pair)?.early_data_accepted, "early data without any");
    let session = session_of(lab, &mut pair)?;
    pair.shut_down()?;
    Ok(session)
}

/// A pair whose client offers `session` and may send early data.
fn early(lab: &Lab, contexts: &Contexts, session: &Session) -> Result<Pair, Failure> {
    contexts.pair(lab.wrap()?.with_session(session.clone()).with_early_data())
}

/// Sends early data; how much was taken.
pub(super) fn send(pair: &mut Pair, data: &[u8]) -> Result<usize, Failure> {
    match pair.call(Side::Client, |tls| tls.write_early_data(data)) {
        Ok(Status::Done(taken)) => Ok(taken),
        Ok(other) => Err(Failure::new(format!("early data: {other:?}"))),
        Err(error) => Err(Failure::of(Side::Client, &error)),
    }
}

/// Reads early data on the server to its end, with everything in flight arriving as it is wanted and the client answering.
pub(super) fn receive(pair: &mut Pair) -> Result<Vec<u8>, Failure> {
    let mut received = Vec::new();
    let mut buffer = [0; 700];
    loop {
        match pair.call(Side::Server, |tls| tls.read_early_data(&mut buffer)) {
            Ok(Status::Done(0)) => return Ok(received),
            Ok(Status::Done(n)) => received.extend_from_slice(&buffer[..n]),
            Ok(_) => {
                if pair.deliver(Side::Server) > 0 {
                    continue;
                }
                // The end of early data is the client's answer to the server.
                pair.deliver_all(Side::Client);
                match pair.call(Side::Client, |tls| tls.do_handshake()) {
                    Ok(_) => {}
                    Err(error) => return Err(Failure::of(Side::Client, &error)),
                }
                if pair.deliver(Side::Server) == 0 {
                    return Err(Failure::new("the end of early data does not come"));
                }
            }
            Err(error) => return Err(Failure::of(Side::Server, &error)),
        }
    }
}

fn accepted(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let session = session(lab, &contexts)?;
    let mut pair = early(lab, &contexts, &session)?;
    let data = vec![b'e'; 3000];
    ensure!(send(&mut pair, b"first, ")? == 7, "not all was taken");
    ensure!(send(&mut pair, &data)? == data.len(), "not all was taken");
    // Before the server has said a word.
    let mut first = [0; 7];
    let n = loop {
        match pair.call(Side::Server, |tls| tls.read_early_data(&mut first)) {
            Ok(Status::Done(n)) => break n,
            Ok(_) if pair.deliver(Side::Server) > 0 => {}
            other => return Err(Failure::new(format!("early data does not come: {other:?}"))),
        }
    };
    ensure!(first[..n] == b"first, "[..n] && n > 0, "{first:?}");
    let rest = receive(&mut pair)?;
    ensure!([&first[..n], &rest].concat() == [b"first, ", &data[..]].concat(), "other data");
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.resumed && facts.early_data_accepted, "{facts:?}");
    pair.exchange()?;
    pair.shut_down()
}

fn none_written(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let session = session(lab, &contexts)?;
    let mut pair = early(lab, &contexts, &session)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.resumed, "{facts:?}");
    lab.expect("accepted", true, facts.early_data_accepted)?;
    pair.exchange()
}

fn again_and_again(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let mut session = session(lab, &contexts)?;
    for _ in 0..3 {
        let mut pair = early(lab, &contexts, &session)?;
        ensure!(send(&mut pair, b"early")? == 5, "not all was taken");
        ensure!(receive(&mut pair)? == b"early", "other data");
        pair.handshake()?;
        ensure!(lab.same_facts(&mut pair)?.early_data_accepted, "not accepted");
        session = session_of(lab, &mut pair)?;
        pair.shut_down()?;
    }
    Ok(())
}

fn replayed(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let session = session(lab, &contexts)?;
    let mut pair = early(lab, &contexts, &session)?;
    ensure!(send(&mut pair, b"early")? == 5, "not all was taken");
    let flight: Vec<u8> = pair.wire_to(Side::Server).flying().iter().copied().collect();
    ensure!(receive(&mut pair)? == b"early", "other data");
    pair.handshake()?;

    let mut server = wrapped(&*contexts.server, Wrap::server(), 0)?;
    server.incoming().write(&flight)?;
    let taken = server.read_early_data(&mut [0; 16])?;
    let has_data = matches!(taken, Status::Done(1..));
    lab.expect("taken again", false, has_data)
}

fn rejected(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = contexts(lab)?;
    let session = session(lab, &contexts)?;
    contexts.server = match lab.variant() {
        "takes none" => lab.context(&lab.server_config())?,
        _ => lab.context(&server_config(lab))?,
    };
    let mut pair = early(lab, &contexts, &session)?;
    ensure!(send(&mut pair, b"early")? == 5, "not all was taken");
    let handshake = pair.drive()?;
    match handshake.of(Side::Client) {
        Progress::Failed(error) if error.kind() == ErrorKind::EarlyDataRejected => {
            lab.ended(Side::Client, error);
        }
        other => return Err(Failure::new(format!("the client was not told: {other:?}"))),
    }
    // Once.
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(!facts.early_data_accepted && !facts.resumed, "{facts:?}");
    let mut buffer = [0; 16];
    let none = pair.call(Side::Server, |tls| tls.read_early_data(&mut buffer));
    ensure!(matches!(none, Ok(Status::Done(0))), "{none:?}");
    // What was sent in vain can be sent again.
    pair.write_all(Side::Client, b"early")?;
    pair.expect_data(Side::Server, b"early")?;
    pair.exchange()?;
    pair.shut_down()
}

fn not_possible(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = contexts(lab)?;
    if lab.variant() == "session without" {
        contexts.server = lab.context(&lab.server_config())?;
    }
    let session = session(lab, &contexts)?;
    let wrap = || -> Result<Wrap, Failure> { Ok(lab.wrap()?.with_session(session.clone())) };
    let mut pair = contexts.pair(match lab.variant() {
        "no session" => lab.wrap()?.with_early_data(),
        "not asked for" => wrap()?,
        _ => wrap()?.with_early_data(),
    })?;
    if lab.variant() == "begun" {
        let begun = pair.call(Side::Client, |tls| tls.do_handshake());
        ensure!(matches!(begun, Ok(Status::WantRead)), "{begun:?}");
    }
    ensure!(send(&mut pair, b"early")? == 0, "early data was taken");
    ensure!(receive(&mut pair)?.is_empty(), "early data arrived");
    pair.handshake()?;
    ensure!(send(&mut pair, b"late")? == 0, "early data was taken late");
    pair.exchange()?;
    pair.shut_down()
}

fn not_sent(lab: &Lab) -> Result<(), Failure> {
    lab.need(Side::Server, Capability::EarlyDataServer)?;
    let mut client = lab.client_config();
    if lab.variant() == "tls1.2" {
        client.max_version = ProtocolVersion::TLS12;
    }
    let mut pair = lab.pair(&client, &server_config(lab))?;
    ensure!(receive(&mut pair)?.is_empty(), "early data arrived");
    pair.handshake()?;
    pair.exchange()?;
    pair.shut_down()
}

/// Sends more than `most` bytes, of which so many are taken and arrive.
fn send_too_much(lab: &Lab, contexts: &Contexts, most: usize) -> Result<(), Failure> {
    let session = session(lab, contexts)?;
    let mut pair = early(lab, contexts, &session)?;
    let data: Vec<u8> = (0..20_000 + most).map(|at| at as u8).collect();
    let mut taken = 0;
    loop {
        match send(&mut pair, &data[taken..])? {
            0 => break,
            n => taken += n,
        }
    }
    ensure!(taken <= most && taken > most / 2, "{taken} bytes of {most} were taken");
    ensure!(receive(&mut pair)? == data[..taken], "other data");
    pair.handshake()?;
    ensure!(lab.same_facts(&mut pair)?.early_data_accepted, "not accepted");
    pair.write_all(Side::Client, &data[taken..])?;
    pair.expect_data(Side::Server, &data[taken..])?;
    pair.exchange()
}

fn limit(lab: &Lab) -> Result<(), Failure> {
    send_too_much(lab, &contexts(lab)?, Config::EARLY_DATA as usize)
}

fn chosen_limit(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    for limit in [1000, 200_000] {
        server.max_early_data = limit;
        let contexts = lab.contexts(&lab.client_config(), &server)?;
        send_too_much(lab, &contexts, limit as usize)?;
    }
    Ok(())
}

fn unread(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let session = session(lab, &contexts)?;
    let mut pair = early(lab, &contexts, &session)?;
    ensure!(send(&mut pair, b"early")? == 5, "not all was taken");
    pair.handshake()?;
    pair.write_all(Side::Client, b"late")?;
    pair.deliver_all(Side::Server);
    let mut buffer = [0; 16];
    let past = pair.call(Side::Server, |tls| tls.read(&mut buffer));
    ensure!(
        matches!(&past, Err(error) if error.kind() == ErrorKind::UnreadData),
        "read past early data: {past:?}"
    );
    ensure!(receive(&mut pair)? == b"early", "other data");
    pair.expect_data(Side::Server, b"late")?;
    pair.exchange()
}

fn settings_that_contradict(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.max_early_data = Config::EARLY_DATA;
    let with = |change: &dyn Fn(&mut Config)| {
        let mut server = server_config(lab);
        change(&mut server);
        server
    };
    let contradictions = [
        client,
        with(&|server| server.resumption = false),
        with(&|server| server.max_version = ProtocolVersion::TLS12),
        with(&|server| {
            let key = [1; TicketKey::LEN];
            server.ticket_keys = vec![TicketKey::from_bytes(key)];
        }),
    ];
    for config in &contradictions {
        let error = lab.refused_config(config)?;
        if error.kind() != ErrorKind::InvalidConfig {
            return Err(Failure::of(config.side, &error));
        }
    }
    lab.need(Side::Server, Capability::EarlyDataServer)?;
    let server: Box<dyn DynContext> = lab.context(&server_config(lab))?;
    ensure!(server.config().max_early_data == Config::EARLY_DATA, "another limit");
    Ok(())
}
