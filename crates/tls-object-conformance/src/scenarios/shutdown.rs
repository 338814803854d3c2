//! Closing, one direction at a time.

use tls_object_core::{Capability, Closure, ErrorKind, Read, Side, Status};

use super::data::noise;
use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Event, SIDES};
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "shutdown::orders",
        "Whoever closes first, both ends see a clean end.",
        Dims::VERSIONS.chunkings(&[Chunking::Byte, Chunking::Whole]).variants(&[
            "client-first",
            "server-first",
            "at-once",
        ]),
        orders,
    ),
    Scenario::new(
        "shutdown::one_sided",
        "An end that never answers a close_notify leaves the other waiting, not broken.",
        Dims::VERSIONS.variants(ENDS),
        one_sided,
    ),
    Scenario::new(
        "shutdown::half_close",
        "After one end has closed, data still flows towards it, however much.",
        Dims::VERSIONS.variants(ENDS),
        half_close,
    )
    .needs(&[Capability::HalfClose]),
    Scenario::new(
        "shutdown::data_before_close",
        "Data that was sent before close_notify is read before the end.",
        Dims::VERSIONS.chunkings(&[Chunking::Byte, Chunking::Whole]),
        data_before_close,
    ),
    Scenario::new(
        "shutdown::unread_data",
        "unwrap throws nothing away: it stops at data, which is then read, and goes on.",
        Dims::VERSIONS.variants(ENDS),
        unread_data,
    )
    .needs(&[Capability::HalfClose]),
    Scenario::new(
        "shutdown::unread_rest",
        "unwrap stops at the rest of a record of which a part was read.",
        Dims::VERSIONS,
        unread_rest,
    ),
    Scenario::new(
        "shutdown::twice",
        "Closing a second time sends nothing, and a finished unwrap stays finished.",
        Dims::VERSIONS,
        twice,
    ),
    Scenario::new(
        "shutdown::write_after_close",
        "Nothing can be written after closing, and reading goes on.",
        Dims::VERSIONS.variants(ENDS),
        write_after_close,
    ),
    Scenario::new(
        "shutdown::before_handshake",
        "There is nothing to close before the handshake is done, and trying does no harm.",
        Dims::VERSIONS,
        before_handshake,
    ),
    Scenario::new(
        "shutdown::plaintext_after",
        "What follows close_notify is left in the incoming BIO, byte for byte.",
        Dims::VERSIONS
            .chunkings(&[Chunking::Byte, Chunking::Segment, Chunking::Whole])
            .variants(&["client,read", "client,unwrap", "server,read", "server,unwrap"]),
        plaintext_after,
    )
    .needs(&[Capability::PlaintextAfterClose]),
    Scenario::new(
        "shutdown::starttls_twice",
        "After a clean close on both ends, a new connection is made over the same transport.",
        Dims::VERSIONS,
        starttls_twice,
    )
    .needs(&[Capability::PlaintextAfterClose]),
    Scenario::new(
        "shutdown::facts_stay",
        "What was agreed on is still told after the end.",
        Dims::VERSIONS,
        facts_stay,
    ),
];

const ENDS: &[&str] = &["client", "server"];

/// The end that the variant names.
fn named(lab: &Lab) -> Side {
    if lab.variant().starts_with("client") { Side::Client } else { Side::Server }
}

fn orders(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    if lab.variant() == "at-once" {
        for side in SIDES {
            pair.close(side)?;
        }
        for side in SIDES {
            pair.expect_unwrap(side, Status::Done(()))?;
        }
    } else {
        let first = named(lab);
        pair.expect_unwrap(first, Status::WantRead)?;
        pair.expect_closed(first.peer(), Closure::Clean)?;
        pair.expect_unwrap(first.peer(), Status::Done(()))?;
        pair.expect_unwrap(first, Status::Done(()))?;
    }
    for side in SIDES {
        pair.expect_closed(side, Closure::Clean)?;
        // The end of the transport changes nothing about a clean end.
        pair.cut(side, 0);
        pair.expect_closed(side, Closure::Clean)?;
    }
    Ok(())
}

fn one_sided(lab: &Lab) -> Result<(), Failure> {
    let side = named(lab);
    let mut pair = lab.connected()?;
    pair.expect_unwrap(side, Status::WantRead)?;
    pair.expect_unwrap(side, Status::WantRead)?;
    pair.expect_dry(side)?;
    pair.expect_closed(side.peer(), Closure::Clean)?;
    pair.expect_closed(side.peer(), Closure::Clean)
}

fn half_close(lab: &Lab) -> Result<(), Failure> {
    let side = named(lab);
    let mut pair = lab.connected()?;
    pair.close(side)?;
    pair.expect_closed(side.peer(), Closure::Clean)?;
    let answer: Vec<u8> = (0..100_000).map(|i| (i % 253) as u8).collect();
    pair.write_all(side.peer(), &answer)?;
    pair.expect_data(side, &answer)?;
    pair.expect_dry(side)?;
    pair.write_all(side.peer(), b"and a last word")?;
    pair.expect_data(side, b"and a last word")?;
    pair.close(side.peer())?;
    pair.expect_closed(side, Closure::Clean)?;
    pair.expect_unwrap(side, Status::Done(()))
}

fn data_before_close(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.write_all(side, b"last words")?;
        pair.close(side)?;
        pair.expect_data(side.peer(), b"last words")?;
        pair.expect_closed(side.peer(), Closure::Clean)?;
    }
    Ok(())
}

fn unread_data(lab: &Lab) -> Result<(), Failure> {
    let side = named(lab);
    let mut pair = lab.connected()?;
    pair.exchange()?;
    pair.write_all(side.peer(), b"one ")?;
    pair.write_all(side.peer(), b"two")?;
    pair.close(side.peer())?;
    pair.deliver_all(side);
    let sent = pair.wire_to(side.peer()).records().len();
    for _ in 0..2 {
        match pair.unwrap(side) {
            Err(error) if error.kind() == ErrorKind::UnreadData => {}
            other => return Err(Failure::new(format!("unwrap over data: {other:?}"))),
        }
    }
    let closed = pair.wire_to(side.peer()).records().len() - sent;
    ensure!(closed == 1, "{closed} records to close");
    pair.expect_data(side, b"one two")?;
    pair.expect_unwrap(side, Status::Done(()))?;
    pair.expect_unwrap(side.peer(), Status::Done(()))
}

fn unread_rest(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.write_all(side.peer(), b"half and half")?;
        match pair.read(side, 8) {
            Event::Data(read) if read == b"half and" => {}
            other => return Err(Failure::new(format!("eight bytes: {other:?}"))),
        }
        match pair.unwrap(side) {
            Err(error) if error.kind() == ErrorKind::UnreadData => {}
            other => return Err(Failure::new(format!("unwrap over data: {other:?}"))),
        }
        pair.expect_data(side, b" half")?;
    }
    Ok(())
}

fn twice(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        pair.close(side)?;
        let sent = pair.wire_to(side.peer()).sent();
        pair.close(side)?;
        ensure!(pair.wire_to(side.peer()).sent() == sent, "the {} closed twice", name(side));
    }
    for side in SIDES {
        let sent = pair.wire_to(side.peer()).sent();
        for _ in 0..3 {
            pair.expect_unwrap(side, Status::Done(()))?;
        }
        ensure!(pair.wire_to(side.peer()).sent() == sent, "the {} closed again", name(side));
    }
    Ok(())
}

fn write_after_close(lab: &Lab) -> Result<(), Failure> {
    let side = named(lab);
    let mut pair = lab.connected()?;
    pair.close(side)?;
    let sent = pair.wire_to(side.peer()).sent();
    for data in [&b"too late"[..], b""] {
        match pair.call(side, |tls| tls.write(data)) {
            Err(error) if error.kind() == ErrorKind::ProtocolIsShutdown => {}
            other => return Err(Failure::new(format!("a write after closing: {other:?}"))),
        }
    }
    ensure!(pair.wire_to(side.peer()).sent() == sent, "something was sent after closing");
    pair.write_all(side.peer(), b"go on")?;
    pair.expect_data(side, b"go on")?;
    pair.expect_closed(side.peer(), Closure::Clean)
}

fn before_handshake(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    for begun in [false, true] {
        for side in SIDES {
            if begun {
                let status = pair.call(side, |tls| tls.do_handshake())?;
                ensure!(status == Status::WantRead, "{status:?}");
            }
            let sent = pair.wire_to(side.peer()).sent();
            let results = [
                pair.call(side, |tls| tls.unwrap()).map(|_| ()),
                pair.call(side, |tls| tls.close()),
            ];
            for result in results {
                ensure!(
                    result.as_ref().is_err_and(|e| e.kind() == ErrorKind::ShutdownWhileInInit),
                    "{result:?}"
                );
            }
            ensure!(pair.wire_to(side.peer()).sent() == sent, "the {} sent something", name(side));
        }
    }
    pair.handshake()?;
    pair.exchange()
}

fn plaintext_after(lab: &Lab) -> Result<(), Failure> {
    plain_bytes_after(lab, b"220 back in plain text\r\n\x15\x03\x03\x00\x02")?;
    // It may also begin as another record would.
    plain_bytes_after(lab, b"\x17\x03\x03\x00\x05hello")
}

fn plain_bytes_after(lab: &Lab, plain: &[u8]) -> Result<(), Failure> {
    let side = named(lab);
    let mut pair = lab.connected()?;
    pair.exchange()?;
    let data = noise(5000, 3);
    pair.write_all(side.peer(), &data)?;
    pair.close(side.peer())?;
    pair.wire_to(side).inject(plain);
    pair.expect_data(side, &data)?;
    if lab.variant().ends_with("read") {
        pair.expect_closed(side, Closure::Clean)?;
        pair.expect_closed(side, Closure::Clean)?;
    }
    pair.expect_unwrap(side, Status::Done(()))?;
    pair.deliver_all(side);
    pair.expect_unwrap(side, Status::Done(()))?;
    let mut rest = vec![0; plain.len() + 1];
    let n = pair.tls(side).incoming().read(&mut rest);
    ensure!(rest[..n] == *plain, "{n} bytes left: {}", rest[..n].escape_ascii());
    Ok(())
}

fn starttls_twice(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    first.close(Side::Client)?;
    first.close(Side::Server)?;
    // The client has closed and begins anew at once, before the server has seen either.
    let mut second = contexts.pair(lab.wrap()?)?;
    let begun = second.call(Side::Client, |tls| tls.do_handshake())?;
    ensure!(begun == Status::WantRead, "{begun:?}");
    let mut hello = Vec::new();
    second.wire_to(Side::Server).deliver(usize::MAX, &mut |bytes| {
        hello.extend_from_slice(bytes);
        bytes.len()
    });
    first.wire_to(Side::Server).inject(&hello);
    first.deliver_all(Side::Server);
    first.expect_unwrap(Side::Server, Status::Done(()))?;
    let mut rest = vec![0; hello.len() + 1];
    let n = first.server().incoming().read(&mut rest);
    ensure!(rest[..n] == hello, "{n} of {} bytes left", hello.len());
    second.wire_to(Side::Server).inject(&rest[..n]);
    second.handshake()?;
    second.exchange()
}

fn facts_stay(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let before = SIDES.map(|side| pair.tls(side).facts().clone());
    pair.shut_down()?;
    for (side, before) in SIDES.into_iter().zip(before) {
        ensure!(*pair.tls(side).facts() == before, "facts of the {} changed", name(side));
        let step = pair.call(side, |tls| tls.read(&mut []))?;
        ensure!(step == Read::Data(0), "{step:?}");
    }
    Ok(())
}
