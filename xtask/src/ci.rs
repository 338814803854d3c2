//! Everything that a change must pass, as far as one machine can tell.

use std::process::Command;

use anyhow::Result;

use crate::cargo::{cargo, run};
use crate::steps::Steps;
use crate::{lint, test, tools};

/// Runs every check and every test.
///
/// # Errors
/// If a tool is missing or a step failed; the steps after it were run all the same.
pub(crate) fn ci() -> Result<()> {
    tools::ensure()?;
    let mut steps = Steps::new();
    lint::add_to(&mut steps);
    steps.step("licences and advisories", deny);
    test::add_to(&mut steps, &[]);
    steps.finish()
}

/// Asks cargo-deny where it is installed, and says so where it is not.
fn deny() -> Result<()> {
    if Command::new("cargo-deny").arg("--version").output().is_err() {
        println!("left out: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    run(&mut cargo(["deny", "check"]))
}
