//! One figure held against another.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::Result;

use super::count::{Cost, Counter, Job, What};
use super::limits::{self, CASES, Case, EXCEPTIONS, MANY, ONE};

/// The libraries, by the names of their backends.
pub(super) const LIBRARIES: [&str; 3] = ["rustls", "openssl", "boring"];

/// One figure beside the one it is held against.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) case: String,
    pub(super) what: &'static str,
    pub(super) library: String,
    pub(super) base: f64,
    pub(super) measured: f64,
    pub(super) limit: Limit,
}

/// How far one figure may be from the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit {
    /// It may be so many times as much.
    Times(f64),
    /// It may be so much more.
    Plus(f64),
    /// It is only reported.
    None,
}

impl Limit {
    fn holds(self, base: f64, measured: f64) -> bool {
        match self {
            Self::Times(limit) => measured <= base * limit,
            Self::Plus(limit) => measured <= base + limit,
            Self::None => true,
        }
    }

    /// The same kind of limit at another height.
    fn at(self, height: f64) -> Self {
        match self {
            Self::Times(_) => Self::Times(height),
            Self::Plus(_) => Self::Plus(height),
            Self::None => Self::None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Times(limit) => format!("x {limit:.2}"),
            Self::Plus(limit) => format!("+ {}", amount(limit)),
            Self::None => String::new(),
        }
    }
}

/// Whether a limit is met.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Met,
    /// It is not, and an exception says why.
    Known,
    Failed,
    /// There is none.
    Reported,
}

impl Row {
    pub(super) fn ratio(&self) -> f64 {
        if self.measured == self.base { 1.0 } else { self.measured / self.base }
    }

    /// The limit that holds instead, and why.
    pub(super) fn exception(&self) -> Option<(f64, &'static str)> {
        EXCEPTIONS
            .iter()
            .find(|it| (it.0, it.1, it.2) == (&*self.case, self.what, &*self.library))
            .map(|it| (it.3, it.4))
    }

    pub(super) fn verdict(&self) -> Verdict {
        let holds = |limit: Limit| limit.holds(self.base, self.measured);
        match (self.limit, self.exception()) {
            (Limit::None, _) => Verdict::Reported,
            (limit, _) if holds(limit) => Verdict::Met,
            (limit, Some((height, _))) if holds(limit.at(height)) => Verdict::Known,
            _ => Verdict::Failed,
        }
    }

    fn cells(&self) -> [String; 8] {
        let verdict = match self.verdict() {
            Verdict::Met => "met",
            Verdict::Known => "not met, known",
            Verdict::Failed => "FAILED",
            Verdict::Reported => "",
        };
        [
            self.case.clone(),
            self.what.to_owned(),
            self.library.clone(),
            amount(self.base),
            amount(self.measured),
            format!("{:.4}", self.ratio()),
            self.limit.text(),
            verdict.to_owned(),
        ]
    }
}

/// With as many digits as say something.
pub(super) fn amount(amount: f64) -> String {
    match amount {
        1000.0.. => format!("{amount:.0}"),
        10.0.. => format!("{amount:.1}"),
        _ => format!("{amount:.2}"),
    }
}

const HEAD: [&str; 8] =
    ["case", "what", "library", "against", "measured", "ratio", "limit", "verdict"];

/// Counts every case whose name contains `filter`, and lays it side by side.
pub(super) fn counted(counter: &Counter, filter: &str) -> Result<Vec<Row>> {
    let mut jobs = Vec::new();
    for case in CASES.iter().filter(|case| case.name.contains(filter)) {
        for library in LIBRARIES.into_iter().filter(|library| case.is_about(library)) {
            let mut count = |what, drivers: &[&'static str]| {
                let (case, times) = (case.name, case.times);
                jobs.extend(drivers.iter().map(|driver| Job {
                    case,
                    driver,
                    library,
                    times,
                    what,
                }));
            };
            count(What::Instructions, &[case.beside(library), "obj"]);
            if case.named {
                count(What::Instructions, &["dyn"]);
            }
            if case.allocations.is_some() {
                count(What::Allocations, &["raw", "obj"]);
            }
        }
    }
    for &(whole, sent) in limits::COPIES.iter().filter(|it| it.0.contains(filter)) {
        for (case, library) in
            [whole, sent].into_iter().flat_map(|case| LIBRARIES.map(|it| (case, it)))
        {
            let (times, what) = (limits::COPIES_TIMES, What::Copies);
            jobs.extend(["raw", "obj"].map(|driver| Job { case, driver, library, times, what }));
        }
    }
    let costs = counter.count(&jobs)?;
    let costs: HashMap<_, _> = jobs
        .iter()
        .zip(&costs)
        .map(|(job, cost)| ((job.case, job.what, job.library, job.driver), cost))
        .collect();
    let mut rows = Vec::new();
    for library in LIBRARIES {
        let cost = |case, what, driver| costs.get(&(case, what, library, driver)).copied();
        compare(library, &cost, &mut rows);
    }
    Ok(rows)
}

/// What was counted for a case and a driver.
type Costs<'a> = dyn Fn(&'static str, What, &'static str) -> Option<&'a Cost> + 'a;

/// Adds a row for every two figures of a library that were both counted.
fn compare(library: &str, cost: &Costs<'_>, rows: &mut Vec<Row>) {
    let instructions =
        |case, driver| cost(case, What::Instructions, driver).map(|cost| cost.instructions);
    let allocations =
        |case, driver| cost(case, What::Allocations, driver).map(|cost| cost.allocations);
    let mut row = |case: &str, what, base: Option<f64>, measured: Option<f64>, limit| {
        if let (Some(base), Some(measured)) = (base, measured) {
            let (case, library) = (case.to_owned(), library.to_owned());
            rows.push(Row { case, what, library, base, measured, limit });
        }
    };
    for &case in CASES {
        let Case { name, instructions: limit, allocations: more, .. } = case;
        let beside = case.beside(library);
        let (other, obj) = (instructions(name, beside), instructions(name, "obj"));
        let limit = limit.map_or(Limit::None, Limit::Times);
        let what = match beside {
            "raw" => "instructions, obj / raw",
            "tokio-rustls" => "instructions, obj / tokio-rustls",
            "tokio-openssl" => "instructions, obj / tokio-openssl",
            _ => "instructions, obj / tokio-boring",
        };
        row(name, what, other, obj, limit);
        let named = instructions(name, "dyn");
        row(name, "instructions, dyn / obj", obj, named, Limit::Times(limits::NAMED));
        if let Some(more) = more {
            let (raw, obj) = (allocations(name, "raw"), allocations(name, "obj"));
            row(name, "allocations, obj / raw", raw, obj, Limit::Plus(more));
        }
    }
    let many = instructions(MANY, "obj").map(|it| it / limits::QUEUED);
    let limit = Limit::Times(limits::BACKLOG);
    row(MANY, "instructions a record, 1024 / 1 queued", instructions(ONE, "obj"), many, limit);

    let (bytes, whole) = limits::BYTES;
    let (base, measured) = (instructions(whole, "obj"), instructions(bytes, "obj"));
    let limit = Limit::Times(limits::BYTE_BY_BYTE);
    row(bytes, "instructions, in bytes / whole", base, measured, limit);

    for &(case, other, what, limit) in limits::AGAINST {
        let (base, measured) = (instructions(other, "obj"), instructions(case, "obj"));
        row(case, what, base, measured, limit.map_or(Limit::None, Limit::Times));
    }

    let copied = |case, driver| {
        cost(case, What::Copies, driver).map(|cost| cost.copied / limits::COPIES_SIZE)
    };
    let limit = Limit::Plus(limits::COPIED);
    for &(whole, sent) in limits::COPIES {
        let [raw, obj] = ["raw", "obj"].map(|driver| copied(sent, driver));
        row(whole, "copies of each byte sent, obj / raw", raw, obj, limit);
        let [raw, obj] =
            ["raw", "obj"].map(|driver| Some(copied(whole, driver)? - copied(sent, driver)?));
        row(whole, "copies of each byte received, obj / raw", raw, obj, limit);
    }
}

/// The rows in columns; this is a table in Markdown, too.
pub(super) fn table(rows: &[Row]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    columns(&lines, 3..=6)
}

/// Lines of cells as a table in Markdown, with the columns of numbers to the right.
pub(super) fn columns<const N: usize>(
    lines: &[[String; N]],
    numbers: std::ops::RangeInclusive<usize>,
) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let _ = if numbers.contains(&column) {
                write!(text, "| {cell:>width$} ")
            } else {
                write!(text, "| {cell:<width$} ")
            };
        }
        text.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let end = if numbers.contains(&column) { ":" } else { "-" };
                let _ = write!(text, "|-{}{end}", "-".repeat(*width));
            }
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(base: f64, measured: f64, limit: Limit) -> Row {
        let (case, library) = ("no such case".to_owned(), "rustls".to_owned());
        Row { case, what: "instructions", library, base, measured, limit }
    }

    #[test]
    fn a_limit_is_a_factor_or_a_difference() {
        let verdict = |base, measured, limit| row(base, measured, limit).verdict();
        assert_eq!(verdict(100.0, 102.0, Limit::Times(1.02)), Verdict::Met);
        assert_eq!(verdict(100.0, 102.1, Limit::Times(1.02)), Verdict::Failed);
        assert_eq!(verdict(0.0, 0.0, Limit::Plus(0.0)), Verdict::Met);
        assert_eq!(verdict(0.0, 1.0, Limit::Plus(0.0)), Verdict::Failed);
        assert_eq!(verdict(1.0, 9.0, Limit::None), Verdict::Reported);
    }

    #[test]
    fn every_exception_is_about_a_case() {
        for (case, _, library, _, why) in EXCEPTIONS {
            let known = CASES.iter().any(|it| it.name == *case) || case.starts_with("mem/");
            assert!(known, "{case}");
            assert!(LIBRARIES.contains(library), "{library}");
            assert!(!why.is_empty(), "{case}");
        }
    }
}
