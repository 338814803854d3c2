//! The handshake: what it agrees on, when it begins, what it leaves alone.

use std::thread;

use tls_object_core::{Capability, ErrorKind, Negotiated, Read, ServerName, Side, Status, Wrap};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::pki::SERVER_NAME;
use crate::scenario::{Dims, Scenario};
use crate::wire::{Chunking, HEADER, content};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "handshake::full",
        "Both ends finish, hold the same facts, talk, and close cleanly, however the bytes arrive.",
        Dims::VERSIONS.keys().chunkings(&[Chunking::Byte, Chunking::Segment, Chunking::Whole]),
        full,
    )
    .needs(&[Capability::GroupFact, Capability::Sni]),
    Scenario::new(
        "handshake::silent_start",
        "An object that was just made has sent nothing and knows nothing.",
        Dims::VERSIONS,
        silent_start,
    ),
    Scenario::new(
        "handshake::hello_first",
        "A client speaks first, whatever few bytes have arrived already.",
        Dims::ONCE,
        hello_first,
    ),
    Scenario::new(
        "handshake::implicit",
        "Reading or writing does the handshake where it was not done.",
        Dims::VERSIONS.variants(&["read", "write"]),
        implicit,
    ),
    Scenario::new(
        "handshake::leaves_data",
        "Data that arrives together with the end of the handshake is left in the incoming BIO.",
        Dims::VERSIONS,
        leaves_data,
    ),
    Scenario::new(
        "handshake::threads",
        "Threads share contexts, and an object moves from one thread to another.",
        Dims::VERSIONS,
        threads,
    ),
    Scenario::new(
        "handshake::again",
        "Doing a finished handshake again does nothing.",
        Dims::VERSIONS,
        again,
    ),
];

fn full(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let facts = pair.tls(side).facts();
        lab.fact(side, Capability::GroupFact, facts.group)?;
        lab.fact(side, Capability::Sni, facts.server_name.as_ref())?;
    }
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.server_name.as_deref() == Some(SERVER_NAME), "{:?}", facts.server_name);
    ensure!(facts.alpn.is_none() && !facts.resumed, "{facts:?}");
    for side in SIDES {
        let tls = pair.tls(side);
        let Some(cipher) = tls.cipher() else {
            return Err(Failure::new(format!("a suite without a name: {:?}", facts.cipher_suite)));
        };
        ensure!(Some(cipher.protocol) == cipher.suite.protocol(), "{cipher:?}");
        ensure!(tls.version() == Some(lab.version()), "{:?}", tls.version());
        ensure!(tls.side() == side, "an object on the other side");
    }
    ensure!(
        pair.client().getpeercert() == lab.family().server.leaf(),
        "the client sees another certificate than the server showed"
    );
    ensure!(pair.server().getpeercert().is_none(), "the server sees a certificate");
    pair.exchange()?;
    pair.shut_down()?;
    ensure!(lab.same_facts(&mut pair)? == facts, "facts changed");
    Ok(())
}

fn silent_start(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    for side in SIDES {
        let tls = pair.tls(side);
        ensure!(*tls.facts() == Negotiated::default(), "facts: {:?}", tls.facts());
        ensure!(tls.pending() == 0, "{} bytes pending", tls.pending());
        ensure!(tls.session().is_none(), "a session");
        ensure!(tls.read(&mut [])? == Read::Data(0), "an empty read did something");
        let early = [
            (tls.unwrap().map(|_| ()), ErrorKind::ShutdownWhileInInit),
            (tls.close(), ErrorKind::ShutdownWhileInInit),
            (
                tls.export_keying_material(&mut [0; 16], "EXPORTER-test", None),
                ErrorKind::HandshakeNotDone,
            ),
            (tls.shared_ciphers().map(|_| ()), ErrorKind::HandshakeNotDone),
        ];
        for (result, kind) in early {
            ensure!(
                result.as_ref().is_err_and(|error| error.kind() == kind),
                "{result:?}, expected {kind:?}"
            );
        }
        ensure!(tls.outgoing().pending() == 0, "the {} spoke first of all", name(side));
    }
    ensure!(pair.server().do_handshake()? == Status::WantRead, "a server without a client");
    ensure!(pair.server().outgoing().pending() == 0, "the server spoke first");
    ensure!(pair.client().do_handshake()? == Status::WantRead, "a client without a server");
    pair.collect(Side::Client);
    let hello: Vec<_> =
        pair.wire_to(Side::Server).records().iter().map(|record| record.content_type).collect();
    ensure!(hello == [content::HANDSHAKE], "the client began with records of {hello:?}");
    pair.handshake()?;
    pair.exchange()
}

fn implicit(lab: &Lab) -> Result<(), Failure> {
    const MESSAGE: &[u8] = b"without ado";
    let writes = lab.variant() == "write";
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    let mut written = [!writes; 2];
    let mut moved = true;
    while moved {
        moved = false;
        for (side, written) in SIDES.into_iter().zip(&mut written) {
            if !*written {
                match pair.call(side, |tls| tls.write(MESSAGE))? {
                    Status::Done(n) => {
                        ensure!(n == MESSAGE.len(), "{n} bytes taken");
                        *written = true;
                    }
                    Status::WantRead => {}
                    Status::WantWrite | Status::Suspended => {
                        return Err(Failure::new("an unlimited BIO is full"));
                    }
                }
            } else if !writes {
                let step = pair.call(side, |tls| tls.read(&mut [0; 64]))?;
                ensure!(step == Read::WantRead, "nobody wrote, yet: {step:?}");
            }
            moved |= pair.deliver(side.peer()) > 0;
        }
    }
    ensure!(written == [true; 2], "the handshake did not finish");
    if writes {
        pair.expect_data(Side::Client, MESSAGE)?;
        pair.expect_data(Side::Server, MESSAGE)?;
    }
    lab.same_facts(&mut pair)?;
    pair.exchange()
}

/// Under TLS 1.3 the client finishes first and may write in the flight of its Finished; under TLS 1.2 the server.
fn leaves_data(lab: &Lab) -> Result<(), Failure> {
    const MESSAGE: &[u8] = b"hot on its heels";
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    let (first, last) =
        if lab.is_tls13() { (Side::Client, Side::Server) } else { (Side::Server, Side::Client) };
    let mut side = Side::Client;
    while !pair.call(side, |tls| tls.do_handshake())?.is_done() {
        side = side.peer();
        ensure!(pair.wire_to(side).in_flight() > 0, "the handshake stalls");
        pair.deliver_all(side);
    }
    ensure!(side == first, "the {} finished first", name(side));
    pair.write_all(first, MESSAGE)?;
    let record = pair.wire_to(last).records().last().map_or(0, |record| HEADER + record.len);
    pair.deliver_all(last);
    ensure!(pair.call(last, |tls| tls.do_handshake())?.is_done(), "the {} waits", name(last));
    let left = pair.tls(last).incoming().pending();
    ensure!(left == record, "{left} bytes left of a record of {record}");
    pair.expect_data(last, MESSAGE)
}

fn threads(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let connect = || -> Result<Pair, Failure> {
        let mut pair = contexts.pair(Wrap::client(ServerName::new(SERVER_NAME)?))?;
        pair.handshake()?;
        Ok(pair)
    };
    let join = |result: thread::Result<Result<Pair, Failure>>| {
        result.unwrap_or_else(|_| Err(Failure::new("a thread panicked")))
    };
    thread::scope(|scope| {
        let first: Vec<_> = (0..3).map(|_| scope.spawn(connect)).collect();
        let pairs =
            first.into_iter().map(|thread| join(thread.join())).collect::<Result<Vec<_>, _>>()?;
        let moved = pairs.into_iter().map(|mut pair| {
            scope.spawn(move || {
                pair.exchange()?;
                Ok(pair)
            })
        });
        let moved: Vec<_> = moved.collect();
        for thread in moved {
            lab.same_facts(&mut join(thread.join())?)?;
        }
        Ok(())
    })
}

fn hello_first(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    pair.client().incoming().write(&[content::HANDSHAKE])?;
    let begun = pair.call(Side::Client, |tls| tls.do_handshake())?;
    ensure!(begun == Status::WantRead, "{begun:?}");
    ensure!(pair.wire_to(Side::Server).sent() > 0, "no ClientHello");
    ensure!(pair.client().incoming().pending() == 1, "the byte is gone");
    Ok(())
}

fn again(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let sent = pair.wire_to(side.peer()).sent();
        ensure!(
            pair.call(side, |tls| tls.do_handshake())?.is_done(),
            "undone on the {}",
            name(side)
        );
        ensure!(pair.wire_to(side.peer()).sent() == sent, "the {} sent more", name(side));
    }
    pair.exchange()
}
