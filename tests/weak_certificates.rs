//! Certificates that are too weak, made by the `openssl` command, are refused by every backend for the same reason.

use std::path::Path;
use std::process::Command;

use tls_object_tests::process::Process;
use tls_object_tests::tlsobj::{backends, connect, has, tlsobj};

/// Runs `openssl` in a folder.
fn openssl(folder: &Path, args: &str) {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(args.split(' '));
    let output = Process::run(&mut command, b"");
    assert_eq!(output.code(), 0, "openssl {args}: {output:?}");
}

/// A server that shows a leaf whose key has so many bits, signed over this hash by an authority with so many bits.
fn server(folder: &Path, authority: u32, leaf: u32, hash: &str) -> (Process, String) {
    let subject = |name| format!("-subj /CN={name}");
    openssl(
        folder,
        &format!(
            "req -x509 -newkey rsa:{authority} -nodes -keyout ca.key -out ca.pem -sha256 -days 30 {} \
             -addext keyUsage=critical,keyCertSign",
            subject("authority")
        ),
    );
    openssl(
        folder,
        &format!(
            "req -newkey rsa:{leaf} -nodes -keyout leaf.key -out leaf.csr -sha256 {} -addext subjectAltName=DNS:localhost",
            subject("localhost")
        ),
    );
    openssl(
        folder,
        &format!(
            "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem -days 20 -{hash} \
             -copy_extensions copy"
        ),
    );
    let mut command = Command::new("openssl");
    command.current_dir(folder);
    command.args(["s_server", "-www", "-accept", "127.0.0.1:0", "-tls1_2"]);
    command.args(["-cert", "leaf.pem", "-key", "leaf.key", "-cipher", "ALL:@SECLEVEL=0"]);
    let mut process = Process::spawn(&mut command);
    let address = loop {
        let line = process.line();
        if let Some(address) = line.strip_prefix("ACCEPT ") {
            break address.to_owned();
        }
    };
    (process, address)
}

/// Every backend refuses the server's certificate, and those that tell why give this code.
fn refused(authority: u32, leaf: u32, hash: &str, code: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_server, address) = server(folder.path(), authority, leaf, hash);
    for backend in backends() {
        let mut client = connect(backend, &address);
        client.args(["--name", "localhost"]).arg("--ca").arg(folder.path().join("ca.pem"));
        let output = Process::run(&mut client, b"GET / HTTP/1.0\r\n\r\n");
        let told = &output.stderr;
        assert_eq!(output.code(), 3, "{backend}: {told}");
        if has(backend, "verify-code") {
            assert!(told.contains(&format!("verify code {code}")), "{backend}: {told}");
        }
    }
}

#[test]
fn a_key_that_is_too_short() {
    refused(2048, 1024, "sha256", 66);
}

#[test]
fn an_authority_whose_key_is_too_short() {
    refused(1024, 2048, "sha256", 67);
}

#[test]
fn a_signature_over_sha1() {
    refused(2048, 2048, "sha1", 68);
}

/// OpenSSL does not even show such a certificate: that is told when the context is made.
#[test]
fn an_own_signature_over_sha1() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_server, _address) = server(folder.path(), 2048, 2048, "sha1");
    for backend in ["openssl", "native-tls"] {
        let mut command = tlsobj();
        command.current_dir(folder.path());
        command.args(["server", "--backend", backend, "--listen", "127.0.0.1:0", "--once"]);
        command.args(["--cert", "leaf.pem", "--key", "leaf.key"]);
        let output = Process::run(&mut command, b"");
        assert_eq!(output.code(), 2, "{output:?}");
        for word in ["leaf.pem with leaf.key", "InvalidCertificate", "ca md too weak"] {
            assert!(output.stderr.contains(word), "{word}: {output:?}");
        }
    }
}

#[test]
fn as_strong_as_it_must_be() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_server, address) = server(folder.path(), 2048, 2048, "sha256");
    for backend in backends() {
        let mut client = connect(backend, &address);
        client.args(["--name", "localhost"]).arg("--ca").arg(folder.path().join("ca.pem"));
        let output = Process::run(&mut client, b"GET / HTTP/1.0\r\n\r\n");
        assert_eq!(output.code(), 0, "{backend}: {output:?}");
    }
}
