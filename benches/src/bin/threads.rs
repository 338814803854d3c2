//! Handshakes in several threads at once on one pair of contexts: one sample a line.
//!
//! What is measured is time of the processor in each thread, so that threads beyond the number of
//! processors cost nothing by themselves; waiting for a lock does not count, spinning on one does. The
//! time on the wall is told too.

#![forbid(unsafe_code)]

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tls_object_bench::drivers::LIBRARIES;
use tls_object_bench::obj::Named;
use tls_object_bench::stopwatch::{Timed, Work};
use tls_object_bench::{Case, Sample, Setup};

const CASES: &[&str] = &["hs/full/1.3/p256", "hs/resumed/1.2/p256", "hs/resumed/1.3/p256"];
/// How long the threads work.
const LONG: Duration = Duration::from_millis(1500);
/// How often each number of threads is tried; the best counts.
const TRIES: usize = 3;

fn main() {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    for name in CASES {
        for library in LIBRARIES {
            for threads in 1..=processors {
                eprintln!("{name} {library} {threads}");
                let best = (0..TRIES).map(|_| handshakes(name, library, threads));
                let (cpu, wall) = best
                    .fold((0.0, 0.0), |best, it| (f64::max(best.0, it.0), f64::max(best.1, it.1)));
                let id = name.trim_start_matches("hs/");
                let id = format!("threads/{threads}/{id}");
                Sample::new(&id, library, "dyn", "1/s a processor", cpu).print();
                Sample::new(format!("{id}/wall"), library, "dyn", "1/s a thread", wall).print();
            }
        }
    }
}

/// How many handshakes a thread does in a second, of the processor and on the wall.
fn handshakes(name: &str, library: &str, threads: usize) -> (f64, f64) {
    let case: Case = name.parse().expect("a case of the list");
    let driver = Named::new(library, &Setup::new(case.terms));
    let together = Barrier::new(threads);
    let rates = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let mut work = Work::new(case.workload, case.terms, driver.clone());
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    let (wall, cpu) = (Instant::now(), ThreadTime::now());
                    let mut done = 0.0;
                    while wall.elapsed() < LONG {
                        work.once();
                        done += 1.0;
                    }
                    (done / cpu.elapsed().as_secs_f64(), done / wall.elapsed().as_secs_f64())
                })
            })
            .collect();
        let rates: Vec<_> = threads.into_iter().map(|it| it.join().expect("no panic")).collect();
        rates
    });
    let mean = |of: fn(&(f64, f64)) -> f64| rates.iter().map(of).sum::<f64>() / threads as f64;
    (mean(|rate| rate.0), mean(|rate| rate.1))
}
