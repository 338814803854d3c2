//! What a hook for ClientHellos may do, and what comes of it.

use std::sync::{Arc, Mutex};

use tls_object_core::{Alert, Answer, Capability, Config, ErrorKind, ProtocolVersion, Side, Wrap};

use super::{hook, least_hello, protocols, shown};
use crate::failure::{Failure, ensure};
use crate::lab::{Lab, lets_panic_through, panic_quietly};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "client_hello::bad_answer",
        "A hook whose answer cannot be followed refuses the client.",
        Dims::VERSIONS.variants(&["client's", "another backend's"]),
        bad_answer,
    )
    .needs_each(&[], &[Capability::ClientHello, Capability::ClientHelloContext]),
    Scenario::new(
        "client_hello::protocols_of_connection",
        "Application protocols of a connection hold under another context, too, unless the hook says others.",
        Dims::VERSIONS.variants(&["kept", "answered"]),
        protocols_of_connection,
    )
    .needs_each(
        &[Capability::Alpn],
        &[
            Capability::Alpn,
            Capability::AlpnPerConnection,
            Capability::ClientHello,
            Capability::ClientHelloContext,
        ],
    ),
    Scenario::new(
        "client_hello::panic",
        "A panic of a hook comes out of the call that asked it, and the connection is over, as the peer is told.",
        Dims::alone(Side::Server),
        panic,
    )
    .needs_each(&[], &[Capability::ClientHello]),
    Scenario::new(
        "client_hello::resume_in_hook",
        "A hook answers by what it returns: whatever else it tells the object is refused.",
        Dims::VERSIONS,
        resume_in_hook,
    )
    .needs_each(&[], &[Capability::ClientHello]),
];

fn bad_answer(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    let of_client = lab.variant() != "client's";
    let is_followed =
        of_client && lab.backend(Side::Client).name() == lab.backend(Side::Server).name();
    let mut config = if of_client { server.clone() } else { Config::client() };
    if of_client && !is_followed {
        // Not every server speaks TLS 1.3, and this one speaks to nobody.
        config.min_version = ProtocolVersion::TLS12;
        config.max_version = ProtocolVersion::TLS12;
    }
    let by = if of_client { Side::Client } else { Side::Server };
    let other = lab.backend(by).context(&config)?;
    server.on_client_hello = hook(move |_, _| Answer::with_context(&*other));
    let mut pair = lab.pair(&lab.client_config(), &server)?;
    if is_followed {
        pair.handshake()?;
        return pair.exchange();
    }
    lab.refused(&mut pair, Side::Server, ErrorKind::Refused, Alert::INTERNAL_ERROR)
}

fn protocols_of_connection(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.alpn = protocols(&["h2", "imap", "pop3"])?;
    let mut other = server.clone();
    other.alpn = protocols(&["h2"])?;
    let other = lab.context(&other)?;
    let (own, others) = (protocols(&["imap"])?, protocols(&["pop3"])?);
    let answers = lab.variant() == "answered";
    let expected = if answers { others[0].clone() } else { own[0].clone() };
    server.on_client_hello = hook(move |_, _| match Answer::with_context(&*other) {
        answer if answers => answer.and_alpn(others.clone()),
        answer => answer,
    });
    let contexts = lab.contexts(&client, &server)?;
    let mut pair = contexts.pair_of(lab.wrap()?, Wrap::server().with_alpn(own))?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.alpn == Some(expected), "{:?} agreed on", facts.alpn);
    pair.exchange()
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    config.on_client_hello = hook(|_, _| panic_quietly());
    let message = least_hello();
    let record = [&[22, 3, 1, 0, message.len() as u8][..], &message].concat();
    let mut server = shown(lab, &config, Wrap::server(), &record)?;
    lets_panic_through(|| server.do_handshake())?;
    for _ in 0..2 {
        let after = server.do_handshake().map_err(|error| error.kind());
        ensure!(after == Err(ErrorKind::Internal), "after the panic: {after:?}");
    }
    ensure!(server.client_hello().is_none(), "the ClientHello still waits");
    let mut sent = Vec::new();
    server.outgoing().lend(&mut |bytes| {
        sent.extend_from_slice(bytes);
        bytes.len()
    });
    ensure!(sent == [21, 3, 3, 0, 2, 2, 80], "the peer is sent {sent:?}");
    Ok(())
}

fn resume_in_hook(lab: &Lab) -> Result<(), Failure> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut server = lab.server_config();
    let notes = told.clone();
    server.on_client_hello = hook(move |object, _| {
        let answers = [Answer::refuse(Alert::ACCESS_DENIED), Answer::accept()];
        let kinds = answers.map(|answer| object.resume(answer).map_err(|error| error.kind()));
        notes.lock().expect("nobody panics with it").extend(kinds);
        Answer::accept()
    });
    let mut pair = lab.pair(&lab.client_config(), &server)?;
    pair.handshake()?;
    pair.exchange()?;
    let told = told.lock().expect("nobody panics with it");
    let refused = Err(ErrorKind::InvalidArgument);
    ensure!(*told == [refused, refused], "told {told:?}");
    Ok(())
}
