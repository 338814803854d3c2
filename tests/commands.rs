//! The forms of `tlsobj` that scripts rely on.

use serde_json::Value;
use tls_object_tests::peers::Version;
use tls_object_tests::pki::Pki;
use tls_object_tests::process::{Output, Process};
use tls_object_tests::tlsobj::{backends, client, connect, has, server, serves, start, tlsobj};

fn run(arguments: &[&str]) -> Output {
    Process::run(tlsobj().args(arguments), b"")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn backends_tell_what_they_can_do() {
    let output = run(&["backends", "--json"]);
    assert_eq!(output.code(), 0, "{output:?}");
    let list = json(&output);
    for backend in list.as_array().expect("an array") {
        assert!(backend["library"]["name"].is_string(), "{backend}");
        assert!(backend["library"]["version"].is_string(), "{backend}");
        let same = &backend["same_library_as"];
        match backend["name"].as_str() {
            Some("openssl") => assert_eq!(*same, serde_json::json!(["native-tls"])),
            Some("native-tls") => assert_eq!(*same, serde_json::json!(["openssl"])),
            _ => assert_eq!(*same, serde_json::json!([])),
        }
        let capabilities = backend["capabilities"].as_object().expect("an object");
        assert!(capabilities.contains_key("tls1.3"), "{backend}");
        for (capability, support) in capabilities {
            let note = support["note"].as_str().expect("a note");
            match support["support"].as_str() {
                Some("native") => assert_eq!(note, "", "{capability}"),
                Some("emulated" | "no") => assert_ne!(note, "", "{capability}"),
                other => panic!("{capability}: {other:?}"),
            }
        }
    }
    let table = run(&["backends"]);
    assert_eq!(table.code(), 0, "{table:?}");
    for backend in backends() {
        assert!(table.text().contains(backend.as_str()), "{table:?}");
    }
}

#[test]
fn handshakes_tell_what_was_agreed_on() {
    for client in backends() {
        for server in backends() {
            for (version, name) in [("1.2", "TLS 1.2"), ("1.3", "TLS 1.3")] {
                let pair = ["handshake", "--client", client, "--server", server];
                let output = run(&[&pair[..], &["--tls", version, "--json"]].concat());
                if version == "1.3" && !serves(server, Version::Tls13) {
                    assert_ne!(output.code(), 0, "{output:?}");
                    assert!(output.stderr.contains("tls1.3-server"), "{output:?}");
                    continue;
                }
                assert_eq!(output.code(), 0, "{output:?}");
                let summary = json(&output);
                for (end, backend) in [("client", client), ("server", server)] {
                    assert_eq!(summary[end]["backend"], backend.as_str(), "{output:?}");
                    assert_eq!(summary[end]["version"], name, "{output:?}");
                }
                assert_eq!(summary["application_bytes_each_way"], 1024 * 1024, "{output:?}");
            }
        }
    }
}

#[test]
fn whoever_has_read_enough_may_close_standard_output() {
    let pair = ["handshake", "--client", &backends()[0], "--server", &backends()[0]];
    for arguments in [&["backends"][..], &["backends", "--json"], &pair] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let status = tlsobj().args(arguments).stdout(writer).status().expect("a process");
        assert!(status.success(), "{arguments:?}: {status}");
    }
}

#[test]
fn only_one_report_goes_to_standard_output() {
    let output = run(&["matrix", "--filter", "misuse", "--json", "-", "--html", "-"]);
    assert_eq!(output.code(), 2, "{output:?}");
    assert_eq!(output.text(), "");
}

#[test]
fn the_matrix_reports_as_json_and_html() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let html = folder.path().join("report.html");
    let html = html.to_str().expect("a path in UTF-8");
    let backend = &backends()[0];
    let chosen = ["matrix", "--filter", "truncation", "--client", backend, "--server", backend];
    let output = run(&[&chosen[..], &["--json", "-", "--html", html]].concat());
    assert_eq!(output.code(), 0, "{output:?}");
    let report = json(&output);
    assert_eq!(report["backends"], Value::from(vec![backend.as_str()]), "{report}");
    let results = report["results"].as_array().expect("an array");
    assert!(!results.is_empty(), "{report}");
    for result in results {
        for key in ["scenario", "params", "client", "server", "outcome", "detail"] {
            assert!(result[key].is_string(), "{key}: {result}");
        }
    }
    let counts = ["pass", "unsupported", "deviation", "fail"].map(|outcome| {
        report["summary"][outcome].as_u64().unwrap_or_else(|| panic!("{outcome}: {report}"))
    });
    assert_eq!(counts.iter().sum::<u64>(), results.len() as u64, "{report}");
    let page = std::fs::read_to_string(html).expect("a file");
    assert!(page.starts_with("<!doctype html>"), "{page}");
}

#[test]
fn a_server_for_one_connection_listens_on_ipv6_too() {
    let pki = Pki::new();
    for backend in backends() {
        let mut command = tlsobj();
        command.args(["server", "--backend", backend, "--listen", "[::1]:0", "--once"]);
        command.arg("--cert").arg(pki.server_cert()).arg("--key").arg(pki.server_key());
        let mut server = Process::spawn(&mut command);
        let line = server.line();
        let address = line.strip_prefix("listening on ").expect("the line that scripts wait for");
        assert!(address.starts_with("[::1]:"), "{line}");

        let mut client = connect(backend, address);
        let output =
            Process::run(client.arg("--ca").arg(pki.ca()), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(output.code(), 0, "{output:?}");
        assert!(output.text().contains("\"server_name\":null"), "an address is no SNI: {output:?}");
        let served = server.wait();
        assert_eq!(served.code(), 0, "{served:?}");
    }
}

#[test]
fn a_server_answers_get_and_nothing_else() {
    let pki = Pki::new();
    let server = start(&mut server(&backends()[0], &pki));
    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200 "),
        ("GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 404 "),
        ("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 405 "),
        ("what?\r\n\r\n", "HTTP/1.1 400 "),
    ] {
        let mut client = client(&backends()[0], &pki, &server);
        let output = Process::run(&mut client, request.as_bytes());
        assert_eq!(output.code(), 0, "{output:?}");
        assert!(output.text().starts_with(status), "{request:?}: {output:?}");
    }
}

/// Both ends of one connection note the same secrets, and a file is gone on with.
#[test]
fn a_key_log_is_written_and_gone_on_with() {
    let pki = Pki::new();
    let logs = ["client.keys", "server.keys"].map(|name| pki.folder().join(name));
    let [client_log, server_log] = &logs;
    let lines = |path| -> Vec<String> {
        let text = std::fs::read_to_string(path).expect("a key log");
        text.lines().map(str::to_owned).collect()
    };
    let mut noted = 0;
    for backend in backends().iter().filter(|backend| has(backend, "key-log")) {
        let server = start(server(backend, &pki).arg("--keylog").arg(server_log));
        for max in ["1.2", "1.3"] {
            let mut client = client(backend, &pki, &server);
            client.args(["--max", max, "--keylog"]).env("SSLKEYLOGFILE", client_log);
            let output = Process::run(&mut client, b"GET / HTTP/1.0\r\n\r\n");
            assert_eq!(output.code(), 0, "{backend}: {output:?}");
            // Both ends have told all before the answer is there.
            let [mut client, mut server] = logs.each_ref().map(lines);
            for log in [&mut client, &mut server] {
                let first = log.remove(0);
                assert!(first.starts_with("# TLS secrets log file, generated by "), "{first}");
                log.sort();
            }
            assert_eq!(client, server, "{backend}");
            noted += if max == "1.2" { 1 } else { 5 };
            assert_eq!(client.len(), noted, "{backend}: {client:?}");
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for log in &logs {
            let mode = std::fs::metadata(log).expect("a key log").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }
}

#[test]
fn a_key_log_that_cannot_be_written_is_2() {
    let keylog = |value: &[&str]| {
        let mut command = connect("rustls", "127.0.0.1:1");
        command.arg("--no-verify").arg("--keylog").args(value).env_remove("SSLKEYLOGFILE");
        Process::run(&mut command, b"")
    };
    for output in [keylog(&["/nonexistent/keys"]), keylog(&[])] {
        assert_eq!(output.code(), 2, "{output:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    }
}
