//! Schedules of faults, as many as one likes.

use anyhow::{Result, ensure};
use clap::Args;

use crate::cargo::{cargo, metadata, run};
use crate::tools;

/// Which schedules are played on whom.
#[derive(Args, Debug)]
pub(crate) struct Faults {
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
    /// Under LeakSanitizer, on Linux: everything is built once more, in a folder of its own.
    #[arg(long)]
    leaks: bool,
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
    let (count, seed) = (faults.count.to_string(), faults.seed.to_string());
    play.args(["--", "--count", &count, "--seed", &seed]);
    for (option, backend) in [("--client", &faults.client), ("--server", &faults.server)] {
        play.args(backend.iter().flat_map(|backend| [option, backend]));
    }
    run(&mut play)
}
