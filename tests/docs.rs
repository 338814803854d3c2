//! The pages under `docs/` that are generated say what is so.
//!
//! With `UPDATE_DOCS` in the environment they are written instead of compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use tls_object::{Alert, Capability, DynBackend, ErrorKind, Origin, Side, Support, VerifyCode};
use tls_object_conformance::{
    CaseResult, ConnectionError, Outcome, Selection, oracle, plan, run, scenarios,
};

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
    let mut notes: Vec<(String, Vec<About>)> = Vec::new();
    for &capability in Capability::ALL {
        let _ = write!(page, "| `{capability}` | {} |", cell(capability.summary()));
        for (backend, table) in backends.iter().zip(&tables) {
            let support = table.support(capability);
            let answer = if *support == Support::Native { "yes" } else { support.name() };
            if support.note().is_empty() {
                let _ = write!(page, " {answer} |");
                continue;
            }
            let position = notes.iter().position(|(note, _)| note == support.note());
            let index = position.unwrap_or_else(|| {
                notes.push((support.note().to_owned(), Vec::new()));
                notes.len() - 1
            });
            match notes[index].1.last_mut() {
                Some((whose, about)) if *about == capability => whose.push(backend.name()),
                _ => notes[index].1.push((vec![backend.name()], capability)),
            }
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
        let _ = writeln!(page, "{}. {} ({})", index + 1, note, whose_notes(about));
    }
    settle("capabilities.md", &page);
}

/// Backends and the capability that they have a note on.
type About = (Vec<&'static str>, Capability);

/// Whose note it is and about what: backends that have it of the same capabilities are told together.
fn whose_notes(about: &[About]) -> String {
    let mut told = String::new();
    let mut before: &[&str] = &[];
    for (whose, capability) in about {
        let _ = match (told.is_empty(), *whose == before) {
            (_, true) => write!(told, ", `{capability}`"),
            (true, _) => write!(told, "{}: `{capability}`", whose.join(", ")),
            (false, _) => write!(told, "; {}: `{capability}`", whose.join(", ")),
        };
        before = whose;
    }
    told
}

#[test]
fn oracle() {
    let (cpython, openssl) = oracle::asked();
    let mut page = format!(
        "{GENERATED}
# Beside CPython

What stock CPython {cpython} on {openssl} makes of {} short conversations over memory BIOs, with TLS 1.2 and
1.3, is recorded call by call: the value or the exception with its reason and verify code, how many bytes each call puts out and leaves,
the alert it sends: {} outcomes in all, to be read in
[`cases.jsonl`](../crates/tls-object-conformance/oracle/cases.jsonl). Every backend takes the same steps in `cargo test`, at both ends.

## Backends

A case counts under the first of these that is true of any of its steps:

* refused: the backend lacks what the step asks for, and says so;
* untold: it lacks the capability that would tell what is so: a fact is missing, or bytes are counted under another suite;
* deviating: its library differs, and [deviations.toml](deviations.toml) says why;
* as it should be.

| | as it should be | refused | untold | deviating | of |
|---|--:|--:|--:|--:|--:|
",
        oracle::count(),
        oracle::outcomes()
    );
    for backend in tls_object::backends() {
        let tally = oracle::tally(*backend);
        assert_eq!(tally.wrong, 0, "{}", backend.name());
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            backend.name(),
            tally.kept,
            tally.refused,
            tally.untold,
            tally.deviating,
            oracle::count()
        );
    }
    page.push_str(
        "
## What is not as in CPython, on purpose

Each step that should come to something else names one of these reasons
([`divergences.toml`](../crates/tls-object-conformance/oracle/divergences.toml)), and both outcomes are checked.

| | why | outcomes |
|---|---|--:|
",
    );
    for (key, reason, outcomes) in oracle::divergences() {
        let _ = writeln!(page, "| `{key}` | {} | {outcomes} |", cell(reason));
    }
    settle("oracle.md", &page);
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
    let provoked: BTreeSet<_> = rows.keys().map(|(_, _, error, _)| error.clone()).collect();
    let by_peers = [Origin::PeerIncompatible, Origin::PeerMisbehaved, Origin::Transport];
    let mut kinds = ErrorKind::PLAIN.iter().filter(|kind| by_peers.contains(&kind.origin()));
    let missing = kinds.find(|kind| !provoked.contains(&format!("{kind:?}")));
    assert!(missing.is_none(), "no scenario provokes {missing:?}");
    let mut page = format!(
        "{GENERATED}
# Errors

One table for all libraries. Where it is for this project to say, the same fault is the same kind of error on each, with the same
alert on the wire, the same name that OpenSSL has for it, and the same exception in Python's `ssl`. Libraries go different ways
with some of what breaks the protocol; the rows of the second table say which.

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
A backend that has another error than the rest has a row of its own, one that takes no notice has none, and
[deviations.toml](deviations.toml) has the reason where the scenario asks for one error. A row without an alert is of an end that
had sent `close_notify` before, of one whose library sends none, or of one that met the end of the transport.

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

/// Scenarios that corrupt a byte of a message which differs each time: what comes of it does, too.
const UNSETTLED: &[&str] = &["record::corrupt_hello", "record::corrupt_handshake"];

fn note(
    rows: &mut BTreeMap<Row, (ErrorKind, Ends)>,
    backend: &'static str,
    result: &CaseResult,
    error: &ConnectionError,
) {
    let told = matches!(error.kind, ErrorKind::AlertReceived(_));
    if told || UNSETTLED.contains(&result.scenario.as_str()) {
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

/// The members of Python's objects that have a row in `docs/python-map.md`.
const MEMBERS: &[&str] = &[
    // ssl.SSLObject
    "SSLObject()",
    "SSLObject.context",
    "SSLObject.server_side",
    "SSLObject.server_hostname",
    "SSLObject.session",
    "SSLObject.session_reused",
    "SSLObject.read",
    "SSLObject.write",
    "SSLObject.getpeercert",
    "SSLObject.get_verified_chain",
    "SSLObject.get_unverified_chain",
    "SSLObject.selected_npn_protocol",
    "SSLObject.selected_alpn_protocol",
    "SSLObject.cipher",
    "SSLObject.shared_ciphers",
    "SSLObject.group",
    "SSLObject.client_sigalg",
    "SSLObject.server_sigalg",
    "SSLObject.compression",
    "SSLObject.pending",
    "SSLObject.do_handshake",
    "SSLObject.unwrap",
    "SSLObject.get_channel_binding",
    "SSLObject.version",
    "SSLObject.verify_client_post_handshake",
    // ssl.MemoryBIO
    "MemoryBIO()",
    "MemoryBIO.pending",
    "MemoryBIO.eof",
    "MemoryBIO.read",
    "MemoryBIO.write",
    "MemoryBIO.write_eof",
    // ssl.SSLSession
    "SSLSession.id",
    "SSLSession.time",
    "SSLSession.timeout",
    "SSLSession.ticket_lifetime_hint",
    "SSLSession.has_ticket",
    "SSLSession.__eq__",
    // ssl.SSLContext
    "SSLContext.wrap_bio",
    "SSLContext.wrap_socket",
    "SSLContext.sslobject_class",
    "SSLContext.sslsocket_class",
    "SSLContext.protocol",
    "SSLContext.verify_mode",
    "SSLContext.check_hostname",
    "SSLContext.hostname_checks_common_name",
    "SSLContext._host_flags",
    "SSLContext.verify_flags",
    "VERIFY_X509_TRUSTED_FIRST",
    "VERIFY_X509_PARTIAL_CHAIN",
    "VERIFY_X509_STRICT",
    "VERIFY_ALLOW_PROXY_CERTS",
    "SSLContext.options",
    "OP_IGNORE_UNEXPECTED_EOF",
    "OP_ENABLE_KTLS",
    "OP_LEGACY_SERVER_CONNECT",
    "OP_ENABLE_MIDDLEBOX_COMPAT",
    "SSLContext.minimum_version",
    "SSLContext.maximum_version",
    "SSLContext.set_ciphers",
    "SSLContext.set_ciphersuites",
    "SSLContext.get_ciphers",
    "SSLContext.set_groups",
    "SSLContext.get_groups",
    "SSLContext.set_client_sigalgs",
    "SSLContext.set_server_sigalgs",
    "SSLContext.set_alpn_protocols",
    "SSLContext.set_npn_protocols",
    "SSLContext.load_cert_chain",
    "SSLContext.load_verify_locations",
    "SSLContext.load_default_certs",
    "SSLContext.set_default_verify_paths",
    "SSLContext.cert_store_stats",
    "SSLContext.get_ca_certs",
    "SSLContext.set_ecdh_curve",
    "SSLContext.load_dh_params",
    "SSLContext.sni_callback",
    "SSLContext.set_servername_callback",
    "SSLContext.session_stats",
    "SSLContext.num_tickets",
    "SSLContext.post_handshake_auth",
    "SSLContext.keylog_filename",
    "SSLContext.security_level",
    "SSLContext.set_psk_client_callback",
    "SSLContext.set_psk_server_callback",
    "SSLContext._msg_callback",
    // the module
    "create_default_context",
    "get_sigalgs",
    "get_default_verify_paths",
    "TLSVersion",
    "HAS_ALPN",
    "CHANNEL_BINDING_TYPES",
    "SSLError",
    "SSLError.errno",
    "SSLError.library",
    "SSLError.reason",
    "SSLZeroReturnError",
    "SSLWantReadError",
    "SSLWantWriteError",
    "SSLSyscallError",
    "SSLEOFError",
    "SSLCertVerificationError",
    "SSLCertVerificationError.verify_code",
    "SSLCertVerificationError.verify_message",
    "CertificateError",
    "AlertDescription",
    "_ssl.Certificate",
    "match_hostname",
    "wrap_socket",
    "SSLSocket.sendfile",
    "RAND_bytes",
    "HAS_PSK",
];

#[test]
fn python_map() {
    let page = include_str!("../docs/python-map.md");
    let names: BTreeSet<_> = scenarios().iter().map(|scenario| scenario.name).collect();
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [member, here, proof] = cells[..] else { panic!("three cells: {line}") };
        let member = member.trim_matches('`');
        assert!(rows.insert(member, here).is_none(), "{member} twice");
        assert!(!here.is_empty() && !here.contains("later"), "{member}: {here}");
        assert!(!proof.is_empty(), "{member} has no proof");
        for proof in proof.split('`').skip(1).step_by(2) {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let is_there = names.contains(proof) || root.join(proof).exists();
            assert!(is_there, "{member}: no scenario and no test {proof}");
        }
    }
    let missing: Vec<_> = MEMBERS.iter().filter(|member| !rows.contains_key(**member)).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    let more: Vec<_> = rows.keys().filter(|member| !MEMBERS.contains(member)).collect();
    assert!(more.is_empty(), "rows for what is no member: {more:?}");
}
