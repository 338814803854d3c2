//! Records that were tampered with, and records that should not be.

use tls_object_core::{Alert, Capability, Closure, Error, ErrorKind, Origin, Side, Status};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Event, Handshake, Pair, Progress, SIDES};
use crate::scenario::{Dims, Scenario};
use crate::wire::{Chunking, Position, Target, content};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "record::corrupt_hello",
        "A first message that was tampered with never leads to a connection that both believe in.",
        Dims::VERSIONS.variants(POSITIONS),
        corrupt_hello,
    ),
    Scenario::new(
        "record::corrupt_handshake",
        "An encrypted message of the handshake that was tampered with ends the handshake.",
        Dims::VERSIONS.variants(POSITIONS),
        corrupt_handshake,
    ),
    Scenario::new(
        "record::corrupt_data",
        "Not a byte is read from a record that was tampered with, nor after it.",
        Dims::VERSIONS.variants(POSITIONS),
        corrupt_data,
    ),
    Scenario::new(
        "record::bad_mac",
        "A record that fails authentication is told from other errors, and the other end is told.",
        Dims::VERSIONS.chunkings(&[Chunking::Byte, Chunking::Whole]),
        bad_mac,
    )
    .needs(&[Capability::AlertSent]),
    Scenario::new(
        "record::good_before_bad",
        "What came before a record that was tampered with is read before the error.",
        Dims::VERSIONS,
        good_before_bad,
    ),
    Scenario::new(
        "record::corrupt_close",
        "A close_notify that was tampered with closes nothing.",
        Dims::VERSIONS.variants(POSITIONS),
        corrupt_close,
    ),
    Scenario::new(
        "record::too_long",
        "A record that is longer than is allowed is refused (RFC 8446 section 5.2, RFC 5246 section 6.2.3).",
        Dims::VERSIONS.variants(&["by-one", "by-far"]),
        too_long,
    )
    .needs(&[Capability::AlertSent]),
    Scenario::new(
        "record::unknown_type",
        "A record of a type that does not exist ends the connection.",
        Dims::VERSIONS,
        |lab| foreign(lab, b"\x63\x03\x03\x00\x20what kind of a record may this be"),
    ),
    Scenario::new(
        "record::too_short",
        "A record too short to have been encrypted ends the connection, by the peer's fault.",
        Dims::VERSIONS,
        too_short,
    ),
    Scenario::new(
        "record::plain_data",
        "Application data that is not encrypted ends the connection and is never read.",
        Dims::VERSIONS,
        |lab| foreign(lab, b"\x17\x03\x03\x00\x20take this for what it is: nothing"),
    ),
    Scenario::new(
        "record::not_tls_any_more",
        "A peer that goes on in plain text ends the connection.",
        Dims::VERSIONS,
        |lab| foreign(lab, b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"),
    ),
    Scenario::new(
        "record::data_instead_of_hello",
        "A server that is sent data before any hello refuses it.",
        Dims::alone(Side::Server),
        data_instead_of_hello,
    ),
    Scenario::new(
        "record::closed_during_handshake",
        "close_notify in the middle of the handshake is an error of its own.",
        Dims::VERSIONS,
        closed_during_handshake,
    ),
    Scenario::new(
        "record::alert_during_handshake",
        "A fatal alert in the middle of the handshake is told as what it is.",
        Dims::VERSIONS.variants(&["40", "80"]),
        alert_during_handshake,
    ),
];

const POSITIONS: &[&str] = &["type", "version", "length", "body-start", "body-end"];

fn position(lab: &Lab) -> Position {
    match lab.variant() {
        "type" => Position::Type,
        "version" => Position::Version,
        "length" => Position::Length,
        "body-start" => Position::BodyStart,
        _ => Position::BodyEnd,
    }
}

/// The handshake ends for both in failure: of those who noticed, and by the end of the transport
/// for those who still wait for the rest of a record.
fn nobody_believes(lab: &Lab, pair: &mut Pair, handshake: &Handshake) -> Result<(), Failure> {
    ensure!(!pair.wire_to(Side::Client).corruption_pending(), "nothing was corrupted");
    ensure!(!pair.wire_to(Side::Server).corruption_pending(), "nothing was corrupted");
    let mut failed = false;
    for side in SIDES {
        match handshake.of(side) {
            Progress::Failed(error) => {
                lab.final_error(pair, side, error)?;
                failed = true;
            }
            Progress::Done => match pair.read(side, 64) {
                Event::Failed(error) => {
                    lab.final_error(pair, side, &error)?;
                    failed = true;
                }
                Event::Dry => {}
                other => return Err(Failure::new(format!("the {} read: {other:?}", name(side)))),
            },
            Progress::Waiting => {
                pair.cut(side, 0);
                let Err(error) = pair.call(side, |tls| tls.do_handshake()) else {
                    return Err(Failure::new(format!("the {} goes on without a peer", name(side))));
                };
                ensure!(error.kind() == ErrorKind::Truncated, "{error:?}");
                lab.final_error(pair, side, &error)?;
                failed = true;
            }
        }
    }
    ensure!(failed, "both ends are content: {handshake:?}");
    Ok(())
}

/// RFC 8446 section 5.1: the version of the first records is ignored for all purposes.
fn corrupt_hello(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
        pair.wire_to(side).corrupt(Target::Next, position(lab));
        let handshake = pair.drive()?;
        let done = handshake.client.is_done() && handshake.server.is_done();
        if done && position(lab) == Position::Version {
            lab.same_facts(&mut pair)?;
            pair.exchange()?;
        } else {
            nobody_believes(lab, &mut pair, &handshake)?;
        }
    }
    Ok(())
}

fn corrupt_handshake(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
        pair.wire_to(side).corrupt(Target::Protected, position(lab));
        let handshake = pair.drive()?;
        let done = handshake.client.is_done() && handshake.server.is_done();
        if done && in_header(lab) {
            header(lab, side, Header::Ignored)?;
            lab.same_facts(&mut pair)?;
            pair.exchange()?;
        } else {
            nobody_believes(lab, &mut pair, &handshake)?;
            header(lab, side, Header::Refused)?;
        }
    }
    Ok(())
}

/// What becomes of an encrypted record whose header was tampered with, and nothing else.
#[derive(Debug, PartialEq)]
enum Header {
    /// It ends the connection.
    Refused,
    /// It is taken as if nothing had happened.
    Ignored,
}

/// The header is authenticated with the record (RFC 8446 section 5.2, RFC 5246 section 6.2.3.3).
fn header(lab: &Lab, side: Side, seen: Header) -> Result<(), Failure> {
    if !in_header(lab) {
        return Ok(());
    }
    lab.expect(&format!("header read by the {}", name(side)), Header::Refused, seen)
}

/// Whether a library could do its work without the byte that was tampered with.
fn in_header(lab: &Lab) -> bool {
    matches!(position(lab), Position::Type | Position::Version)
}

/// `side` has given up, for a fault of its peer's, and stands by it; the alert that it
/// says it sent is what arrives.
fn given_up(lab: &Lab, pair: &mut Pair, side: Side, error: &Error) -> Result<(), Failure> {
    ensure!(error.origin() == Origin::PeerMisbehaved, "{error:?}");
    lab.final_error(pair, side, error)?;
    match (error.alert_sent(), pair.read(side.peer(), 64)) {
        (None, Event::Dry) => Ok(()),
        (Some(alert), Event::Failed(told)) if told.alert_received() == Some(alert) => {
            lab.final_error(pair, side.peer(), &told)
        }
        (sent, told) => Err(Failure::new(format!("{sent:?} was sent, and what came is {told:?}"))),
    }
}

/// Each end settled: tickets read, nothing in flight.
fn settled(lab: &Lab) -> Result<Pair, Failure> {
    let mut pair = lab.connected()?;
    pair.exchange()?;
    Ok(pair)
}

/// A second message follows, so that a record whose length grew is complete all the same.
fn corrupt_data(lab: &Lab) -> Result<(), Failure> {
    const MESSAGE: &[u8] = b"attack at dawn";
    for side in SIDES {
        let mut pair = settled(lab)?;
        pair.wire_to(side).corrupt(Target::Next, position(lab));
        pair.write_all(side.peer(), MESSAGE)?;
        pair.write_all(side.peer(), b"or not at all")?;
        match pair.read(side, 64) {
            Event::Failed(error) => {
                given_up(lab, &mut pair, side, &error)?;
                header(lab, side, Header::Refused)?;
            }
            Event::Data(data) if data == MESSAGE && in_header(lab) => {
                header(lab, side, Header::Ignored)?;
                pair.expect_data(side, b"or not at all")?;
            }
            other => return Err(Failure::new(format!("the {} read: {other:?}", name(side)))),
        }
    }
    Ok(())
}

fn bad_mac(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = settled(lab)?;
        pair.wire_to(side).corrupt(Target::Next, Position::BodyEnd);
        pair.write_all(side.peer(), b"attack at dawn")?;
        let error = pair.expect_error(side)?;
        given_up(lab, &mut pair, side, &error)?;
        ensure!(error.kind() == ErrorKind::BadRecordMac, "{error:?}");
        let sent = lab.fact(side, Capability::AlertSent, error.alert_sent())?;
        ensure!(sent == Alert::BAD_RECORD_MAC, "the alert {sent}");
    }
    Ok(())
}

fn good_before_bad(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = settled(lab)?;
        pair.write_all(side.peer(), b"the good")?;
        pair.wire_to(side).corrupt(Target::Next, Position::BodyEnd);
        pair.write_all(side.peer(), b"the bad")?;
        pair.deliver_all(side);
        pair.expect_data(side, b"the good")?;
        let error = pair.expect_error(side)?;
        given_up(lab, &mut pair, side, &error)?;
    }
    Ok(())
}

/// With a length that grew, the record is never complete: then the stream is truncated.
fn corrupt_close(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        for by_unwrap in [false, true] {
            let mut pair = settled(lab)?;
            pair.wire_to(side).corrupt(Target::Next, position(lab));
            pair.close(side.peer())?;
            pair.deliver_all(side);
            pair.tls(side).incoming().write_eof();
            let end = if by_unwrap {
                pair.unwrap(side).map(|status| status.is_done())
            } else {
                read(&mut pair, side)?
            };
            match end {
                Err(error) => {
                    lab.final_error(&mut pair, side, &error)?;
                    header(lab, side, Header::Refused)?;
                }
                Ok(true) if in_header(lab) => header(lab, side, Header::Ignored)?,
                Ok(closed) => return Err(Failure::new(format!("closed is {closed}"))),
            }
        }
    }
    Ok(())
}

/// Whether reading finds a clean end, or the error that ended the connection.
fn read(pair: &mut Pair, side: Side) -> Result<Result<bool, Error>, Failure> {
    match pair.read(side, 64) {
        Event::Failed(error) => Ok(Err(error)),
        Event::Closed(Closure::Truncated) => Ok(Err(ErrorKind::Truncated.into())),
        Event::Closed(Closure::Clean) => Ok(Ok(true)),
        other => Err(Failure::new(format!("the {} read: {other:?}", name(side)))),
    }
}

fn too_long(lab: &Lab) -> Result<(), Failure> {
    let longest = if lab.is_tls13() { (1 << 14) + 256 } else { (1 << 14) + 2048 };
    let len = if lab.variant() == "by-one" { longest + 1 } else { u16::MAX };
    for side in SIDES {
        let mut pair = settled(lab)?;
        let [high, low] = len.to_be_bytes();
        pair.wire_to(side).inject(&[content::APPLICATION_DATA, 3, 3, high, low]);
        pair.wire_to(side).inject(&vec![0xa5; usize::from(len)]);
        let error = pair.expect_error(side)?;
        given_up(lab, &mut pair, side, &error)?;
        let end = name(side);
        lab.expect(&format!("error of the {end}"), ErrorKind::RecordOverflow, error.kind())?;
        let sent = lab.fact(side, Capability::AlertSent, error.alert_sent())?;
        lab.expect(&format!("alert of the {end}"), Alert::RECORD_OVERFLOW, sent)?;
    }
    Ok(())
}

fn too_short(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = settled(lab)?;
        pair.wire_to(side).inject(&[content::APPLICATION_DATA, 3, 3, 0, 4, 1, 2, 3, 4]);
        let error = pair.expect_error(side)?;
        let fact = format!("error of the {}", name(side));
        lab.expect(&fact, ErrorKind::BadRecordMac, error.kind())?;
        lab.final_error(&mut pair, side, &error)?;
    }
    Ok(())
}

fn foreign(lab: &Lab, bytes: &[u8]) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = settled(lab)?;
        pair.wire_to(side).inject(bytes);
        let error = pair.expect_error(side)?;
        given_up(lab, &mut pair, side, &error)?;
    }
    Ok(())
}

fn data_instead_of_hello(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.alone(Side::Server)?;
    server.incoming().write(b"\x17\x03\x03\x00\x05hello")?;
    let error = match server.do_handshake() {
        Err(error) => error,
        Ok(status) => return Err(Failure::new(format!("{status:?}"))),
    };
    ensure!(error.origin() == Origin::PeerMisbehaved, "{error:?}");
    let again = server.read(&mut [0; 16]);
    ensure!(again.is_err_and(|again| again.kind() == error.kind()), "not the last word: {error:?}");
    Ok(())
}

/// Each end is sent this record, in plain text, in place of what it waits for: the client after
/// its hello, the server after it has answered one.
pub(super) fn interrupted(lab: &Lab, record: &[u8], expected: ErrorKind) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
        let begun = pair.call(Side::Client, |tls| tls.do_handshake())?;
        ensure!(begun == Status::WantRead, "{begun:?}");
        if side == Side::Server {
            pair.deliver_all(side);
            let answered = pair.call(side, |tls| tls.do_handshake())?;
            ensure!(answered == Status::WantRead, "{answered:?}");
        }
        pair.wire_to(side).inject(record);
        pair.deliver_all(side);
        let error = match pair.call(side, |tls| tls.do_handshake()) {
            Err(error) => error,
            Ok(status) => return Err(Failure::new(format!("the {}: {status:?}", name(side)))),
        };
        lab.expect(&format!("error of the {}", name(side)), expected, error.kind())?;
        lab.final_error(&mut pair, side, &error)?;
    }
    Ok(())
}

fn closed_during_handshake(lab: &Lab) -> Result<(), Failure> {
    const WARNING: u8 = 1;
    let record = [content::ALERT, 3, 3, 0, 2, WARNING, Alert::CLOSE_NOTIFY.code()];
    interrupted(lab, &record, ErrorKind::ClosedDuringHandshake)
}

fn alert_during_handshake(lab: &Lab) -> Result<(), Failure> {
    const FATAL: u8 = 2;
    let code = lab.variant().parse().map_err(|_| Failure::new("not a number"))?;
    let record = [content::ALERT, 3, 3, 0, 2, FATAL, code];
    interrupted(lab, &record, ErrorKind::AlertReceived(Alert::new(code)))
}
