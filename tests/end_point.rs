//! The channel binding `tls-server-end-point`, beside what the `openssl` command computes.

use std::fs;
use std::path::Path;
use std::process::Command;

use tls_object::{Certificate, ChannelBinding, Config, Identity, Side};

mod in_memory;

/// How the certificate is signed: the digest, and whether with RSA-PSS.
const SIGNATURES: &[(&str, bool)] = &[
    ("sha256", false),
    ("sha384", false),
    ("sha512", false),
    ("sha256", true),
    ("sha384", true),
    ("sha512", true),
];

#[test]
fn both_ends_of_every_pair_agree_with_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for command in [
        "req -x509 -newkey rsa:2048 -noenc -keyout ca.key -out ca.pem -subj /CN=ca",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout leaf.key -out leaf.csr -subj /CN=leaf",
    ] {
        openssl(folder, command);
    }
    fs::write(folder.join("leaf.ext"), "subjectAltName=DNS:localhost").unwrap();
    let mut bindings = Vec::new();
    for &(digest, pss) in SIGNATURES {
        let padding =
            if pss { "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1" } else { "" };
        openssl(
            folder,
            &format!(
                "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -extfile leaf.ext -out leaf.pem -{digest} {padding}"
            ),
        );
        openssl(folder, "x509 -in leaf.pem -outform DER -out leaf.der");
        let expected = openssl(folder, &format!("dgst -{digest} -binary leaf.der"));
        let read = |name| fs::read(folder.join(name)).unwrap();
        let identity = Identity::from_pem(&read("leaf.pem"), &read("leaf.key")).unwrap();
        let mut client = Config::client();
        client.trust_store = Certificate::all_from_pem(&read("ca.pem")).unwrap().into();
        for &one in tls_object::backends() {
            for &other in tls_object::backends() {
                let mut server = Config::server(identity.clone());
                let newest = other.capabilities().versions(Side::Server).last();
                server.max_version = newest.expect("a version");
                let both = in_memory::connect(one, &client, other, &server);
                for mut tls in both {
                    let binding =
                        tls.get_channel_binding(ChannelBinding::TlsServerEndPoint).unwrap();
                    assert_eq!(binding, expected, "{digest}, PSS {pss}: {tls:?}");
                }
            }
        }
        bindings.push(expected);
    }
    bindings.sort();
    bindings.dedup();
    assert_eq!(bindings.len(), SIGNATURES.len(), "two certificates have the same hash");
}

/// Runs `openssl` in `folder` and returns what it prints.
fn openssl(folder: &Path, arguments: &str) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {said}");
    output.stdout
}
