//! BoringSSL's test suite BoGo, on every backend.

mod expectations;
mod lacking;
mod page;
mod reasons;
mod results;
mod runner;

use std::collections::BTreeMap;
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::cargo::{cargo, metadata, run};
use crate::tools;

use expectations::{Column, Expectations};
use lacking::Lacking;
use reasons::Reasons;
use results::Results;
use runner::Runner;

/// What else there is to know of a run.
const HELP: &str = "\
What is expected of each test is in crates/tls-object-bogo: expectations.txt, deviations.toml (why tests fail) and \
unimplemented.txt (why tests do not apply). A run of all tests is held to each of them in both directions, a run of \
some to the outcomes of those. What the runner says is under the target directory, in bogo/BACKEND.log.

  cargo xtask bogo --backend openssl --test 'TLS13-*'    some tests on one backend
  cargo xtask bogo --backend rustls --bless              all, and take over what comes of them";

/// The backends, in the order of columns.
const BACKENDS: [&str; 5] = ["rustls", "rustls-ring", "openssl", "boring", "native-tls"];

/// Which tests are run on what.
#[derive(Debug, Default, Args)]
#[command(after_help = HELP)]
pub(crate) struct Bogo {
    /// A backend; several times for more. Without it, all.
    #[arg(long, value_parser = BACKENDS)]
    backend: Vec<String>,
    /// The tests of these names, in which `*` stands for anything; `;` between several.
    #[arg(long)]
    test: Option<String>,
    /// Writes down what was seen instead of comparing it. Each failure needs a reason all the same.
    #[arg(long, conflicts_with = "test")]
    bless: bool,
}

/// Builds what is missing, runs the suite, and compares what comes of it with what is written down.
///
/// # Errors
/// If something cannot be built, a test has another outcome than is written down, or a failure has no reason.
pub(crate) fn bogo(args: &Bogo) -> Result<()> {
    tools::ensure()?;
    let target = metadata()?.target_directory.into_std_path_buf();
    let runner = Runner::prepare(&target.join("bogo"))?;
    let shim = build_shim(&target)?;
    let folder = folder();
    let mut expectations = Expectations::read(&folder.join(EXPECTATIONS))?;
    let mut lacking = Lacking::read(&folder.join(UNIMPLEMENTED))?;
    let reasons = Reasons::read(&folder.join(DEVIATIONS))?;
    let mut faults = Vec::new();
    for backend in BACKENDS.into_iter().filter(|backend| args.runs(backend)) {
        let column = Column::of(backend);
        let results = runner.run(&shim, backend, args.test.as_deref(), expectations.total())?;
        println!("{backend:12} {}", results.summary());
        if args.bless {
            expectations.bless(column, &results);
            lacking.bless(column, &results);
        } else {
            if args.test.is_none() {
                faults.extend(lacking.differences(column, &results));
            }
            faults.extend(differences(&expectations, column, &results, args.test.is_none()));
        }
    }
    faults.extend(reasons.faults(&expectations));
    if !faults.is_empty() {
        bail!("{} faults:\n{}", faults.len(), faults.join("\n"));
    }
    if args.bless {
        expectations.write(&folder.join(EXPECTATIONS))?;
        lacking.write(&folder.join(UNIMPLEMENTED))?;
        write_page()?;
    }
    Ok(())
}

/// Writes the part of docs/conformance.md that is about BoGo, by what is written down.
///
/// # Errors
/// If something of it cannot be read or written.
pub(crate) fn write_page() -> Result<()> {
    let expectations = Expectations::read(&folder().join(EXPECTATIONS))?;
    let reasons = Reasons::read(&folder().join(DEVIATIONS))?;
    let lacking = Lacking::read(&folder().join(UNIMPLEMENTED))?;
    page::write(&page_path(), &expectations, &lacking, &reasons)
}

impl Bogo {
    fn runs(&self, backend: &str) -> bool {
        self.backend.is_empty() || self.backend.iter().any(|chosen| chosen == backend)
    }
}

/// What came out other than is written down, each in a few lines.
fn differences(
    expectations: &Expectations,
    column: Column,
    results: &Results,
    whole: bool,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (test, seen) in results.iter() {
        let expected = expectations.outcome(column, test);
        if expected != seen {
            let detail = results.detail(test);
            faults.push(format!(
                "{}: {test}: {} expected, {} seen{detail}",
                column.backend(),
                expected.name(),
                seen.name()
            ));
        }
    }
    if whole {
        faults.extend(expectations.tests().filter(|test| !results.has(test)).map(|test| {
            format!("{}: {test} was not run: it is in the expectations only", column.backend())
        }));
        if results.len() != expectations.total() {
            faults.push(format!(
                "{}: {} tests were run, {} are written down",
                column.backend(),
                results.len(),
                expectations.total()
            ));
        }
    }
    faults
}

/// Builds the shim with every backend, as the tests are built. Returns where it is.
fn build_shim(target: &Path) -> Result<PathBuf> {
    let every = ["--locked", "--workspace", "--features", "tls-object-cli/all"];
    run(cargo(["build", "--bins"]).args(every)).context("building the shim")?;
    Ok(target.join("debug").join(format!("bogo-shim{EXE_SUFFIX}")))
}

/// What each test comes to, of those that come to something.
const EXPECTATIONS: &str = "expectations.txt";

/// Why tests do not apply.
const UNIMPLEMENTED: &str = "unimplemented.txt";

/// Why tests fail.
const DEVIATIONS: &str = "deviations.toml";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/tls-object-bogo")
}

fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md")
}

/// Counts by backend, in the order of columns.
type Counts = BTreeMap<Column, usize>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_a_reason_and_each_reason_a_failure() {
        let expectations = Expectations::read(&folder().join(EXPECTATIONS)).unwrap();
        let reasons = Reasons::read(&folder().join(DEVIATIONS)).unwrap();
        assert_eq!(reasons.faults(&expectations), [""; 0]);
    }

    #[test]
    fn the_page_says_what_is_written_down() {
        let expectations = Expectations::read(&folder().join(EXPECTATIONS)).unwrap();
        let reasons = Reasons::read(&folder().join(DEVIATIONS)).unwrap();
        let lacking = Lacking::read(&folder().join(UNIMPLEMENTED)).unwrap();
        let page = std::fs::read_to_string(page_path()).unwrap();
        assert_eq!(
            page::renew(&page, &expectations, &lacking, &reasons).unwrap(),
            page,
            "run cargo xtask docs"
        );
    }
}
