//! The pages that are generated.

use anyhow::Result;

use crate::cargo::{cargo, run};
use crate::{bogo, fuzz, tools};

/// Writes them: the tests that compare them do so when they are told to.
///
/// # Errors
/// If a tool is missing or the tests cannot run.
pub(crate) fn write() -> Result<()> {
    tools::ensure()?;
    let test =
        ["test", "--locked", "--workspace", "--features", "tls-object-cli/all", "--test", "docs"];
    run(cargo(test).env("UPDATE_DOCS", "1"))?;
    bogo::write_page()?;
    fuzz::write_page()
}
