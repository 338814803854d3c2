//! What tls-object costs over driving each library by hand, held to its limits.

mod count;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

use self::count::{Cost, Job, count};
use crate::cargo::{cargo, metadata, output, run};

/// What to do with the costs.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Bench {
    /// Hold the costs to their limits.
    Gate,
    /// The same, and write docs/benchmarks.md.
    Table,
}

const LIBRARIES: [&str; 3] = ["rustls", "openssl", "boring"];
const DRIVERS: [&str; 3] = ["raw", "obj", "dyn"];

/// What `obj` may cost for each that `raw` costs, and how often each workload is done in the two runs.
/// The difference must be work enough for what is random in the rest to be lost in it: keys and signatures are new
/// each time, and checking one takes 100,000 instructions more or less than another.
const WORKLOADS: &[(&str, Option<f64>, (u32, u32))] = &[
    ("bulk", Some(1.02), (8, 264)),
    ("echo", Some(1.10), (32, 2080)),
    ("probe", None, (64, 4160)),
    (ONE, None, (64, 2112)),
    (MANY, None, (1, 3)),
    ("resumed-1.2", Some(1.05), (4, 132)),
    ("resumed-1.3", Some(1.05), (2, 26)),
    ("full-1.2", Some(1.03), (2, 10)),
    ("full-1.3", Some(1.03), (2, 10)),
];
/// The workloads with one queued record and with [`QUEUED`].
const ONE: &str = "backlog-1";
const MANY: &str = "backlog-1024";
const QUEUED: f64 = 1024.0;

/// What `dyn` may cost for each that `obj` costs.
const DYN: f64 = 1.02;
/// What a record may cost in a long queue for each that it costs alone.
const BACKLOG: f64 = 1.10;
/// Workloads in which `obj` may not allocate more often than `raw`.
const ALLOCATIONS: [&str; 3] = ["bulk", "echo", "probe"];

/// Limits that are not met, and why: workload, what, library, the limit that holds instead, the reason found by
/// profiling.
const EXCEPTIONS: &[(&str, &str, &str, f64, &str)] = &[
    (
        "echo",
        "instructions, obj / raw",
        "rustls",
        1.16,
        "a fixed cost a call: each record's header is looked at to stop at its end, and rustls is asked after each record whether it has something to say.",
    ),
    (
        "resumed-1.2",
        "instructions, obj / raw",
        "rustls",
        1.07,
        "three runs gave 1.035, 1.041 and 1.054: the random keys of the set-up do not cancel. What is left is not profiled yet; the copy of the client's configuration for each connection is part of it.",
    ),
    (
        "resumed-1.2",
        "instructions, obj / raw",
        "boring",
        1.10,
        "the facts hold the server's certificates in DER, and BoringSSL encodes each anew.",
    ),
];

/// One figure beside the one it is held against.
struct Row {
    workload: &'static str,
    what: &'static str,
    library: &'static str,
    base: f64,
    measured: f64,
    limit: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        if self.measured == self.base { 1.0 } else { self.measured / self.base }
    }

    fn exception(&self) -> Option<(f64, &'static str)> {
        EXCEPTIONS
            .iter()
            .find(|it| (it.0, it.1, it.2) == (self.workload, self.what, self.library))
            .map(|it| (it.3, it.4))
    }

    fn verdict(&self) -> &'static str {
        match self.exception() {
            _ if self.ratio() <= self.limit => "met",
            Some((limit, _)) if self.ratio() <= limit => "not met, known",
            _ => "FAILED",
        }
    }

    fn cells(&self) -> [String; 8] {
        let amount = |amount: f64| format!("{amount:.*}", usize::from(amount < 100.0));
        [
            self.workload.to_owned(),
            self.what.to_owned(),
            self.library.to_owned(),
            amount(self.base),
            amount(self.measured),
            format!("{:.4}", self.ratio()),
            format!("{:.2}", self.limit),
            self.verdict().to_owned(),
        ]
    }
}

const HEAD: [&str; 8] =
    ["workload", "what", "library", "against", "measured", "ratio", "limit", "verdict"];

/// Counts, compares, and tells.
///
/// # Errors
/// If a limit is not met.
pub(crate) fn bench(bench: Bench) -> Result<()> {
    let valgrind = output(Command::new("valgrind").arg("--version"))
        .context("valgrind counts the instructions: install it")?;
    run(&mut cargo(["build", "--release", "--locked", "--package", "tls-object-bench", "--bins"]))?;
    let target = metadata()?.target_directory.into_std_path_buf();

    let mut jobs = Vec::new();
    for &(workload, _, times) in WORKLOADS {
        for library in LIBRARIES {
            for driver in DRIVERS {
                jobs.push(Job { workload, driver, library, times });
            }
        }
    }
    let costs = count(&target.join("release/gate"), &target.join("bench"), &jobs)?;
    let cost = |workload, library, driver| -> &Cost {
        let of = |job: &Job| (job.workload, job.library, job.driver) == (workload, library, driver);
        &costs[jobs.iter().position(of).unwrap_or_default()]
    };
    let rows = rows(&cost);

    println!("{}", table(&rows));
    if let Bench::Table = bench {
        let mut versions = vec![valgrind.trim().to_owned()];
        versions.push(output(Command::new("rustc").arg("--version"))?.trim().to_owned());
        versions.extend(LIBRARIES.map(|library| cost("bulk", library, "obj").library.clone()));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md");
        fs::write(path, page(&rows, &versions)).context("cannot write docs/benchmarks.md")?;
    }
    match rows.iter().filter(|row| row.verdict() == "FAILED").count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} limits are not met", rows.len()),
    }
}

fn rows<'a>(cost: &dyn Fn(&'static str, &'static str, &'static str) -> &'a Cost) -> Vec<Row> {
    let mut rows = Vec::new();
    for &(workload, limit, _) in WORKLOADS {
        for library in LIBRARIES {
            let [raw, obj, named] = DRIVERS.map(|driver| cost(workload, library, driver));
            let mut row = |what, base, measured, limit| {
                rows.push(Row { workload, what, library, base, measured, limit });
            };
            if let Some(limit) = limit {
                row("instructions, obj / raw", raw.instructions, obj.instructions, limit);
                row("instructions, dyn / obj", obj.instructions, named.instructions, DYN);
            }
            if ALLOCATIONS.contains(&workload) {
                row("allocations, obj / raw", raw.allocations, obj.allocations, 1.0);
            }
            if workload == MANY {
                let one = cost(ONE, library, "obj").instructions;
                row(
                    "instructions of a record, 1024 / 1 queued",
                    one,
                    obj.instructions / QUEUED,
                    BACKLOG,
                );
            }
        }
    }
    rows
}

/// The rows in columns; this is a table in Markdown, too.
fn table(rows: &[Row]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let _ = match column {
                3..=6 => write!(text, "| {cell:>width$} "),
                _ => write!(text, "| {cell:<width$} "),
            };
        }
        text.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let end = if (3..=6).contains(&column) { ":" } else { "-" };
                let _ = write!(text, "|-{}{end}", "-".repeat(*width));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// docs/benchmarks.md.
fn page(rows: &[Row], versions: &[String]) -> String {
    let mut page = String::from(
        "# What tls-object costs\n\n\
         Written by `cargo xtask bench table`, from one run; [BENCHMARKING.md](../BENCHMARKING.md) says how to read it.\n\n",
    );
    page.push_str("With ");
    page.push_str(&versions.join(", "));
    page.push_str(".\n\n");
    page.push_str(&table(rows));
    let mut reasons = rows
        .iter()
        .filter(|row| row.verdict() != "met")
        .map(|row| {
            let reason = row.exception().map_or("not explained yet", |(_, reason)| reason);
            format!(
                "* {}, {}, {}: {:.4}. {reason}\n",
                row.workload,
                row.library,
                row.what,
                row.ratio()
            )
        })
        .peekable();
    page.push_str("\n## Limits that are not met\n\n");
    if reasons.peek().is_none() {
        page.push_str("None.\n");
    }
    page.extend(reasons);
    page
}
