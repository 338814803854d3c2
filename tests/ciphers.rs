//! What this project says of cipher suites beside what Python says of them.

use std::process::Command;

use tls_object::CipherSuite;
use tls_object_tests::process::Process;

const SCRIPT: &str = r#"
import json, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
print(json.dumps({"version": ssl.OPENSSL_VERSION_INFO[:2], "ciphers": context.get_ciphers()}))
"#;

#[test]
fn each_is_described_as_by_get_ciphers() {
    let mut python = Command::new("python3");
    python.arg("-c").arg(SCRIPT);
    let output = Process::run(&mut python, b"");
    assert!(output.status.success(), "{output:?}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // Before, OpenSSL did not count how short a tag is.
    let counts_tags = told["version"]
        .as_array()
        .map(|version| (version[0].as_u64(), version[1].as_u64()) >= (Some(3), Some(2)));
    let ciphers = told["ciphers"].as_array().expect("a list");
    assert!(ciphers.len() > 100, "{} suites", ciphers.len());
    for theirs in ciphers {
        let id = theirs["id"].as_u64().expect("a number");
        let suite = CipherSuite::new((id & 0xffff) as u16);
        let ours = suite.info().expect("a suite of OpenSSL has a name");
        let strength_bits = match counts_tags {
            Some(false) if ours.name.contains("CCM8") => ours.alg_bits,
            _ => ours.strength_bits,
        };
        let ours = serde_json::json!({
            "id": ours.id,
            "name": ours.name,
            "protocol": ours.protocol,
            "description": ours.description,
            "strength_bits": strength_bits,
            "alg_bits": ours.alg_bits,
            "aead": ours.aead,
            "symmetric": ours.symmetric,
            "digest": ours.digest,
            "kea": ours.kea,
            "auth": ours.auth,
        });
        assert_eq!(&ours, theirs);
    }
}
