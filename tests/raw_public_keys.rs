//! `tlsobj` with public keys in the place of certificates (RFC 7250), and with keys in DER.

use std::path::{Path, PathBuf};
use std::process::Command;

use tls_object_tests::process::Process;
use tls_object_tests::tlsobj::{backends, connect, facts, has, start, tlsobj};

const REQUEST: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// A private key and its public key in files, made by the `openssl` command.
struct Keys {
    private: PathBuf,
    public: PathBuf,
}

impl Keys {
    /// Keys in this format, PEM or DER.
    fn new(folder: &Path, name: &str, format: &str) -> Self {
        let keys = Self {
            private: folder.join(format!("{name}.key")),
            public: folder.join(format!("{name}.pub")),
        };
        let mut make = Command::new("openssl");
        make.args(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        run(make.args(["-outform", format, "-out"]).arg(&keys.private));
        let mut publish = Command::new("openssl");
        publish.args(["pkey", "-pubout", "-inform", format, "-outform", format, "-in"]);
        run(publish.arg(&keys.private).arg("-out").arg(&keys.public));
        keys
    }
}

fn run(command: &mut Command) {
    let output = Process::run(command, b"");
    assert_eq!(output.code(), 0, "{output:?}");
}

/// The arguments by which an end shows `own` and accepts `peer`.
fn between<'a>(command: &'a mut Command, own: &Keys, peer: &Keys) -> &'a mut Command {
    command.args(["--min", "1.3"]);
    command.arg("--public-key").arg(&own.public).arg("--key").arg(&own.private);
    command.arg("--peer-key").arg(&peer.public)
}

#[test]
fn two_ends_know_each_other_by_their_public_keys() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keys = |name, format| Keys::new(folder.path(), name, format);
    let (own, other, strange) = (keys("own", "PEM"), keys("other", "DER"), keys("strange", "PEM"));
    let mut tried = 0;
    for backend in backends().iter().filter(|backend| has(backend, "raw-public-keys-1.3")) {
        let mut command = tlsobj();
        command.args(["server", "--backend", backend, "--listen", "127.0.0.1:0", "--require"]);
        let server = start(between(&mut command, &other, &own));

        let client = |own, peer| {
            let mut client = connect(backend, &server.address());
            Process::run(between(client.arg("--json"), own, peer), REQUEST)
        };
        let output = client(&own, &other);
        assert_eq!(output.code(), 0, "{backend}: {output:?}");
        assert!(output.text().contains("\"peer_public_key\":\""), "{output:?}");
        let told = facts(&output.stderr);
        assert_eq!(told["peer_certificates"], serde_json::json!([]), "{told}");
        let hash = told["peer_public_key"].as_str().expect("a hash");
        assert_eq!(hash.len(), 64, "{told}");

        assert_eq!(client(&own, &strange).code(), 3, "{backend}: a server that is not known");
        assert_eq!(client(&strange, &other).code(), 4, "{backend}: a client that is not known");
        tried += 1;
    }
    assert!(tried > 0, "no backend has raw public keys");
}

#[test]
fn each_public_key_has_its_private_key() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, other) = (Keys::new(folder.path(), "a", "PEM"), Keys::new(folder.path(), "b", "DER"));
    let mut server = tlsobj();
    server.args(["server", "--listen", "127.0.0.1:0"]);
    server.arg("--public-key").arg(&one.public).arg("--key").arg(&one.private);
    let output = Process::run(server.arg("--key").arg(&other.private), b"");
    assert_eq!(output.code(), 2, "{output:?}");
    assert!(output.stderr.contains("1 times --public-key and 2 times --key"), "{output:?}");
}
