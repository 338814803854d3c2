//! What tls-object costs over driving each library by hand, held to its limits.

mod count;
mod limits;
mod rows;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

use self::count::Counter;
use self::rows::{Row, Verdict};
use crate::cargo::{cargo, metadata, output, run};

/// What to do with the costs.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Bench {
    /// Count instructions, calls for memory, copies and idle memory, and hold them to their limits.
    Gate {
        /// Only cases whose name contains this.
        #[arg(default_value = "")]
        filter: String,
    },
}

/// Counts, compares, and tells.
///
/// # Errors
/// If a limit is not met.
pub(crate) fn bench(bench: &Bench) -> Result<()> {
    let Bench::Gate { filter } = bench;
    let valgrind = output(Command::new("valgrind").arg("--version"))
        .context("valgrind counts the instructions: install it")?;
    let programs = build()?;
    let counter = Counter::new(programs.join("gate"), programs.join("../bench"))?;
    let rows = rows::counted(&counter, filter)?;
    print!("{}", rows::table(&rows));
    verdict(&rows)
}

/// Builds the programs; where they are.
fn build() -> Result<PathBuf> {
    run(&mut cargo(["build", "--release", "--locked", "--package", "tls-object-bench", "--bins"]))?;
    Ok(metadata()?.target_directory.into_std_path_buf().join("release"))
}

fn verdict(rows: &[Row]) -> Result<()> {
    match rows.iter().filter(|row| row.verdict() == Verdict::Failed).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} limits are not met", rows.len()),
    }
}
