//! Application data.

use std::io::IoSlice;

use tls_object_core::{MAX_PLAINTEXT, Read, Side, Status};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Event, Pair, SIDES};
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "data::sizes",
        "Data of every size around a record's arrives whole, and each read returns one record.",
        Dims::VERSIONS.chunkings(&[Chunking::Segment, Chunking::Whole]),
        sizes,
    ),
    Scenario::new(
        "data::byte_by_byte",
        "Data arrives whole when every byte arrives alone.",
        Dims::VERSIONS.chunkings(&[Chunking::Byte]),
        byte_by_byte,
    ),
    Scenario::new(
        "data::one_record_each",
        "Three writes are three records and three reads, though all wait in the incoming BIO.",
        Dims::VERSIONS,
        one_record_each,
    ),
    Scenario::new(
        "data::small_reads",
        "A record is read in as many pieces as the buffer asks for, and pending counts down.",
        Dims::VERSIONS,
        small_reads,
    ),
    Scenario::new(
        "data::empty",
        "Reading into nothing and writing nothing touch nothing.",
        Dims::VERSIONS,
        empty,
    ),
    Scenario::new(
        "data::nothing_there",
        "Reading where there is nothing says so and changes nothing.",
        Dims::VERSIONS,
        nothing_there,
    ),
    Scenario::new(
        "data::interleaved",
        "Both ends write and read in turns of all sizes.",
        Dims::VERSIONS.chunkings(&[Chunking::Segment]),
        interleaved,
    ),
    Scenario::new(
        "data::partial_write",
        "A write takes what the outgoing BIO has room for, then nothing, then goes on.",
        Dims::VERSIONS.variants(&["200", "4096", "40000"]),
        partial_write,
    ),
    Scenario::new(
        "data::vectored",
        "The parts of a vectored write arrive as if they were one, in records as full as can be.",
        Dims::VERSIONS,
        vectored,
    ),
    Scenario::new(
        "data::vectored_partial",
        "A vectored write takes what the outgoing BIO has room for, and says how much that was.",
        Dims::VERSIONS.variants(&["200", "4096", "40000"]),
        vectored_partial,
    ),
    Scenario::new(
        "data::tiny_limit",
        "A limit below one record's overhead slows a connection down and does not stop it.",
        Dims::VERSIONS,
        tiny_limit,
    ),
    Scenario::new(
        "data::both_ways",
        "8 MiB each way at once arrive unharmed through BIOs of 64 KiB that never hold more.",
        Dims::VERSIONS,
        both_ways,
    ),
];

/// Bytes that repeat so late that no misplaced record goes unnoticed.
pub(super) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..len)
        .map(|_| {
            // xorshift64 (Marsaglia 2003).
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

fn sizes(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        for len in [0, 1, MAX_PLAINTEXT - 1, MAX_PLAINTEXT, MAX_PLAINTEXT + 1, 100_000] {
            let data = noise(len, len as u64);
            pair.write_all(side, &data)?;
            for record in data.chunks(MAX_PLAINTEXT) {
                match pair.read(side.peer(), 2 * MAX_PLAINTEXT) {
                    Event::Data(read) if read == record => {}
                    Event::Data(read) => {
                        let n = read.len();
                        return Err(Failure::new(format!(
                            "{n} bytes of a record of {}",
                            record.len()
                        )));
                    }
                    other => return Err(Failure::new(format!("{len} bytes: {other:?}"))),
                }
            }
            pair.expect_dry(side.peer())?;
        }
    }
    Ok(())
}

fn byte_by_byte(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let data = noise(5000, 7);
        pair.write_all(side, &data)?;
        pair.expect_data(side.peer(), &data)?;
    }
    pair.exchange()
}

fn one_record_each(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let words: [&[u8]; 3] = [b"one", b"two", b"three"];
        words.iter().try_for_each(|word| pair.write_all(side, word))?;
        pair.deliver_all(side.peer());
        for word in words {
            match pair.read(side.peer(), 1024) {
                Event::Data(read) if read == word => {}
                other => return Err(Failure::new(format!("{other:?} instead of {word:?}"))),
            }
            ensure!(pair.tls(side.peer()).pending() == 0, "more is pending");
        }
    }
    Ok(())
}

fn small_reads(lab: &Lab) -> Result<(), Failure> {
    const MESSAGE: &[u8] = b"0123456789";
    let mut pair = lab.connected()?;
    for side in SIDES {
        pair.write_all(side, MESSAGE)?;
        let reader = side.peer();
        for (n, at) in [(1, 0), (4, 1), (5, 5)] {
            match pair.read(reader, n) {
                Event::Data(read) if read == MESSAGE[at..at + n] => {}
                other => return Err(Failure::new(format!("{n} bytes at {at}: {other:?}"))),
            }
            let pending = pair.tls(reader).pending();
            ensure!(pending == MESSAGE.len() - at - n, "{pending} bytes pending after {}", at + n);
        }
    }
    Ok(())
}

fn empty(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let reader = side.peer();
        let records = pair.wire_to(reader).records().len();
        ensure!(pair.call(side, |tls| tls.write(b""))? == Status::Done(0), "an empty write");
        ensure!(pair.wire_to(reader).records().len() == records, "a record without data");
        pair.write_all(side, b"something")?;
        pair.deliver_all(reader);
        let before = pair.tls(reader).incoming().pending();
        ensure!(pair.call(reader, |tls| tls.read(&mut []))? == Read::Data(0), "an empty read");
        ensure!(pair.tls(reader).incoming().pending() == before, "an empty read took bytes");
        pair.expect_data(reader, b"something")?;
    }
    Ok(())
}

fn nothing_there(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        pair.expect_dry(side)?;
        let facts = pair.tls(side).facts().clone();
        let sent = pair.wire_to(side.peer()).sent();
        pair.expect_dry(side)?;
        ensure!(pair.wire_to(side.peer()).sent() == sent, "the {} sent", name(side));
        ensure!(*pair.tls(side).facts() == facts, "facts changed");
    }
    pair.exchange()
}

fn interleaved(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for round in 1..=20 {
        let up = noise(round * 997, round as u64);
        let down = noise(round * 331, round as u64 + 100);
        pair.write_all(Side::Client, &up)?;
        pair.write_all(Side::Server, &down)?;
        pair.expect_data(Side::Server, &up)?;
        pair.expect_data(Side::Client, &down)?;
    }
    Ok(())
}

/// A connected pair whose BIOs have a limit.
fn limited(lab: &Lab, limit: usize) -> Result<Pair, Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut pair = contexts.pair_with_limit(lab.wrap()?, limit)?;
    pair.handshake()?;
    Ok(pair)
}

fn partial_write(lab: &Lab) -> Result<(), Failure> {
    let limit: usize = lab.variant().parse().map_err(|_| Failure::new("not a number"))?;
    let mut pair = limited(lab, limit)?;
    for side in SIDES {
        pair.expect_dry(side)?;
        let data = noise(limit * 3, 3);
        let mut taken = 0;
        while taken < data.len() {
            match pair.tls(side).write(&data[taken..])? {
                Status::Done(n) => {
                    ensure!(n > 0, "nothing taken, and no WantWrite");
                    taken += n;
                }
                Status::WantWrite | Status::Suspended => {
                    let waiting = pair.tls(side).outgoing().pending();
                    ensure!((1..=limit).contains(&waiting), "{waiting} bytes wait");
                    ensure!(pair.tls(side).write(&data[taken..])? == Status::WantWrite, "room");
                    pair.collect(side);
                }
                Status::WantRead => return Err(Failure::new("a write wants to read")),
            }
            let waiting = pair.tls(side).outgoing().pending();
            ensure!(waiting <= limit, "{waiting} bytes wait behind a limit of {limit}");
        }
        pair.collect(side);
        pair.expect_data(side.peer(), &data)?;
    }
    Ok(())
}

/// `data` cut into parts of these lengths, over and over again.
fn cut<'a>(mut data: &'a [u8], lengths: &[usize]) -> Vec<IoSlice<'a>> {
    let mut parts = Vec::new();
    for len in lengths.iter().cycle() {
        let (part, rest) = data.split_at(data.len().min(*len));
        parts.push(IoSlice::new(part));
        data = rest;
        if data.is_empty() {
            break;
        }
    }
    parts
}

fn vectored(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        for (len, lengths) in [
            (300, &[100][..]),
            (300, &[0, 1, 0, 299]),
            (MAX_PLAINTEXT, &[5, 700]),
            (70_000, &[9, 16_000, 0, 20_000]),
            (MAX_PLAINTEXT + 9, &[9, MAX_PLAINTEXT]),
        ] {
            let data = noise(len, len as u64);
            let written = pair.call(side, |tls| tls.write_vectored(&cut(&data, lengths)))?;
            ensure!(written == Status::Done(len), "{written:?} of {len} bytes");
            for record in data.chunks(MAX_PLAINTEXT) {
                match pair.read(side.peer(), 2 * MAX_PLAINTEXT) {
                    Event::Data(read) if read == record => {}
                    other => return Err(Failure::new(format!("{len} bytes: {other:?}"))),
                }
            }
            pair.expect_dry(side.peer())?;
        }
        for parts in [&[][..], &[IoSlice::new(b""), IoSlice::new(b"")]] {
            let written = pair.tls(side).write_vectored(parts)?;
            ensure!(written == Status::Done(0), "{written:?} of nothing");
            ensure!(pair.tls(side).outgoing().pending() == 0, "nothing is a record");
        }
    }
    pair.shut_down()
}

fn vectored_partial(lab: &Lab) -> Result<(), Failure> {
    let limit: usize = lab.variant().parse().map_err(|_| Failure::new("not a number"))?;
    let mut pair = limited(lab, limit)?;
    for side in SIDES {
        pair.expect_dry(side)?;
        let data = noise(limit * 3, 3);
        let mut taken = 0;
        while taken < data.len() {
            match pair.tls(side).write_vectored(&cut(&data[taken..], &[7, 61, 900]))? {
                Status::Done(n) => {
                    ensure!(n > 0, "nothing taken, and no WantWrite");
                    taken += n;
                }
                Status::WantWrite | Status::Suspended => _ = pair.collect(side),
                Status::WantRead => return Err(Failure::new("a write wants to read")),
            }
            let waiting = pair.tls(side).outgoing().pending();
            ensure!(waiting <= limit, "{waiting} bytes wait behind a limit of {limit}");
        }
        pair.collect(side);
        pair.expect_data(side.peer(), &data)?;
    }
    Ok(())
}

fn tiny_limit(lab: &Lab) -> Result<(), Failure> {
    let mut pair = limited(lab, 16)?;
    pair.exchange()?;
    pair.shut_down()
}

/// One end's part in moving data both ways.
struct Flow {
    side: Side,
    data: Vec<u8>,
    sent: usize,
    received: usize,
}

fn both_ways(lab: &Lab) -> Result<(), Failure> {
    const LEN: usize = 8 * 1024 * 1024;
    const LIMIT: usize = 64 * 1024;
    let mut pair = limited(lab, LIMIT)?;
    let mut flows =
        SIDES.map(|side| Flow { side, data: noise(LEN, side as u64 + 1), sent: 0, received: 0 });
    let mut buffer = vec![0; MAX_PLAINTEXT];
    while flows.iter().any(|flow| flow.received < LEN) {
        let mut moved = 0;
        for flow in &mut flows {
            let writer = flow.side;
            while flow.sent < LEN {
                match pair.tls(writer).write(&flow.data[flow.sent..])? {
                    Status::Done(n) => flow.sent += n,
                    Status::WantWrite | Status::Suspended => break,
                    Status::WantRead => return Err(Failure::new("a write wants to read")),
                }
            }
            let waiting = pair.tls(writer).outgoing().pending();
            ensure!(waiting <= LIMIT, "{waiting} bytes wait on the {}", name(writer));
            // The transport takes more only when what it took before has arrived.
            if pair.wire_to(writer.peer()).in_flight() == 0 {
                moved += pair.collect(writer);
            }
            moved += pair.deliver(writer.peer());
            let waiting = pair.tls(writer.peer()).incoming().pending();
            ensure!(waiting <= LIMIT, "{waiting} bytes arrived at the {}", name(writer.peer()));
            loop {
                match pair.tls(writer.peer()).read(&mut buffer)? {
                    Read::Data(n) => {
                        let expected = &flow.data[flow.received..];
                        ensure!(
                            expected.starts_with(&buffer[..n]),
                            "other data at {}",
                            flow.received
                        );
                        flow.received += n;
                        moved += n;
                    }
                    Read::WantRead | Read::WantWrite | Read::Suspended => break,
                    Read::Closed(closure) => return Err(Failure::new(format!("{closure:?}"))),
                }
            }
        }
        ensure!(moved > 0, "no byte moves after {} and {}", flows[0].received, flows[1].received);
    }
    for side in SIDES {
        pair.collect(side);
    }
    pair.shut_down()
}
