//! Schedules of faults, as many as one likes.

use anyhow::Result;

use crate::cargo::{cargo, run};
use crate::tools;

/// Plays `count` schedules, chosen by `seed`, on every ordered pair of backends.
///
/// # Errors
/// If a tool is missing, or a schedule breaks a rule.
pub(crate) fn play(count: u32, seed: u64) -> Result<()> {
    tools::ensure()?;
    let program = ["run", "--locked", "--package", "tls-object-tests", "--bin", "faults", "--"];
    let (count, seed) = (count.to_string(), seed.to_string());
    run(cargo(program).args(["--count", &*count, "--seed", &*seed]))
}
