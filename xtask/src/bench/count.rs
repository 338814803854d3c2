//! Counting instructions and allocations of one workload.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{fs, thread};

use anyhow::{Context as _, Result, bail};

use crate::cargo::output;

/// What is counted: a workload, done by a driver on a library.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Job {
    pub(super) workload: &'static str,
    pub(super) driver: &'static str,
    pub(super) library: &'static str,
    /// How often it is done in the one run and in the other.
    pub(super) times: (u32, u32),
}

/// What one operation of a workload costs.
#[derive(Clone, Debug)]
pub(super) struct Cost {
    pub(super) instructions: f64,
    /// Of Rust code only.
    pub(super) allocations: f64,
    /// The library's own name and version.
    pub(super) library: String,
}

/// Counts every job, as many at a time as there are processors; in the order of the jobs.
pub(super) fn count(gate: &Path, keep: &Path, jobs: &[Job]) -> Result<Vec<Cost>> {
    fs::create_dir_all(keep).with_context(|| format!("cannot make {}", keep.display()))?;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let costs = Mutex::new(vec![None; jobs.len()]);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| {
                scope.spawn(|| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let cost = cost(gate, keep, job).with_context(|| {
                            format!("{} {} {}", job.workload, job.driver, job.library)
                        })?;
                        let index = jobs.iter().position(|it| it == job).unwrap_or_default();
                        costs.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(cost);
                        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
                        eprintln!(
                            "{done:>3} of {}: {} {} {}",
                            jobs.len(),
                            job.workload,
                            job.library,
                            job.driver
                        );
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => bail!("a worker panicked"),
        })
    })?;
    let costs = costs.into_inner().unwrap_or_else(PoisonError::into_inner);
    costs.into_iter().collect::<Option<_>>().context("a job was left out")
}

/// The difference of two runs: what is done only once, whatever the number, is in both.
fn cost(gate: &Path, keep: &Path, job: &Job) -> Result<Cost> {
    let few = run(gate, keep, job, job.times.0)?;
    let many = run(gate, keep, job, job.times.1)?;
    let per_operation =
        |few: u64, many: u64| (many as f64 - few as f64) / f64::from(job.times.1 - job.times.0);
    Ok(Cost {
        instructions: per_operation(few.instructions, many.instructions),
        allocations: per_operation(few.allocations, many.allocations),
        library: many.library,
    })
}

struct Run {
    instructions: u64,
    allocations: u64,
    library: String,
}

fn run(gate: &Path, keep: &Path, job: &Job, n: u32) -> Result<Run> {
    let Job { workload, driver, library, .. } = job;
    let profile = keep.join(format!("{workload}.{library}.{driver}.{n}.callgrind"));
    let mut out_file = OsString::from("--callgrind-out-file=");
    out_file.push(&profile);
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind"]).arg(out_file).arg(gate);
    let printed = output(valgrind.args([workload, driver, library]).arg(n.to_string()))?;
    let (allocations, library) = printed.split_once('\n').context("two lines were expected")?;
    Ok(Run {
        instructions: total(&profile)?,
        allocations: allocations.parse().context("a number of allocations was expected")?,
        library: library.trim().to_owned(),
    })
}

/// The sum that callgrind writes at the end of a profile.
fn total(profile: &Path) -> Result<u64> {
    let text = fs::read_to_string(profile)?;
    let total = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    let total = total.with_context(|| format!("no sum in {}", profile.display()))?;
    Ok(total.trim().parse()?)
}
