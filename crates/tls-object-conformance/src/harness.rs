//! The suite as a test binary.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Trial};
use tls_object_core::DynBackend;

use crate::matrix::{Selection, plan};
use crate::report::Outcome;
use crate::runner::{Attempt, outdated_deviations};

/// Runs the whole matrix over `backends` as a test binary without the standard harness: one
/// test for each case, named by its id, with the options of `cargo test`.
///
/// ```no_run
/// # fn backends() -> &'static [&'static dyn tls_object_core::DynBackend] { &[] }
/// fn main() -> std::process::ExitCode {
///     tls_object_conformance::main(backends())
/// }
/// ```
pub fn main(backends: &[&'static dyn DynBackend]) -> ExitCode {
    crate::without_system_anchors();
    let attempts: Arc<Mutex<Vec<Attempt>>> = Arc::default();
    let trials = plan(backends, &Selection::default())
        .into_iter()
        .map(|case| {
            let attempts = Arc::clone(&attempts);
            Trial::test(case.to_string(), move || {
                let attempt = Attempt::make(case);
                let outcome = match attempt.result.outcome {
                    Outcome::Fail => Err(attempt.result.detail.clone().into()),
                    Outcome::Pass | Outcome::Unsupported | Outcome::Deviation => Ok(()),
                };
                attempts.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
                outcome
            })
        })
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
    let count =
        |outcome| attempts.iter().filter(|attempt| attempt.result.outcome == outcome).count();
    if !attempts.is_empty() {
        println!(
            "{} unsupported and refused as such, {} listed deviations",
            count(Outcome::Unsupported),
            count(Outcome::Deviation)
        );
    }
    let outdated = outdated_deviations(&attempts);
    for result in &outdated {
        eprintln!(
            "{} client={} server={}: {}",
            result.scenario, result.client, result.server, result.detail
        );
    }
    if conclusion.has_failed() || !outdated.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
