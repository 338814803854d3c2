//! A transport that ends without `close_notify`, at every stage.

use tls_object_core::{Capability, Closure, ErrorKind, Read, Side, Status};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};
use crate::wire::HEADER;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "truncation::handshake",
        "A transport that ends during the handshake, wherever it does, is truncation.",
        Dims::VERSIONS.variants(&["nothing", "1-byte", "header", "half", "all-but-1", "all"]),
        handshake,
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::second_flight",
        "A transport that ends before the last flight is truncation to whoever waits for it.",
        Dims::VERSIONS,
        second_flight,
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::implicit_handshake",
        "Reading that meets the end while it does the handshake fails, and fails again.",
        Dims::ONCE,
        implicit_handshake,
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::idle",
        "A transport that ends between records is truncation, to reading and to unwrap.",
        Dims::VERSIONS.variants(CALLS),
        |lab| truncated(lab, b"", 0),
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::mid_header",
        "A transport that ends within a record's header is truncation.",
        Dims::VERSIONS.variants(CALLS),
        |lab| truncated(lab, b"never to arrive", 3),
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::mid_record",
        "A transport that ends within a record is truncation, and nothing of the record is read.",
        Dims::VERSIONS.variants(CALLS),
        |lab| truncated(lab, b"never to arrive", HEADER + 9),
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::after_data",
        "Data that arrived whole is read before truncation is told.",
        Dims::VERSIONS,
        after_data,
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::after_own_close",
        "An end that has closed still tells a peer that closes from one that vanishes.",
        Dims::VERSIONS.variants(CALLS),
        after_own_close,
    )
    .needs(TRUNCATION),
    Scenario::new(
        "truncation::unnoticed",
        "Until a call has met the end of the transport, writing goes on.",
        Dims::VERSIONS,
        unnoticed,
    )
    .needs(TRUNCATION),
];

const TRUNCATION: &[Capability] = &[Capability::Truncation];
const CALLS: &[&str] = &["read", "unwrap"];

/// The first flight towards each end arrives in part.
fn handshake(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
        let begun = pair.call(Side::Client, |tls| tls.do_handshake())?;
        ensure!(begun == Status::WantRead, "{begun:?}");
        if side == Side::Client {
            pair.deliver_all(Side::Server);
            let answered = pair.call(Side::Server, |tls| tls.do_handshake())?;
            ensure!(answered == Status::WantRead, "{answered:?}");
        }
        let flight = pair.wire_to(side).in_flight();
        let keep = match lab.variant() {
            "nothing" => 0,
            "1-byte" => 1,
            "header" => HEADER,
            "half" => flight / 2,
            "all-but-1" => flight - 1,
            _ => flight,
        };
        pair.cut(side, keep);
        // Under TLS 1.3 a client needs no more than one flight: its handshake is done.
        let enough = keep == flight && side == Side::Client && lab.is_tls13();
        match pair.call(side, |tls| tls.do_handshake()) {
            Ok(Status::Done(())) if enough => met(&mut pair, side, "read")?,
            Err(error) if error.kind() == ErrorKind::Truncated && !enough => {
                lab.final_error(&mut pair, side, &error)?;
            }
            other => {
                return Err(Failure::new(format!(
                    "the {}, {keep} of {flight} bytes: {other:?}",
                    name(side)
                )));
            }
        }
    }
    Ok(())
}

/// The server waits for the client's Finished; the client's TLS 1.2 handshake for the server's.
fn second_flight(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    let mut side = Side::Client;
    let waiting = if lab.is_tls13() { Side::Server } else { Side::Client };
    while !pair.call(side, |tls| tls.do_handshake())?.is_done() {
        side = side.peer();
        pair.deliver_all(side);
    }
    ensure!(side == waiting.peer(), "the {} was done first", name(side));
    pair.cut(waiting, 0);
    let error = match pair.call(waiting, |tls| tls.do_handshake()) {
        Err(error) => error,
        Ok(status) => return Err(Failure::new(format!("{status:?}"))),
    };
    ensure!(error.kind() == ErrorKind::Truncated, "{error:?}");
    lab.final_error(&mut pair, waiting, &error)
}

fn implicit_handshake(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    for side in SIDES {
        pair.tls(side).incoming().write_eof();
        let error = pair.expect_error(side)?;
        ensure!(error.kind() == ErrorKind::Truncated, "{error:?}");
        lab.final_error(&mut pair, side, &error)?;
    }
    Ok(())
}

/// `side` meets the end in this call, and every call after says so.
fn met(pair: &mut Pair, side: Side, call: &str) -> Result<(), Failure> {
    if call == "read" {
        pair.expect_closed(side, Closure::Truncated)?;
    } else {
        match pair.unwrap(side) {
            Err(error) if error.kind() == ErrorKind::Truncated => {}
            other => return Err(Failure::new(format!("unwrap on the {}: {other:?}", name(side)))),
        }
    }
    closed(pair, side)
}

fn closed(pair: &mut Pair, side: Side) -> Result<(), Failure> {
    pair.expect_closed(side, Closure::Truncated)?;
    let later = [
        pair.call(side, |tls| tls.write(b"more")).map(|_| ()),
        pair.call(side, |tls| tls.unwrap()).map(|_| ()),
        pair.call(side, |tls| tls.close()),
    ];
    for result in later {
        ensure!(
            result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Truncated),
            "on the {} after the end: {result:?}",
            name(side)
        );
    }
    Ok(())
}

/// The transport towards each end is cut after `keep` bytes of what the other end has written.
fn truncated(lab: &Lab, written: &[u8], keep: usize) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.exchange()?;
        pair.write_all(side.peer(), written)?;
        pair.cut(side, keep);
        met(&mut pair, side, lab.variant())?;
    }
    Ok(())
}

fn after_data(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.write_all(side.peer(), b"last words")?;
        pair.write_all(side.peer(), b" of many")?;
        pair.cut(side, usize::MAX);
        pair.expect_data(side, b"last words of many")?;
        met(&mut pair, side, "read")?;
    }
    Ok(())
}

fn after_own_close(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.exchange()?;
        pair.close(side)?;
        pair.cut(side, 0);
        met(&mut pair, side, lab.variant())?;
    }
    Ok(())
}

fn unnoticed(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.exchange()?;
        pair.cut(side, 0);
        pair.write_all(side, b"to whom it may concern")?;
        pair.expect_data(side.peer(), b"to whom it may concern")?;
        let read = pair.call(side, |tls| tls.read(&mut []))?;
        ensure!(read == Read::Data(0), "an empty read met the end: {read:?}");
        ensure!(pair.tls(side).incoming().eof(), "the end is gone");
        met(&mut pair, side, "read")?;
    }
    Ok(())
}
