//! Running the fuzz targets, with cargo-fuzz.

mod page;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cargo::{cargo, metadata, output, run};
use crate::tools;

pub(crate) use page::write as write_page;

/// The fuzz targets' own workspace, from the root.
const MANIFEST: &str = "fuzz/Cargo.toml";

/// How much of what a target has said is shown when it fails.
const LAST_LINES: usize = 40;

/// What libFuzzer says before the path of an input that shows a fault, whatever the fault is.
const WRITTEN: &str = "Test unit written to ";

/// The version of cargo-fuzz that is installed where there is none.
const CARGO_FUZZ: &str = "cargo-fuzz@0.13.2";

/// What to do with the fuzz targets.
#[derive(Debug, Subcommand)]
pub(crate) enum Fuzz {
    /// Run the targets for some seconds each, from the committed seeds and what was found before.
    Smoke(Smoke),
    /// Write the seeds anew, from what real peers send.
    Seeds,
}

#[derive(Args, Debug)]
pub(crate) struct Smoke {
    /// Seconds for each target.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// The targets; all of them if none is named.
    targets: Vec<String>,
}

/// Does it.
///
/// # Errors
/// If a target cannot be built or run, or has found something.
pub(crate) fn fuzz(what: &Fuzz) -> Result<()> {
    match what {
        Fuzz::Smoke(how) => smoke(how),
        Fuzz::Seeds => {
            run(&mut cargo(["run", "--locked", "--manifest-path", MANIFEST, "--example", "seeds"]))
        }
    }
}

/// Runs the targets, as many at once as there are processors.
fn smoke(how: &Smoke) -> Result<()> {
    tools::ensure()?;
    ensure_cargo_fuzz()?;
    let place = Place::new()?;
    let targets = chosen(&how.targets)?;
    run(&mut place.cargo_fuzz("build")).context("the fuzz targets")?;
    let bar = bar(targets.len());
    let queue = Mutex::new(VecDeque::from(targets));
    let runs = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(target) = next(&queue) {
                    bar.set_message(target.clone());
                    let run = place.run(&target, how.seconds);
                    if let Some(text) = told(&run) {
                        bar.suspend(|| eprintln!("{target}: {text}"));
                    }
                    runs.lock().unwrap_or_else(PoisonError::into_inner).push((target, run));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    verdict(&runs.into_inner().unwrap_or_else(PoisonError::into_inner))?;
    println!("{} s of each target, and nothing found", how.seconds);
    Ok(())
}

/// What came of one target: nothing, or a fault; an error if it was not run to its end.
type Run = Result<Option<Fault>>;

/// A fault that a target has found.
#[derive(Debug)]
struct Fault {
    /// The file with the input that shows it.
    input: String,
    /// The end of what the target has said.
    said: String,
}

/// What is to be shown of a run at once.
fn told(run: &Run) -> Option<String> {
    match run {
        Ok(None) => None,
        Ok(Some(fault)) => Some(format!("{}\n{}", fault.input, fault.said)),
        Err(error) => Some(format!("{error:#}")),
    }
}

/// # Errors
/// If a target has found something, or was not run to its end.
fn verdict(runs: &[(String, Run)]) -> Result<()> {
    let names = |of: fn(&Run) -> bool| {
        let these = runs.iter().filter(|(_, run)| of(run)).map(|(target, _)| target.as_str());
        these.collect::<Vec<_>>().join(", ")
    };
    let mut faults = Vec::new();
    let found = names(|run| matches!(run, Ok(Some(_))));
    if !found.is_empty() {
        faults.push(format!("found something: {found}; fuzz/README.md says how to go on"));
    }
    let broken = names(|run| run.is_err());
    if !broken.is_empty() {
        faults.push(format!("could not be run: {broken}"));
    }
    if !faults.is_empty() {
        bail!(faults.join("\n"));
    }
    Ok(())
}

fn next(queue: &Mutex<VecDeque<String>>) -> Option<String> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn bar(targets: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{elapsed_precise} {bar:40} {pos}/{len} targets {msg}");
    let bar = ProgressBar::new(targets as u64);
    bar.set_style(style.expect("a template that is sound"));
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}

/// Where the fuzz targets are built, and where what they find on the way is kept.
struct Place {
    target: PathBuf,
}

impl Place {
    fn new() -> Result<Self> {
        Ok(Self { target: metadata()?.target_directory.join("fuzz").into() })
    }

    /// cargo-fuzz, with the compiler that builds everything else: what it asks for is nightly's, and this compiler
    /// has it too. Its profile is the manifest's own, in which rustls has no debug assertions.
    fn cargo_fuzz(&self, command: &str) -> Command {
        let mut fuzz = cargo(["fuzz", command]);
        fuzz.env("RUSTC_BOOTSTRAP", "1").args(["--release", "--target-dir"]).arg(&self.target);
        fuzz
    }

    /// Runs one target. What it prints is kept beside its corpus.
    fn run(&self, target: &str, seconds: u64) -> Run {
        let corpora = self.target.join("corpus");
        let corpus = corpora.join(target);
        fs::create_dir_all(&corpus)?;
        let log = corpora.join(format!("{target}.log"));
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        let seeds = Path::new("fuzz/seeds").join(target);
        let mut command = self.cargo_fuzz("run");
        command.arg(target).arg(corpus).arg(seeds).args([
            "--".to_owned(),
            format!("-max_total_time={seconds}"),
            "-timeout=20".to_owned(),
            "-rss_limit_mb=4096".to_owned(),
        ]);
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let status = command.status().context("cargo fuzz")?;
        if status.success() {
            return Ok(None);
        }
        let printed = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let lines: Vec<_> = printed.lines().collect();
        let said = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
        match input_of_a_fault(&printed) {
            Some(input) => Ok(Some(Fault { input: input.to_owned(), said })),
            None => bail!("{status}\n{said}"),
        }
    }
}

/// The file that libFuzzer wrote an input to which shows a fault, by what it printed.
fn input_of_a_fault(printed: &str) -> Option<&str> {
    printed.lines().find_map(|line| line.split_once(WRITTEN)).map(|(_, path)| path)
}

/// The targets of these names, or all.
fn chosen(names: &[String]) -> Result<Vec<String>> {
    let listed = output(&mut cargo(["fuzz", "list"]))?;
    let all: Vec<_> = listed.lines().map(str::to_owned).collect();
    if let Some(unknown) = names.iter().find(|name| !all.contains(name)) {
        bail!("no fuzz target {unknown:?}; there are {}", all.join(", "));
    }
    Ok(if names.is_empty() { all } else { names.to_vec() })
}

/// Sees to it that cargo-fuzz is installed.
fn ensure_cargo_fuzz() -> Result<()> {
    if output(&mut cargo(["fuzz", "--version"])).is_ok() {
        return Ok(());
    }
    println!("not found: cargo-fuzz; installing {CARGO_FUZZ}");
    run(&mut cargo(["install", "--locked", CARGO_FUZZ])).context("cargo install")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_from_a_target_that_does_not_run() {
        let crash =
            "INFO: Seed: 1\nartifact_prefix='a/'; Test unit written to a/crash-1\nBase64:\n";
        assert_eq!(input_of_a_fault(crash), Some("a/crash-1"));
        assert_eq!(input_of_a_fault("error: no such directory\n"), None);
        let fault = Fault { input: "a/crash-1".to_owned(), said: String::new() };
        let runs = |run| [("one".to_owned(), Ok(None)), ("two".to_owned(), run)];
        assert!(verdict(&runs(Ok(None))).is_ok());
        let found = verdict(&runs(Ok(Some(fault)))).unwrap_err().to_string();
        assert!(found.starts_with("found something: two;"), "{found}");
        let broken = verdict(&runs(Err(anyhow::anyhow!("gone")))).unwrap_err().to_string();
        assert_eq!(broken, "could not be run: two");
    }
}
