//! The recorded answers of CPython.

use anyhow::Result;

use crate::cargo::{cargo, run};
use crate::tools;

/// Records them: the test that compares them does so when it is told to. CPython is the `python3` of the search path.
///
/// # Errors
/// If a tool is missing, or if something differs from CPython that has no reason in `divergences.toml`.
pub(crate) fn record() -> Result<()> {
    tools::ensure()?;
    let corpus = ["--package", "tls-object-tests", "--test", "oracle_corpus"];
    run(cargo(["test", "--locked"]).args(corpus).env("UPDATE_ORACLE", "1"))
}
