//! The project's own chores.

#![forbid(unsafe_code)]

mod bench;
mod bogo;
mod cargo;
mod ci;
mod closure;
mod docs;
mod faults;
mod fuzz;
mod layers;
mod lint;
mod miri;
mod oracle;
mod part;
mod steps;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of the tls-object workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Check who depends on whom, and what each feature set pulls in.
    Layers,
    /// Check format, lints, documentation and whether the fuzz targets compile.
    Lint,
    /// Install what the C libraries need, run every test, and hold the costs to their limits.
    Test {
        /// Passed on to `cargo test`: a filter, or more options.
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Write the pages under docs/ that are generated from what the code says and does.
    Docs,
    /// Let every pair of backends go through random schedules of faults on its transport.
    Faults(faults::Faults),
    /// Ask the CPython that is installed what the oracle's cases come to, and record it.
    Oracle,
    /// Measure what tls-object costs over driving each library by hand.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Run BoringSSL's test suite on every backend, and compare with what is written down.
    Bogo(bogo::Bogo),
    /// Run the fuzz targets.
    #[command(subcommand)]
    Fuzz(fuzz::Fuzz),
    /// Run the core's tests under Miri, which finds undefined behaviour. It needs a nightly toolchain.
    Miri,
    /// Run everything that a change must pass: lint, licences, layers, tests.
    Ci,
}

fn main() -> ExitCode {
    let result = match Args::parse().chore {
        Chore::Layers => layers::check(),
        Chore::Lint => lint::lint(),
        Chore::Test { args } => test::test(&args),
        Chore::Docs => docs::write(),
        Chore::Faults(faults) => faults::play(&faults),
        Chore::Oracle => oracle::record(),
        Chore::Bench(what) => bench::bench(&what),
        Chore::Bogo(args) => bogo::bogo(&args),
        Chore::Fuzz(what) => fuzz::fuzz(&what),
        Chore::Miri => miri::miri(),
        Chore::Ci => ci::ci(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
