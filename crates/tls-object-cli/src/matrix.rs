//! `tlsobj matrix`.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use tls_object_conformance::{Outcome, Report, Selection, Summary, plan, report_json};

use crate::cli::MatrixArgs;
use crate::failure::Failure;

/// What the process exits with when a promise was broken.
const BROKEN: u8 = 1;

/// Tries what was chosen of the matrix, and reports.
pub(crate) fn run(args: &MatrixArgs) -> Result<ExitCode, Failure> {
    tls_object_conformance::without_system_anchors();
    let to_stdout = |file: &Option<PathBuf>| file.as_deref() == Some(Path::new("-"));
    if to_stdout(&args.json) && to_stdout(&args.html) {
        return Err(Failure::Usage("only one report can go to standard output".to_owned()));
    }
    let selection = Selection {
        filter: args.filter.clone(),
        client: args.client.map(|backend| backend.name().to_owned()),
        server: args.server.map(|backend| backend.name().to_owned()),
    };
    let cases = plan(tls_object::backends(), &selection);
    if cases.is_empty() {
        return Err(Failure::Usage("this choice leaves no case of the matrix".to_owned()));
    }
    // A file that cannot be written is found out before the work, not after it.
    let json = args.json.as_deref().map(Output::open).transpose()?;
    let html = args.html.as_deref().map(Output::open).transpose()?;

    let bar = progress_bar(cases.len());
    let report = tls_object_conformance::run(&cases, &mut |result| {
        bar.set_message(result.scenario.clone());
        bar.inc(1);
    });
    bar.finish_and_clear();
    tell(&report);

    if let Some(output) = json {
        output.write(&(report_json(&report) + "\n"))?;
    }
    if let Some(output) = html {
        output.write(&report.to_html())?;
    }
    Ok(if report.summary.fail == 0 { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) })
}

/// A bar on standard error; nothing at all where that is no terminal.
fn progress_bar(cases: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{elapsed} {bar:40} {pos}/{len} {msg}")
        .expect("a sound template");
    ProgressBar::new(cases as u64).with_style(style)
}

/// Each failure, then the summary.
fn tell(report: &Report) {
    for result in report.results.iter().filter(|result| result.outcome == Outcome::Fail) {
        let params =
            if result.params.is_empty() { String::new() } else { format!("[{}]", result.params) };
        eprintln!(
            "fail: {}{params} client={} server={}: {}",
            result.scenario, result.client, result.server, result.detail
        );
    }
    for note in report.notes() {
        eprintln!("note: {note}");
    }
    let Summary { pass, unsupported, deviation, fail, .. } = report.summary;
    eprintln!("{pass} pass, {unsupported} unsupported, {deviation} deviation, {fail} fail");
}

/// Where a report goes.
struct Output<'a> {
    path: &'a Path,
    writer: Box<dyn Write>,
}

impl<'a> Output<'a> {
    /// A new file, or standard output for `-`.
    fn open(path: &'a Path) -> Result<Self, Failure> {
        let writer: Box<dyn Write> = if path == Path::new("-") {
            Box::new(io::stdout())
        } else {
            let created = File::create(path);
            Box::new(
                created.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?,
            )
        };
        Ok(Self { path, writer })
    }

    fn write(mut self, text: &str) -> Result<(), Failure> {
        let written = self.writer.write_all(text.as_bytes()).and_then(|()| self.writer.flush());
        if self.path == Path::new("-") {
            return Failure::of_stdout(written);
        }
        written.map_err(|error| Failure::transport(self.path.display().to_string(), error))
    }
}
