//! The channel binding `tls-server-end-point`, beside what the `openssl` command computes.

use std::fs;
use std::path::Path;
use std::process::Command;

use tls_object::{
    Certificate, ChannelBinding, Config, DynBackend, DynContext, Identity, ServerName, SslObject,
    Status, VecBio, Wrap,
};

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
        client.trust_anchors = Certificate::all_from_pem(&read("ca.pem")).unwrap();
        for &one in tls_object::backends() {
            for &other in tls_object::backends() {
                let both = connect(one, &client, other, &Config::server(identity.clone()));
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

/// Both ends of a connection whose handshake is done.
fn connect(
    client_backend: &dyn DynBackend,
    client: &Config,
    server_backend: &dyn DynBackend,
    server: &Config,
) -> [Box<dyn SslObject>; 2] {
    let wrap = |context: Box<dyn DynContext>, wrap| {
        context
            .wrap_bio(Box::new(VecBio::new()), Box::new(VecBio::new()), wrap)
            .expect("a sound wrap")
    };
    let name = ServerName::new("localhost").expect("a host name");
    let mut ends = [
        wrap(client_backend.context(client).expect("a sound configuration"), Wrap::client(name)),
        wrap(server_backend.context(server).expect("a sound configuration"), Wrap::server()),
    ];
    // Each turn is a flight of one end, and of those no handshake has ten.
    for _ in 0..10 {
        let done =
            ends.each_mut().map(|tls| tls.do_handshake().expect("a handshake") == Status::Done(()));
        if done == [true, true] {
            return ends;
        }
        let [client, server] = &mut ends;
        client.outgoing().lend(&mut |bytes| server.incoming().write(bytes).expect("an open BIO"));
        server.outgoing().lend(&mut |bytes| client.incoming().write(bytes).expect("an open BIO"));
    }
    panic!("{ends:?}: the handshake does not end");
}
