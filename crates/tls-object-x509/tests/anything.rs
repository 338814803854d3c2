//! No input does harm.

use proptest::prelude::*;
use proptest::sample::Index;
use tls_object_core::Certificate;
use tls_object_x509::{Dictionary, ParsedCertificate};

fn certificates() -> Vec<Certificate> {
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("certificates.json")).expect("JSON");
    let cases = recorded["cases"].as_array().expect("a list");
    let pem: String = cases.iter().filter_map(|case| case["pem"].as_str()).collect();
    Certificate::all_from_pem(pem.as_bytes()).expect("certificates")
}

/// Whoever can be parsed has dates and names that can be asked for, too.
fn look_at(der: Vec<u8>) {
    let certificate = Certificate::from_der(der);
    if let Ok(parsed) = ParsedCertificate::parse(&certificate) {
        let _ = (parsed.not_before.unix(), parsed.not_after.unix(), parsed.serial.to_string());
        let _ = (parsed.subject.last("commonName"), parsed.issuer.last("commonName"));
        let _ = Dictionary::of(&certificate);
    } else {
        assert!(Dictionary::of(&certificate).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(der: Vec<u8>) {
        look_at(der);
    }

    #[test]
    fn certificates_with_faults(
        which: Index,
        faults in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        keep: Option<Index>,
    ) {
        let all = certificates();
        let mut der = which.get(&all).der().to_vec();
        for (at, byte) in faults {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if let Some(keep) = keep {
            der.truncate(keep.index(der.len()));
        }
        look_at(der);
    }
}
