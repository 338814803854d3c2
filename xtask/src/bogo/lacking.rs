//! Why tests do not apply: `unimplemented.txt`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::BACKENDS;
use super::expectations::Column;
use super::reasons::matches;
use super::results::Results;

/// What stands before the name of a capability that a backend lacks. What stands without it is asked for of the shim.
const CAPABILITY: &str = "capability ";

/// How many tests do not apply for one reason, by backend.
pub(super) type Row = [usize; BACKENDS.len()];

/// How many tests do not apply for each reason: what the shim said first of what it lacks.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Lacking {
    rows: BTreeMap<String, Row>,
}

impl Lacking {
    /// Reads the file; nothing is lacking where there is none yet.
    pub(super) fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Ok(Self { rows: lines.map(row).collect::<Result<_>>()? })
    }

    /// Writes the file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, self.to_text()).with_context(|| path.display().to_string())
    }

    fn to_text(&self) -> String {
        let mut text = format!(
            "# Written by `cargo xtask bogo --bless`: how many tests do not apply, and for what they ask. The columns:\n\
             # {}.\n",
            BACKENDS.join(", "),
        );
        for (reason, row) in &self.rows {
            let counts: Vec<_> = row.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "{} {reason}", counts.join(" "));
        }
        text
    }

    /// Takes over what came out on one backend, of all tests.
    pub(super) fn bless(&mut self, column: Column, results: &Results) {
        self.rows.values_mut().for_each(|row| row[column.index()] = 0);
        for (reason, &number) in results.lacking() {
            self.rows.entry(reason.clone()).or_default()[column.index()] = number;
        }
        self.rows.retain(|_, row| row.iter().any(|&number| number > 0));
    }

    /// In which counts a run of all tests differs from what is written down, each in a line.
    pub(super) fn differences(&self, column: Column, results: &Results) -> Vec<String> {
        let mut seen = Self::default();
        seen.bless(column, results);
        let mut reasons: Vec<_> = self.rows.keys().chain(seen.rows.keys()).collect();
        reasons.sort();
        reasons.dedup();
        let differs = |reason: &String| {
            let [expected, seen] =
                [self, &seen].map(|one| one.rows.get(reason).map_or(0, |row| row[column.index()]));
            (expected != seen).then(|| {
                let backend = column.backend();
                format!("{backend}: {reason}: {expected} tests do not apply, {seen} seen")
            })
        };
        reasons.into_iter().filter_map(differs).collect()
    }

    /// The capabilities for whose lack tests do not apply, those of most tests first.
    pub(super) fn by_capability(&self) -> Vec<(&str, Row)> {
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .filter_map(|(reason, row)| Some((reason.strip_prefix(CAPABILITY)?, *row)))
            .collect();
        rows.sort_by_key(|(_, row)| Reverse(row.iter().sum::<usize>()));
        rows
    }

    /// The tests that ask the shim for what one of `names` stands for.
    pub(super) fn of(&self, names: &[&str]) -> Row {
        self.sum(|reason| is_one_of(names, reason))
    }

    /// The tests that ask the shim for something that none of `names` stands for.
    pub(super) fn of_others_than(&self, names: &[&str]) -> Row {
        self.sum(|reason| !reason.starts_with(CAPABILITY) && !is_one_of(names, reason))
    }

    fn sum(&self, counts: impl Fn(&str) -> bool) -> Row {
        let mut sum = Row::default();
        for (_, row) in self.rows.iter().filter(|(reason, _)| counts(reason)) {
            sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
        }
        sum
    }
}

fn is_one_of(names: &[&str], reason: &str) -> bool {
    names.iter().any(|name| matches(name, reason))
}

/// A line of the file.
fn row(line: &str) -> Result<(String, Row)> {
    let fields: Vec<_> = line.splitn(BACKENDS.len() + 1, ' ').collect();
    let Some((reason, counts)) = fields.split_last() else { bail!("an empty line") };
    let counts: Vec<usize> = counts
        .iter()
        .map(|count| count.parse())
        .collect::<Result<_, _>>()
        .with_context(|| format!("not a count for each backend: {line:?}"))?;
    let row = Row::try_from(counts);
    let row = row.ok().with_context(|| format!("not a count for each backend: {line:?}"))?;
    Ok(((*reason).to_owned(), row))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\n1 0 2 0 30 capability psk-1.2\n0 0 0 4 0 flag -dtls\n";

    #[test]
    fn what_is_written_is_read() {
        let read = Lacking::parse(TEXT).unwrap();
        assert_eq!(Lacking::parse(&read.to_text()).unwrap(), read);
        assert_eq!(read.by_capability(), [("psk-1.2", [1, 0, 2, 0, 30])]);
        assert_eq!(read.of(&["flag -d*"]), [0, 0, 0, 4, 0]);
        assert_eq!(read.of_others_than(&["flag -dtls"]), [0; 5]);
        assert_eq!(read.of_others_than(&[]), [0, 0, 0, 4, 0]);
        assert!(Lacking::parse("1 2 3 flag -dtls\n").is_err());
    }

    #[test]
    fn another_count_and_another_reason_are_differences() {
        let mut lacking = Lacking::parse(TEXT).unwrap();
        let column = Column::of("boring");
        let notes = "flag -dtls\nflag -quic\nflag -dtls\n";
        let results = Results::parse(r#"{"tests": {}}"#, String::new(), notes).unwrap();
        let differences = lacking.differences(column, &results);
        assert_eq!(differences.len(), 2, "{differences:?}");
        lacking.bless(column, &results);
        assert_eq!(lacking.of(&["flag -dtls"]), [0, 0, 0, 2, 0]);
        assert_eq!(lacking.differences(column, &results), [""; 0]);
    }
}
