//! 256 MiB to an echo and back, between our own ends and against Python's.

use std::io::Write;
use std::process::Command;
use std::thread;

use tls_object_tests::peers::{Server, Version, python_script};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;
use tls_object_tests::tlsobj::{backends, closing_client, server, serves, start};

/// How long a block is, in bytes.
const BLOCK: usize = 64 * 1024;

/// How many bytes are sent.
const SIZE: usize = 256 * 1024 * 1024;

/// Sends everything to an echo through `command`, both directions at once.
fn echo_through(command: &mut Command, case: &str) {
    let mut client = Process::spawn(command);
    let mut stdin = client.stdin();
    let writer = thread::spawn(move || {
        (0..SIZE / BLOCK).try_for_each(|number| stdin.write_all(&block(number)))
    });
    for number in 0..SIZE / BLOCK {
        assert!(client.bytes(BLOCK) == block(number), "block {number}, {case}");
    }
    writer.join().expect("no panic").expect("a client that reads");
    let output = client.wait();
    assert_eq!(output.code(), 0, "{case}: {output:?}");
    assert_eq!(output.text(), "", "{case}");
}

/// A block unlike any other one.
fn block(number: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let mut block = vec![0; BLOCK];
    random.fill(&mut block);
    block
}

#[test]
fn between_backends() {
    let pki = Pki::new();
    // Each backend is the client once and the server once, of another one if there is any.
    let servers = backends().iter().cycle().skip(1);
    for (as_client, as_server) in backends().iter().zip(servers) {
        for version in Version::ALL.into_iter().filter(|&version| serves(as_server, version)) {
            let version = version.pick("1.2", "1.3");
            let server = start(server(as_server, &pki).args(["--mode", "echo", "--max", version]));
            let case = format!("{as_client} to {as_server}, TLS {version}");
            echo_through(&mut closing_client(as_client, &pki, &server), &case);
        }
    }
}

#[test]
fn to_python() {
    let pki = Pki::new();
    let mut python = python_script("echo.py");
    python.arg("serve").arg("--cert").arg(pki.server_cert()).arg("--key").arg(pki.server_key());
    let mut python = Process::spawn(&mut python);
    let port = python.line().parse().expect("a port");
    let server = Server::new(python, port);
    for backend in backends() {
        echo_through(&mut closing_client(backend, &pki, &server), &format!("{backend} to Python"));
    }
}

#[test]
fn from_python() {
    let pki = Pki::new();
    for backend in backends() {
        let server = start(server(backend, &pki).args(["--mode", "echo"]));
        let mut python = python_script("echo.py");
        python.arg("connect").args(["--port", &server.port().to_string()]);
        python.arg("--ca").arg(pki.ca()).args(["--size", &SIZE.to_string()]);
        let output = Process::run(&mut python, b"");
        assert_eq!(output.code(), 0, "Python to {backend}: {output:?}");
        let text = output.text();
        let (sent, received) = text.trim().split_once(' ').expect("two checksums");
        assert_eq!(received, sent, "Python to {backend}");
    }
}
