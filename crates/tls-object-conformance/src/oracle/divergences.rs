//! Where this project differs from CPython on purpose: `divergences.toml`, as data.

use std::sync::OnceLock;

use serde::Deserialize;

/// One way in which it differs, with the reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Divergence {
    /// What the corpus calls it.
    pub(super) key: String,
    /// Why.
    pub(super) reason: String,
    /// What it comes to: the call, CPython's outcome, ours. A `*` at the end stands for the rest; `again` for the error
    /// that ended the connection; `same` for CPython's outcome, with other numbers behind it.
    outcomes: Vec<[String; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    divergence: Vec<Divergence>,
}

/// Every way, in the order of the file.
pub(super) fn all() -> &'static [Divergence] {
    static ALL: OnceLock<Vec<Divergence>> = OnceLock::new();
    ALL.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../../oracle/divergences.toml"))
            .expect("divergences.toml is well formed: a test reads it");
        file.divergence
    })
}

/// The one that covers a call that comes to `theirs` in CPython and to `ours` here.
pub(super) fn find(call: &str, theirs: &str, ours: &str) -> Option<&'static Divergence> {
    all().iter().find(|divergence| {
        divergence.outcomes.iter().any(|[what, python, here]| {
            let here = if here == "same" { theirs } else { here };
            matches(what, call) && matches(python, theirs) && matches(here, ours)
        })
    })
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => text.starts_with(beginning),
        None => text == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::{Step, corpus};
    use super::super::outcome::class_of;
    use super::*;

    #[test]
    fn every_row_has_a_reason_and_is_met() {
        for row in all() {
            assert!(row.reason.len() > 20, "{row:?}");
            let met = corpus()
                .cases
                .iter()
                .flat_map(|case| &case.steps)
                .any(|step| matches!(step, Step::Other(_, _, key, _) if *key == row.key));
            assert!(met, "no case has {}", row.key);
        }
    }

    #[test]
    fn every_key_of_the_corpus_has_a_row() {
        for case in &corpus().cases {
            for step in &case.steps {
                if let Step::Other(_, theirs, key, ours) = step {
                    assert!(all().iter().any(|row| row.key == *key), "{}: {key}", case.name);
                    assert_ne!(theirs, ours, "{}", case.name);
                }
            }
        }
    }

    /// What is told before the handshake is done must be told after it.
    #[test]
    fn no_fact_is_missing_from_an_end_that_is_done() {
        for case in &corpus().cases {
            let mut done: Vec<&str> = Vec::new();
            for step in &case.steps {
                let (side, call) = step.what().split_once(' ').unwrap_or_else(|| ("", step.what()));
                if let Step::Other(what, _, key, _) = step
                    && key == "facts-when-done"
                {
                    assert!(!done.contains(&side), "{}: {what}", case.name);
                }
                match (call, step.ours().map(class_of)) {
                    ("connect", None | Some("none")) => done = vec!["c", "s"],
                    ("handshake", Some("none")) => done.push(side),
                    _ => {}
                }
            }
        }
    }
}
