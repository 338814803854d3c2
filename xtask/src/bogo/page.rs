//! The part of docs/conformance.md that is about BoGo.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::BACKENDS;
use super::expectations::{Column, Expectations, Outcome};
use super::lacking::{Lacking, Row};
use super::reasons::{Deviation, Reasons};

/// What no backend has a setting for here, by the words of the shim; `*` stands for anything.
const NOT_HERE: [(&str, &[&str]); 11] = [
    ("DTLS", &["flag -dtls", "flag -mtu", "flag -initial-timeout-duration-ms", "flag -srtp-*"]),
    ("QUIC", &["flag -quic*"]),
    ("TLS 1.0 and 1.1", &["TLS 1.0 and 1.1", "versions before TLS 1.2"]),
    (
        "raw public keys, of which the shim has no flags",
        &["flag -new-rpk-*", "flag -accepted-peer-cert-types", "flag -available-client-cert-types"],
    ),
    ("Encrypted ClientHello", &["flag *-ech-*", "flag -ech-*"]),
    ("imported pre-shared keys (RFC 9258)", &["flag -new-psk-credential"]),
    ("application settings (ALPS)", &["flag -application-settings", "flag -alps-*"]),
    ("channel ids", &["flag *-channel-id"]),
    ("renegotiation", &["flag -renegotiate-*", "flag -forbid-renegotiation-*"]),
    ("next protocols (NPN)", &["flag *-next-proto", "flag *-npn"]),
    (
        "PAKE, delegated credentials, trust anchors",
        &["flag *spake2*", "flag *delegated*", "flag *trust-anchor*"],
    ),
];

/// Writes the part anew.
pub(super) fn write(
    path: &Path,
    expectations: &Expectations,
    lacking: &Lacking,
    reasons: &Reasons,
) -> Result<()> {
    let page = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    fs::write(path, renew(&page, expectations, lacking, reasons)?)?;
    Ok(())
}

/// `page` with the part as it should be.
pub(super) fn renew(
    page: &str,
    expectations: &Expectations,
    lacking: &Lacking,
    reasons: &Reasons,
) -> Result<String> {
    crate::part::renew(page, "BoGo", &part(expectations, lacking, reasons))
}

fn part(expectations: &Expectations, lacking: &Lacking, reasons: &Reasons) -> String {
    let mut text = format!("Of {} tests:\n\n", expectations.total());
    text += &head("");
    for (title, outcome) in [
        ("pass", Outcome::Passed),
        ("fail, for a reason below", Outcome::Failed),
        ("do not apply", Outcome::Unimplemented),
    ] {
        let counts: Vec<_> =
            expectations.counts(outcome).values().map(ToString::to_string).collect();
        let _ = writeln!(text, "| {title} | {} |", counts.join(" | "));
    }
    text += &format!("\n### Why tests do not apply\n\n{}", head("what is asked for first"));
    for (title, reasons) in NOT_HERE {
        text += &line(title, lacking.of(reasons));
    }
    for (capability, row) in lacking.by_capability() {
        text += &line(&format!("[`{capability}`](capabilities.md)"), row);
    }
    let named: Vec<_> = NOT_HERE.iter().flat_map(|(_, reasons)| *reasons).copied().collect();
    text += &line(
        "another flag, or flags together, that no setting stands for",
        lacking.of_others_than(&named),
    );
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

/// The head of a table with a column for each backend.
fn head(title: &str) -> String {
    format!("| {title} | {} |\n|---|{}\n", BACKENDS.join(" | "), "--:|".repeat(BACKENDS.len()))
}

/// A line of such a table.
fn line(title: &str, row: Row) -> String {
    let counts: Vec<_> = row.iter().map(ToString::to_string).collect();
    format!("| {title} | {} |\n", counts.join(" | "))
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
