//! The recorded answers of the oracle are those of the scripts as they are, and of the CPython that is installed.
//!
//! With `UPDATE_ORACLE` in the environment they are written instead of compared.

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

/// The versions in the first line of what was said.
fn asked(said: &str) -> [String; 2] {
    let header: serde_json::Value =
        serde_json::from_str(said.lines().next().unwrap_or_default()).expect("a header");
    ["cpython", "openssl"].map(|name| header[name].as_str().expect("a version").to_owned())
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
    let different = oracle::differences(&said).expect("a corpus");
    if asked(&said) == [oracle::asked().0, oracle::asked().1] {
        assert!(
            different.is_empty(),
            "run `cargo xtask oracle`; {} differ:\n{}",
            different.len(),
            different.join("\n")
        );
    } else {
        // Another CPython names some errors otherwise; the cases are the same.
        assert!(different.len() < oracle::count(), "{}", different.join("\n"));
    }
}

#[test]
fn is_of_these_scripts() {
    assert!(
        oracle::is_fresh() || env::var_os("UPDATE_ORACLE").is_some(),
        "the oracle's corpus is out of date: run `cargo xtask oracle`"
    );
    assert!(oracle::count() >= 400, "{} cases", oracle::count());
}
