//! What tls-object costs over driving each library by hand, held to its limits.

mod count;
mod figures;
mod goals;
mod limits;
mod memory;
mod page;
mod programs;
mod rows;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

use self::count::Counter;
use self::page::Figures;
use self::programs::{Programs, samples};
use self::rows::{Row, Verdict};
use crate::cargo::output;

/// What to do with the costs.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Bench {
    /// Count instructions, calls for memory, copies and idle memory, and hold them to their limits.
    Gate {
        /// Only cases whose name contains this.
        #[arg(default_value = "")]
        filter: String,
    },
    /// Do that, time everything, compare it with others, and write docs/benchmarks.md: a quarter of an hour, on
    /// a machine that should have nothing else to do.
    Table,
}

/// Does it.
///
/// # Errors
/// If a limit is not met.
pub(crate) fn bench(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Gate { filter } => gate(filter),
        Bench::Table => table(),
    }
}

/// Counts every case whose name contains `filter`, and tells.
///
/// # Errors
/// If a limit is not met.
pub(crate) fn gate(filter: &str) -> Result<()> {
    let programs = Programs::build()?;
    let rows = rows(&programs, filter)?;
    print!("{}", rows::table(&rows));
    verdict(&rows)
}

fn rows(programs: &Programs, filter: &str) -> Result<Vec<Row>> {
    let counter = Counter::new(programs.path("gate"), programs.folder())?;
    let mut rows = rows::counted(&counter, filter)?;
    let mut memory = memory::rows(&samples(&programs.path("memory"), &[], None)?);
    memory.retain(|row| row.case.contains(filter));
    rows.extend(memory);
    Ok(rows)
}

fn verdict(rows: &[Row]) -> Result<()> {
    match rows.iter().filter(|row| row.verdict() == Verdict::Failed).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} figures are beyond their limits", rows.len()),
    }
}

/// glibc's `memcpy` without `rep movsb`, which on some processors takes several times as long where
/// buffers lie unluckily.
const WITHOUT_REP_MOVSB: &str = "glibc.cpu.x86_rep_movsb_threshold=1000000000";

/// Why handshakes of OpenSSL get slower where threads share a context.
const THREADS: &str = "\
Where OpenSSL's handshakes lose by a second thread it is by OpenSSL's own locks. A resumed handshake of TLS 1.2 takes 65
read locks (`CRYPTO_THREAD_read_lock`) that all threads share, whether by hand or through this project, as callgrind counts
them: 27 to fetch algorithms (`ossl_method_store_cache_get`), 34 for the `ex_data` of new and freed objects, 4 for the
random number generator. Each is an atomic write to a cache line that the other processor wrote last. This project takes
none of its own between the contexts and the wire.";

fn table() -> Result<()> {
    let programs = Programs::build()?;
    let versus_python = programs.build_versus_python()?;
    let before = load();
    let rows = rows(&programs, "")?;
    let time = programs.path("time");
    let timed = samples(&time, &[], None)?;
    let bulk = samples(&time, &["bulk"], Some(WITHOUT_REP_MOVSB))?;
    let tcp = samples(&programs.path("tcp"), &[], None)?;
    let mut smooth = samples(&programs.path("tcp"), &["alone"], Some(WITHOUT_REP_MOVSB))?;
    for sample in &mut smooth {
        sample.id = format!("{} {}", sample.id, goals::SMOOTH);
    }
    let python = samples(&versus_python, &[], None)?;
    let threads = samples(&programs.path("threads"), &[], None)?;

    let mut about = vec![format!("load before {before}, after {}", load())];
    about.extend(processor());
    for program in ["rustc", "valgrind"] {
        about.push(output(Command::new(program).arg("--version"))?.trim().to_owned());
    }
    let versions = output(Command::new(programs.path("gate")).arg("libraries"))?;
    about.extend(versions.lines().map(str::to_owned));
    // Python's cases have the names of ours and are measured on another OpenSSL.
    let late = timed.iter().filter(|sample| sample.id.starts_with("late/"));
    let beside: Vec<_> = late.chain(&tcp).chain(&smooth).chain(&python).cloned().collect();
    let figures = |title, table, note| Figures { title, table, note };
    let figures = [
        figures("Goals beside others", goals::table(&beside), ""),
        figures("Time", figures::table(&timed, "time"), ""),
        figures("Bulk without `rep movsb`", figures::table(&bulk, "time bulk"), ""),
        figures("TCP over the loopback", figures::table(&tcp, "tcp"), ""),
        figures("TCP without `rep movsb`", figures::table(&smooth, "tcp alone"), ""),
        figures(
            "Beside Python, on the system's OpenSSL",
            figures::table(&python, "versus_python"),
            "",
        ),
        figures("Threads that share a context", figures::table(&threads, "threads"), THREADS),
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
    fs::write(&path, page::page(&about, &rows, &figures))
        .with_context(|| format!("cannot write {}", path.display()))?;
    verdict(&rows)
}

/// How many programs wanted to run in the last minute.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

/// The name of the processor.
fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Some(format!("{} x{processors}", name.trim_start_matches([' ', '\t', ':'])))
}
