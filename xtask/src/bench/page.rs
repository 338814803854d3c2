//! docs/benchmarks.md.

use std::fmt::Write as _;

use super::rows::{self, Row, Verdict};

/// One table of figures.
pub(super) struct Figures {
    pub(super) title: &'static str,
    pub(super) table: String,
    /// What is to be known to read it; empty if nothing is.
    pub(super) note: &'static str,
}

/// The page: `about` says with what and where it was measured.
pub(super) fn page(about: &[String], rows: &[Row], figures: &[Figures]) -> String {
    let mut page = String::from(
        "# What tls-object costs\n\n\
         Written by `cargo xtask bench table` in one run; [BENCHMARKING.md](../BENCHMARKING.md) says how to \
         read it.\n\n",
    );
    for line in about {
        let _ = writeln!(page, "* {line}");
    }
    page.push_str("\n## Limits\n\nCounted, so the same on a busy machine. Again: `cargo xtask bench gate`, or with a part of a case's name.\n\n");
    page.push_str(&rows::table(rows));
    page.push_str("\n## Limits that are not met\n\n");
    let mut met = true;
    for row in rows.iter().filter(|row| matches!(row.verdict(), Verdict::Known | Verdict::Failed)) {
        met = false;
        let why = row.exception().map_or("not explained yet", |(_, why)| why);
        let (base, measured) = (rows::amount(row.base), rows::amount(row.measured));
        let _ = writeln!(
            page,
            "* {}, {}, {}: {measured} against {base}. {why}",
            row.case, row.library, row.what
        );
    }
    if met {
        page.push_str("None.\n");
    }
    for Figures { title, table, note } in figures {
        let _ = write!(page, "\n## {title}\n\n{table}");
        if !note.is_empty() {
            let _ = write!(page, "\n{note}\n");
        }
    }
    page
}
