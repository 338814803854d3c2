//! What a connection holds on to.

use tls_object_core::{Read, Side, Status};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::SIDES;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "memory::idle",
        "A trimmed connection with nothing to do holds no buffers, and works on.",
        Dims::VERSIONS,
        idle,
    ),
    Scenario::new(
        "memory::bursts",
        "A burst of data is forgotten once it was read, without being told to.",
        Dims::VERSIONS,
        bursts,
    ),
    Scenario::new(
        "memory::bursts_again",
        "Bursts that come again and again find their memory, until one comes that does without.",
        Dims::VERSIONS,
        bursts_again,
    ),
    Scenario::new("memory::counted", "What waits in the BIOs is counted.", Dims::VERSIONS, counted),
    Scenario::new(
        "memory::trim_keeps_data",
        "Trimming in the middle of a record loses nothing.",
        Dims::VERSIONS,
        trim_keeps_data,
    ),
];

/// What both BIOs of an object may keep for the next burst.
const KEPT: usize = 2 * 64 * 1024;

fn idle(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    pair.exchange()?;
    for side in SIDES {
        pair.expect_dry(side)?;
        pair.tls(side).trim();
        let held = pair.tls(side).memory_in_use();
        ensure!(held == 0, "the {} holds {held} bytes", name(side));
    }
    pair.exchange()?;
    pair.shut_down()
}

fn bursts(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let data = vec![0x5a; 1024 * 1024];
    for side in SIDES {
        pair.write_all(side, &data)?;
        pair.deliver_all(side.peer());
        pair.expect_data(side.peer(), &data)?;
    }
    for side in SIDES {
        let held = pair.tls(side).memory_in_use();
        ensure!(held <= KEPT, "the {} holds {held} bytes", name(side));
    }
    Ok(())
}

fn bursts_again(lab: &Lab) -> Result<(), Failure> {
    const BURST: usize = 1024 * 1024;
    let mut pair = lab.connected()?;
    let data = vec![0x5a; BURST];
    for side in SIDES {
        for burst in 0..3 {
            let written = pair.tls(side).write(&data)?;
            ensure!(written == Status::Done(BURST), "{written:?}");
            pair.collect(side);
            pair.deliver_all(side.peer());
            pair.expect_data(side.peer(), &data)?;
            pair.expect_dry(side.peer())?;
            let held = [side, side.peer()].map(|side| pair.tls(side).memory_in_use());
            let kept = held.iter().all(|&held| held >= BURST);
            ensure!(kept == (burst > 0), "{held:?} bytes held after burst {burst}");
        }
        pair.exchange()?;
        let held = [side, side.peer()].map(|side| pair.tls(side).memory_in_use());
        ensure!(held.iter().all(|&held| held < BURST), "{held:?} bytes held after small ones");
    }
    Ok(())
}

fn counted(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        pair.write_all(side, &[0x5a; 50_000])?;
        pair.deliver_all(side.peer());
        let waiting = pair.tls(side.peer()).incoming().pending();
        let held = pair.tls(side.peer()).memory_in_use();
        ensure!(waiting >= 50_000 && held >= waiting, "{held} bytes held, {waiting} wait");
    }
    Ok(())
}

fn trim_keeps_data(lab: &Lab) -> Result<(), Failure> {
    const MESSAGE: &[u8] = b"first half, second half";
    let mut pair = lab.connected()?;
    pair.exchange()?;
    for side in SIDES {
        pair.write_all(side.peer(), MESSAGE)?;
        let flight = pair.wire_to(side).in_flight();
        // A part of the record arrives, is met, and everything is trimmed around it.
        let mut part = Vec::new();
        pair.wire_to(side).deliver(flight / 2, &mut |bytes| {
            part.extend_from_slice(bytes);
            bytes.len()
        });
        pair.tls(side).incoming().write(&part)?;
        let step = pair.tls(side).read(&mut [0; 64])?;
        ensure!(step == Read::WantRead, "{step:?}");
        pair.tls(side).trim();
        pair.deliver_all(side);
        let mut head = [0; 11];
        let step = pair.tls(side).read(&mut head)?;
        ensure!(step == Read::Data(11), "{step:?}");
        pair.tls(side).trim();
        pair.expect_data(side, &MESSAGE[11..])?;
        if side == Side::Client {
            pair.exchange()?;
        }
    }
    Ok(())
}
