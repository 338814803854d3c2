//! Why tests fail: `deviations.toml`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use glob::Pattern;
use serde::Deserialize;

use super::expectations::{Column, Expectations, Outcome};

/// Whose doing it is that a test fails.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// The library does otherwise, and there is no way to have it do as the test says.
    Library,
    /// This project does otherwise, on purpose.
    Ours,
}

impl Kind {
    /// The word on the page.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Ours => "this project",
        }
    }
}

/// Why some tests fail on some backends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deviation {
    /// The names of tests, in which `*` stands for anything.
    tests: Vec<String>,
    /// The backends; all, if left out.
    #[serde(default)]
    backends: Vec<String>,
    pub(super) kind: Kind,
    pub(super) reason: String,
    /// Where a standard or the library's authors say so.
    pub(super) link: Option<String>,
}

impl Deviation {
    fn concerns(&self, column: Column) -> bool {
        self.backends.is_empty() || self.backends.iter().any(|name| name == column.backend())
    }

    /// Whether it is why `test` fails on the backend of `column`.
    pub(super) fn covers(&self, column: Column, test: &str) -> bool {
        self.concerns(column) && self.tests.iter().any(|name| matches(name, test))
    }

    /// What is wrong with what it says for a reason.
    fn fault_of_reason(&self) -> Option<&'static str> {
        if self.reason.split_whitespace().count() < 3 {
            return Some("no reason that says anything");
        }
        (self.kind == Kind::Library && self.link.is_none())
            .then_some("no link to the library's word")
    }

    /// The backends that it names and on which none of its tests fails.
    fn idle_backends(&self, expectations: &Expectations) -> impl Iterator<Item = &str> {
        let fails = |column| {
            let mut failures = expectations.tests_that_come_to(column, Outcome::Failed);
            failures.any(|test| self.covers(column, test))
        };
        let backends = self.backends.iter().map(String::as_str);
        backends.filter(move |&name| {
            !Column::all().any(|column| column.backend() == name && fails(column))
        })
    }
}

/// Whether `one` is among what `name` stands for, in which `*` stands for anything.
pub(super) fn matches(name: &str, one: &str) -> bool {
    Pattern::new(name).is_ok_and(|pattern| pattern.matches(one))
}

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reasons {
    #[serde(default, rename = "deviation")]
    deviations: Vec<Deviation>,
}

impl Reasons {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Each deviation, in the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations.iter()
    }

    /// The failures that have no reason or several, names that stand for tests which pass, and names of tests and
    /// backends that no failure needs.
    pub(super) fn faults(&self, expectations: &Expectations) -> Vec<String> {
        let mut faults = Vec::new();
        for column in Column::all() {
            for test in expectations.tests_that_come_to(column, Outcome::Failed) {
                let reasons: Vec<_> =
                    self.iter().filter(|deviation| deviation.covers(column, test)).collect();
                faults.extend(fault_of_reasons(column, test, &reasons));
            }
        }
        for deviation in self.iter() {
            let why = deviation.fault_of_reason();
            let first = deviation.tests.first().map_or("nothing", String::as_str);
            faults.extend(why.map(|fault| format!("deviations.toml: {first}: {fault}")));
            faults.extend(deviation.tests.iter().filter_map(|name| {
                fault_of_name(deviation, name, expectations)
                    .map(|fault| format!("deviations.toml: {name}: {fault}"))
            }));
            faults.extend(deviation.idle_backends(expectations).map(|backend| {
                format!("deviations.toml: not on {backend}: {}", deviation.tests.join(", "))
            }));
        }
        faults
    }
}

/// What is wrong with the number of reasons for a failure.
fn fault_of_reasons(column: Column, test: &str, reasons: &[&Deviation]) -> Option<String> {
    let backend = column.backend();
    match reasons {
        [] => Some(format!("{backend}: {test} fails for no reason")),
        [_] => None,
        [first, second, ..] => Some(format!(
            "{backend}: {test} fails for two reasons: {}; and {}",
            first.reason, second.reason
        )),
    }
}

/// What is wrong with a name of tests in a deviation. A name with a `*` that stands for tests which pass would be a
/// reason for them too on the day that they fail.
fn fault_of_name(deviation: &Deviation, name: &str, expectations: &Expectations) -> Option<String> {
    let come_to = |outcome| {
        Column::all()
            .filter(|&column| deviation.concerns(column))
            .flat_map(move |column| expectations.tests_that_come_to(column, outcome))
            .find(|test| matches(name, test))
    };
    if come_to(Outcome::Failed).is_none() {
        return Some("no such test fails".to_owned());
    }
    let passes = name.contains('*').then(|| come_to(Outcome::Passed)).flatten()?;
    Some(format!("stands for {passes} too, which passes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASONS: &str = r#"
        [[deviation]]
        tests = ["one-*", "two"]
        backends = ["rustls"]
        kind = "library"
        reason = "it does otherwise"
        link = "https://example.org/"
    "#;

    fn faults(reasons: &str, expectations: &str) -> Vec<String> {
        let reasons: Reasons = toml::from_str(reasons).unwrap();
        reasons.faults(&Expectations::parse(expectations).unwrap())
    }

    #[test]
    fn each_failure_has_one_reason() {
        let fails = "tests: 2\nF---- one-a\nF---- two\n";
        assert_eq!(faults(REASONS, fails), [""; 0]);
        let none = faults(REASONS, "tests: 3\nF---- one-a\nF---- two\nF---- three\n");
        assert_eq!(none, ["rustls: three fails for no reason"]);
        let other = REASONS.replace("one-*", "one-a").replace("it does", "this does");
        let two = faults(&format!("{REASONS}{other}"), fails);
        assert_eq!(
            two,
            [
                "rustls: one-a fails for two reasons: it does otherwise; and this does otherwise",
                "rustls: two fails for two reasons: it does otherwise; and this does otherwise"
            ]
        );
    }

    #[test]
    fn a_reason_says_something_and_a_librarys_is_to_be_read_somewhere() {
        let fails = "tests: 2\nF---- one-a\nF---- two\n";
        let empty = faults(&REASONS.replace("it does otherwise", ""), fails);
        assert_eq!(empty, ["deviations.toml: one-*: no reason that says anything"]);
        let alone = faults(&REASONS.replace("link = \"https://example.org/\"", ""), fails);
        assert_eq!(alone, ["deviations.toml: one-*: no link to the library's word"]);
    }

    #[test]
    fn names_stand_for_failures_alone() {
        let wide = faults(REASONS, "tests: 3\nF---- one-a\nP---- one-b\nF---- two\n");
        assert_eq!(wide, ["deviations.toml: one-*: stands for one-b too, which passes"]);
        let unused = faults(REASONS, "tests: 2\nF---- one-a\nPF--- two\n");
        assert_eq!(
            unused,
            ["rustls-ring: two fails for no reason", "deviations.toml: two: no such test fails"]
        );
        let backends = REASONS.replace("[\"rustls\"]", "[\"rustls\", \"boring\"]");
        assert_eq!(
            faults(&backends, "tests: 2\nF---- one-a\nF---- two\n"),
            ["deviations.toml: not on boring: one-*, two"]
        );
    }
}
