//! Application data that is lent instead of copied out.

use tls_object_core::{Capability, Closure, ErrorKind, MAX_PLAINTEXT, Read, Side};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};

use super::data::noise;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "lent::in_pieces",
        "A record is lent whole; what is taken of it is gone, and the rest is lent or read next.",
        Dims::VERSIONS,
        in_pieces,
    )
    .needs(&[Capability::LentRead]),
    Scenario::new(
        "lent::to_the_end",
        "Lending says what reading says of nothing, of a clean end and of a truncated one.",
        Dims::VERSIONS,
        to_the_end,
    )
    .needs(&[Capability::LentRead]),
    Scenario::new(
        "lent::refused",
        "An end that cannot lend says so before it touches anything, and can be read from as ever.",
        Dims::VERSIONS,
        refused,
    ),
];

/// What is lent on `side` when everything in flight has arrived, of which `most` bytes are taken.
fn lent(pair: &mut Pair, side: Side, most: usize) -> Result<(Read, Vec<u8>), Failure> {
    pair.deliver_all(side);
    let mut seen = Vec::new();
    let read = pair.call(side, |tls| {
        tls.read_with(&mut |data| {
            seen.extend_from_slice(data);
            data.len().min(most)
        })
    });
    Ok((read.map_err(|error| Failure::of(side, &error))?, seen))
}

fn in_pieces(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let (first, second) = (noise(MAX_PLAINTEXT, 5), noise(100, 6));
        pair.write_all(side.peer(), &first)?;
        pair.write_all(side.peer(), &second)?;

        let (read, seen) = lent(&mut pair, side, 0)?;
        ensure!(read == Read::Data(0) && seen == first, "{read:?}, {} bytes lent", seen.len());
        let (read, seen) = lent(&mut pair, side, 1000)?;
        ensure!(read == Read::Data(1000) && seen == first, "{read:?}, {} bytes lent", seen.len());
        let pending = pair.tls(side).pending();
        ensure!(pending == MAX_PLAINTEXT - 1000, "{pending} bytes pending");

        let mut buffer = [0; 500];
        let read = pair.tls(side).read(&mut buffer)?;
        ensure!(read == Read::Data(500) && buffer == first[1000..1500], "read {read:?}");
        let (read, seen) = lent(&mut pair, side, usize::MAX)?;
        ensure!(read == Read::Data(MAX_PLAINTEXT - 1500), "{read:?}");
        ensure!(seen == first[1500..], "other data");

        let (read, seen) = lent(&mut pair, side, usize::MAX)?;
        ensure!(read == Read::Data(100) && seen == second, "{read:?}, {} bytes lent", seen.len());
    }
    pair.exchange()
}

fn to_the_end(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        let (read, seen) = lent(&mut pair, side, usize::MAX)?;
        ensure!(read == Read::WantRead && seen.is_empty(), "of nothing: {read:?}");
        pair.close(side.peer())?;
        let (read, seen) = lent(&mut pair, side, usize::MAX)?;
        ensure!(read == Read::Closed(Closure::Clean) && seen.is_empty(), "{read:?}");

        let mut pair = lab.connected()?;
        pair.cut(side, 0);
        let (read, seen) = lent(&mut pair, side, usize::MAX)?;
        ensure!(read == Read::Closed(Closure::Truncated) && seen.is_empty(), "{read:?}");
    }
    Ok(())
}

fn refused(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    for side in SIDES {
        if lab.has(side, Capability::LentRead) {
            continue;
        }
        let result = pair.tls(side).read_with(&mut |data| data.len());
        let refusal = ErrorKind::Unsupported(Capability::LentRead);
        ensure!(result.as_ref().is_err_and(|error| error.kind() == refusal), "{result:?}");
        ensure!(pair.tls(side).outgoing().pending() == 0, "it began the handshake");
    }
    pair.handshake()?;
    pair.exchange()
}
