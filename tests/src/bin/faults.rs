//! Lets every ordered pair of backends go through schedules of faults, with a progress bar.

#![allow(missing_docs)] // a program

use std::fmt;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use tls_object::DynBackend;
use tls_object_tests::faults::{Parties, Tally, run, several_faults};

/// Lets every ordered pair of backends go through schedules of faults.
#[derive(Debug, Parser)]
struct Args {
    /// How many schedules each pair goes through.
    #[arg(long, default_value_t = 1000)]
    count: u32,
    /// What chooses them; the same number chooses the same ones.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only with this backend as the client.
    #[arg(long)]
    client: Option<String>,
    /// Only with this backend as the server.
    #[arg(long)]
    server: Option<String>,
}

/// A pair of backends.
struct Pair {
    client: &'static dyn DynBackend,
    server: &'static dyn DynBackend,
    /// What chooses its schedules, whichever other pairs play.
    seed: u64,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client={} server={}", self.client.name(), self.server.name())
    }
}

/// The pairs that the arguments choose.
fn pairs(args: &Args) -> Vec<Pair> {
    let chosen = |name: &Option<String>, backend: &dyn DynBackend| {
        name.as_deref().is_none_or(|name| name == backend.name())
    };
    let backends = tls_object::backends();
    let all = backends.iter().flat_map(|&client| backends.iter().map(move |&it| (client, it)));
    let first = args.seed.wrapping_mul(1000);
    (0..)
        .zip(all)
        .map(|(n, (client, server))| Pair { client, server, seed: first.wrapping_add(n) })
        .filter(|pair| chosen(&args.client, pair.client) && chosen(&args.server, pair.server))
        .collect()
}

fn main() -> ExitCode {
    let args = Args::parse();
    let pairs = pairs(&args);
    if pairs.is_empty() {
        eprintln!("error: no such backend");
        return ExitCode::from(2);
    }
    println!("seed {}: {} schedules on each of {} pairs", args.seed, args.count, pairs.len());
    let results = play_all(&args, &pairs);
    let mut failed = false;
    for (pair, result) in pairs.iter().zip(results) {
        match result {
            Ok(Tally { complete, truncated, refused }) => {
                println!("{pair}: {complete} complete, {truncated} truncated, {refused} refused");
            }
            Err(broken) => {
                failed = true;
                println!("{pair}: FAILED: {broken}");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What each pair came to, on as many threads as the machine runs at once.
fn play_all(args: &Args, pairs: &[Pair]) -> Vec<Result<Tally, String>> {
    let style = "{bar:40} {pos}/{len} schedules, {elapsed} of {duration}";
    let bar = ProgressBar::new(pairs.len() as u64 * u64::from(args.count)).with_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let next = AtomicUsize::new(0);
    let results = Mutex::new(pairs.iter().map(|_| Err("not played".to_owned())).collect());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(pair) = pairs.get(index) else { return };
                    let result = Parties::new(pair.client, pair.server)
                        .map_err(|error| error.to_string())
                        .and_then(|parties| {
                            let done = || bar.inc(1);
                            run(&parties, &several_faults(), args.count, pair.seed, &done)
                        });
                    let mut results: std::sync::MutexGuard<'_, Vec<_>> =
                        results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    results[index] = result;
                }
            });
        }
    });
    bar.finish_and_clear();
    results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
