//! What each test comes to on each backend, written down.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::results::Results;
use super::{BACKENDS, Counts};

/// What a test comes to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Outcome {
    /// It needs what the backend or the shim does not have.
    #[default]
    Unimplemented,
    Passed,
    Failed,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Unimplemented, Self::Passed, Self::Failed];

    /// The letter in the file.
    const fn letter(self) -> char {
        match self {
            Self::Unimplemented => '-',
            Self::Passed => 'P',
            Self::Failed => 'F',
        }
    }

    /// The word in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Unimplemented => "unimplemented",
            Self::Passed => "pass",
            Self::Failed => "failure",
        }
    }
}

/// The column of a backend.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Column(usize);

impl Column {
    /// Every column, in order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..BACKENDS.len()).map(Self)
    }

    /// The column of `backend`, which must be one of [`BACKENDS`].
    pub(super) fn of(backend: &str) -> Self {
        Self(BACKENDS.iter().position(|name| *name == backend).expect("one of the backends"))
    }

    /// Its place, from 0.
    pub(super) const fn index(self) -> usize {
        self.0
    }

    /// The backend's name.
    pub(super) fn backend(self) -> &'static str {
        BACKENDS[self.0]
    }
}

type Row = [Outcome; BACKENDS.len()];

/// A line for each test that comes to something on one backend at least, with a letter for each backend; of all others
/// the number is kept.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Expectations {
    total: usize,
    rows: BTreeMap<String, Row>,
}

impl Expectations {
    /// Reads the file; nothing is expected where there is none yet.
    pub(super) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self { total: 0, rows: BTreeMap::new() });
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let total = lines.next().and_then(|line| line.strip_prefix("tests: "));
        let total = total.and_then(|number| number.parse().ok()).context("no number of tests")?;
        let rows = lines.map(row).collect::<Result<_>>()?;
        Ok(Self { total, rows })
    }

    /// Writes the file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, self.to_text()).with_context(|| path.display().to_string())
    }

    fn to_text(&self) -> String {
        let mut text = format!(
            "# Written by `cargo xtask bogo --bless`. The columns: {}.\n\
             # P: passes. F: fails, for a reason in deviations.toml. -: needs what is not there.\n\
             # Tests that need what is not there on every backend are counted only.\n\
             tests: {}\n",
            BACKENDS.join(", "),
            self.total
        );
        for (test, row) in &self.rows {
            let letters: String = row.iter().map(|outcome| outcome.letter()).collect();
            let _ = writeln!(text, "{letters} {test}");
        }
        text
    }

    /// How many tests there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// The tests that come to something on one backend at least.
    pub(super) fn tests(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// What `test` comes to.
    pub(super) fn outcome(&self, column: Column, test: &str) -> Outcome {
        self.rows.get(test).map(|row| row[column.0]).unwrap_or_default()
    }

    /// The tests that come to `outcome`, of those that come to something on one backend at least.
    pub(super) fn tests_that_come_to(
        &self,
        column: Column,
        outcome: Outcome,
    ) -> impl Iterator<Item = &str> {
        let these = move |(_, row): &(&String, &Row)| row[column.0] == outcome;
        self.rows.iter().filter(these).map(|(test, _)| test.as_str())
    }

    /// How many tests come to `outcome`.
    pub(super) fn counts(&self, outcome: Outcome) -> Counts {
        Column::all()
            .map(|column| {
                let these = self.rows.values().filter(|row| row[column.0] == outcome).count();
                let unlisted = match outcome {
                    Outcome::Unimplemented => self.total - self.rows.len(),
                    Outcome::Passed | Outcome::Failed => 0,
                };
                (column, these + unlisted)
            })
            .collect()
    }

    /// Takes over what came out on one backend, of all tests.
    pub(super) fn bless(&mut self, column: Column, results: &Results) {
        for row in self.rows.values_mut() {
            row[column.0] = Outcome::Unimplemented;
        }
        for (test, outcome) in results.iter() {
            self.rows.entry(test.to_owned()).or_default()[column.0] = outcome;
        }
        self.rows.retain(|_, row| row.iter().any(|outcome| *outcome != Outcome::Unimplemented));
        self.total = results.len();
    }
}

/// A line of the file.
fn row(line: &str) -> Result<(String, Row)> {
    let Some((letters, test)) = line.split_once(' ') else { bail!("not a test: {line:?}") };
    if letters.chars().count() != BACKENDS.len() {
        bail!("not one letter for each backend: {line:?}");
    }
    let mut row = Row::default();
    for (outcome, letter) in row.iter_mut().zip(letters.chars()) {
        let known = Outcome::ALL.into_iter().find(|known| known.letter() == letter);
        *outcome = known.with_context(|| format!("{letter:?} in {line:?}"))?;
    }
    Ok((test.to_owned(), row))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\ntests: 7\nP-F-- one\nPPPPP two\n";

    #[test]
    fn what_is_written_is_read() {
        let read = Expectations::parse(TEXT).unwrap();
        assert_eq!(Expectations::parse(&read.to_text()).unwrap(), read);
        assert_eq!(read.outcome(Column(2), "one"), Outcome::Failed);
        assert_eq!(read.outcome(Column(0), "three"), Outcome::Unimplemented);
        let failures = read.tests_that_come_to(Column(2), Outcome::Failed);
        assert_eq!(failures.collect::<Vec<_>>(), ["one"]);
        assert_eq!(read.counts(Outcome::Passed)[&Column(0)], 2);
        assert_eq!(read.counts(Outcome::Unimplemented)[&Column(1)], 6);
        assert!(Expectations::parse("tests: 1\nPP short\n").is_err());
        assert!(Expectations::parse("tests: 1\nPPPPX odd\n").is_err());
    }

    #[test]
    fn one_backend_is_blessed_and_the_others_stay() {
        let mut expectations = Expectations::parse(TEXT).unwrap();
        let results = Results::parse(
            r#"{"tests": {"one": {"actual": "SKIP"}, "two": {"actual": "FAIL"}, "three": {"actual": "SKIP"}}}"#,
            String::new(),
            "",
        );
        expectations.bless(Column(2), &results.unwrap());
        assert_eq!(expectations, Expectations::parse("tests: 3\nP---- one\nPPFPP two\n").unwrap());
    }
}
