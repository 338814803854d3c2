//! The recorded answers of the oracle are those of the scripts as they are, and of the CPython that is installed.
//!
//! With `UPDATE_ORACLE` in the environment they are written instead of compared.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use tls_object_conformance::oracle;
use tls_object_tests::process::Process;

/// A file of the oracle.
fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/tls-object-conformance/oracle"))
        .join(name)
}

/// What the CPython that is installed makes of every case.
fn said() -> String {
    let mut command = Command::new("python3");
    command.arg("-B").arg(file("play.py"));
    let output = Process::run(&mut command, oracle::certificates().as_bytes());
    assert!(output.status.success(), "{}", output.stderr);
    output.text()
}

/// Which CPython was asked and the OpenSSL below it, both without the last part of the number.
fn version(said: &str) -> (String, String) {
    let header: serde_json::Value =
        serde_json::from_str(said.lines().next().unwrap_or_default()).expect("a header");
    let release = |name: &str| {
        let number = header[name].as_str().expect("a version").trim_start_matches("OpenSSL ");
        number.split('.').take(2).collect::<Vec<_>>().join(".")
    };
    (release("cpython"), release("openssl"))
}

/// The OpenSSL that the versions in [`LOOKED_AT`] were looked at with.
const OPENSSL: &str = "3.0";

/// A call, what is recorded of it, and what it comes to instead.
type Known = [&'static str; 3];

/// The versions of CPython that somebody has looked at, with what each makes of calls that the recorded one does not.
const LOOKED_AT: &[(&str, &[Known])] = &[
    ("3.10", &[]),
    ("3.11", &[]),
    ("3.12", &[]),
    // SSLEOFError where there was SSLSyscallError.
    ("3.13", &[["handshake", "syscall", "eof:"]]),
];

/// Whether a change is one of these.
fn is_known(change: &oracle::Change, known: &[Known]) -> bool {
    known.iter().any(|[call, recorded, now]| {
        let it = change.step.split_once(' ').map_or(&*change.step, |(_, call)| call);
        (it, &*change.recorded, &*change.now) == (*call, *recorded, *now)
    })
}

#[test]
fn is_of_this_cpython() {
    let said = said();
    if env::var_os("UPDATE_ORACLE").is_some() {
        let reference = tls_object::backend("openssl").expect("compiled in");
        let corpus = oracle::record(&said, reference).unwrap_or_else(|unexplained| {
            panic!("differences without a reason in divergences.toml:\n{unexplained}")
        });
        fs::write(file("cases.jsonl"), corpus).expect("a directory that can be written to");
        return;
    }
    let changes = oracle::changes(&said).expect("the recorded cases: run `cargo xtask oracle`");
    let (cpython, openssl) = version(&said);
    let looked_at = LOOKED_AT.iter().find(|(its, _)| *its == cpython && openssl == OPENSSL);
    let Some((_, known)) = looked_at else {
        // Past the harness, which shows nothing of a test that passes.
        let mut stdout = io::stdout().lock();
        writeln!(
            stdout,
            "nobody has looked at CPython {cpython} on OpenSSL {openssl}: only that it knows the cases is asserted; {} outcomes differ",
            changes.len()
        )
        .and_then(|()| changes.iter().try_for_each(|change| writeln!(stdout, "{change}")))
        .expect("standard output");
        return;
    };
    let (known, unknown): (Vec<_>, Vec<_>) =
        changes.iter().partition(|change| is_known(change, known));
    for change in &known {
        println!("{change}");
    }
    let list: Vec<_> = unknown.iter().map(ToString::to_string).collect();
    assert!(
        list.is_empty(),
        "{} outcomes differ; if the scripts have changed, run `cargo xtask oracle`:\n{}",
        list.len(),
        list.join("\n")
    );
}

#[test]
fn is_of_these_scripts() {
    assert!(
        oracle::is_fresh() || env::var_os("UPDATE_ORACLE").is_some(),
        "the oracle's corpus is out of date: run `cargo xtask oracle`"
    );
    assert!(oracle::count() >= 1600, "{} cases", oracle::count());
}
