//! Schedules of faults, as many as one likes.

use anyhow::{Result, ensure};
use clap::Args;

use crate::cargo::{cargo, metadata, run};
use crate::tools;

/// How schedules are played.
#[derive(Args, Debug)]
pub(crate) struct Faults {
    /// Under LeakSanitizer, on Linux: everything is built once more, in a folder of its own.
    #[arg(long)]
    leaks: bool,
    /// What is played on whom, such as `--count 100 --client openssl`; `-- --help` says what else there is.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    schedules: Vec<String>,
}

/// Plays schedules on the ordered pairs of backends.
///
/// # Errors
/// If a tool is missing, a schedule breaks a rule, or memory is leaked.
pub(crate) fn play(faults: &Faults) -> Result<()> {
    tools::ensure()?;
    let mut play = cargo(["run", "--locked", "--package", "tls-object-tests", "--bin", "faults"]);
    if faults.leaks {
        ensure!(cfg!(target_os = "linux"), "LeakSanitizer is looked for on Linux alone");
        // What is asked of the compiler is nightly's, and this one has it too. With a target named, build scripts
        // go without.
        play.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=leak");
        let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        play.args(["--target", &triple, "--target-dir"])
            .arg(metadata()?.target_directory.join("leaks"));
    }
    play.arg("--").args(&faults.schedules);
    run(&mut play)
}
