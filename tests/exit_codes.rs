//! What `tlsobj client` exits with, and what it says, on each backend.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::thread;

use tls_object_tests::peers::{self, Ending, Server, Terms, Version};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::{Output, Process};
use tls_object_tests::tlsobj::{
    backends, client, closing_client, connect, has, server, start, tlsobj,
};

const REQUEST: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// The terms of a server that asks for no certificate.
fn open(version: Version) -> Terms {
    Terms { version, client_certificate: false }
}

/// Runs a client that must exit with `code` and say why in one line with these words in it.
fn expect(code: i32, words: &[&str], command: &mut Command) {
    assert_failed(code, words, &Process::run(command, REQUEST));
}

fn assert_failed(code: i32, words: &[&str], output: &Output) {
    assert_eq!(output.code(), code, "{output:?}");
    assert!(output.stderr.starts_with("tlsobj: "), "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    for word in words {
        assert!(output.stderr.contains(word), "no {word:?} in {output:?}");
    }
}

fn expect_success(command: &mut Command) {
    let output = Process::run(command, REQUEST);
    assert_eq!(output.code(), 0, "{output:?}");
    assert_eq!(output.stderr, "", "{output:?}");
}

/// What is expected of a backend that has the capability; one that has not says which it lacks.
fn expect_if(backend: &str, capability: &str, expected: impl Fn(&mut Command), it: &mut Command) {
    if has(backend, capability) { expected(it) } else { expect(2, &[capability], it) }
}

#[test]
fn a_verified_server_and_a_clean_end_are_0() {
    let pki = Pki::new();
    for backend in backends() {
        let server = start(&mut server(backend, &pki));
        let connect = || connect(backend, &server.address());
        // By the address that it connects to, which the certificate carries.
        expect_success(connect().arg("--ca").arg(pki.ca()));
        expect_success(connect().env("SSL_CERT_FILE", pki.ca()));
        expect_success(connect().arg("--no-verify"));
        let client = || client(backend, &pki, &server);
        expect_success(&mut client());
        expect_if(backend, "crl", expect_success, client().arg("--crl").arg(pki.none_revoked()));
        let at = &["--at", "1700000000"];
        expect_if(backend, "verify-time", expect_success, client().args(at));
    }
}

#[test]
fn a_refused_server_certificate_is_3() {
    let pki = Pki::new();
    let server = peers::openssl(&pki, open(Version::Tls13));
    for backend in backends() {
        let connect = || connect(backend, &server.address());
        let client = || client(backend, &pki, &server);
        let named = |name| {
            let mut command = connect();
            command.args(["--name", name]).arg("--ca").arg(pki.ca());
            command
        };
        // A backend that is not told why says that it is not.
        let why = |words: &'static [&'static str]| -> &'static [&'static str] {
            if has(backend, "verify-code") {
                words
            } else {
                &["Unspecified", "verify code untold", "cause"]
            }
        };
        expect(3, why(&["verify code 20"]), connect().arg("--ca").arg(pki.stranger()));
        expect(3, why(&["verify code 20"]), connect().env("SSL_CERT_FILE", pki.stranger()));
        expect(3, why(&["NameMismatch", "verify code 62"]), &mut named("example.org"));
        expect(3, why(&["IpAddressMismatch", "verify code 64"]), &mut named("192.0.2.1"));
        let at = |time: &str, words: &[&str]| {
            let refused = |it: &mut Command| expect(3, words, it);
            expect_if(backend, "verify-time", refused, client().args(["--at", time]));
        };
        at("2300000000", &["Expired", "verify code 10"]);
        at("1500000000", &["NotYetValid", "verify code 9"]);
        let refused = |it: &mut Command| expect(3, &["Revoked", "verify code 23"], it);
        expect_if(backend, "crl", refused, client().arg("--crl").arg(pki.server_revoked()));
    }
}

#[test]
fn a_failed_handshake_is_4() {
    let pki = Pki::new();
    let tls12 = peers::openssl(&pki, open(Version::Tls12));
    for backend in backends() {
        let refused = &["alert received protocol_version"];
        expect(4, refused, client(backend, &pki, &tls12).args(["--min", "1.3"]));

        let alpn = start(server(backend, &pki).args(["--alpn", "h2"]));
        let refused = &["alert received no_application_protocol"];
        expect(4, refused, client(backend, &pki, &alpn).args(["--alpn", "http/1.1,other"]));
    }
}

#[test]
fn a_peer_that_speaks_something_else_is_4() {
    for backend in backends() {
        for (says, word) in [("SSH-2.0-OpenSSH\r\n", "NotTls"), ("", "Truncated")] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            let address = listener.local_addr().expect("a bound socket").to_string();
            let stranger = thread::spawn(move || {
                let (mut socket, _) = listener.accept().expect("a client");
                socket.write_all(says.as_bytes())?;
                socket.shutdown(std::net::Shutdown::Write)?;
                // Reads what the client says until it leaves: nothing unread resets the end.
                std::io::copy(&mut socket, &mut std::io::sink())
            });
            expect(4, &[word], connect(backend, &address).arg("--no-verify"));
            stranger.join().expect("no panic").expect("a client that leaves in peace");
        }
    }
}

#[test]
fn a_refused_client_certificate_is_4() {
    let pki = Pki::new();
    for version in Version::ALL {
        let required = peers::openssl(&pki, Terms { version, client_certificate: true });
        for backend in backends() {
            // Under TLS 1.3 the refusal comes when this end's handshake is done.
            let alert = version.pick("handshake_failure", "certificate_required");
            let refused = format!("alert received {alert}");
            expect(4, &[&refused], &mut client(backend, &pki, &required));

            if !has(backend, "client-auth-required") {
                continue;
            }
            let mut elsewhere = server(backend, &pki);
            elsewhere.args(["--require", "--max", version.pick("1.2", "1.3")]);
            let server = start(elsewhere.arg("--client-ca").arg(pki.stranger()));
            let mut client = client(backend, &pki, &server);
            client.arg("--cert").arg(pki.client_cert()).arg("--key").arg(pki.client_key());
            expect(4, &["alert received unknown_ca"], &mut client);
        }
    }
}

#[test]
fn an_end_without_close_notify_is_5() {
    let pki = Pki::new();
    for version in Version::ALL {
        for ending in [Ending::Fin, Ending::ResetWhenClosed] {
            let server = peers::python(&pki, open(version), ending);
            let client = match ending {
                Ending::ResetWhenClosed => closing_client,
                _ => client,
            };
            for backend in backends() {
                let output = Process::run(&mut client(backend, &pki, &server), REQUEST);
                assert_failed(5, &["truncated"], &output);
                assert!(output.text().contains("a page over"), "{output:?}");
            }
        }
    }
}

#[test]
fn a_broken_transport_is_6() {
    let pki = Pki::new();
    let resets = peers::python(&pki, open(Version::Tls13), Ending::Reset);
    let nobody = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.local_addr().expect("a bound socket").to_string()
    };
    for backend in backends() {
        expect(6, &["refused"], connect(backend, &nobody).arg("--no-verify"));

        let mut client = Process::spawn(&mut client(backend, &pki, &resets));
        // Kept open: this end still wants to talk.
        let mut stdin = client.stdin();
        stdin.write_all(REQUEST).expect("a client that reads");
        assert_failed(6, &["reset"], &client.wait());
    }
}

#[test]
fn a_bad_command_line_is_2() {
    let pki = Pki::new();
    let nobody = Server::new(Process::spawn(&mut Command::new("true")), 1);
    let missing = pki.folder().join("missing.pem");
    for backend in backends() {
        let client = || client(backend, &pki, &nobody);
        let trusts = |file: &Path| {
            let mut command = connect(backend, &nobody.address());
            command.arg("--ca").arg(file);
            command
        };
        expect(2, &["missing.pem"], &mut trusts(&missing));
        expect(2, &["server.key", "no certificate"], &mut trusts(&pki.server_key()));
        expect(2, &["ca.pem", "revocation list"], client().arg("--crl").arg(pki.ca()));
        let why = if has(backend, "groups") { "an empty list" } else { "no groups to choose" };
        expect(2, &[why, backend], client().args(["--groups", ""]));
        expect(2, &["no PKCS#12 file", "ca.pem"], client().arg("--pkcs12").arg(pki.ca()));
        expect(2, &["missing.pem"], client().arg("--passphrase-file").arg(&missing));
        expect(2, &["contradicts"], client().args(["--min", "1.3", "--max", "1.2"]));
        let mut mixed = client();
        mixed.arg("--cert").arg(pki.client_cert()).arg("--key").arg(pki.server_key());
        expect(2, &["client.pem", "server.key", "KeyMismatch"], &mut mixed);
    }
    for arguments in [
        "client --connect localhost",
        "client --backend nosuch --connect localhost:1",
        "client --connect localhost:1 --cert a.pem",
        "client --connect localhost:1 --min 1.1",
        "matrix --filter nosuch",
        "handshake --client nosuch --server nosuch",
        "nosuch",
    ] {
        let output = Process::run(tlsobj().args(arguments.split(' ')), b"");
        assert_eq!(output.code(), 2, "{arguments}: {output:?}");
        assert_eq!(output.text(), "", "{arguments}: {output:?}");
        if arguments.contains("--backend nosuch") {
            for backend in backends() {
                assert!(output.stderr.contains(backend.as_str()), "{output:?}");
            }
        }
    }
}

#[test]
fn a_peer_that_says_nothing_is_6() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = silent.local_addr().expect("a bound socket").to_string();
    for backend in backends() {
        let mut client = connect(backend, &address);
        expect(6, &["no handshake within 1 s"], client.args(["--no-verify", "--timeout", "1"]));
        // It came as far as to have spoken.
        let (mut socket, _) = silent.accept().expect("a client");
        let mut first = [0];
        assert_eq!(socket.read(&mut first).expect("its ClientHello"), 1, "{backend}");
        assert_eq!(first, [22], "{backend}");
    }
}

#[test]
fn trust_that_is_named_must_be_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let junk = folder.path().join("junk.pem");
    std::fs::write(&junk, "no certificate").expect("a folder that takes files");
    let mut client = connect(&backends()[0], "127.0.0.1:1");
    expect(2, &["trusted certificates", "junk.pem"], client.env("SSL_CERT_FILE", &junk));

    let nothing = &["trusted certificates", "SSL_CERT_FILE"];
    let mut client = connect(&backends()[0], "127.0.0.1:1");
    expect(2, nothing, client.env_remove("SSL_CERT_DIR").env("SSL_CERT_FILE", ""));

    let pki = Pki::new();
    let server = peers::openssl(&pki, open(Version::Tls13));
    std::fs::copy(pki.ca(), folder.path().join("ca.pem")).expect("a folder that takes files");
    // A revocation list of somebody else's, as small as there are (RFC 5280 section 5.1): no reason to refuse anybody.
    let list = [0x30, 8, 0x30, 6, 0x30, 0, 0x30, 0, 0x17, 0];
    std::fs::write(folder.path().join("0a1b2c3d.r0"), list).expect("a folder that takes files");
    let mut client = connect(&backends()[0], &server.address());
    client.env_remove("SSL_CERT_FILE").env("SSL_CERT_DIR", folder.path());
    let output = Process::run(&mut client, REQUEST);
    assert_eq!(output.code(), 0, "{output:?}");
    assert!(output.stderr.starts_with("tlsobj: note: "), "{output:?}");
    assert!(output.stderr.contains("junk.pem"), "{output:?}");
}

/// A server of the first backend that shows this certificate.
fn showing(cert: &Path, key: &Path) -> Server {
    let mut command = tlsobj();
    command.args(["server", "--backend", &backends()[0], "--listen", "127.0.0.1:0"]);
    start(command.arg("--cert").arg(cert).arg("--key").arg(key))
}

/// A client of `server`, which goes by `localhost`, that trusts what is in the file `ca`.
fn trusting(backend: &str, server: &Server, ca: &Path) -> Command {
    let mut command = connect(backend, &server.address());
    command.args(["--name", "localhost"]).arg("--ca").arg(ca);
    command
}

#[test]
fn a_chain_is_judged_as_it_is_told() {
    let pki = Pki::new();
    let plain = showing(&pki.server_cert(), &pki.server_key());
    let named = showing(&pki.common_name_cert(), &pki.common_name_key());
    let refused = |command: &mut Command| expect(3, &[], command);
    for backend in backends() {
        let own = || trusting(backend, &plain, &pki.server_cert());
        refused(&mut own());
        expect_if(backend, "partial-chain", expect_success, own().arg("--partial-chain"));

        let subject = || trusting(backend, &named, &pki.ca());
        refused(&mut subject());
        expect_if(backend, "verify-common-name", expect_success, subject().arg("--common-name"));

        let mut whole = trusting(backend, &plain, &pki.ca());
        whole.arg("--crl").arg(pki.none_revoked()).arg("--crl-chain");
        expect_if(backend, "crl", expect_success, &mut whole);
    }
}
