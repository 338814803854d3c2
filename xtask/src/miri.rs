//! The core under Miri.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cargo::run;

/// Runs the core's tests under Miri, which finds undefined behaviour. The C libraries it cannot run.
///
/// # Errors
/// If there is no nightly toolchain with Miri, or a test fails.
pub(crate) fn miri() -> Result<()> {
    // What is interpreted takes its time: a few cases of each property, and the files that proptest keeps are allowed.
    let flags = [("MIRIFLAGS", "-Zmiri-disable-isolation"), ("PROPTEST_CASES", "4")];
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "miri", "test", "--package", "tls-object-core"]);
    run(command.envs(flags))
        .context("is it installed? rustup toolchain install nightly --component miri")
}
