//! The corpus as a test binary.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Trial};
use tls_object_core::DynBackend;

use super::case::corpus;
use super::replay::{Replay, replay};
use super::tally::{Tally, Verdict};
use crate::deviations::{self, Deviation};

/// Plays every case on each of `backends` as a test binary without the standard harness: one test for each case and
/// backend, with the options of `cargo test`.
pub fn main(backends: &[&'static dyn DynBackend]) -> ExitCode {
    crate::without_system_anchors();
    let played: Arc<Mutex<Vec<Replay>>> = Arc::default();
    let trials: Vec<_> = backends
        .iter()
        .flat_map(|&backend| corpus().cases.iter().map(move |case| (backend, case)))
        .map(|(backend, case)| {
            let played = Arc::clone(&played);
            Trial::test(format!("oracle::{} {}", case.name, backend.name()), move || {
                let replay = replay(case, backend);
                let result = match replay.verdict() {
                    Verdict::Wrong => Err(replay.wrong.join("; ").into()),
                    Verdict::Kept | Verdict::Deviating | Verdict::Untold | Verdict::Refused => {
                        Ok(())
                    }
                };
                played.lock().unwrap_or_else(PoisonError::into_inner).push(replay);
                result
            })
        })
        .collect();
    let all = trials.len();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let played = played.lock().unwrap_or_else(PoisonError::into_inner);
    let tally: Tally = played.iter().map(Replay::verdict).collect();
    if !played.is_empty() {
        println!(
            "{} as CPython, or otherwise for a reason; {} with something unsupported and refused as such; {} with something untold; {} with listed deviations",
            tally.kept, tally.refused, tally.untold, tally.deviating
        );
    }
    let outdated = if played.len() == all { outdated(&played) } else { Vec::new() };
    for row in &outdated {
        eprintln!("docs/deviations.toml lists what no longer happens: {row:?}");
    }
    if conclusion.has_failed() || !outdated.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// The rows about cases of the oracle that never showed.
fn outdated(played: &[Replay]) -> Vec<&'static Deviation> {
    let showed = |row: &Deviation| {
        played.iter().flat_map(|replay| &replay.deviations).any(|met| std::ptr::eq(*met, row))
    };
    let rows = deviations::all().iter().filter(|row| row.scenario.starts_with("oracle::"));
    rows.filter(|row| !showed(row)).collect()
}
