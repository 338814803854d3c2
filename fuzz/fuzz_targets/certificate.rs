//! Certificates as Python's dictionary, beside what the installed CPython makes of the same bytes.

#![no_main]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tls_object::Certificate;
use tls_object::x509::Dictionary;

/// A CPython that answers for one certificate after another.
struct Python {
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

static PYTHON: LazyLock<Mutex<Python>> = LazyLock::new(|| {
    const SCRIPT: &str =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/tls-object-x509/tests/certificates.py");
    let mut command = Command::new("python3");
    command.args([SCRIPT, "--serve"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("python3 is installed");
    let stdin = child.stdin.take().expect("a pipe");
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    Mutex::new(Python { stdin, stdout })
});

/// CPython's dictionary, null if it makes none; `None` if it has nothing to do with DER.
fn python(der: &[u8]) -> Option<Value> {
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut python = PYTHON.lock().expect("one fuzzer");
    writeln!(python.stdin, "{hex}").expect("CPython listens");
    let mut answer = String::new();
    python.stdout.read_line(&mut answer).expect("CPython answers");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    (answer["der"] == json!(true)).then(|| answer["dictionary"].clone())
}

fuzz_target!(|der: &[u8]| {
    let ours = Dictionary::of(&Certificate::from_der(der));
    let Some(theirs) = python(der).filter(|theirs| !theirs.is_null()) else { return };
    assert_eq!(ours.map(|ours| json!(ours)).unwrap_or(Value::Null), theirs);
});
