//! Counting what one operation of a case costs, under valgrind.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{fs, thread};

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cargo::output;

/// What is counted: the work of a case, done by a driver on a library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Job {
    pub(super) case: &'static str,
    pub(super) driver: &'static str,
    pub(super) library: &'static str,
    /// How often the work is done.
    pub(super) times: u32,
    /// What is counted of it.
    pub(super) what: What,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum What {
    /// Calls for memory, whoever makes them.
    Allocations,
    /// Instructions.
    Instructions,
    /// Bytes that `memcpy` and its kin copy.
    Copies,
}

/// What one operation costs. Zero where it was not counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    pub(super) instructions: f64,
    /// Calls of `malloc` and its kin.
    pub(super) allocations: f64,
    /// Bytes copied.
    pub(super) copied: f64,
}

/// The program that does the work, and where profiles are kept.
pub(super) struct Counter {
    gate: PathBuf,
    folder: PathBuf,
}

impl Counter {
    /// Makes the certificates that all jobs share.
    pub(super) fn new(gate: PathBuf, folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        output(Command::new(&gate).arg("pki").arg(&folder))?;
        Ok(Self { gate, folder })
    }

    /// Counts every job, as many at a time as there are processors; in the order of the jobs.
    pub(super) fn count(&self, jobs: &[Job]) -> Result<Vec<Cost>> {
        let style = ProgressStyle::with_template("{bar:30} {pos:>3}/{len} {elapsed} {msg}")?;
        let bar = ProgressBar::new(jobs.len() as u64).with_style(style);
        let next = AtomicUsize::new(0);
        let costs = Mutex::new(vec![Cost::default(); jobs.len()]);
        let work = || -> Result<()> {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(index) else { return Ok(()) };
                let name = format!("{} {} {}", job.case, job.library, job.driver);
                bar.set_message(name.clone());
                let cost = match job.what {
                    What::Allocations => self.allocations(job),
                    What::Instructions => self.instructions(job),
                    What::Copies => self.copies(job),
                };
                let cost = cost.with_context(|| name)?;
                costs.lock().unwrap_or_else(PoisonError::into_inner)[index] = cost;
                bar.inc(1);
            }
        };
        thread::scope(|scope| {
            let workers = thread::available_parallelism().map_or(1, usize::from);
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(result) => result,
                Err(_) => bail!("a worker panicked"),
            })
        })?;
        bar.finish_and_clear();
        Ok(costs.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the profile of a job is kept.
    fn profile(&self, job: &Job, kind: &str) -> PathBuf {
        let case = job.case.replace('/', "-");
        self.folder.join(format!("{case}.{}.{}.{kind}", job.library, job.driver))
    }

    /// Runs a job under a tool of valgrind.
    fn run(&self, job: &Job, n: u32, tool: &[&str], out_file: &str, path: &Path) -> Result<()> {
        let mut out = OsString::from(out_file);
        out.push(path);
        let mut valgrind = Command::new("valgrind");
        valgrind.arg("--quiet").args(tool).arg(out).arg(&self.gate).arg(&self.folder);
        output(valgrind.args([job.case, job.driver, job.library]).arg(n.to_string()))?;
        Ok(())
    }

    /// Only what happens within the function `measured` is counted.
    fn instructions(&self, job: &Job) -> Result<Cost> {
        let profile = self.callgrind(job, job.times, "callgrind")?;
        let instructions = total(&profile).context("a profile without a sum")?;
        let instructions = instructions as f64 / f64::from(job.times);
        Ok(Cost { instructions, ..Cost::default() })
    }

    /// The difference of two runs: calls are counted from the beginning to the end of the program.
    fn allocations(&self, job: &Job) -> Result<Cost> {
        let few = self.callgrind(job, job.times, "few.callgrind")?;
        let many = self.callgrind(job, 2 * job.times, "many.callgrind")?;
        let more = calls_for_memory(&many).saturating_sub(calls_for_memory(&few));
        let allocations = more as f64 / f64::from(job.times);
        Ok(Cost { allocations, ..Cost::default() })
    }

    /// The profile of a job.
    fn callgrind(&self, job: &Job, times: u32, kind: &str) -> Result<String> {
        let path = self.profile(job, kind);
        let tool =
            ["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*workload::measured*"];
        self.run(job, times, &tool, "--callgrind-out-file=", &path)?;
        Ok(fs::read_to_string(&path)?)
    }

    /// The difference of two runs: this tool cannot be told where to begin.
    fn copies(&self, job: &Job) -> Result<Cost> {
        let tool = ["--tool=dhat", "--mode=copy"];
        let count = |n: u32| -> Result<u64> {
            let path = self.profile(job, &format!("{n}.dhat"));
            self.run(job, n, &tool, "--dhat-out-file=", &path)?;
            let profile: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
            let points = profile["pps"].as_array().context("a profile without points")?;
            Ok(points.iter().filter_map(|point| point["tb"].as_u64()).sum())
        };
        let copied = count(2 * job.times)?.saturating_sub(count(job.times)?);
        Ok(Cost { copied: copied as f64 / f64::from(job.times), ..Cost::default() })
    }
}

/// The sum that callgrind writes at the end of a profile.
fn total(profile: &str) -> Option<u64> {
    let sum = |line: &str| {
        line.strip_prefix("totals: ")
            .or_else(|| line.strip_prefix("summary: "))?
            .trim()
            .parse()
            .ok()
    };
    profile.lines().rev().find_map(sum)
}

/// How often memory was asked for, or for more of it, by the calls in a profile of callgrind.
fn calls_for_memory(profile: &str) -> u64 {
    const FUNCTIONS: [&str; 6] =
        ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"];
    let mut names = HashMap::new();
    let mut callee = "";
    let mut calls = 0;
    for line in profile.lines() {
        // The name stands where a function is first met, and its number in brackets everywhere.
        if let Some((key, function)) = line.split_once("fn=") {
            let Some((number, name)) = function.split_once(')') else { continue };
            let name = name.trim_start();
            if !name.is_empty() {
                names.insert(number, name);
            }
            if key == "c" {
                callee = names.get(number).copied().unwrap_or_default();
            }
        } else if let Some(call) = line.strip_prefix("calls=")
            && FUNCTIONS.contains(&callee)
        {
            calls += call.split(' ').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "fn=(1) main\n1 5\ncfn=(2) malloc\ncalls=3 0\n1 30\n\
                           cfn=(3) my_malloc\ncalls=9 0\n1 90\n\nfn=(3)\n1 2\ncfn=(2)\ncalls=4 0\n1 40\n\
                           fn=(2)\n7 70\n\ntotals: 237\n";

    #[test]
    fn a_profile_tells_its_sum_and_the_calls_for_memory() {
        assert_eq!(total(PROFILE), Some(237));
        assert_eq!(calls_for_memory(PROFILE), 7);
    }
}
