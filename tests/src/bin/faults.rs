//! Lets every ordered pair of backends go through schedules of faults, with a progress bar.

#![allow(missing_docs)] // a program

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

type Pair = (&'static dyn DynBackend, &'static dyn DynBackend);

fn main() -> ExitCode {
    let args = Args::parse();
    let chosen = |name: &Option<String>, backend: &dyn DynBackend| {
        name.as_deref().is_none_or(|name| name == backend.name())
    };
    let backends = tls_object::backends();
    let pairs: Vec<Pair> = backends
        .iter()
        .flat_map(|&client| backends.iter().map(move |&server| (client, server)))
        .filter(|(client, server)| chosen(&args.client, *client) && chosen(&args.server, *server))
        .collect();
    if pairs.is_empty() {
        eprintln!("error: no such backend");
        return ExitCode::from(2);
    }
    println!("seed {}: {} schedules on each of {} pairs", args.seed, args.count, pairs.len());
    let results = play_all(&args, &pairs);
    let mut failed = false;
    for ((client, server), result) in pairs.iter().zip(results) {
        let pair = format!("client={} server={}", client.name(), server.name());
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
                    let Some((client, server)) = pairs.get(index) else { return };
                    let result = Parties::new(*client, *server)
                        .map_err(|error| error.to_string())
                        .and_then(|parties| {
                            let seed = args.seed.wrapping_mul(1000) + index as u64;
                            run(&parties, &several_faults(), args.count, seed, &|| bar.inc(1))
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
