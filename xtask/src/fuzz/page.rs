//! The part of docs/conformance.md that is about fuzzing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::part;

/// How long one target has run without a finding that is left open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    /// Seconds of processor time.
    seconds: u64,
    /// How many inputs were tried.
    runs: u64,
    /// What it has found, all of it mended; empty if nothing.
    #[serde(default)]
    found: Vec<String>,
}

/// Writes the part anew.
///
/// # Errors
/// If something of it cannot be read or written.
pub(crate) fn write() -> Result<()> {
    let path = page_path();
    let page = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    fs::write(&path, renew(&page)?)?;
    Ok(())
}

fn renew(page: &str) -> Result<String> {
    part::renew(page, "fuzzing", &table(&times()?))
}

fn times() -> Result<BTreeMap<String, Time>> {
    let path = root().join("fuzz/time.toml");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

fn table(times: &BTreeMap<String, Time>) -> String {
    let mut text = "| target | CPU minutes | inputs | has found |\n|---|--:|--:|---|\n".to_owned();
    for (target, Time { seconds, runs, found }) in times {
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join("; ") };
        let _ = writeln!(text, "| `{target}` | {} | {runs} | {found} |", seconds / 60);
    }
    let seconds: u64 = times.values().map(|time| time.seconds).sum();
    let _ = writeln!(text, "\n{}.{} CPU hours in all.", seconds / 3600, seconds % 3600 / 360);
    text
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page_path() -> PathBuf {
    root().join("docs/conformance.md")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_target_has_its_time() {
        let sources = fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap();
        let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        let targets: BTreeSet<_> = sources.map(|entry| stem(entry.unwrap().path())).collect();
        let times = times().unwrap();
        for (target, time) in &times {
            assert!(time.seconds >= 600 && time.runs > 0, "{target}: {time:?}");
        }
        assert_eq!(times.into_keys().collect::<BTreeSet<_>>(), targets);
    }

    #[test]
    fn the_page_says_what_is_written_down() {
        let page = fs::read_to_string(page_path()).unwrap();
        assert_eq!(renew(&page).unwrap(), page, "run cargo xtask docs");
    }
}
