//! What lies between two ends: bytes in flight, in one direction, with a transcript of the
//! records they are, and the mishaps that a scenario asks for.

use std::collections::VecDeque;

/// In which pieces bytes arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Chunking {
    /// One at a time.
    Byte,
    /// As much as a segment of TCP holds.
    Segment,
    /// All that is there.
    Whole,
}

impl Chunking {
    /// The most bytes that arrive at once.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Segment => 1400,
            Self::Whole => usize::MAX,
        }
    }

    /// The name in a case's parameters.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Byte => "1",
            Self::Segment => "1400",
            Self::Whole => "whole",
        }
    }
}

/// The content types of records (RFC 8446 section 5.1).
pub(crate) mod content {
    pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
    pub(crate) const ALERT: u8 = 21;
    pub(crate) const HANDSHAKE: u8 = 22;
    pub(crate) const APPLICATION_DATA: u8 = 23;
}

/// The length of a record's header in bytes.
pub(crate) const HEADER: usize = 5;

/// What can be seen of a record from outside, as its sender wrote it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    /// What it holds, or claims to hold.
    pub(crate) content_type: u8,
    /// The length of its body.
    pub(crate) len: usize,
    /// The first bytes of its body, two at most: the level and description of an alert in plain text.
    pub(crate) head: Vec<u8>,
}

/// Which byte of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Position {
    /// The content type.
    Type,
    /// The lower byte of the version.
    Version,
    /// The lower byte of the length.
    Length,
    /// The first byte of the body.
    BodyStart,
    /// The last byte of the body.
    BodyEnd,
}

/// Which record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Target {
    /// The next one.
    Next,
    /// The first one of the connection that is encrypted.
    Protected,
}

/// One direction of the transport between two ends.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    flying: VecDeque<u8>,
    records: Vec<Record>,
    header: Vec<u8>,
    body_left: usize,
    corruption: Option<(Target, Position)>,
    /// Whether the record that goes by is encrypted.
    protected: bool,
    cipher_changed: bool,
    sent: u64,
}

impl Wire {
    /// Takes bytes from the sender.
    pub(crate) fn send(&mut self, mut bytes: &[u8]) {
        self.sent += bytes.len() as u64;
        while !bytes.is_empty() {
            let n = if self.body_left > 0 { self.body(bytes) } else { self.header(bytes) };
            bytes = &bytes[n..];
        }
    }

    /// Takes bytes of a header; once complete, notes the record and flies.
    fn header(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(HEADER - self.header.len());
        self.header.extend_from_slice(&bytes[..n]);
        if self.header.len() == HEADER {
            let mut header = std::mem::take(&mut self.header);
            let len = usize::from(u16::from_be_bytes([header[3], header[4]]));
            self.records.push(Record { content_type: header[0], len, head: Vec::new() });
            self.body_left = len;
            // Under TLS 1.3 what is encrypted looks like application data; under TLS 1.2 the
            // handshake is encrypted from the change of the cipher on.
            self.protected = match header[0] {
                content::APPLICATION_DATA => true,
                content::HANDSHAKE => self.cipher_changed,
                _ => false,
            };
            self.cipher_changed |= header[0] == content::CHANGE_CIPHER_SPEC;
            match self.corruption_here() {
                Some(Position::Type) => self.flip(&mut header[0]),
                Some(Position::Version) => self.flip(&mut header[2]),
                Some(Position::Length) => self.flip(&mut header[4]),
                _ => {}
            }
            self.flying.extend(header);
        }
        n
    }

    /// Takes bytes of a body.
    fn body(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(self.body_left);
        let corruption = self.corruption_here();
        let Some(record) = self.records.last_mut() else { return n };
        let at_start = self.body_left == record.len;
        let room = 2 - record.head.len();
        record.head.extend_from_slice(&bytes[..n.min(room)]);
        self.body_left -= n;
        let first = self.flying.len();
        self.flying.extend(&bytes[..n]);
        let hit = match corruption {
            Some(Position::BodyStart) if at_start => first,
            Some(Position::BodyEnd) if self.body_left == 0 => self.flying.len() - 1,
            _ => return n,
        };
        self.flying[hit] ^= FLIPPED;
        self.corruption = None;
        n
    }

    /// Where the record that goes by is to be corrupted.
    fn corruption_here(&self) -> Option<Position> {
        match self.corruption {
            Some((Target::Protected, _)) if !self.protected => None,
            Some((_, position)) => Some(position),
            None => None,
        }
    }

    fn flip(&mut self, byte: &mut u8) {
        *byte ^= FLIPPED;
        self.corruption = None;
    }

    /// Flips one bit of a record that is yet to be sent.
    pub(crate) fn corrupt(&mut self, target: Target, position: Position) {
        self.corruption = Some((target, position));
    }

    /// Whether a corruption was asked for and its record never came.
    pub(crate) fn corruption_pending(&self) -> bool {
        self.corruption.is_some()
    }

    /// Puts bytes into flight that no sender wrote.
    pub(crate) fn inject(&mut self, bytes: &[u8]) {
        self.flying.extend(bytes);
    }

    /// Lends up to `most` bytes in flight to `take` and drops as many as it returns.
    pub(crate) fn deliver(&mut self, most: usize, take: &mut dyn FnMut(&[u8]) -> usize) -> usize {
        let (front, _) = self.flying.as_slices();
        let n = take(&front[..front.len().min(most)]);
        self.flying.drain(..n);
        n
    }

    /// The length of the first record in flight, with its header; of what there is, if that is not all of it.
    #[cfg(feature = "harness")]
    pub(crate) fn first_record(&self) -> usize {
        match (self.flying.get(3), self.flying.get(4)) {
            (Some(&high), Some(&low)) => {
                let len = HEADER + usize::from(u16::from_be_bytes([high, low]));
                len.min(self.flying.len())
            }
            _ => self.flying.len(),
        }
    }

    /// The bytes in flight, for what may happen to them.
    pub(crate) fn flying(&mut self) -> &mut VecDeque<u8> {
        &mut self.flying
    }

    /// Loses all but the first `keep` bytes in flight.
    pub(crate) fn lose(&mut self, keep: usize) {
        self.flying.truncate(keep);
    }

    /// Bytes in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.flying.len()
    }

    /// Bytes that the sender wrote so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// The records that the sender wrote so far, as it wrote them.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }
}

/// The bit that a corruption flips: it makes another number of every byte that means something in a header.
const FLIPPED: u8 = 0x01;

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: [u8; 14] = [22, 3, 1, 0, 2, 0xaa, 0xbb, 21, 3, 3, 0, 2, 2, 40];

    fn flown(wire: &mut Wire) -> Vec<u8> {
        let mut out = Vec::new();
        while wire.in_flight() > 0 {
            wire.deliver(3, &mut |bytes| {
                out.extend_from_slice(bytes);
                bytes.len()
            });
        }
        out
    }

    #[test]
    fn the_transcript_is_the_same_for_every_way_to_send() {
        for piece in 1..=STREAM.len() {
            let mut wire = Wire::default();
            STREAM.chunks(piece).for_each(|bytes| wire.send(bytes));
            let seen: Vec<_> =
                wire.records().iter().map(|r| (r.content_type, r.len, r.head.clone())).collect();
            assert_eq!(seen, [(22, 2, vec![0xaa, 0xbb]), (21, 2, vec![2, 40])]);
            assert_eq!(flown(&mut wire), STREAM);
        }
    }

    #[test]
    fn a_corruption_hits_one_byte() {
        let stream = [22, 3, 1, 0, 2, 0xaa, 0xbb, 20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 2, 2, 40];
        let hits = [
            (Target::Next, Position::Type, 0),
            (Target::Next, Position::Version, 2),
            (Target::Next, Position::Length, 4),
            (Target::Next, Position::BodyStart, 5),
            (Target::Next, Position::BodyEnd, 6),
            (Target::Protected, Position::Type, 13),
            (Target::Protected, Position::BodyEnd, 19),
        ];
        for (target, position, index) in hits {
            let mut wire = Wire::default();
            wire.corrupt(target, position);
            stream.iter().for_each(|byte| wire.send(&[*byte]));
            assert!(!wire.corruption_pending());
            let mut expected = stream;
            expected[index] ^= FLIPPED;
            assert_eq!(flown(&mut wire), expected, "{target:?} {position:?}");
        }
    }
}
