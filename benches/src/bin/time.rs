//! Times every case with every driver, and prints one sample a line.
//!
//! Drivers take turns within one process, and the best of many turns counts, in time of the
//! processor: what else the machine does meanwhile is mostly left out.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tls_object_bench::drivers::{Begin, DRIVERS, LIBRARIES, visit};
use tls_object_bench::floor::{self, Aead};
use tls_object_bench::stopwatch::{Ends, Timed};
use tls_object_bench::workload::Workload;
use tls_object_bench::{Case, RECORD, Sample, Setup, Suite, Version, case_filter};

const CASES: &[&str] = &[
    "hs/full/1.2/p256",
    "hs/full/1.3/p256",
    "hs/full/1.2/rsa2048",
    "hs/full/1.3/rsa2048",
    "hs/mutual/1.3/p256",
    "hs/pq/1.3/p256",
    "hs/resumed/1.2/p256",
    "hs/resumed/1.3/p256",
    "bulk/1k/aes128",
    "bulk/1k/aes256",
    "bulk/1k/chacha",
    "bulk/16k/aes128",
    "bulk/16k/aes256",
    "bulk/16k/chacha",
    "bulk/64k/aes128",
    "bulk/64k/aes256",
    "bulk/64k/chacha",
    "bulk/1m/aes128",
    "bulk/1m/aes256",
    "bulk/1m/chacha",
    "bulk/16m/aes256",
    "bulk/64m/aes256",
    "late/64m",
    "echo/64",
    "echo/512",
    "echo/4k",
    "probe",
    "backlog/1",
    "backlog/16",
    "backlog/256",
    "backlog/1024",
];

/// Cases that native-tls can do, beside the library below it.
const ALSO_NATIVE_TLS: &[&str] =
    &["bulk/16k/aes256/1.2", "bulk/64k/aes256/1.2", "bulk/1m/aes256/1.2"];

/// How long one turn lasts at least.
const TURN: Duration = Duration::from_millis(10);
/// How many turns each driver has at least.
const TURNS: usize = 5;
/// How long the turns of all drivers go on at least.
const ENOUGH: Duration = Duration::from_millis(1200);

fn main() -> ExitCode {
    let Some(filter) = case_filter("time") else { return ExitCode::FAILURE };
    for name in CASES.iter().filter(|name| name.contains(&*filter)) {
        for library in LIBRARIES {
            time(name, library);
        }
    }
    for name in ALSO_NATIVE_TLS.iter().filter(|name| name.contains(&*filter)) {
        for library in ["openssl", "native-tls"] {
            time(name, library);
        }
    }
    ExitCode::SUCCESS
}

/// Times a case with every driver that a library has.
fn time(name: &str, library: &str) {
    let case: Case = name.parse().expect("a case of the list");
    if library == "boring"
        && case.terms.version == Version::Tls13
        && case.terms.suite != Suite::Aes256
    {
        // It takes its own choice: that would be the same case again.
        return;
    }
    eprintln!("{name} {library}");
    let setup = Setup::new(case.terms);
    let mut contestants: Vec<_> = DRIVERS
        .iter()
        .filter_map(|&driver| {
            Some(Contestant::new(driver, visit(driver, library, &setup, Begin(case))?))
        })
        .collect();
    if let (Workload::Bulk { .. }, Some(aead)) =
        (case.workload, floor::aead(library, case.terms.suite))
    {
        let size = case.workload.size();
        contestants.push(Contestant::new("floor", Box::new(Floor { aead, size })));
    }
    let begun = Instant::now();
    let mut turns = 0;
    while turns < TURNS || begun.elapsed() < ENOUGH {
        for contestant in &mut contestants {
            contestant.turn();
        }
        turns += 1;
    }
    for contestant in contestants {
        report(name, case.workload, library, &contestant);
    }
}

/// Somebody who does the work, and the best that was seen.
struct Contestant {
    driver: &'static str,
    work: Box<dyn Timed>,
    /// How often the work is done in one turn.
    times: u32,
    best: Ends,
}

impl Contestant {
    fn new(driver: &'static str, mut work: Box<dyn Timed>) -> Self {
        let mut times = 0;
        let mut took = Duration::ZERO;
        while took < TURN {
            let ends = work.once();
            took += ends.client + ends.server;
            times += 1;
        }
        Self { driver, work, times, best: Ends { client: Duration::MAX, server: Duration::MAX } }
    }

    fn turn(&mut self) {
        let mut sum = Ends::default();
        for _ in 0..self.times {
            let ends = self.work.once();
            sum.client += ends.client;
            sum.server += ends.server;
        }
        self.best.client = self.best.client.min(sum.client / self.times);
        self.best.server = self.best.server.min(sum.server / self.times);
    }
}

fn report(name: &str, workload: Workload, library: &str, contestant: &Contestant) {
    let Ends { client, server } = contestant.best;
    let sample = |id: String, unit: &str, value: f64| {
        Sample::new(id, library, contestant.driver, unit, value).print();
    };
    match workload {
        Workload::Bulk { size } => {
            let mib = size as f64 / f64::from(1 << 20);
            let rest = name.trim_start_matches("bulk/");
            sample(format!("bulk/send/{rest}"), "MiB/s", mib / client.as_secs_f64());
            sample(format!("bulk/recv/{rest}"), "MiB/s", mib / server.as_secs_f64());
        }
        Workload::Full | Workload::Resumed => {
            sample(format!("{name}/client"), "1/s", 1.0 / client.as_secs_f64());
            sample(format!("{name}/server"), "1/s", 1.0 / server.as_secs_f64());
        }
        Workload::Late { .. } | Workload::Backlog { .. } => {
            let mib = workload.size() as f64 / f64::from(1 << 20);
            sample(name.to_owned(), "MiB/s", mib / client.as_secs_f64());
        }
        _ => sample(name.to_owned(), "1/s", 1.0 / client.as_secs_f64()),
    }
}

/// The cipher alone, on as many full records as the work is about.
struct Floor {
    aead: Box<dyn Aead>,
    size: usize,
}

impl Timed for Floor {
    fn once(&mut self) -> Ends {
        let mut ends = Ends::default();
        let mut record = Vec::with_capacity(RECORD + 64);
        record.resize(RECORD, 0x5a);
        let records = self.size.div_ceil(RECORD);
        let share = (self.size as f64 / (records * RECORD) as f64).min(1.0);
        for _ in 0..records {
            let begun = ThreadTime::now();
            self.aead.seal(&mut record);
            ends.client += begun.elapsed().mul_f64(share);
            let begun = ThreadTime::now();
            self.aead.open(&mut record);
            ends.server += begun.elapsed().mul_f64(share);
        }
        ends
    }
}
