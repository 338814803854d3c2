//! What `tls_object::x509` tells of a certificate, beside what CPython's `getpeercert()` does.

use std::path::PathBuf;
use std::process::Command;

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tls_object::x509::{Dictionary, PeerCertificate};
use tls_object::{Certificate, Config, Identity, PrivateKey, VerifyMode};

mod in_memory;

/// A file of the crate under test.
fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/tls-object-x509")).join(name)
}

fn recorded() -> Value {
    let recorded = std::fs::read(file("tests/certificates.json")).expect("a recorded answer");
    serde_json::from_slice(&recorded).expect("JSON")
}

/// What the CPython that is installed says.
fn live(arguments: &[&str]) -> String {
    let mut command = Command::new("python3");
    let output = command.arg(file("tests/certificates.py")).args(arguments).output();
    let output = output.expect("python3 is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("a text")
}

/// Each case has the same dictionary here as there, or none at all. Returns how many there are.
#[track_caller]
fn compare(answers: &Value) -> usize {
    let cases = answers["cases"].as_array().expect("a list of cases");
    let mut different = Vec::new();
    for case in cases {
        let pem = case["pem"].as_str().expect("a text");
        let told = Certificate::all_from_pem(pem.as_bytes()).and_then(|it| Dictionary::of(&it[0]));
        let told = told.map_or(Value::Null, |told| json!(told));
        if told != case["dictionary"] {
            different.push(format!(
                "{}\n  here   {told}\n  CPython {}\n{pem}",
                case["name"], case["dictionary"]
            ));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
    cases.len()
}

#[test]
fn as_cpython_has_it() {
    assert!(compare(&recorded()) > 100);
}

#[test]
fn as_this_cpython_has_it() {
    let answers = live(&[]);
    let answers = serde_json::from_str(&answers).unwrap();
    assert_eq!(compare(&answers), compare(&recorded()));
    if answers["openssl"] == recorded()["openssl"] {
        let names = std::fs::read_to_string(file("src/objects.txt")).unwrap();
        assert_eq!(live(&["--names"]), names);
    }
}

#[test]
fn as_this_cpython_has_it_with_one_byte_changed() {
    let answers = live(&["--mutate", "1000", "1"]);
    assert_eq!(compare(&serde_json::from_str(&answers).unwrap()), 1000);
}

#[test]
fn keys_come_in_the_order_of_cpython() {
    let recorded = recorded();
    let cases = recorded["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["name"] == "everything").unwrap();
    let pem = case["pem"].as_str().unwrap();
    let certificate = &Certificate::all_from_pem(pem.as_bytes()).unwrap()[0];
    let text = serde_json::to_string(&Dictionary::of(certificate).unwrap()).unwrap();
    let places = [
        "subject",
        "issuer",
        "version",
        "serialNumber",
        "notBefore",
        "notAfter",
        "subjectAltName",
        "OCSP",
        "caIssuers",
        "crlDistributionPoints",
    ]
    .map(|key| text.find(&format!("\"{key}\":")));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
}

#[test]
fn a_connection_tells_of_its_peer_as_python_does() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = Certificate::from_der(params.self_signed(&key).unwrap().der().to_vec());
    let identity =
        Identity::new(vec![leaf.clone()], PrivateKey::from_der(key.serialize_der()).unwrap());
    let server = Config::server(identity.unwrap());
    let mut careful = Config::client();
    careful.trust_store = vec![leaf.clone()].into();
    let mut careless = Config::client();
    careless.verify_mode = VerifyMode::None;
    for &backend in tls_object::backends() {
        let [client, server_end] = in_memory::connect(backend, &careful, backend, &server);
        let told = PeerCertificate::of(&*client).unwrap();
        assert_eq!(json!(told), json!(Dictionary::of(&leaf).unwrap()), "{backend:?}");
        assert_eq!(json!(told)["subjectAltName"], json!([["DNS", "localhost"]]));
        assert_eq!(json!(PeerCertificate::of(&*server_end).unwrap()), Value::Null, "{backend:?}");

        let [client, _] = in_memory::connect(backend, &careless, backend, &server);
        assert_eq!(json!(PeerCertificate::of(&*client).unwrap()), json!({}), "{backend:?}");
    }
}
