//! A connection from its beginning to its end, and the rules that hold on the way.

use core::mem::replace;

use tls_object::{
    Alert, Closure, Error, ErrorKind, Negotiated, Origin, Read, Side, SslObject, Status,
};

use super::link::Link;
use super::{Parties, Schedule};

/// More turns than any schedule here needs: whoever needs more goes on for ever.
const TURNS: usize = 500_000;

/// What may wait in an outgoing BIO beyond its limit, in bytes: the record that was begun below it (RFC 8446 section
/// 5.2), or a flight of the handshake, which cannot be held back.
const ONE_RECORD: usize = 5 + 16 * 1024 + 256;

/// What may be held beyond the limits of an end's two BIOs, in bytes: a handshake cannot be held back, and a BIO keeps what 64 KiB need.
const MEMORY: usize = 512 * 1024;

/// How one end's reading has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// The peer has closed.
    Clean,
    /// The transport has ended.
    Truncated,
    /// This end has an error, and has sent this alert.
    Failed(ErrorKind, Option<Alert>),
}

/// What came of a schedule, the client first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// How reading ended.
    pub ends: [End; 2],
    /// How much each read gave.
    pub reads: [Vec<usize>; 2],
}

/// One end.
struct Party {
    side: Side,
    tls: Box<dyn SslObject>,
    /// What is on its way here.
    link: Link,
    facts: Option<Negotiated>,
    /// How much is yet to be written at a time, the next last.
    writes: Vec<usize>,
    written: usize,
    closed: bool,
    unwraps: bool,
    /// Whether `unwrap` has come to its end.
    unwrapped: bool,
    buffer: Vec<u8>,
    received: usize,
    reads: Vec<usize>,
    end: Option<End>,
}

/// Lets two backends go through a schedule.
///
/// # Errors
/// The rule that was broken.
pub fn play(parties: &Parties, schedule: &Schedule) -> Result<Account, String> {
    let mut both = open(parties, schedule)?;
    if schedule.after_handshake {
        shake_hands(&mut both)?;
    }
    for party in &mut both {
        let faults = schedule.faults.iter().filter(|fault| fault.to == party.side);
        party.link.expect(faults.copied().collect());
    }
    go_on(&mut both, schedule)?;
    let hurt = both.iter().any(|party| party.link.hurt);
    if !hurt && both.iter().any(|party| party.end.is_none()) {
        let waiting = both.each_ref().map(|party| (&party.tls, party.link.waiting()));
        return Err(format!("nothing moves, though nothing was lost: {waiting:?}"));
    }
    // Whoever waits for what was lost learns that nothing follows.
    for party in &mut both {
        party.link.end(party.tls.incoming());
    }
    go_on(&mut both, schedule)?;
    account(&both, hurt)
}

fn open(parties: &Parties, schedule: &Schedule) -> Result<[Party; 2], String> {
    let ends = parties.ends(schedule.tls13, schedule.limit).map_err(|error| error.to_string())?;
    let mut index = 0;
    Ok(ends.map(|tls| {
        let party = Party {
            side: tls.side(),
            tls,
            link: Link::default(),
            facts: None,
            writes: schedule.writes[index].iter().rev().copied().collect(),
            written: 0,
            closed: false,
            unwraps: schedule.unwraps[index],
            unwrapped: false,
            buffer: vec![0; schedule.read_size[index]],
            received: 0,
            reads: Vec::new(),
            end: None,
        };
        index += 1;
        party
    }))
}

/// Does the handshake, and lets whatever follows it arrive.
fn shake_hands(both: &mut [Party; 2]) -> Result<(), String> {
    let mut moved = true;
    while moved {
        moved = false;
        for index in 0..2 {
            let party = &mut both[index];
            if party.facts.is_none() {
                party.handshake()?;
            } else {
                party.read()?;
            }
            if let Some(end) = party.end {
                return Err(format!("the {:?} has ended before any fault: {end:?}", party.side));
            }
            moved |= collect(both, index);
            let Party { link, tls, .. } = &mut both[1 - index];
            moved |= link.deliver(usize::MAX, tls.incoming());
        }
    }
    Ok(())
}

/// Lets both ends do what they can until nothing moves any more.
fn go_on(both: &mut [Party; 2], schedule: &Schedule) -> Result<(), String> {
    for turn in 0..TURNS {
        let piece = schedule.pieces[turn % schedule.pieces.len()];
        let first = usize::from(schedule.server_first[turn % schedule.server_first.len()]);
        let mut moved = false;
        for index in [first, 1 - first] {
            let waiting = both[index].tls.incoming().pending();
            moved |= both[index].act()?;
            within(schedule.limit, &mut *both[index].tls)?;
            moved |= both[index].tls.incoming().pending() < waiting;
            moved |= collect(both, index);
            let Party { link, tls, .. } = &mut both[1 - index];
            moved |= link.deliver(piece, tls.incoming());
        }
        if !moved {
            return Ok(());
        }
    }
    Err("it goes on and on".to_owned())
}

/// Sees to it that an end keeps to the limit of its BIOs.
fn within(limit: usize, tls: &mut dyn SslObject) -> Result<(), String> {
    if limit == 0 {
        return Ok(());
    }
    let held = tls.memory_in_use();
    let waiting = [tls.incoming().pending(), tls.outgoing().pending()];
    if waiting[0] > limit || waiting[1] > limit + ONE_RECORD || held > 4 * limit + MEMORY {
        return Err(format!(
            "{waiting:?} bytes wait and {held} are held in spite of the limit {limit}"
        ));
    }
    Ok(())
}

/// Puts on its way what an end has put out; whether there was anything.
fn collect(both: &mut [Party; 2], index: usize) -> bool {
    let [client, server] = both;
    let (from, to) = if index == 0 { (client, server) } else { (server, client) };
    let mut moved = false;
    while from.tls.outgoing().pending() > 0 {
        from.tls.outgoing().lend(&mut |bytes| {
            to.link.send(bytes);
            bytes.len()
        });
        moved = true;
    }
    moved
}

/// What must hold when all is over.
fn account(both: &[Party; 2], hurt: bool) -> Result<Account, String> {
    let mut ends = [End::Clean; 2];
    for (party, end) in both.iter().zip(&mut ends) {
        *end = party.end.ok_or_else(|| format!("the {:?} tells no end", party.side))?;
        if let Some(facts) = &party.facts
            && facts != party.tls.facts()
        {
            return Err(format!("the facts of the {:?} have changed", party.side));
        }
    }
    let [client, server] = both;
    for (reader, writer, end) in [(client, server, ends[0]), (server, client, ends[1])] {
        let whole = reader.received == writer.written && writer.writes.is_empty();
        if end == End::Clean && !(whole && writer.closed) {
            return Err(format!(
                "the {:?} has read {} of {} bytes, and a clean end",
                reader.side, reader.received, writer.written
            ));
        }
        if end == End::Clean && reader.unwraps && !reader.unwrapped {
            return Err(format!("the unwrap of the {:?} comes to no end", reader.side));
        }
        if !hurt && end != End::Clean {
            return Err(format!("the {:?} ends with {end:?} for no reason", reader.side));
        }
    }
    if let (Some(client), Some(server)) = (&client.facts, &server.facts)
        && (client.version, client.cipher_suite) != (server.version, server.cipher_suite)
    {
        return Err(format!("the ends differ: {client:?}, {server:?}"));
    }
    Ok(Account { ends, reads: both.each_ref().map(|party| party.reads.clone()) })
}

impl Party {
    /// Does what there is to be done; whether anything came of it.
    fn act(&mut self) -> Result<bool, String> {
        if matches!(self.end, Some(End::Failed(..) | End::Truncated)) {
            return Ok(false);
        }
        if self.facts.is_none() {
            return self.handshake();
        }
        let sent = self.write()?;
        let read = self.end.is_none() && self.read()?;
        Ok(sent || read)
    }

    fn handshake(&mut self) -> Result<bool, String> {
        match self.tls.do_handshake() {
            Ok(Status::Done(())) => {
                self.facts = Some(self.tls.facts().clone());
                Ok(true)
            }
            Ok(Status::WantRead | Status::WantWrite | Status::Suspended) => Ok(false),
            Err(error) => self.fail(&error),
        }
    }

    /// Writes the next piece, or closes after the last.
    fn write(&mut self) -> Result<bool, String> {
        let Some(next) = self.writes.last_mut() else { return self.close() };
        let data = pattern(self.side, self.written, *next);
        match self.tls.write(&data) {
            Ok(Status::Done(n)) => {
                self.written += n;
                *next -= n;
                if *next == 0 {
                    self.writes.pop();
                }
                Ok(true)
            }
            Ok(Status::WantRead | Status::WantWrite | Status::Suspended) => Ok(false),
            Err(error) => self.fail(&error),
        }
    }

    /// Closes once, or goes on with `unwrap` until that is done.
    fn close(&mut self) -> Result<bool, String> {
        if self.closed && (self.unwrapped || !self.unwraps) {
            return Ok(false);
        }
        let first = !replace(&mut self.closed, true);
        let result = if self.unwraps {
            self.tls.unwrap().map(|status| self.unwrapped = status.is_done())
        } else {
            self.tls.close()
        };
        match result {
            Ok(()) => Ok(first || self.unwrapped),
            // The data is to be read first.
            Err(error) if self.unwraps && error.kind() == ErrorKind::UnreadData => Ok(first),
            Err(error) => self.fail(&error),
        }
    }

    fn read(&mut self) -> Result<bool, String> {
        match self.tls.read(&mut self.buffer) {
            Ok(Read::Data(n)) => {
                if self.buffer[..n] != pattern(self.side.peer(), self.received, n) {
                    return Err(format!("the {:?} has read what nobody wrote", self.side));
                }
                self.received += n;
                self.reads.push(n);
                Ok(true)
            }
            Ok(Read::Closed(Closure::Clean)) => {
                self.end = Some(End::Clean);
                Ok(true)
            }
            Ok(Read::Closed(Closure::Truncated)) => self.fail(&ErrorKind::Truncated.into()),
            Ok(Read::WantRead | Read::WantWrite | Read::Suspended) => Ok(false),
            Err(error) => self.fail(&error),
        }
    }

    /// Notes how this end has failed, and sees to it that it stays so.
    fn fail(&mut self, error: &Error) -> Result<bool, String> {
        if error.origin() == Origin::Misuse {
            return Err(format!("the {:?} is told of misuse: {error}", self.side));
        }
        let truncated = error.kind() == ErrorKind::Truncated;
        self.end = Some(if truncated {
            End::Truncated
        } else {
            End::Failed(error.kind(), error.alert_sent())
        });
        let later = [
            ("do_handshake", self.tls.do_handshake().map(|_| ())),
            ("write", self.tls.write(b"more").map(|_| ())),
            ("unwrap", self.tls.unwrap().map(|_| ())),
            ("close", self.tls.close()),
            ("read", self.tls.read(&mut self.buffer).map(|_| ())),
        ];
        for (call, result) in later {
            let again = matches!(&result, Err(later) if later.kind() == error.kind());
            // To a reader a truncated stream is an end.
            let an_end = call == "read" && truncated && self.facts.is_some();
            if !again && !an_end {
                return Err(format!("{call} of the {:?} after {error}: {result:?}", self.side));
            }
        }
        Ok(true)
    }
}

/// Bytes that say where in which stream they belong.
fn pattern(side: Side, start: usize, n: usize) -> Vec<u8> {
    let of_server = if side == Side::Server { 0x55 } else { 0 };
    (start..start + n).map(|place| (place % 251) as u8 ^ of_server).collect()
}
