//! The part of docs/conformance.md that is about BoGo.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::BACKENDS;
use super::expectations::{Column, Expectations, Outcome};
use super::reasons::{Deviation, Reasons};

const BEGIN: &str = "<!-- Generated from here on: run `cargo xtask docs` after a change. -->\n";
const END: &str = "<!-- Generated up to here. -->\n";

/// Writes the part anew.
pub(super) fn write(path: &Path, expectations: &Expectations, reasons: &Reasons) -> Result<()> {
    let page = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    fs::write(path, renew(&page, expectations, reasons)?)?;
    Ok(())
}

/// `page` with the part as it should be.
pub(super) fn renew(page: &str, expectations: &Expectations, reasons: &Reasons) -> Result<String> {
    let (before, rest) = page.split_once(BEGIN).context("no line that begins the part")?;
    let (_, after) = rest.split_once(END).context("no line that ends the part")?;
    Ok(format!("{before}{BEGIN}\n{}\n{END}{after}", part(expectations, reasons)))
}

fn part(expectations: &Expectations, reasons: &Reasons) -> String {
    let mut text = format!("Of {} tests:\n\n", expectations.total());
    let _ = writeln!(text, "| | {} |", BACKENDS.join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(BACKENDS.len()));
    for (title, outcome) in [
        ("pass", Outcome::Passed),
        ("fail, for a reason below", Outcome::Failed),
        ("do not apply", Outcome::Unimplemented),
    ] {
        let counts: Vec<_> =
            expectations.counts(outcome).values().map(ToString::to_string).collect();
        let _ = writeln!(text, "| {title} | {} |", counts.join(" | "));
    }
    text.push_str("\n### Why tests fail\n\n| reason | whose | tests |\n|---|---|---|\n");
    for deviation in reasons.iter() {
        let reason = match &deviation.link {
            Some(link) => format!("{} ([link]({link}))", deviation.reason),
            None => deviation.reason.clone(),
        };
        let whose = deviation.kind.name();
        let _ = writeln!(text, "| {reason} | {whose} | {} |", counts(deviation, expectations));
    }
    text
}

/// How many tests fail for this reason, by backend.
fn counts(deviation: &Deviation, expectations: &Expectations) -> String {
    let counts: Vec<_> = Column::all()
        .filter_map(|column| {
            let failures = expectations.tests_that_come_to(column, Outcome::Failed);
            match failures.filter(|test| deviation.covers(column, test)).count() {
                0 => None,
                number => Some(format!("{} {number}", column.backend())),
            }
        })
        .collect();
    counts.join(", ")
}
