//! The cases of `peers/sslobject.py`, done by any [`Driver`] of ours.
//!
//! What is timed, and how often, is the same in both: by the processor's clock, the best of several
//! times, less what looking at the clock takes.

use core::hint::black_box;
use core::time::Duration;

use cpu_time::ThreadTime;

use crate::workload::{carry, drain};
use crate::{Connection, Driver, End, RECORD, Sample, Terms, Version, shake_hands};

/// How much data one measurement is about, in bytes.
const BULK: usize = 64 * 1024 * 1024;

/// How many messages one measurement is about.
const ECHOES: usize = 5000;

/// How many handshakes one measurement is about.
const HANDSHAKES: usize = 100;

/// The size of a message that is sent back, in bytes.
const MESSAGE: usize = 64;

/// One kind of work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Work {
    /// So many bytes are written, then moved, then read.
    Bulk(usize),
    /// A message goes there and back, with a read that finds nothing before each or without.
    Echo {
        /// Whether such a read is made.
        probe: bool,
    },
    /// Two ends shake hands, and one byte goes to the client, behind the tickets.
    Handshake,
}

/// One case that Python does too.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name. That of a bulk has its size behind `bulk/`, and figures of `bulk/send/` and `bulk/recv/` beside it.
    pub id: &'static str,
    work: Work,
    version: Version,
}

impl Case {
    const fn new(id: &'static str, work: Work) -> Self {
        Self { id, work, version: Version::Tls13 }
    }

    /// Every case.
    pub const ALL: [Self; 10] = [
        Self::new("bulk/1k", Work::Bulk(1024)),
        Self::new("bulk/16k", Work::Bulk(16 * 1024)),
        Self::new("bulk/64k", Work::Bulk(64 * 1024)),
        Self::new("bulk/1m", Work::Bulk(1024 * 1024)),
        Self::new("bulk/16m", Work::Bulk(16 * 1024 * 1024)),
        Self::new("bulk/64m", Work::Bulk(64 * 1024 * 1024)),
        Self::new("echo/64", Work::Echo { probe: false }),
        Self::new("echo/64/probe", Work::Echo { probe: true }),
        Self { version: Version::Tls12, ..Self::new("hs/full/1.2/p256", Work::Handshake) },
        Self::new("hs/full/1.3/p256", Work::Handshake),
    ];

    /// What both ends agree on.
    pub const fn terms(self) -> Terms {
        Terms::new(self.version)
    }

    /// Does it, and gives the figures of `library` by `name`: the best of so many times.
    ///
    /// # Panics
    /// If anything goes wrong.
    pub fn run(
        self,
        driver: &mut impl Driver,
        library: &str,
        name: &str,
        times: usize,
    ) -> Vec<Sample> {
        let sample =
            |id: String, unit: &str, value: f64| Sample::new(id, library, name, unit, value);
        match self.work {
            Work::Bulk(size) => {
                let [send, receive, both] = bulk(driver, size, times);
                let label = self.id.strip_prefix("bulk/").expect("a size");
                vec![
                    sample(format!("bulk/send/{label}"), "MiB/s", send),
                    sample(format!("bulk/recv/{label}"), "MiB/s", receive),
                    sample(self.id.to_owned(), "MiB/s", both),
                ]
            }
            Work::Echo { probe } => {
                vec![sample(self.id.to_owned(), "round trips/s", echo(driver, probe, times))]
            }
            Work::Handshake => {
                vec![sample(self.id.to_owned(), "handshakes/s", handshakes(driver, times))]
            }
        }
    }
}

/// The processor's time that some work takes.
fn timed(work: impl FnOnce()) -> Duration {
    let start = ThreadTime::now();
    work();
    start.elapsed()
}

/// The least time that some work takes of so many.
fn best(times: usize, mut work: impl FnMut()) -> f64 {
    let least = (0..times).map(|_| timed(&mut work)).min();
    least.expect("at least one time").as_secs_f64()
}

/// MiB/s of sending, of receiving, of both.
fn bulk(driver: &mut impl Driver, size: usize, times: usize) -> [f64; 3] {
    let mut connection = driver.connect(false);
    let data = vec![0x5a; size];
    let mut buffer = [0; RECORD];
    let rounds = (BULK / size).clamp(1, 4096);
    let overhead = best(1000, || {});
    let mut least = [f64::INFINITY; 3];
    for _ in 0..times {
        let (mut send, mut receive) = (0.0, 0.0);
        for _ in 0..rounds {
            let sending = ThreadTime::now();
            connection.write(End::Client, black_box(&data));
            send += sending.elapsed().as_secs_f64() - overhead;
            let receiving = ThreadTime::now();
            connection.deliver(End::Client, usize::MAX);
            drain(&mut connection, End::Server, size, &mut buffer);
            receive += receiving.elapsed().as_secs_f64() - overhead;
        }
        for (least, it) in least.iter_mut().zip([send, receive, send + receive]) {
            *least = it.min(*least);
        }
    }
    least.map(|seconds| (size * rounds) as f64 / f64::from(1 << 20) / seconds)
}

/// Round trips per second.
fn echo(driver: &mut impl Driver, probe: bool, times: usize) -> f64 {
    let mut connection = driver.connect(false);
    let mut buffer = [0; RECORD];
    let mut once = || {
        for from in [End::Client, End::Server] {
            if probe {
                assert_eq!(connection.read(from.other(), &mut buffer), None);
            }
            carry(&mut connection, from, &[0x5a; MESSAGE], &mut buffer);
        }
    };
    once();
    ECHOES as f64 / best(times, || (0..ECHOES).for_each(|_| once()))
}

/// Handshakes per second.
fn handshakes(driver: &mut impl Driver, times: usize) -> f64 {
    let mut buffer = [0; RECORD];
    let mut once = || {
        let mut connection = driver.wrap(false);
        shake_hands(&mut connection, usize::MAX, &mut |_| {});
        carry(&mut connection, End::Server, b"!", &mut buffer);
        black_box(connection.facts());
    };
    once();
    HANDSHAKES as f64 / best(times, || (0..HANDSHAKES).for_each(|_| once()))
}
