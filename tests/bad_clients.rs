//! What no client may do to a `tlsobj server`.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use tls_object_tests::peers::Server;
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;
use tls_object_tests::tlsobj::{backends, client, connect, server, start};

/// How many bad clients there are.
const ALL: u64 = 1000;

/// How many of them the server may need to grow to its working size.
const FIRST: u64 = 100;

/// How many clients stall in their handshake: more than the server has places for.
const STALLED: usize = 200;

/// By how much more the server may grow, in percent.
const GROWTH: u64 = 10;

#[test]
fn a_thousand_bad_clients_leave_no_trace() {
    let pki = Pki::new();
    let hello = client_hello();
    for backend in backends() {
        let mut server = start(&mut server(backend, &pki));
        for number in 0..FIRST {
            misbehave(&server, &hello, number);
        }
        assert_serves(backend, &pki, &server);
        let before = resident_memory(&mut server);
        for number in FIRST..ALL {
            misbehave(&server, &hello, number);
        }
        assert_serves(backend, &pki, &server);
        let after = resident_memory(&mut server);
        assert!(
            after * 100 <= before * (100 + GROWTH),
            "{backend}: from {before} to {after} KiB after {ALL} bad clients"
        );
    }
}

#[test]
fn stalled_handshakes_keep_nobody_out() {
    let pki = Pki::new();
    let hello = client_hello();
    for backend in backends() {
        let server = start(&mut server(backend, &pki));
        let stalled: Vec<_> = (0..STALLED)
            .map(|_| {
                let mut socket = knock(&server);
                socket.write_all(&hello[..hello.len() / 2]).expect("room in a socket buffer");
                socket
            })
            .collect();
        assert_serves(backend, &pki, &server);
        assert_eq!(stalled.len(), STALLED, "all of them held on until now");
    }
}

/// One bad client: random bytes, half a hello, a whole one and a reset, or nothing at all.
fn misbehave(server: &Server, hello: &[u8], number: u64) {
    let mut socket = knock(server);
    match number % 4 {
        // The server may have refused it before the last byte was sent.
        0 => drop(socket.write_all(&noise(number))),
        1 => socket.write_all(&hello[..hello.len() / 2]).expect("room in a socket buffer"),
        2 => {
            socket.write_all(hello).expect("room in a socket buffer");
            // The rest of the answer stays unread: closing the socket resets it.
            socket.read_exact(&mut [0; 1]).expect("an answer");
        }
        _ => {}
    }
}

fn knock(server: &Server) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).expect("a server that accepts")
}

fn assert_serves(backend: &str, pki: &Pki, server: &Server) {
    let output = Process::run(&mut client(backend, pki, server), b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(output.code(), 0, "{backend}: {output:?}");
    assert!(output.text().starts_with("HTTP/1.1 200"), "{backend}: {output:?}");
}

/// The first thing that a client says.
fn client_hello() -> Vec<u8> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("a bound socket").to_string();
    let _client = Process::spawn(connect(&backends()[0], &address).arg("--no-verify"));
    let (mut socket, _) = listener.accept().expect("a client");
    let mut record = vec![0; 5];
    socket.read_exact(&mut record).expect("a record's header");
    let length = u16::from_be_bytes([record[3], record[4]]);
    record.resize(5 + usize::from(length), 0);
    socket.read_exact(&mut record[5..]).expect("a record's body");
    record
}

/// Bytes that look like nothing, the same ones for the same number.
fn noise(number: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(number);
    let length = random.usize(1..4096);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

/// In KiB.
fn resident_memory(server: &mut Server) -> u64 {
    let path = format!("/proc/{}/status", server.process().id());
    let status = std::fs::read_to_string(path).expect("a server that runs, on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}
