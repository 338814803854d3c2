//! The oracle: what stock CPython's `ssl` makes of several hundred short conversations, call by call, and whether a
//! backend makes the same of them.
//!
//! A case is a list of steps, each a call on one end or something that happens to the bytes between the ends. `play.py`
//! takes them on CPython and writes down what each comes to: the value or the exception with its reason and verify code, how many
//! bytes it put out and left, the alert it sent. The recorded corpus is part of this crate. Playing it on a backend takes the
//! same steps on both of its ends.
//!
//! Where this project differs on purpose, a step names the reason (a key of `divergences.toml`) and has both outcomes, and
//! a backend must come to the second. What a backend lacks is counted, by whether it refuses the step or cannot tell what came of
//! it; where a library differs by itself, `docs/deviations.toml` has a row.

mod case;
mod certificates;
mod divergences;
mod harness;
mod outcome;
mod replay;
mod setup;
mod stage;
mod tally;

use core::fmt;

use sha2::{Digest as _, Sha256};
use tls_object_core::DynBackend;

use case::{Corpus, SCRIPTS, Step, corpus};

pub use harness::main;
pub use tally::Tally;

/// The certificates that cases are about, as `play.py` reads them.
pub fn certificates() -> String {
    certificates::certificates().described().to_string()
}

/// Which CPython was asked, on which OpenSSL.
pub fn asked() -> (&'static str, &'static str) {
    let header = &corpus().header;
    (&header.cpython, &header.openssl)
}

/// Whether the corpus was recorded by the scripts as they are now.
pub fn is_fresh() -> bool {
    let digest = Sha256::new().chain_update(SCRIPTS.concat()).finalize();
    corpus().header.script == format!("{digest:x}")
}

/// How many cases there are.
pub fn count() -> usize {
    corpus().cases.len()
}

/// How many outcomes are compared in all.
pub fn outcomes() -> usize {
    steps().filter(|step| step.theirs().is_some()).count()
}

/// Each way in which this project differs from CPython on purpose: its name, the reason, and how many outcomes it explains.
pub fn divergences() -> Vec<(&'static str, &'static str, usize)> {
    let count = |key: &str| {
        steps().filter(|step| matches!(step, Step::Other(_, _, named, _) if named == key)).count()
    };
    let rows = divergences::all().iter();
    rows.map(|row| (&*row.key, &*row.reason, count(&row.key))).collect()
}

fn steps() -> impl Iterator<Item = &'static Step> {
    corpus().cases.iter().flat_map(|case| &case.steps)
}

/// Plays every case on a backend and counts what they come to.
pub fn tally(backend: &dyn DynBackend) -> Tally {
    corpus().cases.iter().map(|case| replay::replay(case, backend).verdict()).collect()
}

/// The corpus of what `play.py` has `said`, with the reasons where `reference` differs from it.
///
/// # Errors
/// Names each difference that has no reason.
pub fn record(said: &str, reference: &dyn DynBackend) -> Result<String, String> {
    let mut corpus = Corpus::parse(said).map_err(|error| error.to_string())?;
    let unexplained = replay::annotate(&mut corpus, reference);
    if !unexplained.is_empty() {
        return Err(unexplained.join("\n"));
    }
    corpus.print().map_err(|error| error.to_string())
}

/// A step that came to something else than is recorded.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The case.
    pub case: String,
    /// The step.
    pub step: String,
    /// What it came to now.
    pub now: String,
    /// What is recorded.
    pub recorded: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, step, now, recorded } = self;
        write!(f, "{case}: {step}: {now}, recorded {recorded}")
    }
}

/// Each step of what `play.py` has `said` that came to something else than is recorded.
///
/// # Errors
/// If that is no corpus of the same cases with the same steps.
pub fn changes(said: &str) -> Result<Vec<Change>, String> {
    let said = Corpus::parse(said).map_err(|error| error.to_string())?;
    let recorded = corpus();
    if said.cases.len() != recorded.cases.len() {
        return Err(format!("{} cases, recorded {}", said.cases.len(), recorded.cases.len()));
    }
    let mut changes = Vec::new();
    for (case, before) in said.cases.iter().zip(&recorded.cases) {
        if !case.is_alike(before) {
            return Err(format!("{case:?}, recorded {before:?}"));
        }
        for (step, before) in case.steps.iter().zip(&before.steps) {
            if let (Some(now), Some(recorded)) = (step.theirs(), before.theirs())
                && now != recorded
            {
                changes.push(Change {
                    case: case.name.clone(),
                    step: step.what().to_owned(),
                    now: now.to_owned(),
                    recorded: recorded.to_owned(),
                });
            }
        }
    }
    Ok(changes)
}
