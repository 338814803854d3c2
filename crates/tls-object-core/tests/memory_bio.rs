//! Both BIOs against a model: a queue of bytes with a limit and an end.

use std::collections::VecDeque;

use proptest::prelude::*;
use tls_object_core::{ErrorKind, MemoryBio, SharedBio, VecBio};

#[derive(Clone, Debug)]
enum Op {
    Write(Vec<u8>),
    Push(Vec<u8>),
    Read(usize),
    Lend(usize),
    Fill { min: usize, put: Vec<u8> },
    WriteEof,
    Trim,
}

/// The most bytes that are moved at once. Miri takes its time for each.
const MOST: usize = if cfg!(miri) { 60 } else { 3000 };

fn op() -> impl Strategy<Value = Op> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..MOST);
    prop_oneof![
        8 => bytes().prop_map(Op::Write),
        3 => bytes().prop_map(Op::Push),
        8 => (0..MOST * 4 / 3).prop_map(Op::Read),
        4 => (0..MOST * 4 / 3).prop_map(Op::Lend),
        4 => (0..MOST * 2 / 3, bytes()).prop_map(|(min, put)| Op::Fill { min, put }),
        1 => Just(Op::WriteEof),
        1 => Just(Op::Trim),
    ]
}

#[derive(Default)]
struct Model {
    bytes: VecDeque<u8>,
    limit: usize,
    ended: bool,
}

impl Model {
    fn room(&self) -> usize {
        if self.limit == 0 { usize::MAX } else { self.limit.saturating_sub(self.bytes.len()) }
    }

    fn take(&mut self, n: usize) -> Vec<u8> {
        let n = n.min(self.bytes.len());
        self.bytes.drain(..n).collect()
    }
}

fn step(bio: &mut dyn MemoryBio, model: &mut Model, op: Op) {
    match op {
        Op::Write(bytes) => match bio.write(&bytes) {
            Ok(n) => {
                assert!(!model.ended);
                assert_eq!(n, bytes.len().min(model.room()));
                model.bytes.extend(&bytes[..n]);
            }
            Err(error) => {
                assert!(model.ended);
                assert_eq!(error.kind(), ErrorKind::BioEnded);
            }
        },
        Op::Push(bytes) => {
            assert_eq!(bio.push(&bytes), bytes.len());
            model.bytes.extend(&bytes);
        }
        Op::Read(n) => {
            let mut dst = vec![0; n];
            let got = bio.read(&mut dst);
            assert_eq!(dst[..got], model.take(n));
        }
        Op::Lend(n) => {
            let mut seen = Vec::new();
            let dropped = bio.lend(&mut |bytes| {
                assert!(!bytes.is_empty());
                seen = bytes.to_vec();
                n.min(bytes.len())
            });
            assert!(model.bytes.iter().copied().take(seen.len()).eq(seen.iter().copied()));
            assert_eq!(model.take(dropped), seen[..dropped]);
        }
        Op::Fill { min, put } => {
            let room = model.room();
            let mut written = Vec::new();
            let result = bio.fill(min, &mut |spare| {
                assert!(spare.len() >= min.min(room) && spare.len() <= room);
                let n = put.len().min(spare.len());
                spare[..n].copy_from_slice(&put[..n]);
                written = put[..n].to_vec();
                n
            });
            match result {
                Ok(n) => {
                    assert!(!model.ended);
                    assert_eq!(n, written.len());
                    model.bytes.extend(&written);
                }
                Err(error) => {
                    assert!(model.ended && written.is_empty());
                    assert_eq!(error.kind(), ErrorKind::BioEnded);
                }
            }
        }
        Op::WriteEof => {
            bio.write_eof();
            model.ended = true;
        }
        Op::Trim => {
            bio.trim();
            assert!(bio.memory_in_use() <= model.bytes.len() + 64);
        }
    }
    assert_eq!(bio.pending(), model.bytes.len());
    assert_eq!(bio.room(), model.room());
    assert_eq!(bio.ended(), model.ended);
    assert_eq!(bio.eof(), model.ended && model.bytes.is_empty());
}

proptest! {
    #[test]
    fn both_bios_are_queues(limit in prop_oneof![Just(0_usize), 1..MOST * 2], ops in prop::collection::vec(op(), 1..60)) {
        let mut bios: [Box<dyn MemoryBio>; 2] =
            [Box::new(VecBio::with_limit(limit)), Box::new(SharedBio::with_limit(limit))];
        for bio in &mut bios {
            let mut model = Model { limit, ..Model::default() };
            for op in ops.clone() {
                step(&mut **bio, &mut model, op);
            }
        }
    }
}

#[test]
fn an_emptied_bio_gives_back_what_a_burst_took() {
    let mut bio = VecBio::new();
    bio.push(&vec![7; 1 << 20]);
    bio.consume(1 << 20);
    assert!(bio.memory_in_use() <= 64 * 1024, "{}", bio.memory_in_use());
}

#[test]
fn a_burst_that_comes_again_finds_its_memory_until_one_does_without() {
    const BURST: usize = 1 << 20;
    let mut bio = VecBio::new();
    let mut burst = |len: usize| {
        bio.push(&vec![7; len]);
        bio.consume(len);
        bio.memory_in_use()
    };
    assert!(burst(BURST) < BURST);
    assert!((BURST..=2 * BURST).contains(&burst(BURST)));
    assert!((BURST..=2 * BURST).contains(&burst(BURST)));
    // Nothing is no burst.
    assert!((BURST..=2 * BURST).contains(&burst(0)));
    assert!(burst(100) < BURST);
    assert!(burst(BURST) < BURST);
    assert!(burst(BURST) >= BURST);
    bio.trim();
    assert_eq!(bio.memory_in_use(), 0);
}

#[test]
fn two_handles_share_one_bio() {
    let mut ours = SharedBio::new();
    let mut theirs = ours.clone();
    assert_eq!(ours.write(b"hello").unwrap(), 5);
    let mut dst = [0; 8];
    assert_eq!(theirs.read(&mut dst), 5);
    assert_eq!(&dst[..5], b"hello");
    theirs.write_eof();
    assert!(ours.eof());
}
