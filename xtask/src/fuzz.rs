//! Running the fuzz targets, with cargo-fuzz.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, thread};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cargo::{cargo, metadata, output, run};
use crate::tools;

/// The fuzz targets' own workspace, from the root.
const MANIFEST: &str = "fuzz/Cargo.toml";

/// How much of what a target has said is shown when it fails.
const LAST_LINES: usize = 40;

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
/// If a target cannot be built, or has found something.
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
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(target) = next(&queue) {
                    bar.set_message(target.clone());
                    if let Err(error) = place.run(&target, how.seconds) {
                        bar.suspend(|| eprintln!("{target}: {error:#}"));
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(target);
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !failed.is_empty() {
        bail!("found something: {}; fuzz/README.md says how to go on", failed.join(", "));
    }
    println!("{} s of each target, and nothing found", how.seconds);
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
    /// has it too.
    fn cargo_fuzz(&self, command: &str) -> Command {
        let mut fuzz = cargo(["fuzz", command]);
        fuzz.env("RUSTC_BOOTSTRAP", "1").arg("--target-dir").arg(&self.target);
        fuzz
    }

    /// Runs one target. What it prints is kept beside its corpus, and shown if it finds something.
    fn run(&self, target: &str, seconds: u64) -> Result<()> {
        let corpus = self.target.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        let seeds = Path::new("fuzz/seeds").join(target);
        let mut command = self.cargo_fuzz("run");
        command.arg(target).arg(corpus).arg(seeds).args([
            "--".to_owned(),
            format!("-max_total_time={seconds}"),
            "-timeout=20".to_owned(),
            "-rss_limit_mb=4096".to_owned(),
        ]);
        let output = command.stdin(Stdio::null()).output().context("cargo fuzz")?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return Ok(());
        }
        let lines: Vec<_> = said.lines().collect();
        bail!("{}\n{}", output.status, lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"))
    }
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
