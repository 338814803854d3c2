//! `tlsobj client` fetches a page from servers that are not ours.

use serde_json::json;
use tls_object_tests::peers::{self, Ending, Server, Terms};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;
use tls_object_tests::tlsobj::{backends, client, facts};

/// Fetches a page with every backend; each must verify the server and see a clean end.
fn fetch_with_every_backend(start: impl Fn(&Pki, Terms) -> Server) {
    let pki = Pki::new();
    for terms in Terms::all() {
        let server = start(&pki, terms);
        for backend in backends() {
            let mut command = client(backend, &pki, &server);
            command.arg("--json");
            if terms.client_certificate {
                command.arg("--cert").arg(pki.client_cert()).arg("--key").arg(pki.client_key());
            }
            let output = Process::run(&mut command, b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");

            let case = format!("{backend}, {terms:?}: {output:?}");
            assert_eq!(output.code(), 0, "{case}");
            assert!(output.text().contains(" 200 "), "{case}");
            let facts = facts(&output.stderr);
            assert_eq!(facts["backend"], backend.as_str(), "{case}");
            assert_eq!(facts["version"], terms.version.name(), "{case}");
            assert_eq!(facts["server_name"], "localhost", "{case}");
            assert_eq!(facts["peer_certificates"][0]["subject"], "CN=server", "{case}");
            let subject = json!([[["commonName", "server"]]]);
            assert_eq!(facts["peer_certificate"]["subject"], subject, "{case}");
            let page = output.text();
            let shown = page.contains("CN=client")
                || page.contains("'client'")
                || page.contains("CN = client");
            assert_eq!(shown, terms.client_certificate, "{case}");
        }
    }
}

#[test]
fn openssl() {
    fetch_with_every_backend(peers::openssl);
}

#[test]
fn python() {
    fetch_with_every_backend(|pki, terms| peers::python(pki, terms, Ending::CloseNotify));
}

#[test]
fn nginx() {
    fetch_with_every_backend(peers::nginx);
}
