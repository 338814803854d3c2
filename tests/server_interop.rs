//! `tlsobj server` serves clients that are not ours.

use std::process::Command;

use serde_json::Value;
use tls_object_tests::peers::{Server, Terms, Version, python_script};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::{Output, Process};
use tls_object_tests::tlsobj::{backends, has, server, serves, start};

const REQUEST: &[u8] = b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";

/// A client's command line: what it connects to, its version, whether it shows a certificate.
type Client = fn(&Pki, &Server, Terms) -> Command;

fn curl(pki: &Pki, server: &Server, terms: Terms) -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include"]).arg("--cacert").arg(pki.ca());
    command.args(terms.version.pick(["--tls-max", "1.2"].as_slice(), &["--tlsv1.3"]));
    if terms.client_certificate {
        command.arg("--cert").arg(pki.client_cert()).arg("--key").arg(pki.client_key());
    }
    let port = server.port();
    command.args(["--resolve", &format!("localhost:{port}:127.0.0.1")]);
    command.arg(format!("https://localhost:{port}/"));
    command
}

fn openssl(pki: &Pki, server: &Server, terms: Terms) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-connect", &server.address()]);
    command.args(["-servername", "localhost", "-verify_hostname", "localhost"]);
    command.args(["-verify_return_error", "-CAfile"]).arg(pki.ca());
    command.arg(terms.version.pick("-tls1_2", "-tls1_3"));
    if terms.client_certificate {
        command.arg("-cert").arg(pki.client_cert()).arg("-key").arg(pki.client_key());
    }
    command
}

fn python(pki: &Pki, server: &Server, terms: Terms) -> Command {
    let mut command = python_script("https_client.py");
    command.args(["--port", &server.port().to_string()]).arg("--ca").arg(pki.ca());
    command.args(["--version", terms.version.pick("TLSv1_2", "TLSv1_3")]);
    if terms.client_certificate {
        command.arg("--cert").arg(pki.client_cert()).arg("--key").arg(pki.client_key());
    }
    command
}

fn assert_served(output: &Output, backend: &str, terms: Terms) {
    let case = format!("{backend}, {terms:?}: {output:?}");
    assert_eq!(output.code(), 0, "{case}");
    let page = output.text();
    let (head, body) = page.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{case}"));
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{case}");
    let facts: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {case}"));
    assert_eq!(facts["backend"], backend, "{case}");
    assert_eq!(facts["version"], terms.version.name(), "{case}");
    assert_eq!(facts["server_name"], "localhost", "{case}");
    let shown = &facts["peer_certificates"][0]["subject"];
    let expected = if terms.client_certificate { "CN=client".into() } else { Value::Null };
    assert_eq!(*shown, expected, "{case}");
}

/// Every backend serves a client, whether it asks for a certificate or not, and refuses one that
/// does not show the certificate that it must.
fn serve_with_every_backend(client: Client) {
    let pki = Pki::new();
    for backend in backends() {
        let command = || server(backend, &pki);
        let open = start(&mut command());
        if !has(backend, "client-auth-optional") {
            serve_without_asking(client, backend, &pki, &open);
            continue;
        }
        let asks = start(command().arg("--client-ca").arg(pki.ca()));
        let requires = start(command().arg("--client-ca").arg(pki.ca()).arg("--require"));
        for terms in Terms::all() {
            let served_by = if terms.client_certificate { &requires } else { &open };
            for server in [&asks, served_by] {
                let output = Process::run(&mut client(&pki, server, terms), REQUEST);
                assert_served(&output, backend, terms);
            }
            if !terms.client_certificate {
                let output = Process::run(&mut client(&pki, &requires, terms), REQUEST);
                assert_ne!(output.code(), 0, "{backend}, {terms:?}: {output:?}");
                assert_eq!(output.text(), "", "{backend}, {terms:?}: {output:?}");
            }
        }
    }
}

/// A backend that asks no client for a certificate serves those of the versions that it speaks, and says so if it is to ask.
fn serve_without_asking(client: Client, backend: &str, pki: &Pki, open: &Server) {
    let asks = Process::run(server(backend, pki).arg("--client-ca").arg(pki.ca()), b"");
    assert_eq!(asks.code(), 2, "{backend}: {asks:?}");
    assert!(asks.stderr.contains("client-auth-optional"), "{backend}: {asks:?}");
    for version in Version::ALL {
        let terms = Terms { version, client_certificate: false };
        let output = Process::run(&mut client(pki, open, terms), REQUEST);
        if serves(backend, version) {
            assert_served(&output, backend, terms);
        } else {
            assert_ne!(output.code(), 0, "{backend}, {terms:?}: {output:?}");
        }
    }
}

#[test]
fn serves_curl() {
    serve_with_every_backend(curl);
}

#[test]
fn serves_openssl() {
    serve_with_every_backend(openssl);
}

#[test]
fn serves_python() {
    serve_with_every_backend(python);
}
