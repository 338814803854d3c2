//! Why tests fail: `deviations.toml`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use glob::Pattern;
use serde::Deserialize;

use super::expectations::{Column, Expectations};

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
}

/// Whether `test` is one of those that `name` stands for.
fn matches(name: &str, test: &str) -> bool {
    Pattern::new(name).is_ok_and(|pattern| pattern.matches(test))
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

    /// The first deviation that is why `test` fails.
    pub(super) fn of(&self, column: Column, test: &str) -> Option<&Deviation> {
        self.iter().find(|deviation| deviation.covers(column, test))
    }

    /// The failures that have no reason, and the names of tests and backends in reasons that no failure needs.
    pub(super) fn faults(&self, expectations: &Expectations) -> Vec<String> {
        let mut faults = Vec::new();
        for column in Column::all() {
            for test in expectations.failures(column) {
                if self.of(column, test).is_none() {
                    faults.push(format!("{}: {test} fails for no reason", column.backend()));
                }
            }
        }
        for deviation in self.iter() {
            let fails =
                |column, name: &str| expectations.failures(column).any(|test| matches(name, test));
            for name in &deviation.tests {
                if !Column::all().any(|column| deviation.concerns(column) && fails(column, name)) {
                    faults.push(format!("deviations.toml: no test fails that is called {name}"));
                }
            }
            for backend in &deviation.backends {
                let column = Column::all().find(|column| column.backend() == backend);
                if !column.is_some_and(|column| {
                    expectations.failures(column).any(|test| deviation.covers(column, test))
                }) {
                    faults.push(format!(
                        "deviations.toml: not on {backend}: {}",
                        deviation.tests.join(", ")
                    ));
                }
            }
        }
        faults
    }
}
