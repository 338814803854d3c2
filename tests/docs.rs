//! The pages under `docs/` that are generated say what is so.
//!
//! With `UPDATE_DOCS` in the environment they are written instead of compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs};

use tls_object::{Alert, Capability, DynBackend, ErrorKind, Side, Support, VerifyCode};
use tls_object_conformance::{CaseResult, ConnectionError, Outcome, Selection, plan, run};

const GENERATED: &str = "<!-- Generated: run `cargo xtask docs` after a change. -->\n";

/// Compares a page with what it should be, or writes it.
#[track_caller]
fn settle(name: &str, page: &str) {
    let path = format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page).expect("a directory that can be written to");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let stale = found.lines().zip(page.lines()).find(|(found, expected)| found != expected);
    assert!(
        found == page,
        "docs/{name} is out of date: run `cargo xtask docs`. First difference: {stale:?}"
    );
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn capabilities() {
    let backends = tls_object::backends();
    let tables: Vec<_> = backends.iter().map(|backend| backend.capabilities()).collect();
    let mut page = format!(
        "{GENERATED}
# What each backend can do

`yes`: the library does it. `emulated`: this project does it on top of the library. `no`: it cannot be had, and asking for
it is refused as `Unsupported`. The conformance suite proves each of these on every ordered pair of backends.
The answers are those of the libraries that the project's own tests are linked to; `tlsobj backends` tells those of another
build.

| capability | what a user gets |"
    );
    for backend in backends {
        let _ = write!(page, " {} |", backend.name());
    }
    page.push_str("\n|---|---|");
    page.push_str(&"---|".repeat(backends.len()));
    page.push('\n');
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    for &capability in Capability::ALL {
        let _ = write!(page, "| `{capability}` | {} |", cell(capability.summary()));
        for (backend, table) in backends.iter().zip(&tables) {
            let support = table.support(capability);
            let answer = if *support == Support::Native { "yes" } else { support.name() };
            if support.note().is_empty() {
                let _ = write!(page, " {answer} |");
                continue;
            }
            let (text, whose) = (support.note().to_owned(), backend.name().to_owned());
            let position = notes.iter().position(|(note, _)| *note == text);
            let index = position.unwrap_or_else(|| {
                notes.push((text, Vec::new()));
                notes.len() - 1
            });
            let about = format!("{whose}: `{capability}`");
            notes[index].1.push(about);
            let _ = write!(page, " {answer} [{}](#notes) |", index + 1);
        }
        page.push('\n');
    }
    let _ = write!(page, "| **usable of {}** | |", Capability::ALL.len());
    for table in &tables {
        let usable = table.iter().filter(|(_, support)| support.is_usable()).count();
        let _ = write!(page, " **{usable}** |");
    }
    page.push_str("\n\n## Notes\n\n");
    for (index, (note, about)) in notes.iter().enumerate() {
        let _ = writeln!(page, "{}. {} ({})", index + 1, note, about.join(", "));
    }
    settle("capabilities.md", &page);
}

/// What an error was: of which fault, found by whom, which error, told by which alert.
type Row = (String, &'static str, String, Option<Alert>);

/// The backends with that error, by version of the protocol.
type Ends = BTreeMap<&'static str, BTreeSet<&'static str>>;

#[test]
fn errors() {
    let backends = libraries();
    let mut rows: BTreeMap<Row, (ErrorKind, Ends)> = BTreeMap::new();
    for &backend in &backends {
        for result in of_itself(backend) {
            for error in &result.errors {
                note(&mut rows, backend.name(), &result, error);
            }
        }
    }
    let mut page = format!(
        "{GENERATED}
# Errors

One table for all libraries: the same fault is the same kind of error on each, with the same alert on the wire, the same name that
OpenSSL has for it, and the same exception in Python's `ssl`.

## Kinds

| kind | whose fault | what | OpenSSL's reason | Python's exception |
|---|---|---|---|---|
"
    );
    for kind in ErrorKind::PLAIN {
        row_of_kind(&mut page, &format!("{kind:?}"), *kind, &kind.to_string());
    }
    row_of_kind(
        &mut page,
        "Unsupported(capability)",
        ErrorKind::Unsupported(Capability::Client),
        "this backend lacks the capability",
    );
    page.push_str(
        "| `AlertReceived(alert)` | AlertReceived | the peer sent a fatal alert | the alert's, such as \
         `SSLV3_ALERT_BAD_CERTIFICATE` | `SSLError` |\n",
    );
    row_of_kind(
        &mut page,
        "CertificateVerify(code)",
        ErrorKind::CertificateVerify(VerifyCode::Expired),
        "the peer's certificate was not accepted",
    );
    page.push_str(
        "
## Faults

What the conformance suite does to connections, and the error that comes of it. Each row was tried on every backend with a
library of its own (native-tls has that of another one), with
both versions of the protocol where they are concerned; an end that learned of it by the other end's alert is left out.
A backend that has another error than the rest has a row of its own, and a row in
[deviations.toml](deviations.toml) or in the scenario's text says why.

| fault | TLS | found by | error | alert sent | verify code | Python's exception | backends |
|---|---|---|---|---|---|---|---|
",
    );
    for ((fault, side, error, alert), (kind, ends)) in rows {
        let alert = alert.map(|alert| format!("`{alert}`")).unwrap_or_default();
        let code = match kind {
            ErrorKind::CertificateVerify(code) => code.openssl_code().to_string(),
            _ => String::new(),
        };
        let exception = kind.python_exception();
        let sets: BTreeSet<_> = ends.values().collect();
        for set in sets {
            let versions: Vec<_> =
                ends.iter().filter(|(_, ends)| *ends == set).map(|(version, _)| *version).collect();
            let names = if set.len() == backends.len() {
                "all".to_owned()
            } else {
                set.iter().copied().collect::<Vec<_>>().join(", ")
            };
            let versions = versions.join(", ");
            let _ = writeln!(
                page,
                "| {fault} | {versions} | {side} | `{error}` | {alert} | {code} | `{exception}` | {names} |"
            );
        }
    }
    settle("errors.md", &page);
}

fn row_of_kind(page: &mut String, name: &str, kind: ErrorKind, text: &str) {
    let reason = kind.openssl_reason().map(|reason| format!("`{reason}`")).unwrap_or_default();
    let _ = writeln!(
        page,
        "| `{name}` | {:?} | {} | {reason} | `{}` |",
        kind.origin(),
        cell(text),
        kind.python_exception()
    );
}

/// The backends, but for those that run on the library of one before.
fn libraries() -> Vec<&'static dyn DynBackend> {
    let mut found: Vec<&'static dyn DynBackend> = Vec::new();
    for &backend in tls_object::backends() {
        let library = backend.library();
        if !found.iter().any(|other| other.library().is_same_as(&library)) {
            found.push(backend);
        }
    }
    found
}

/// What every scenario comes to between two ends of one backend.
fn of_itself(backend: &'static dyn DynBackend) -> Vec<CaseResult> {
    let report = run(&plan(&[backend], &Selection::default()), &mut |_| {});
    let failed: Vec<_> =
        report.results.iter().filter(|result| result.outcome == Outcome::Fail).collect();
    assert!(failed.is_empty(), "{failed:?}");
    report.results
}

fn note(
    rows: &mut BTreeMap<Row, (ErrorKind, Ends)>,
    backend: &'static str,
    result: &CaseResult,
    error: &ConnectionError,
) {
    if let ErrorKind::AlertReceived(_) = error.kind {
        return;
    }
    let mut version = "";
    let mut fault = format!("`{}`", result.scenario);
    for param in result.params.split(',') {
        match param {
            "tls1.2" => version = "1.2",
            "tls1.3" => version = "1.3",
            // However it arrives, it is the same.
            param if param.is_empty() || param.starts_with("chunk=") => {}
            param => _ = write!(fault, " {param}"),
        }
    }
    let side = match error.side {
        Side::Client => "client",
        Side::Server => "server",
    };
    let row = (fault, side, format!("{:?}", error.kind), error.alert_sent);
    let (_, ends) = rows.entry(row).or_insert_with(|| (error.kind, Ends::new()));
    ends.entry(version).or_default().insert(backend);
}
