//! A case on a backend, held against what CPython has made of it.

use core::fmt;

use tls_object_core::{Capability, DynBackend, ErrorKind};

use super::case::{Case, Corpus, Step};
use super::divergences;
use super::outcome::{AGAIN, alert_of, class_of, repeats, without_alert};
use super::stage::{Came, Stage};
use super::tally::Verdict;
use crate::deviations::{self, Deviation};

/// What a case came to on one backend.
#[derive(Debug, Default)]
pub(super) struct Replay {
    /// The capabilities for want of which the backend has refused a step.
    pub(super) refused: Vec<Capability>,
    /// The capabilities for want of which a step came to something else.
    pub(super) untold: Vec<Capability>,
    /// The listed deviations that showed.
    pub(super) deviations: Vec<&'static Deviation>,
    /// The steps that came to something else.
    pub(super) wrong: Vec<String>,
}

impl Replay {
    /// What it counts as.
    pub(super) fn verdict(&self) -> Verdict {
        if !self.wrong.is_empty() {
            Verdict::Wrong
        } else if !self.refused.is_empty() {
            Verdict::Refused
        } else if !self.untold.is_empty() {
            Verdict::Untold
        } else if !self.deviations.is_empty() {
            Verdict::Deviating
        } else {
            Verdict::Kept
        }
    }

    /// The backend has refused a step for want of a capability.
    fn refuses(&mut self, backend: &dyn DynBackend, capability: Capability) {
        if backend.capabilities().has(capability) {
            self.wrong.push(format!("{capability} is refused, which the backend declares"));
        } else if !self.refused.contains(&capability) {
            self.refused.push(capability);
        }
    }

    /// A step came to something else than was expected.
    fn differs(&mut self, case: &Case, backend: &dyn DynBackend, difference: &Difference<'_>) {
        if let Some(capability) = untold(backend, case, difference) {
            if !self.untold.contains(&capability) {
                self.untold.push(capability);
            }
            return;
        }
        match listed(case, backend, difference) {
            Some(deviation) => self.deviations.push(deviation),
            None => self.wrong.push(difference.to_string()),
        }
    }
}

/// An outcome that was not the expected one.
struct Difference<'a> {
    step: &'a str,
    expected: &'a str,
    observed: &'a str,
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, here {}", self.step, self.expected, self.observed)
    }
}

/// Plays both ends of a case.
pub(super) fn replay(case: &Case, backend: &dyn DynBackend) -> Replay {
    let mut replay = Replay::default();
    let mut stage = match Stage::new(&case.setup, backend) {
        Ok(stage) => stage,
        Err(error) => {
            match error.kind() {
                ErrorKind::Unsupported(capability) => replay.refuses(backend, capability),
                kind => {
                    let observed = &format!("{kind:?}");
                    let difference = Difference { step: "contexts", expected: "made", observed };
                    replay.differs(case, backend, &difference);
                }
            }
            return replay;
        }
    };
    for step in &case.steps {
        let fatal = stage.fatal(step.what());
        let came = stage.take(step.what());
        let Some(expected) = step.ours() else { continue };
        let observed = match &came {
            &Came::Lacking(capability) => {
                replay.refuses(backend, capability);
                continue;
            }
            Came::To(observed) => observed,
        };
        let agreed = match &fatal {
            Some(fatal) if expected == AGAIN => repeats(observed, fatal),
            _ => observed == expected,
        };
        if !agreed {
            replay.differs(case, backend, &Difference { step: step.what(), expected, observed });
        }
    }
    replay
}

/// The capability whose lack explains a difference: a fact is not told, or lengths are those of another suite.
fn untold(backend: &dyn DynBackend, case: &Case, it: &Difference<'_>) -> Option<Capability> {
    let mut words = it.step.split(' ');
    let call = match words.next() {
        Some("c" | "s") => words.next(),
        first => first,
    };
    let (suites, resumption) = if case.setup.tls == "1.2" {
        (Capability::CipherSuites12, Capability::Resumption12)
    } else {
        (Capability::CipherSuites13, Capability::Resumption13)
    };
    let unlike = |form: fn(&str) -> &str| form(it.expected) != form(it.observed);
    let explanation = match call {
        Some("cipher") if it.observed != "none" => suites,
        Some("session" | "reused" | "resume") => resumption,
        Some("bio") if it.observed.starts_with("pending:") => suites,
        _ if it.expected.starts_with("cert:") && it.observed.starts_with("cert:") => {
            Capability::VerifyCode
        }
        _ if unlike(class_of) => return None,
        _ if unlike(without_alert) => suites,
        _ => Capability::AlertSent,
    };
    (!backend.capabilities().has(explanation)).then_some(explanation)
}

/// The row of `docs/deviations.toml` for a difference.
fn listed(
    case: &Case,
    backend: &dyn DynBackend,
    it: &Difference<'_>,
) -> Option<&'static Deviation> {
    let end = match it.step.split(' ').next() {
        Some("c") => " of the client",
        Some("s") => " of the server",
        _ => "",
    };
    let (classes, alerts) = (
        (class_of(it.expected), class_of(it.observed)),
        (alert_of(it.expected), alert_of(it.observed)),
    );
    let (fact, (expected, observed)) = if classes.0 != classes.1 {
        ("outcome", classes)
    } else if alerts.0 != alerts.1 {
        ("alert", alerts)
    } else {
        ("bytes", (it.expected, it.observed))
    };
    let (scenario, fact) = (format!("oracle::{}", case.name), format!("{fact}{end}"));
    deviations::find(&scenario, &fact, backend, backend, expected, Some(observed))
}

/// Notes in a fresh corpus where `reference` differs from CPython, and why. Names each difference that has no reason.
pub(super) fn annotate(corpus: &mut Corpus, reference: &dyn DynBackend) -> Vec<String> {
    let mut unexplained = Vec::new();
    for case in &mut corpus.cases {
        let whole = case.clone();
        let mut stage = match Stage::new(&whole.setup, reference) {
            Ok(stage) => stage,
            Err(error) => {
                unexplained.push(format!("{}: no context: {error:?}", case.name));
                continue;
            }
        };
        for step in &mut case.steps {
            let fatal = stage.fatal(step.what());
            let came = stage.take(step.what());
            let Some(theirs) = step.theirs().map(str::to_owned) else { continue };
            let Came::To(ours) = came else {
                unexplained.push(format!(
                    "{}: {}: {theirs}, here {came:?}",
                    case.name,
                    step.what()
                ));
                continue;
            };
            if ours == theirs {
                continue;
            }
            let what = step.what().to_owned();
            let difference = Difference { step: &what, expected: &theirs, observed: &ours };
            if listed(&whole, reference, &difference).is_some() {
                continue;
            }
            let call = what.trim_start_matches("c ").trim_start_matches("s ");
            let repeated = fatal.is_some_and(|fatal| repeats(&ours, &fatal));
            let sticky = divergences::find(call, class_of(&theirs), AGAIN).filter(|_| repeated);
            match sticky.or_else(|| divergences::find(call, class_of(&theirs), class_of(&ours))) {
                Some(row) => {
                    let ours = if sticky.is_some() { AGAIN.to_owned() } else { ours };
                    *step = Step::Other(what, theirs, row.key.clone(), ours);
                }
                None => unexplained.push(format!("{}: {difference}", case.name)),
            }
        }
    }
    unexplained
}
