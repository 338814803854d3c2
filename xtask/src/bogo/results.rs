//! What the runner says of one run.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::expectations::Outcome;

/// The file that the runner writes: Chromium's JSON test results format, version 3.
#[derive(Deserialize)]
struct Report {
    tests: BTreeMap<String, Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    actual: String,
}

/// What each test of a run came to.
pub(super) struct Results {
    outcomes: BTreeMap<String, Outcome>,
    lacking: BTreeMap<String, usize>,
    log: String,
}

impl Results {
    /// Reads what the runner has written, its report and what it printed, and the notes of the shims: a line of what
    /// each lacks.
    pub(super) fn parse(report: &str, log: String, notes: &str) -> Result<Self> {
        let report: Report = serde_json::from_str(report).context("the runner's report")?;
        let mut outcomes = BTreeMap::new();
        for (test, verdict) in report.tests {
            let outcome = match verdict.actual.as_str() {
                "PASS" => Outcome::Passed,
                "FAIL" => Outcome::Failed,
                "SKIP" => Outcome::Unimplemented,
                other => bail!("{test}: {other}, which is no outcome"),
            };
            outcomes.insert(test, outcome);
        }
        let mut lacking = BTreeMap::new();
        for reason in notes.lines() {
            *lacking.entry(reason.to_owned()).or_default() += 1;
        }
        Ok(Self { outcomes, lacking, log })
    }

    /// How many shims lacked what.
    pub(super) fn lacking(&self) -> &BTreeMap<String, usize> {
        &self.lacking
    }

    /// How many tests were run.
    pub(super) fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether a test failed.
    pub(super) fn has_failures(&self) -> bool {
        self.outcomes.values().any(|outcome| *outcome == Outcome::Failed)
    }

    /// Whether `test` was run.
    pub(super) fn has(&self, test: &str) -> bool {
        self.outcomes.contains_key(test)
    }

    /// Each test with what it came to.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Outcome)> {
        self.outcomes.iter().map(|(test, &outcome)| (test.as_str(), outcome))
    }

    /// The counts in one line.
    pub(super) fn summary(&self) -> String {
        let count = |outcome| self.outcomes.values().filter(|one| **one == outcome).count();
        format!(
            "{:5} passed, {:4} failed, {:5} unimplemented",
            count(Outcome::Passed),
            count(Outcome::Failed),
            count(Outcome::Unimplemented)
        )
    }

    /// What the runner printed of a test that failed, behind a line break; empty for any other.
    pub(super) fn detail(&self, test: &str) -> &str {
        let headline = format!("FAILED ({test})");
        let Some((_, rest)) = self.log.split_once(&headline) else { return "" };
        let end = ["\nPASSED (", "\nFAILED (", "\nUNIMPLEMENTED ("]
            .iter()
            .filter_map(|next| rest.find(next))
            .min();
        rest[..end.unwrap_or(rest.len())].trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read() {
        let report = r#"{"version": 3, "tests": {
            "a": {"actual": "PASS", "expected": "PASS"},
            "b": {"actual": "FAIL", "expected": "PASS", "is_unexpected": true}}}"#;
        let log = "PASSED (a)\nFAILED (b)\nunexpected failure\n\nPASSED (c)\n";
        let results = Results::parse(report, log.to_owned(), "x\nx\n").unwrap();
        assert_eq!(
            results.iter().collect::<Vec<_>>(),
            [("a", Outcome::Passed), ("b", Outcome::Failed)]
        );
        assert_eq!(results.detail("b"), "\nunexpected failure");
        assert_eq!(results.detail("a"), "");
        assert_eq!(results.lacking()["x"], 2);
        assert!(
            Results::parse(r#"{"tests": {"a": {"actual": "CRASH"}}}"#, String::new(), "").is_err()
        );
    }
}
