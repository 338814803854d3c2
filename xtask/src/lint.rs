//! What can be said about the code without running it.

use anyhow::Result;

use crate::cargo::{cargo, run};
use crate::steps::Steps;
use crate::{layers, tools};

/// Checks format, lints, documentation and whether the fuzz targets compile.
///
/// # Errors
/// If a tool is missing or a step failed; the steps after it were run all the same.
pub(crate) fn lint() -> Result<()> {
    tools::ensure()?;
    let mut steps = Steps::new();
    add_to(&mut steps);
    steps.finish()
}

/// The steps themselves.
pub(crate) fn add_to(steps: &mut Steps) {
    steps.step("format", || run(&mut cargo(["fmt", "--all", "--check"])));
    for member in layers::members() {
        // One by one: together, the features that one member asks for hide what another lacks.
        steps.step(&format!("clippy {member}"), || clippy(member));
    }
    steps.step("documentation", || {
        let every = ["--workspace", "--all-features", "--no-deps"];
        run(cargo(["doc", "--locked"]).args(every).env("RUSTDOCFLAGS", "-D warnings"))
    });
    steps.step("fuzz targets", || {
        run(&mut cargo(["check", "--locked", "--manifest-path", "fuzz/Cargo.toml"]))
    });
}

fn clippy(member: &str) -> Result<()> {
    let all = ["--package", member, "--all-features", "--all-targets"];
    run(cargo(["clippy", "--locked"]).args(all).args(["--", "-D", "warnings"]))
}
