//! Writes what the fuzzers begin with, under `seeds/`: what real peers send, and what people write.
//!
//!     cargo run --manifest-path fuzz/Cargo.toml --example seeds

use std::fs;
use std::path::Path;

use tls_object::{Side, SslObject};
use tls_object_fuzz::ends::carry;
use tls_object_fuzz::labs::{LABS, Lab, PKI};

/// Cipher strings that people use.
const CIPHER_STRINGS: [&str; 6] = [
    "DEFAULT:!aNULL:!kRSA:+SHA1",
    "HIGH:!ADH:!EXP:!eNULL:!LOW@STRENGTH",
    "ALL:+RC4:+HIGH:-AES:AES@SECLEVEL=1",
    "ECDHE-RSA-AES128-GCM-SHA256,EECDH+AESGCM EDH+AESGCM;AES256+EECDH",
    "TLS_RSA_WITH_AES_128_CBC_SHA:COMPLEMENTOFDEFAULT",
    "SUITEB128:@STRENGTH",
];

fn write(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder).expect("a folder for seeds");
    fs::write(folder.join(name), bytes).expect("a seed");
}

/// What waits in the outgoing BIO.
fn output(tls: &mut dyn SslObject) -> Vec<u8> {
    let mut bytes = Vec::new();
    tls.outgoing().lend(&mut |waiting| {
        bytes.extend_from_slice(waiting);
        0
    });
    bytes
}

/// The flights of a whole connection of one backend with itself, each with the end that sends it.
fn flights(lab: &Lab, tls13: bool) -> Option<Vec<(Side, Vec<u8>)>> {
    let mut client = lab.object(Side::Client, tls13)?;
    let mut server = lab.object(Side::Server, tls13)?;
    let mut flights = Vec::new();
    for _ in 0..2 {
        _ = client.do_handshake().expect("a handshake");
        flights.push((Side::Client, output(&mut *client)));
        carry(&mut *client, &mut *server);
        _ = server.do_handshake().expect("a handshake");
        flights.push((Side::Server, output(&mut *server)));
        carry(&mut *server, &mut *client);
    }
    _ = client.do_handshake().expect("a handshake");
    _ = client.write(b"ping").expect("the handshake is done");
    client.close().expect("the handshake is done");
    flights.push((Side::Client, output(&mut *client)));
    _ = server.write(b"pong").expect("the handshake is done");
    server.close().expect("the handshake is done");
    flights.push((Side::Server, output(&mut *server)));
    Some(flights)
}

/// For both ends: which backend, which version, how many flights first, no sizes, and then the next flight.
fn bytes(index: u8, lab: &Lab, tls13: bool) {
    let version = if tls13 { "1.3" } else { "1.2" };
    for (side, target) in [(Side::Client, "server_bytes"), (Side::Server, "client_bytes")] {
        let sent = flights(lab, tls13).into_iter().flatten().filter(|(sender, _)| *sender == side);
        for (number, (_, flight)) in (0u8..).zip(sent) {
            let mut seed = vec![index, u8::from(tls13), number, 0];
            seed.extend_from_slice(&flight);
            write(target, &format!("{}-{version}-{number}", lab.backend.name()), &seed);
        }
    }
}

/// A client's first flight, for those who look at its message, and for two backends at once.
fn hello(lab: &Lab, tls13: bool) {
    /// What is in front of the body: the headers of the record and of the message.
    const HEADERS: usize = 5 + 4;
    let Some(mut client) = lab.object(Side::Client, tls13) else { return };
    _ = client.do_handshake().expect("a ClientHello");
    let flight = output(&mut *client);
    let name = format!("{}-{}", lab.backend.name(), if tls13 { "1.3" } else { "1.2" });
    write("client_hello", &name, &[&[u8::from(tls13), 0], &flight[HEADERS..]].concat());
    write("records", &name, &[&[0][..], &flight].concat());
    let mut pieces = vec![0, 1, 0, u8::from(tls13)];
    for piece in flight.chunks(255) {
        pieces.push(u8::try_from(piece.len()).expect("255 at most"));
        pieces.extend_from_slice(piece);
    }
    write("two_backends", &name, &pieces);
}

fn main() {
    for (index, lab) in (0u8..).zip(&*LABS) {
        for tls13 in [false, true] {
            bytes(index, lab, tls13);
            hello(lab, tls13);
        }
    }
    for (number, text) in CIPHER_STRINGS.iter().enumerate() {
        write("cipher_string", &number.to_string(), text.as_bytes());
    }
    let (leaf, key) = (PKI.identity.chain()[0].der(), PKI.key.secret_der());
    write("config", "plain-client", &[1; 16]);
    write("config", "plain-server", &[0; 16]);
    write("wire", "untouched", &[0, 2, 1, 0, 0]);
    write("wire", "flipped", &[2, 3, 1, 1, 1, 0, 0, 1, 0]);
    write("certificate", "leaf", leaf);
    write("certificate", "authority", PKI.authority.der());
    write("keys", "key", &[&[1, 0], key].concat());
    write("keys", "certificate", &[&[6, 0], leaf].concat());
    encrypted_files();
}

/// The files of OpenSSL's that the tests of the loaders have, with their passphrase.
fn encrypted_files() {
    const PASSPHRASE: &[u8] = b"secret words";
    const PEM: u8 = 3;
    const PKCS12: u8 = 4;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/tls-object-keys/tests");
    for name in
        ["aes-256.pem", "legacy-des3.pem", "scrypt.pem", "legacy.p12", "modern.p12", "no-key.p12"]
    {
        let kind = if name.ends_with(".p12") { PKCS12 } else { PEM };
        let file = fs::read(folder.join(name)).expect("a file of the loaders' tests");
        write("keys", name, &[&[kind, PASSPHRASE.len() as u8], PASSPHRASE, &file].concat());
    }
}
