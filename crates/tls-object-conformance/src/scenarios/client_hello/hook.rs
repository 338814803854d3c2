//! What a hook for ClientHellos may do, and what comes of it.

use std::sync::{Arc, Mutex};

use tls_object_core::{Alert, Answer, Capability, Config, ErrorKind, Side, Wrap};

use super::{hook, least_hello, shown};
use crate::failure::{Failure, ensure};
use crate::lab::{Lab, lets_panic_through, panic_quietly};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "client_hello::bad_answer",
        "A hook whose answer cannot be followed refuses the client.",
        Dims::VERSIONS,
        bad_answer,
    )
    .needs_each(&[], &[Capability::ClientHello, Capability::ClientHelloContext]),
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
    let other = lab.backend(Side::Server).context(&Config::client())?;
    server.on_client_hello = hook(move |_, _| Answer::with_context(&*other));
    let mut pair = lab.pair(&lab.client_config(), &server)?;
    lab.refused(&mut pair, Side::Server, ErrorKind::Refused, Alert::INTERNAL_ERROR)
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
