//! Every test, on every backend.

use std::env::consts::EXE_SUFFIX;

use anyhow::Result;

use crate::bogo::{self, Bogo};
use crate::cargo::{cargo, metadata, run};
use crate::steps::Steps;
use crate::{bench, layers, tools};

/// The facade's features, each of which must build alone.
const FEATURES: &[&str] = &[
    "rustls-aws-lc-rs",
    "rustls-ring",
    "openssl",
    "openssl-vendored",
    "boring",
    "native-tls",
    "native-tls-vendored",
];

/// Sees to the tools, then runs the tests. `args` go to `cargo test`.
///
/// # Errors
/// If a tool is missing or a step failed; the steps after it were run all the same.
pub(crate) fn test(args: &[String]) -> Result<()> {
    tools::ensure()?;
    let mut steps = Steps::new();
    add_to(&mut steps, args);
    steps.finish()
}

/// The steps themselves. Costs are counted, and BoringSSL's suite is run, unless `args` choose something.
pub(crate) fn add_to(steps: &mut Steps, args: &[String]) {
    steps.step("layers", layers::check);
    steps.step("no backend", || check_facade(None));
    for feature in FEATURES {
        steps.step(&format!("{feature} alone"), || check_facade(Some(feature)));
    }
    let every = ["--locked", "--workspace", "--features", "tls-object-cli/all"];
    steps.step("programs", || run(cargo(["build", "--bins"]).args(every)));
    steps.step("tests", || {
        // The tests would build the program themselves if they were not told of it.
        let tlsobj = metadata()?.target_directory.join("debug").join(format!("tlsobj{EXE_SUFFIX}"));
        let test = ["test", "--no-fail-fast"];
        run(cargo(test).args(every).args(args).env("TLSOBJ", tlsobj))
    });
    if args.is_empty() {
        steps.step("costs", || bench::gate(""));
        steps.step("BoGo", || bogo::bogo(&Bogo::default()));
    }
}

/// Checks the facade with these features and no others. The conformance suite does not see the
/// facade; it is there because it brings the features of build dependencies that the whole
/// workspace has, without which Cargo would build the C libraries once more for each step.
fn check_facade(feature: Option<&str>) -> Result<()> {
    let packages = ["--package", "tls-object", "--package", "tls-object-conformance"];
    let mut check = cargo(["check", "--locked", "--no-default-features"]);
    if let Some(feature) = feature {
        check.arg("--features").arg(format!("tls-object/{feature}"));
    }
    run(check.args(packages))
}
