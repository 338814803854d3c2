//! 256 MiB to an echo and back, both directions at once.

use std::io::Write;
use std::thread;

use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;
use tls_object_tests::tlsobj::{backends, client, server, start};

/// How long a block is, in bytes.
const BLOCK: usize = 64 * 1024;

/// How many blocks are sent.
const BLOCKS: usize = 256 * 1024 * 1024 / BLOCK;

#[test]
fn arrives_whole_and_in_order() {
    let pki = Pki::new();
    // Each backend is the client once and the server once, of another one if there is any.
    let servers = backends().iter().cycle().skip(1);
    for (as_client, as_server) in backends().iter().zip(servers) {
        for version in ["1.2", "1.3"] {
            let server = start(server(as_server, &pki).args(["--mode", "echo", "--max", version]));
            let mut client = Process::spawn(&mut client(as_client, &pki, &server));
            let mut stdin = client.stdin();
            let writer = thread::spawn(move || {
                (0..BLOCKS).try_for_each(|number| stdin.write_all(&block(number)))
            });
            for number in 0..BLOCKS {
                let arrived = client.bytes(BLOCK) == block(number);
                assert!(arrived, "block {number}, {as_client} to {as_server}, TLS {version}");
            }
            writer.join().expect("no panic").expect("a client that reads");
            let output = client.wait();
            assert_eq!(output.code(), 0, "{as_client} to {as_server}, TLS {version}: {output:?}");
            assert_eq!(output.text(), "", "{as_client} to {as_server}, TLS {version}");
        }
    }
}

/// A block unlike any other one.
fn block(number: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let mut block = vec![0; BLOCK];
    random.fill(&mut block);
    block
}
