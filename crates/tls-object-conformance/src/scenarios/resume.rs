//! Sessions: taken from a finished connection, offered on the next one.

use tls_object_core::{
    AlpnProtocol, Capability, Config, ErrorKind, Negotiated, ServerName, Session, Side, VecBio,
    VerifyMode, Wrap,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab};
use crate::pair::{Event, Pair};
use crate::pki::SERVER_NAME;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "resume::same_name",
        "A session is resumed with the server it came from, and both ends say so.",
        Dims::VERSIONS.keys(),
        same_name,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::not_offered",
        "A connection that is offered no session resumes none.",
        Dims::VERSIONS,
        not_offered,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::facts",
        "A resumed connection agrees on protocol and name anew.",
        Dims::VERSIONS,
        facts,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::Alpn, Capability::Sni],
        &[Capability::ServerResumption, Capability::Alpn, Capability::Sni],
    ),
    Scenario::new(
        "resume::offered_twice",
        "A session may be offered again, whether or not the server takes it.",
        Dims::VERSIONS,
        offered_twice,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::chain_of_sessions",
        "A resumed connection gives a session that can be resumed.",
        Dims::VERSIONS,
        chain_of_sessions,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::unclean_end",
        "A session outlives a connection that was cut off.",
        Dims::VERSIONS,
        unclean_end,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::name_in_other_case",
        "A session of a server is one of the same server in capitals.",
        Dims::VERSIONS,
        name_in_other_case,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::other_name",
        "A session is refused for another server name than its own.",
        Dims::VERSIONS,
        other_name,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::other_context",
        "A session is refused by another context than its own, be it configured alike.",
        Dims::VERSIONS,
        other_context,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::unknown_to_server",
        "A server that does not know the session goes through the whole handshake.",
        Dims::VERSIONS,
        unknown_to_server,
    )
    .needs_each(RESUMPTION, SERVER),
    Scenario::new(
        "resume::off",
        "Where the client keeps no sessions, there is none.",
        Dims::VERSIONS.variants(&["client"]),
        off,
    ),
    Scenario::new(
        "resume::off_on_server",
        "A server that keeps no sessions issues no tickets.",
        Dims::VERSIONS.variants(&["server"]),
        off,
    )
    .needs_each(&[], &[Capability::NoServerResumption]),
    Scenario::new(
        "resume::with_client_certificate",
        "A client that showed a certificate connects again with its session.",
        Dims::VERSIONS,
        with_client_certificate,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::ClientCertificate],
        &[Capability::ServerResumption, Capability::ClientAuthRequired, Capability::VerifyChain],
    ),
    Scenario::new(
        "resume::counted",
        "Both contexts count their handshakes and the sessions that were resumed.",
        Dims::VERSIONS,
        counted,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::SessionStats],
        &[Capability::ServerResumption, Capability::SessionStats],
    ),
    Scenario::new(
        "resume::server_has_none",
        "A server object hands out no session.",
        Dims::VERSIONS,
        server_has_none,
    ),
];

const RESUMPTION: &[Capability] = &[Capability::Resumption12, Capability::Resumption13];
const SERVER: &[Capability] = &[Capability::ServerResumption];

/// The capability of resuming under the case's version.
fn capability(lab: &Lab) -> Capability {
    if lab.is_tls13() { Capability::Resumption13 } else { Capability::Resumption12 }
}

fn contexts(lab: &Lab) -> Result<Contexts, Failure> {
    lab.contexts(&lab.client_config(), &lab.server_config())
}

/// A session from a connection on which something was read: under TLS 1.3 tickets come after
/// the handshake.
pub(super) fn session_of(lab: &Lab, pair: &mut Pair) -> Result<Session, Failure> {
    pair.exchange()?;
    let session = lab.fact(Side::Client, capability(lab), pair.client().session())?;
    ensure!(session.version() == lab.version(), "{session:?}");
    ensure!(session.server_name() == pair.client().server_name(), "{session:?}");
    Ok(session)
}

/// A connection without a session, and the session and facts that it ends with.
pub(super) fn first(lab: &Lab, contexts: &Contexts) -> Result<(Session, Negotiated), Failure> {
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    ensure!(!lab.same_facts(&mut pair)?.resumed, "resumed without a session");
    let session = session_of(lab, &mut pair)?;
    let facts = pair.client().facts().clone();
    pair.shut_down()?;
    Ok((session, facts))
}

/// A connection that offers `session`.
fn second(lab: &Lab, contexts: &Contexts, session: &Session) -> Result<Pair, Failure> {
    let mut pair = contexts.pair(lab.wrap()?.with_session(session.clone()))?;
    pair.handshake()?;
    lab.same_facts(&mut pair)?;
    Ok(pair)
}

pub(super) fn resumed(lab: &Lab, contexts: &Contexts, session: &Session) -> Result<Pair, Failure> {
    let mut pair = second(lab, contexts, session)?;
    ensure!(pair.client().session_reused() && pair.server().session_reused(), "not resumed");
    Ok(pair)
}

fn same_name(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let (session, before) = first(lab, &contexts)?;
    let mut pair = resumed(lab, &contexts, &session)?;
    let after = pair.client().facts();
    ensure!(after.cipher_suite.map(|suite| suite.version()) == Some(lab.version()), "{after:?}");
    // Under TLS 1.2 a resumed connection has no key exchange of its own.
    ensure!(after.group.is_some() == (lab.is_tls13() && before.group.is_some()), "{after:?}");
    let leaf = pair.client().getpeercert();
    ensure!(
        leaf.is_none() || leaf == lab.family().server.leaf(),
        "another certificate after resumption"
    );
    pair.exchange()?;
    let newest = pair.client().session();
    ensure!(newest == pair.client().session(), "a session is another one the second time");
    pair.shut_down()
}

fn not_offered(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    first(lab, &contexts)?;
    first(lab, &contexts).map(|_| ())
}

fn facts(lab: &Lab) -> Result<(), Failure> {
    let alpn = vec![AlpnProtocol::new("h2")?];
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.alpn.clone_from(&alpn);
    server.alpn.clone_from(&alpn);
    let contexts = lab.contexts(&client, &server)?;
    let (session, before) = first(lab, &contexts)?;
    let mut pair = resumed(lab, &contexts, &session)?;
    let after = pair.client().facts();
    ensure!(after.alpn.as_ref() == alpn.first(), "{after:?}");
    ensure!(after.server_name == before.server_name && after.server_name.is_some(), "{after:?}");
    Ok(())
}

fn offered_twice(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let (session, _) = first(lab, &contexts)?;
    resumed(lab, &contexts, &session)?.exchange()?;
    second(lab, &contexts, &session)?.exchange()
}

fn chain_of_sessions(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let (mut session, _) = first(lab, &contexts)?;
    for _ in 0..3 {
        session = session_of(lab, &mut resumed(lab, &contexts, &session)?)?;
    }
    Ok(())
}

fn unclean_end(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    pair.exchange()?;
    pair.cut(Side::Client, 0);
    let Event::Closed(_) = pair.read(Side::Client, 16) else {
        return Err(Failure::new("no end"));
    };
    let session = lab.fact(Side::Client, capability(lab), pair.client().session())?;
    drop(pair);
    resumed(lab, &contexts, &session)?.exchange()
}

/// The error of wrapping; no object may be made.
fn mismatch(contexts: &Contexts, wrap: Wrap) -> Result<(), Failure> {
    let bio = || Box::<VecBio>::default();
    match contexts.client.wrap_bio(bio(), bio(), wrap) {
        Err(error) if error.kind() == ErrorKind::SessionMismatch => Ok(()),
        other => Err(Failure::new(format!("a session that does not belong: {other:?}"))),
    }
}

fn other_name(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let (session, _) = first(lab, &contexts)?;
    for name in ["other.example", "127.0.0.1"] {
        let wrap = Wrap::client(ServerName::new(name)?).with_session(session.clone());
        mismatch(&contexts, wrap)?;
    }
    resumed(lab, &contexts, &session)?.exchange()
}

fn other_context(lab: &Lab) -> Result<(), Failure> {
    let mut mine = contexts(lab)?;
    let (session, _) = first(lab, &mine)?;
    mismatch(&contexts(lab)?, lab.wrap()?.with_session(session.clone()))?;
    // What a client took without verifying is worth nothing to one that verifies.
    let mut careless = lab.client_config();
    careless.verify_mode = VerifyMode::None;
    let careless = lab.contexts(&careless, &lab.server_config())?;
    let (unverified, _) = first(lab, &careless)?;
    mismatch(&mine, lab.wrap()?.with_session(unverified))?;
    // A clone is the same context.
    mine.client = mine.client.clone();
    resumed(lab, &mine, &session)?.exchange()
}

fn unknown_to_server(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = contexts(lab)?;
    let (session, _) = first(lab, &contexts)?;
    contexts.server = lab.context(&lab.server_config())?;
    let mut pair = second(lab, &contexts, &session)?;
    ensure!(!pair.client().session_reused(), "resumed with a server that cannot know");
    ensure!(
        pair.client().getpeercert() == lab.family().server.leaf(),
        "the whole handshake shows a certificate"
    );
    pair.exchange()
}

fn off(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let one: &mut Config = if lab.variant() == "client" { &mut client } else { &mut server };
    one.resumption = false;
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let before = pair.flights();
    pair.exchange()?;
    pair.expect_dry(Side::Client)?;
    ensure!(pair.client().session().is_none(), "a session all the same");
    if lab.variant() == "server" {
        // RFC 8446 section 4.6.1: tickets are a flight of their own behind the handshake.
        let flights = if lab.is_tls13() { 3 } else { 4 };
        ensure!(before == flights, "{before} flights, tickets among them");
    }
    pair.shut_down()
}

fn with_client_certificate(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![lab.family().client.clone()];
    server.verify_mode = VerifyMode::Required;
    server.trust_store = vec![lab.family().authority.root()].into();
    let contexts = lab.contexts(&client, &server)?;
    let (session, _) = first(lab, &contexts)?;
    let mut pair = second(lab, &contexts, &session)?;
    let seen = pair.server().getpeercert().cloned();
    ensure!(
        seen.is_none() || seen.as_ref() == lab.family().client.leaf(),
        "another certificate after resumption"
    );
    pair.exchange()
}

fn counted(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let counted = || -> Result<_, Failure> {
        let mut numbers = Vec::new();
        for (side, context) in [(Side::Client, &contexts.client), (Side::Server, &contexts.server)]
        {
            let stats = context.session_stats().map_err(|error| Failure::of(side, &error))?;
            numbers.push((stats.started, stats.finished, stats.resumed));
        }
        Ok(numbers)
    };
    ensure!(counted()? == [(0, 0, 0); 2], "counted before anything happened");
    let (session, _) = first(lab, &contexts)?;
    resumed(lab, &contexts, &session)?.exchange()?;
    // One that comes to nothing.
    let mut pair = contexts.pair(lab.wrap()?)?;
    let begun = pair.call(Side::Client, |tls| tls.do_handshake());
    pair.deliver_all(Side::Server);
    let met = pair.call(Side::Server, |tls| tls.do_handshake());
    ensure!(begun.is_ok() && met.is_ok(), "{begun:?}, {met:?}");
    drop(pair);
    let numbers = counted()?;
    ensure!(numbers == [(3, 2, 1); 2], "counted {numbers:?}");
    Ok(())
}

fn server_has_none(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    pair.exchange()?;
    ensure!(pair.server().session().is_none(), "a server's session");
    Ok(())
}

fn name_in_other_case(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let session = lab.session(&mut first)?;
    let capitals = ServerName::new(&SERVER_NAME.to_ascii_uppercase())?;
    let mut second = contexts.pair(Wrap::client(capitals).with_session(session))?;
    second.handshake()?;
    ensure!(second.client().session_reused(), "not resumed");
    second.exchange()
}
