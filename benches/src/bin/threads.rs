//! Handshakes in several threads at once on one pair of contexts: one sample a line.
//!
//! What is measured is time of the processor in each thread, so that threads beyond the number of
//! processors cost nothing by themselves; waiting for a lock does not count, spinning on one does. The
//! time on the wall is told too.
//!
//! By hand all threads keep the newest session in one place, this project's objects each keep their own.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tls_object_bench::drivers::{DRIVERS, LIBRARIES, Visit, visit};
use tls_object_bench::stopwatch::{Timed, Work};
use tls_object_bench::{Case, Driver, Sample, Setup, case_filter};

const CASES: &[&str] = &["hs/full/1.3/p256", "hs/resumed/1.2/p256", "hs/resumed/1.3/p256"];
/// How long the threads work in one turn.
const LONG: Duration = Duration::from_millis(300);
/// How many turns each number of threads has; the median counts.
const TURNS: usize = 7;

fn main() -> ExitCode {
    let Some(filter) = case_filter("threads") else { return ExitCode::FAILURE };
    for name in CASES.iter().filter(|name| name.contains(&*filter)) {
        for library in LIBRARIES {
            eprintln!("{name} {library}");
            shake_hands(name, library);
        }
    }
    ExitCode::SUCCESS
}

/// Every driver of a library in turn, with every number of threads in turn.
fn shake_hands(name: &str, library: &str) {
    let case: Case = name.parse().expect("a case of the list");
    let setup = Setup::new(case.terms);
    let rivals = DRIVERS.map(|driver| {
        visit(driver, library, &setup, Begin(case)).expect("a driver of every library")
    });
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut rates = vec![vec![Vec::new(); DRIVERS.len()]; processors];
    for _ in 0..TURNS {
        for (threads, rates) in (1..).zip(&mut rates) {
            for (rival, rates) in rivals.iter().zip(rates) {
                rates.push(rival(threads));
            }
        }
    }
    for (threads, rates) in (1..).zip(rates) {
        for (driver, mut rates) in DRIVERS.into_iter().zip(rates) {
            let mut median = |of: fn(&(f64, f64)) -> f64| {
                rates.sort_by(|a, b| of(a).total_cmp(&of(b)));
                of(&rates[rates.len() / 2])
            };
            let id = format!("threads/{threads}/{}", name.trim_start_matches("hs/"));
            Sample::new(&id, library, driver, "1/s a processor", median(|it| it.0)).print();
            Sample::new(format!("{id}/wall"), library, driver, "1/s a thread", median(|it| it.1))
                .print();
        }
    }
}

/// How many handshakes each of so many threads does in a second, of the processor and on the wall.
type Rate = Box<dyn Fn(usize) -> (f64, f64)>;

/// Makes the contexts that all threads share.
struct Begin(Case);

impl Visit for Begin {
    type Output = Rate;

    fn visit<D: Driver + Clone + Send + 'static>(self, mut make: impl FnMut() -> D) -> Rate {
        let Self(case) = self;
        let driver = make();
        Box::new(move |threads| {
            let together = Barrier::new(threads);
            let rates: Vec<_> = thread::scope(|scope| {
                let threads = (0..threads).map(|_| {
                    let (driver, together) = (driver.clone(), &together);
                    scope.spawn(move || handshakes(case, driver, together))
                });
                let threads: Vec<_> = threads.collect();
                threads.into_iter().map(|it| it.join().expect("no panic")).collect()
            });
            let mean =
                |of: fn(&(f64, f64)) -> f64| rates.iter().map(of).sum::<f64>() / rates.len() as f64;
            (mean(|rate| rate.0), mean(|rate| rate.1))
        })
    }
}

/// What one thread does.
fn handshakes<D: Driver>(case: Case, driver: D, together: &Barrier) -> (f64, f64) {
    let mut work = Work::new(case.workload, case.terms, driver);
    together.wait();
    let (wall, cpu) = (Instant::now(), ThreadTime::now());
    let mut done = 0.0;
    while wall.elapsed() < LONG {
        work.once();
        done += 1.0;
    }
    (done / cpu.elapsed().as_secs_f64(), done / wall.elapsed().as_secs_f64())
}
