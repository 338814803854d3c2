//! What a server decides when the client has spoken and nothing else has happened.

pub(super) mod hook;

use std::sync::{Arc, Mutex};

use tls_object_core::{
    Alert, AlpnProtocol, Answer, Capability, Closure, Config, ErrorKind, Hook, OnClientHello,
    ProtocolVersion, Read, Side, SslObject, Status, VecBio, VerifyMode, Wrap,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Lab, SECOND_GROUP, ask_again, settled, two_hellos};
use crate::pair::{Pair, Progress};
use crate::pki::{SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "client_hello::seen",
        "A server's hook is asked once, with the object and with what the client says.",
        Dims::VERSIONS.chunkings(&[Chunking::Whole, Chunking::Byte]),
        seen,
    )
    .needs_each(&[Capability::Alpn], HOOK),
    Scenario::new(
        "client_hello::second",
        "A second ClientHello, after a HelloRetryRequest, is asked of nobody.",
        Dims::TLS13,
        second,
    )
    .needs_each(&[Capability::Groups], &[Capability::ClientHello, Capability::Groups]),
    Scenario::new(
        "client_hello::another_context",
        "Another context applies whole: identity, versions, protocols.",
        Dims::ONCE.variants(&["identity", "version", "alpn"]),
        another_context,
    )
    .needs_each(&[Capability::Alpn], ANOTHER_CONTEXT),
    Scenario::new(
        "client_hello::another_verification",
        "Another context applies whole: verification.",
        Dims::ONCE.variants(&["verification"]),
        another_context,
    )
    .needs_each(
        &[Capability::Alpn],
        &[
            Capability::ClientHello,
            Capability::ClientHelloContext,
            Capability::ClientAuthRequired,
            Capability::Alpn,
        ],
    ),
    Scenario::new(
        "client_hello::refused",
        "A client is refused with the alert that the hook chooses.",
        Dims::VERSIONS.variants(&["unrecognized_name", "access_denied"]),
        refused,
    )
    .needs_each(&[], &[Capability::ClientHello, Capability::ClientHelloAlert]),
    Scenario::new(
        "client_hello::paused",
        "A server that pauses moves nothing until it is told how to go on, and then goes on.",
        Dims::VERSIONS.chunkings(&[Chunking::Whole, Chunking::Byte]),
        paused,
    )
    .needs_each(&[], PAUSE),
    Scenario::new(
        "client_hello::refused_later",
        "A server that pauses refuses the client with the alert it is told.",
        Dims::VERSIONS,
        refused_later,
    )
    .needs_each(&[], &[Capability::ClientHelloPause, Capability::ClientHelloAlert]),
    Scenario::new(
        "client_hello::wrong_context",
        "A context that cannot take the connection is refused, and the server still waits.",
        Dims::VERSIONS,
        wrong_context,
    )
    .needs_each(&[], &[Capability::ClientHelloPause, Capability::ClientHelloContext]),
    Scenario::new(
        "client_hello::in_many_records",
        "A ClientHello of which each record has one byte is told as it is.",
        Dims::alone(Side::Server),
        in_many_records,
    )
    .needs_each(&[], PAUSE),
    Scenario::new(
        "client_hello::none",
        "What is no ClientHello ends as it does on a server that does not look.",
        Dims::alone(Side::Server).variants(&["cut", "close_notify", "alert", "finished", "empty"]),
        none,
    )
    .needs_each(&[], PAUSE),
    Scenario::new(
        "alpn::per_connection",
        "One connection offers, or chooses from, protocols of its own.",
        Dims::VERSIONS.variants(&["client", "server", "none"]),
        alpn_per_connection,
    )
    .needs(&[Capability::Alpn, Capability::AlpnPerConnection]),
];

const HOOK: &[Capability] = &[Capability::ClientHello, Capability::Alpn];
const ANOTHER_CONTEXT: &[Capability] =
    &[Capability::ClientHello, Capability::ClientHelloContext, Capability::Alpn];
const PAUSE: &[Capability] = &[Capability::ClientHelloPause];

pub(super) fn hook(
    decide: impl Fn(&mut dyn SslObject, &tls_object_core::ClientHello) -> Answer + Send + Sync + 'static,
) -> Option<Hook<dyn OnClientHello>> {
    Some(Hook::new(Arc::new(decide)))
}

/// A pair whose server pauses.
fn pausing(lab: &Lab) -> Result<Pair, Failure> {
    let (client, server) = (lab.client_config(), lab.server_config());
    lab.contexts(&client, &server)?.pair_of(lab.wrap()?, Wrap::server().pausing_at_client_hello())
}

fn protocols(names: &[&str]) -> Result<Vec<AlpnProtocol>, Failure> {
    names.iter().map(|&name| Ok(AlpnProtocol::new(name)?)).collect()
}

fn seen(lab: &Lab) -> Result<(), Failure> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.alpn = protocols(&["h2", "imap"])?;
    server.alpn = protocols(&["imap"])?;
    let version = lab.version();
    let notes = told.clone();
    server.on_client_hello = hook(move |object, hello| {
        let mut faults = Vec::new();
        let mut hold = |what: &'static str, holds: bool| {
            if !holds {
                faults.push(what);
            }
        };
        hold("name", hello.server_name().as_deref() == Some(SERVER_NAME));
        hold("alpn", hello.alpn().eq([&b"h2"[..], b"imap"]));
        hold("version", hello.versions().any(|offered| offered == version));
        hold("suites", hello.cipher_suites().count() > 0);
        hold("message", hello.as_bytes().first() == Some(&1));
        hold("side", object.side() == Side::Server);
        hold("facts", object.version().is_none());
        hold("hello", object.client_hello() == Some(hello));
        hold("handshake", object.do_handshake().ok() == Some(Status::Suspended));
        hold("read", object.read(&mut [0]).ok() == Some(Read::Suspended));
        hold("write", object.write(b"early").ok() == Some(Status::Suspended));
        hold("outgoing", object.outgoing().pending() == 0);
        notes.lock().expect("nobody panics with it").push(faults);
        Answer::accept()
    });
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let told = told.lock().expect("nobody panics with it").clone();
    ensure!(
        told == [Vec::<&str>::new()],
        "asked once for each of these, which do not hold: {told:?}"
    );
    ensure!(pair.server().client_hello().is_none(), "the ClientHello still waits");
    lab.same_facts(&mut pair)?;
    pair.exchange()?;
    pair.shut_down()
}

fn second(lab: &Lab) -> Result<(), Failure> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    ask_again(&mut client, &mut server);
    let notes = asked.clone();
    server.on_client_hello = hook(move |_, hello| {
        let shares = hello.key_shares().any(|group| group == SECOND_GROUP);
        notes.lock().expect("nobody panics with it").push(shares);
        Answer::accept()
    });
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    two_hellos(&mut pair)?;
    let asked = asked.lock().expect("nobody panics with it").clone();
    ensure!(asked == [false], "asked with a key share of the server's group: {asked:?}");
    pair.exchange()
}

fn another_context(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.alpn = protocols(&["h2", "imap"])?;
    let mut server = lab.server_config();
    let mut other = server.clone();
    other.identities = vec![pki().server_named(&[SERVER_NAME])];
    server.alpn = protocols(&["h2"])?;
    let shown = other.identities.clone();
    match lab.variant() {
        "verification" => {
            other.verify_mode = VerifyMode::Required;
            other.trust_store.clone_from(&client.trust_store);
        }
        "version" => other.max_version = ProtocolVersion::TLS12,
        "alpn" => other.alpn = protocols(&["imap"])?,
        _ => {}
    }
    let other = lab.context(&other)?;
    server.on_client_hello = hook(move |_, _| Answer::with_context(&*other));
    let mut pair = lab.pair(&client, &server)?;
    if lab.variant() == "verification" {
        let handshake = pair.drive()?;
        return match &handshake.server {
            Progress::Failed(error) => {
                lab.expect("error", ErrorKind::CertificateRequired, error.kind())
            }
            other => Err(Failure::new(format!("a client without a certificate: {other:?}"))),
        };
    }
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    let leaf = shown.first().map(|identity| identity.chain()[0].clone());
    ensure!(pair.client().getpeercert() == leaf.as_ref(), "another certificate was shown");
    ensure!(
        pair.server().context().config().identities == shown,
        "the object tells of the old one"
    );
    match lab.variant() {
        "version" => ensure!(facts.version == Some(ProtocolVersion::TLS12), "{facts:?}"),
        "alpn" => {
            ensure!(facts.alpn.as_ref().map(AlpnProtocol::as_bytes) == Some(b"imap"), "{facts:?}");
        }
        // The first context's protocols are not the second's.
        _ => ensure!(facts.alpn.is_none(), "{facts:?}"),
    }
    pair.exchange()
}

fn alert(lab: &Lab) -> Alert {
    if lab.variant() == "access_denied" { Alert::ACCESS_DENIED } else { Alert::UNRECOGNIZED_NAME }
}

fn refused(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    let alert = alert(lab);
    server.on_client_hello = hook(move |_, _| Answer::refuse(alert));
    let mut pair = lab.pair(&lab.client_config(), &server)?;
    lab.refused(&mut pair, Side::Server, ErrorKind::Refused, alert)
}

/// Brings a pair to where its server pauses.
fn to_the_pause(pair: &mut Pair) -> Result<(), Failure> {
    let handshake = pair.drive()?;
    ensure!(
        matches!((&handshake.client, &handshake.server), (Progress::Waiting, Progress::Waiting)),
        "nobody pauses: {handshake:?}"
    );
    ensure!(pair.server().client_hello().is_some(), "no ClientHello waits");
    Ok(())
}

fn paused(lab: &Lab) -> Result<(), Failure> {
    let mut pair = pausing(lab)?;
    let early = pair.server().resume(Answer::accept()).map_err(|error| error.kind());
    ensure!(early == Err(ErrorKind::InvalidArgument), "resumed before the pause: {early:?}");
    to_the_pause(&mut pair)?;
    for _ in 0..2 {
        ensure!(pair.server().do_handshake()? == Status::Suspended, "the pause is over");
        ensure!(pair.server().read(&mut [0])? == Read::Suspended, "read at the pause");
        ensure!(pair.server().write(b"early")? == Status::Suspended, "wrote at the pause");
        ensure!(pair.collect(Side::Server) == 0, "the server sends at the pause");
    }
    pair.server().resume(Answer::accept())?;
    ensure!(pair.server().client_hello().is_none(), "the ClientHello still waits");
    pair.handshake()?;
    let late = pair.server().resume(Answer::accept()).map_err(|error| error.kind());
    ensure!(late == Err(ErrorKind::InvalidArgument), "resumed without a pause: {late:?}");
    pair.exchange()?;
    pair.shut_down()?;
    pair.expect_closed(Side::Client, Closure::Clean)
}

fn refused_later(lab: &Lab) -> Result<(), Failure> {
    let mut pair = pausing(lab)?;
    to_the_pause(&mut pair)?;
    pair.call(Side::Server, |tls| tls.resume(Answer::refuse(Alert::ACCESS_DENIED)))?;
    lab.refused(&mut pair, Side::Server, ErrorKind::Refused, Alert::ACCESS_DENIED)
}

fn wrong_context(lab: &Lab) -> Result<(), Failure> {
    let mut pair = pausing(lab)?;
    to_the_pause(&mut pair)?;
    let config = Config::client();
    let client = lab.backend(Side::Server).context(&config)?;
    let resumed = pair.server().resume(Answer::with_context(&*client));
    ensure!(resumed.map_err(|error| error.kind()) == Err(ErrorKind::WrongSide), "a client's");
    let backend = lab.backend(Side::Client);
    let foreign = settled(Config::server(lab.family().server.clone()), backend, None);
    let foreign = backend.context(&foreign)?;
    match pair.server().resume(Answer::with_context(&*foreign)) {
        // Two backends may be one library.
        Ok(()) => {}
        Err(error) => {
            ensure!(error.kind() == ErrorKind::InvalidArgument, "another backend's: {error:?}");
            ensure!(
                lab.backend(Side::Client).name() != lab.backend(Side::Server).name(),
                "its own"
            );
            pair.server().resume(Answer::accept())?;
        }
    }
    pair.handshake()?;
    pair.exchange()
}

/// The least that is a ClientHello: TLS 1.2, one suite, no extensions.
pub(super) fn least_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    [&[1, 0, 0, body.len() as u8][..], &body].concat()
}

/// A server that sees `records`.
pub(super) fn shown(
    lab: &Lab,
    config: &Config,
    wrap: Wrap,
    records: &[u8],
) -> Result<Box<dyn SslObject>, Failure> {
    let bio = || Box::<VecBio>::default();
    let mut server = lab.context(config)?.wrap_bio(bio(), bio(), wrap)?;
    server.incoming().write(records)?;
    Ok(server)
}

fn in_many_records(lab: &Lab) -> Result<(), Failure> {
    let message = least_hello();
    let records: Vec<u8> = message.iter().flat_map(|&byte| [22, 3, 1, 0, 1, byte]).collect();
    let wrap = Wrap::server().pausing_at_client_hello();
    let mut server = shown(lab, &lab.server_config(), wrap, &records)?;
    let status = server.do_handshake()?;
    ensure!(status == Status::Suspended, "{status:?}");
    let told = server.client_hello().map(|hello| hello.as_bytes().to_vec());
    ensure!(told == Some(message), "told another ClientHello: {told:?}");
    ensure!(server.memory_in_use() >= records.len(), "what waits is not counted");
    Ok(())
}

fn none(lab: &Lab) -> Result<(), Failure> {
    let (bytes, end): (&[u8], bool) = match lab.variant() {
        "cut" => (&[22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3], true),
        "close_notify" => (&[21, 3, 3, 0, 2, 1, 0], false),
        "alert" => (&[21, 3, 3, 0, 2, 2, 40], false),
        "finished" => (&[22, 3, 3, 0, 4, 20, 0, 0, 0], false),
        _ => (&[22, 3, 3, 0, 4, 1, 0, 0, 0], false),
    };
    let mut outcomes = Vec::new();
    for wrap in [Wrap::server(), Wrap::server().pausing_at_client_hello()] {
        let mut server = shown(lab, &lab.server_config(), wrap, bytes)?;
        if end {
            server.incoming().write_eof();
        }
        let Err(error) = server.do_handshake() else {
            return Err(Failure::new("no error"));
        };
        let mut sent = Vec::new();
        server.outgoing().lend(&mut |bytes| {
            sent.extend_from_slice(bytes);
            bytes.len()
        });
        outcomes.push((error.kind(), error.alert_sent(), sent));
    }
    ensure!(outcomes[0] == outcomes[1], "{outcomes:?}");
    Ok(())
}

fn alpn_per_connection(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.alpn = protocols(&["h2", "imap"])?;
    server.alpn = protocols(&["h2", "imap"])?;
    let own = protocols(if lab.variant() == "none" { &[] } else { &["imap"] })?;
    let (mut to_server, mut to_client) = (lab.wrap()?, Wrap::server());
    match lab.variant() {
        "client" => to_server.alpn = Some(own.clone()),
        _ => to_client.alpn = Some(own.clone()),
    }
    let contexts = lab.contexts(&client, &server)?;
    let mut pair = contexts.pair_of(to_server, to_client)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.alpn.as_ref() == own.first(), "{:?} agreed on", facts.alpn);
    // The next connection of the same contexts has the contexts' own.
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.alpn.as_ref() == client.alpn.first(), "{:?} agreed on", facts.alpn);
    pair.exchange()
}
