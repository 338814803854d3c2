//! What happens to one connection.

use proptest::prelude::*;
use tls_object::Side;

/// What happens to one connection.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Whether TLS 1.3 is spoken, where the pair can.
    pub tls13: bool,
    /// How much each end writes at a time, the client first.
    pub writes: [Vec<usize>; 2],
    /// Into how large a buffer each end reads.
    pub read_size: [usize; 2],
    /// The limit of all BIOs in bytes, 0 for none.
    pub limit: usize,
    /// Whether each end closes by `unwrap` instead of `close`.
    pub unwraps: [bool; 2],
    /// How many bytes arrive at a time, over and over.
    pub pieces: Vec<usize>,
    /// Whether the server is called before the client, over and over.
    pub server_first: Vec<bool>,
    /// Whether faults are counted from the end of the handshake on.
    pub after_handshake: bool,
    /// What befalls which bytes.
    pub faults: Vec<Fault>,
}

/// Something that befalls the bytes on their way to one end.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// The end to which they are on their way.
    pub to: Side,
    /// How many bytes have arrived there before.
    pub at: usize,
    /// What befalls the next ones.
    pub mishap: Mishap,
}

/// What befalls bytes.
#[derive(Clone, Copy, Debug)]
pub enum Mishap {
    /// One bit of the next byte is flipped.
    Corrupt(u8),
    /// So many bytes are lost.
    Drop(usize),
    /// So many bytes arrive twice.
    Repeat(usize),
    /// Nothing arrives any more, and the transport ends.
    Cut,
    /// Nothing arrives so many times.
    Stall(usize),
}

impl Mishap {
    /// Whether all bytes still arrive as they were sent.
    pub const fn is_harmless(self) -> bool {
        matches!(self, Self::Stall(_))
    }
}

/// Schedules in which all goes well.
pub fn without_faults() -> impl Strategy<Value = Schedule> {
    let sizes = || prop_oneof![4 => 0..300_usize, 2 => 0..5000_usize, 1 => 16_000..40_000_usize];
    let writes = || prop::collection::vec(sizes(), 0..5);
    let read_size = || prop_oneof![1..64_usize, 1000..20_000_usize];
    let limit = prop_oneof![2 => Just(0_usize), 1 => 600..3000_usize, 1 => 18_000..60_000_usize];
    let piece = prop_oneof![1 => 1..6_usize, 2 => 5..600_usize, 4 => 600..40_000_usize];
    (
        any::<bool>(),
        [writes(), writes()],
        [read_size(), read_size()],
        limit,
        any::<[bool; 2]>(),
        prop::collection::vec(piece, 1..8),
        prop::collection::vec(any::<bool>(), 1..8),
    )
        .prop_map(|(tls13, writes, read_size, limit, unwraps, pieces, server_first)| {
            Schedule {
                tls13,
                writes,
                read_size,
                limit,
                unwraps,
                pieces,
                server_first,
                after_handshake: false,
                faults: Vec::new(),
            }
        })
}

/// Schedules in which one byte is corrupted, lost or repeated, or the last that arrives.
pub fn one_fault() -> impl Strategy<Value = Schedule> {
    let mishap = prop_oneof![
        4 => (0..8_u8).prop_map(Mishap::Corrupt),
        1 => Just(Mishap::Drop(1)),
        1 => Just(Mishap::Repeat(1)),
        1 => Just(Mishap::Cut),
    ];
    with_faults(prop::collection::vec(fault(mishap), 1))
}

/// Schedules in which up to four things of any kind happen.
pub fn several_faults() -> impl Strategy<Value = Schedule> {
    let some = || prop_oneof![Just(1_usize), 2..64_usize, 64..20_000_usize];
    let mishap = prop_oneof![
        3 => (0..8_u8).prop_map(Mishap::Corrupt),
        2 => some().prop_map(Mishap::Drop),
        2 => some().prop_map(Mishap::Repeat),
        1 => Just(Mishap::Cut),
        2 => (1..40_usize).prop_map(Mishap::Stall),
    ];
    with_faults(prop::collection::vec(fault(mishap), 1..5))
}

fn fault(mishap: impl Strategy<Value = Mishap>) -> impl Strategy<Value = Fault> {
    // A handshake is some hundred to a few thousand bytes.
    let at = prop_oneof![2 => 0..300_usize, 3 => 0..3000_usize, 2 => 0..40_000_usize];
    let to = prop_oneof![Just(Side::Client), Just(Side::Server)];
    (to, at, mishap).prop_map(|(to, at, mishap)| Fault { to, at, mishap })
}

fn with_faults(faults: impl Strategy<Value = Vec<Fault>>) -> impl Strategy<Value = Schedule> {
    (without_faults(), any::<bool>(), faults).prop_map(|(schedule, after_handshake, faults)| {
        Schedule { after_handshake, faults, ..schedule }
    })
}
