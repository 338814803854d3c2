//! New keys while the connection is in use (RFC 8446 section 4.6.3).

use tls_object_core::{Alert, Capability, ErrorKind, Side, Status};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "key_update::again_and_again",
        "Either end changes the keys of both directions many times, and data goes both ways after each.",
        Dims::TLS13,
        again_and_again,
    )
    .needs(KEY_UPDATE),
    Scenario::new(
        "key_update::own",
        "Either end changes the keys of its own direction alone; the peer sends as before.",
        Dims::TLS13,
        own,
    )
    .needs(&[Capability::KeyUpdate, Capability::KeyUpdateOwn]),
    Scenario::new(
        "key_update::in_flight",
        "Keys change while data is in flight in both directions, at both ends at once.",
        Dims::TLS13.chunkings(&[Chunking::Byte, Chunking::Segment, Chunking::Whole]),
        in_flight,
    )
    .needs(KEY_UPDATE),
    Scenario::new(
        "key_update::unread",
        "An end that only reads takes one change of keys after another.",
        Dims::TLS13,
        unread,
    )
    .needs(KEY_UPDATE),
    Scenario::new(
        "key_update::too_many",
        "An end that is told of one change of keys after another, and sent no data, ends the connection.",
        Dims::TLS13,
        too_many,
    )
    .needs(KEY_UPDATE),
    Scenario::new(
        "key_update::facts_stay",
        "What was agreed on and what is exported outlasts the keys.",
        Dims::TLS13,
        facts_stay,
    )
    .needs(&[Capability::KeyUpdate, Capability::Exporter]),
    Scenario::new(
        "key_update::out_of_turn",
        "Before the handshake is done and after the end there are no keys to change.",
        Dims::TLS13,
        out_of_turn,
    )
    .needs(KEY_UPDATE),
    Scenario::new(
        "key_update::undefined",
        "Under TLS 1.2 keys are not changed, and the connection goes on.",
        Dims::TLS12,
        undefined,
    ),
];

const KEY_UPDATE: &[Capability] = &[Capability::KeyUpdate];

/// Sends a message from `side` and one back; in how many records the latter comes.
fn answered(pair: &mut Pair, side: Side) -> Result<usize, Failure> {
    let before = pair.wire_to(side).records().len();
    for from in [side, side.peer()] {
        pair.write_all(from, b"with new keys")?;
        pair.expect_data(from.peer(), b"with new keys")?;
    }
    Ok(pair.wire_to(side).records().len() - before)
}

/// Changes keys, which puts a record on the wire, and an answer that is owed before it.
fn update(pair: &mut Pair, side: Side, request_peer: bool) -> Result<(), Failure> {
    let before = pair.wire_to(side.peer()).records().len();
    let result = pair.call(side, |tls| tls.key_update(request_peer));
    ensure!(
        result.map_err(|error| Failure::of(side, &error))? == Status::Done(()),
        "the {} waits",
        name(side)
    );
    let records = pair.wire_to(side.peer()).records().len() - before;
    ensure!(matches!(records, 1 | 2), "{records} records");
    Ok(())
}

fn again_and_again(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    // The tickets of a server arrive with its first data.
    pair.exchange()?;
    for _ in 0..40 {
        for side in SIDES {
            update(&mut pair, side, true)?;
            // The peer's keys change, too, and it tells so before its data.
            ensure!(answered(&mut pair, side)? == 2, "no answer to the {}", name(side));
        }
    }
    pair.shut_down()
}

fn own(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    pair.exchange()?;
    for _ in 0..40 {
        for side in SIDES {
            update(&mut pair, side, false)?;
            ensure!(answered(&mut pair, side)? == 1, "an answer to the {}", name(side));
        }
    }
    pair.shut_down()
}

fn in_flight(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for round in 0..5_usize {
        let data: Vec<u8> = (0..3000).map(|i| ((i + round) % 251) as u8).collect();
        for side in SIDES {
            for _ in 0..3 {
                pair.write_all(side, &data)?;
                update(&mut pair, side, true)?;
            }
            pair.write_all(side, &data)?;
        }
        for side in SIDES {
            pair.expect_data(side, &data.repeat(4))?;
        }
    }
    pair.exchange()?;
    pair.shut_down()
}

fn unread(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        // As many as libraries take without data in between: OpenSSL answers each.
        for _ in 0..30 {
            update(&mut pair, side, true)?;
            pair.write_all(side, b"one way")?;
            pair.expect_data(side.peer(), b"one way")?;
        }
        pair.expect_dry(side)?;
    }
    pair.exchange()
}

fn too_many(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.exchange()?;
        for _ in 0..40 {
            update(&mut pair, side, true)?;
        }
        let reader = side.peer();
        pair.deliver_all(reader);
        let read = pair.call(reader, |tls| tls.read(&mut [0; 16]));
        let ended = read.err().map(|error| (error.kind(), error.alert_sent()));
        let expected = (ErrorKind::UnexpectedMessage, Some(Alert::UNEXPECTED_MESSAGE));
        lab.expect(&format!("end of the {}", name(reader)), Some(expected), ended)?;
    }
    Ok(())
}

fn facts_stay(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let facts = lab.same_facts(&mut pair)?;
    let export = |pair: &mut Pair, side| -> Result<[u8; 32], Failure> {
        let mut out = [0; 32];
        pair.tls(side).export_keying_material(&mut out, "EXPORTER-tls-object-test", None)?;
        Ok(out)
    };
    let before = export(&mut pair, Side::Client)?;
    for side in SIDES {
        update(&mut pair, side, true)?;
        pair.exchange()?;
    }
    ensure!(lab.same_facts(&mut pair)? == facts, "other facts with other keys");
    for side in SIDES {
        ensure!(export(&mut pair, side)? == before, "the {} exports other bytes", name(side));
    }
    Ok(())
}

fn out_of_turn(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    let refused = |pair: &mut Pair, side, kind| -> Result<(), Failure> {
        match pair.call(side, |tls| tls.key_update(true)) {
            Err(error) if error.kind() == kind => Ok(()),
            Err(error) => Err(Failure::of(side, &error)),
            Ok(status) => Err(Failure::new(format!("{status:?}"))),
        }
    };
    for side in SIDES {
        refused(&mut pair, side, ErrorKind::HandshakeNotDone)?;
    }
    pair.handshake()?;
    pair.exchange()?;
    pair.close(Side::Client)?;
    refused(&mut pair, Side::Client, ErrorKind::ProtocolIsShutdown)?;
    // The other direction goes on, and so do its keys.
    update(&mut pair, Side::Server, true)?;
    pair.write_all(Side::Server, b"still here")?;
    pair.expect_data(Side::Client, b"still here")
}

fn undefined(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        for request_peer in [false, true] {
            let needed =
                if request_peer { Capability::KeyUpdate } else { Capability::KeyUpdateOwn };
            let expected = if lab.has(side, Capability::KeyUpdate) {
                ErrorKind::InvalidArgument
            } else {
                ErrorKind::Unsupported(needed)
            };
            let result = pair.call(side, |tls| tls.key_update(request_peer));
            ensure!(result.as_ref().is_err_and(|error| error.kind() == expected), "{result:?}");
        }
    }
    pair.exchange()?;
    pair.shut_down()
}
