//! The programs of the package `tls-object-bench`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::cargo::{cargo, metadata, run};

/// One figure, as the programs print it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sample {
    pub(super) id: String,
    pub(super) library: String,
    pub(super) driver: String,
    pub(super) unit: String,
    pub(super) value: f64,
}

/// Where the programs are.
pub(super) struct Programs {
    target: PathBuf,
}

impl Programs {
    /// Builds them all.
    pub(super) fn build() -> Result<Self> {
        let every = ["build", "--release", "--locked", "--package", "tls-object-bench", "--bins"];
        run(&mut cargo(every))?;
        Ok(Self { target: metadata()?.target_directory.into_std_path_buf() })
    }

    /// Builds the one that is held against Python, with the system's OpenSSL, which is Python's too.
    pub(super) fn build_versus_python(&self) -> Result<PathBuf> {
        let target = self.target.join("system");
        let build = ["build", "--release", "--locked", "--package", "tls-object-bench"];
        let with = ["--no-default-features", "--features", "openssl", "--bin", "versus_python"];
        run(cargo(build).args(with).arg("--target-dir").arg(&target))?;
        Ok(target.join("release/versus_python"))
    }

    /// The path of a program.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }

    /// Where what was found out is kept.
    pub(super) fn folder(&self) -> PathBuf {
        self.target.join("bench")
    }
}

/// Runs a program to its end, its progress going to standard error; the samples that it printed.
pub(super) fn samples(
    program: &Path,
    args: &[&str],
    tunables: Option<&str>,
) -> Result<Vec<Sample>> {
    let mut command = Command::new(program);
    if let Some(tunables) = tunables {
        command.env("GLIBC_TUNABLES", tunables);
    }
    let output = command
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    if !output.status.success() {
        bail!("{}: {}", program.display(), output.status);
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a sample: {line}")))
        .collect()
}
