//! Trying cases, and judging what came out.

use std::any::Any;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use tls_object_core::{Capability, Side};

use crate::failure::{Failure, name};
use crate::lab::{Lab, Met};
use crate::matrix::Case;
use crate::report::{CaseResult, Outcome, Report};

/// Tries every case, on as many threads as the machine runs at once, and calls `progress` on
/// this one as they end. The report is in the order of `cases`.
///
/// A listed deviation that was tried in full on a pair and never showed is a failure too: its
/// row is to be struck from `docs/deviations.toml`.
pub fn run(cases: &[Case], progress: &mut dyn FnMut(&CaseResult)) -> Report {
    let mut attempts: Vec<Option<Attempt>> = cases.iter().map(|_| None).collect();
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { return };
                    if sender.send((index, Attempt::make(*case))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (index, attempt) in receiver {
            progress(&attempt.result);
            attempts[index] = Some(attempt);
        }
    });
    let attempts: Vec<_> = attempts.into_iter().flatten().collect();
    let outdated = outdated_deviations(&attempts);
    outdated.iter().for_each(progress);
    let results = attempts.into_iter().map(|attempt| attempt.result).chain(outdated).collect();
    Report::new(backends(cases), same_library(cases), results)
}

/// A case that was tried.
#[derive(Debug)]
pub(crate) struct Attempt {
    case: Case,
    pub(crate) result: CaseResult,
    met: Vec<Met>,
}

impl Attempt {
    /// Tries a case. A panic in it, or in a backend, is a failure.
    pub(crate) fn make(case: Case) -> Self {
        let lab = Lab::new(case.scenario.name, case.client, case.server, case.params);
        let run = case.scenario.run;
        let end = catch_unwind(AssertUnwindSafe(|| run(&lab)));
        let (met, errors) = lab.into_record();
        let (outcome, detail) = match end {
            Ok(end) => judge(&missing(&case), end, &met),
            Err(panic) => (Outcome::Fail, format!("panic: {}", message(&*panic))),
        };
        let mut result = CaseResult::new(&case, outcome, detail);
        result.errors = errors;
        Self { case, result, met }
    }
}

/// The rule for capabilities, both ways: with all there, the promise must be kept; with one
/// missing, exactly that one must be refused.
fn judge(
    missing: &[(Side, Capability)],
    end: Result<(), Failure>,
    met: &[Met],
) -> (Outcome, String) {
    let list = || {
        let each = missing.iter().map(|(side, capability)| format!("{} {capability}", name(*side)));
        each.collect::<Vec<_>>().join(", ")
    };
    match end {
        Ok(()) if missing.is_empty() => {
            let deviations: Vec<_> =
                met.iter().filter(|met| met.deviated).map(|met| met.deviation.describe()).collect();
            if deviations.is_empty() {
                (Outcome::Pass, String::new())
            } else {
                (Outcome::Deviation, deviations.join("; "))
            }
        }
        Ok(()) => (Outcome::Fail, format!("works in spite of what is missing: {}", list())),
        Err(failure) => {
            let refused = failure.refusal().is_some_and(|(by, refused)| {
                missing.iter().any(|&(side, capability)| {
                    capability == refused && by.is_none_or(|by| by == side)
                })
            });
            if refused {
                (Outcome::Unsupported, list())
            } else if missing.is_empty() {
                (Outcome::Fail, failure.to_string())
            } else {
                (Outcome::Fail, format!("{failure}; it should refuse: {}", list()))
            }
        }
    }
}

/// What the case needs and its backends do not have.
fn missing(case: &Case) -> Vec<(Side, Capability)> {
    let sides: &[Side] = match case.scenario.over.plays_alone() {
        Some(Side::Client) => &[Side::Client],
        Some(Side::Server) => &[Side::Server],
        None => &[Side::Client, Side::Server],
    };
    let mut missing = Vec::new();
    for &side in sides {
        let capabilities = case.backend(side).capabilities();
        let needed = case.scenario.needed(side, &case.params);
        missing.extend(
            needed
                .into_iter()
                .filter(|&needed| !capabilities.has(needed))
                .map(|capability| (side, capability)),
        );
    }
    missing
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}

/// The names of the backends in the cases, in the order in which they were given.
fn backends(cases: &[Case]) -> Vec<String> {
    let mut names = Vec::new();
    for name in cases.iter().flat_map(|case| [case.client.name(), case.server.name()]) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Each pair of the backends in the cases that run on the same library, once.
fn same_library(cases: &[Case]) -> Vec<[String; 2]> {
    let mut tried = Vec::new();
    let mut same = Vec::new();
    for case in cases {
        let mut pair = [case.client, case.server];
        pair.sort_by_key(|backend| backend.name());
        let names = pair.map(|backend| backend.name());
        if names[0] == names[1] || tried.contains(&names) {
            continue;
        }
        tried.push(names);
        if pair[0].library().is_same_as(&pair[1].library()) {
            same.push(names.map(str::to_owned));
        }
    }
    same
}

/// A failure for each listed deviation that never showed though its scenario was tried with
/// all parameters on a pair that it is listed for.
pub(crate) fn outdated_deviations(attempts: &[Attempt]) -> Vec<CaseResult> {
    // By scenario and pair: the cases tried, and which deviations were met and did show.
    let mut groups: BTreeMap<_, Vec<&Attempt>> = BTreeMap::new();
    for attempt in attempts {
        let case = &attempt.case;
        let key = (case.scenario.name, case.client.name(), case.server.name());
        groups.entry(key).or_default().push(attempt);
    }
    let mut outdated = Vec::new();
    for group in groups.values() {
        let first = group[0];
        let refused = group.iter().any(|one| one.result.outcome == Outcome::Unsupported);
        if refused || group.len() < first.case.scenario.over.expand().len() {
            continue;
        }
        let met: Vec<_> = group.iter().flat_map(|attempt| &attempt.met).collect();
        let mut reported: Vec<*const _> = Vec::new();
        for Met { deviation, .. } in &met {
            let same = |other: &&&Met| std::ptr::eq(other.deviation, *deviation);
            if reported.contains(&std::ptr::from_ref(*deviation))
                || met.iter().filter(same).any(|met| met.deviated)
            {
                continue;
            }
            reported.push(*deviation);
            let detail = format!(
                "docs/deviations.toml lists {:?}, {} instead of {}, which no longer happens here",
                deviation.fact, deviation.observed, deviation.expected
            );
            let mut result = CaseResult::new(&first.case, Outcome::Fail, detail);
            result.params = String::new();
            outdated.push(result);
        }
    }
    outdated
}

#[cfg(test)]
mod tests {
    use tls_object_core::{Capabilities, Config, DynBackend, DynContext, Error, Library, Support};

    use super::*;
    use crate::matrix::{Selection, plan};

    /// A backend without any library: it refuses everything, as it must.
    #[derive(Debug)]
    struct Nothing;

    impl DynBackend for Nothing {
        fn name(&self) -> &'static str {
            "nothing"
        }
        fn library(&self) -> Library {
            Library::new("none", "0")
        }
        fn capabilities(&self) -> Capabilities {
            Capabilities::new(|_| Support::No("there is nothing".into()), vec![], vec![], vec![])
        }
        fn check(&self, config: &Config) -> tls_object_core::Report {
            tls_object_core::check(config, &self.capabilities())
        }
        fn context(&self, config: &Config) -> Result<Box<dyn DynContext>, Error> {
            self.check(config).into_result().map(|()| unreachable!("something is supported"))
        }
    }

    #[test]
    fn a_run_reports_every_case_in_order() {
        let filter = Some("handshake::".to_owned());
        let cases = plan(&[&Nothing], &Selection { filter, ..Selection::default() });
        let mut ended = 0;
        let report = run(&cases, &mut |_| ended += 1);
        assert_eq!(ended, cases.len());
        assert_eq!(report.backends, ["nothing"]);
        assert_eq!(report.summary.unsupported, cases.len(), "{report:?}");
        let ids = cases.iter().map(|case| (case.scenario.name, case.params.to_string()));
        let reported = report.results.iter().map(|one| (one.scenario.as_str(), one.params.clone()));
        assert!(ids.eq(reported));
    }

    const CRL: (Side, Capability) = (Side::Client, Capability::Crl);

    fn outcome(missing: &[(Side, Capability)], end: Result<(), Failure>) -> Outcome {
        judge(missing, end, &[]).0
    }

    #[test]
    fn with_everything_there_the_promise_must_be_kept() {
        assert_eq!(outcome(&[], Ok(())), Outcome::Pass);
        assert_eq!(outcome(&[], Err(Failure::new("broken"))), Outcome::Fail);
        let refusal = Failure::absent(Side::Client, Capability::Crl);
        assert_eq!(outcome(&[], Err(refusal)), Outcome::Fail);
    }

    #[test]
    fn with_something_missing_exactly_that_must_be_refused() {
        let end = |side, capability| Err(Failure::absent(side, capability));
        assert_eq!(outcome(&[CRL], end(Side::Client, Capability::Crl)), Outcome::Unsupported);
        assert_eq!(outcome(&[CRL], end(Side::Server, Capability::Crl)), Outcome::Fail);
        assert_eq!(outcome(&[CRL], end(Side::Client, Capability::CrlChain)), Outcome::Fail);
        assert_eq!(outcome(&[CRL], Err(Failure::new("other"))), Outcome::Fail);
        assert_eq!(outcome(&[CRL], Ok(())), Outcome::Fail);
    }
}
