//! Names, numbers and checks that need no TLS library.

use std::collections::HashSet;
use std::error::Error as _;
use std::sync::Arc;

use tls_object_core::{
    Alert, AlpnProtocol, Capabilities, Capability, Certificate, CipherRules, CipherString,
    CipherSuite, Config, Error, ErrorKind, ExternalKey, Hook, Identity, NamedGroup, Origin,
    ProtocolVersion, ServerName, Setting, SignatureScheme, SignerError, SuiteB, Support,
    VerifyCode, check,
};

#[test]
fn server_names() {
    for good in
        ["example.org", "EXAMPLE.org", "a_b.example", "xn--pythn-mua.org", "localhost", "1a.2b"]
    {
        let name = ServerName::new(good).unwrap();
        assert_eq!(name.dns().unwrap().as_str(), good);
    }
    assert_eq!(ServerName::new("example.org.").unwrap(), ServerName::new("example.org").unwrap());
    for ip in ["127.0.0.1", "::1", "[::1]", "2001:db8::1"] {
        assert!(matches!(ServerName::new(ip), Ok(ServerName::Ip(_))), "{ip}");
    }
    let long_label = "a".repeat(64);
    let long_name = ["a".repeat(60).as_str(); 5].join(".");
    for bad in [
        "",
        ".",
        ".example.org",
        "a..b",
        "a b",
        "a\0b",
        "straße.de",
        "127.1",
        "1.2.3.4.5",
        "host.0x7f",
        "host.0X",
        "-a.example",
        "a-.example",
        "example.-",
        "[127.0.0.1]",
        "[::1",
        long_label.as_str(),
        long_name.as_str(),
    ] {
        let error = ServerName::new(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidServerName, "{bad:?}");
        assert_eq!(error.origin(), Origin::Misuse);
    }
}

#[test]
fn host_names_differ_by_more_than_case() {
    let name = |name| ServerName::new(name).unwrap();
    assert_eq!(name("Host.Example"), name("hOST.eXAMPLE."));
    assert_ne!(name("host.example"), name("host.example.org"));
    let seen = HashSet::from([name("host.example")]);
    assert!(seen.contains(&name("HOST.EXAMPLE")));
    assert!(!seen.contains(&name("host-example")));
    assert_eq!(name("Host.Example").to_string(), "Host.Example");
}

#[test]
fn an_ocsp_response_has_a_length_that_the_protocol_can_say() {
    let signer = |_, _: &[u8]| -> Result<Vec<u8>, SignerError> { Ok(Vec::new()) };
    let schemes = [SignatureScheme::ED25519];
    let key = ExternalKey::new(&schemes, Hook::new(Arc::new(signer))).unwrap();
    let identity = Identity::new(vec![Certificate::from_der([0x30, 0])], key).unwrap();
    let with = |len| identity.clone().with_ocsp_response(vec![0x30; len]);
    assert_eq!(with(0xff_ffff).unwrap().ocsp_response().unwrap().len(), 0xff_ffff);
    for len in [0, 0x100_0000] {
        assert_eq!(with(len).unwrap_err().kind(), ErrorKind::InvalidCertificate, "{len} bytes");
    }
}

#[test]
fn every_known_value_is_found_by_its_names() {
    for &suite in CipherSuite::KNOWN {
        assert_eq!(CipherSuite::from_name(suite.iana_name().unwrap()), Some(suite));
        assert_eq!(CipherSuite::from_name(suite.openssl_name().unwrap()), Some(suite));
        assert!(suite.secret_bits().is_some(), "{suite}");
    }
    for &group in NamedGroup::KNOWN {
        assert_eq!(NamedGroup::from_name(group.iana_name().unwrap()), Some(group));
        assert_eq!(NamedGroup::from_name(group.openssl_name().unwrap()), Some(group));
    }
    assert_eq!(NamedGroup::new(0x6399).to_string(), "0x6399");
    assert!(ProtocolVersion::TLS12 < ProtocolVersion::TLS13);
}

#[test]
fn lists_of_names() {
    use NamedGroup as G;
    let available = [G::SECP256R1, G::SECP384R1, G::X25519];
    for (text, expected) in [
        ("X25519", vec![G::X25519]),
        ("P-256:secp384r1:prime256v1", vec![G::SECP256R1, G::SECP384R1]),
        ("?X25519MLKEM768:?nobodys:x25519", vec![G::X25519]),
    ] {
        assert_eq!(G::parse_list(text, &available).unwrap(), expected, "{text}");
    }
    for text in ["", ":", "P-256:", "P-256:?", "P-256:nobodys", "?nobodys", "*P-256", "P-256/P-384"]
    {
        let error = G::parse_list(text, &available).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{text:?}");
    }
    let lacking = |text| G::parse_list(text, &available).unwrap_err().kind();
    assert_eq!(lacking("P-521"), ErrorKind::Unsupported(Capability::Groups));
    assert_eq!(lacking("X25519MLKEM768"), ErrorKind::Unsupported(Capability::PostQuantumGroup));

    use SignatureScheme as S;
    let list = S::parse_list(
        "ECDSA+SHA256:rsa_pss_rsae_sha384:?ed448:PSS+SHA256",
        &[S::ECDSA_SECP256R1_SHA256, S::RSA_PSS_RSAE_SHA256, S::RSA_PSS_RSAE_SHA384],
    );
    assert_eq!(
        list.unwrap(),
        [S::ECDSA_SECP256R1_SHA256, S::RSA_PSS_RSAE_SHA384, S::RSA_PSS_RSAE_SHA256]
    );
}

#[test]
fn cipher_strings_need_no_library() {
    let read = |text: &str| CipherString::parse(text, CipherSuite::KNOWN, CipherRules::OpenSsl32);
    let names = |text: &str| -> Vec<_> {
        read(text).unwrap().suites().iter().filter_map(|suite| suite.openssl_name()).collect()
    };
    assert_eq!(names("ECDHE+AESGCM+AES128:!aRSA"), ["ECDHE-ECDSA-AES128-GCM-SHA256"]);
    assert_eq!(names("AES128-SHA,DES-CBC3-SHA;+AES128-SHA"), ["DES-CBC3-SHA", "AES128-SHA"]);
    assert_eq!(names("AES128-SHA:-ALL:DES-CBC3-SHA:AES128-SHA")[1], "AES128-SHA");
    let read_all = read("ALL:@SECLEVEL=3:NOTHING").unwrap();
    assert_eq!(read_all.security_level(), Some(3));
    assert_eq!(read_all.ignored(), ["NOTHING"]);
    assert_eq!(read("SUITEB192").unwrap().suite_b(), Some(SuiteB::Level192));
    assert_eq!(read("AES+").unwrap_err().kind(), ErrorKind::InvalidCipherString);
    assert_eq!(read("NOTHING").unwrap_err().kind(), ErrorKind::NoCipherSelected);
    assert_eq!(CipherSuite::RSA_WITH_AES_128_CBC_SHA.protocol(), Some("SSLv3"));
}

#[test]
fn verify_codes_go_both_ways() {
    for number in 0..120 {
        assert_eq!(VerifyCode::from_openssl(number).openssl_code(), number);
    }
    assert_eq!(VerifyCode::Expired.alert(), Alert::CERTIFICATE_EXPIRED);
    assert_eq!(VerifyCode::from_openssl(62), VerifyCode::NameMismatch);
}

#[test]
fn an_error_says_all_it_knows() {
    let error = Error::new(ErrorKind::CertificateVerify(VerifyCode::Expired))
        .with_alert_sent(Alert::CERTIFICATE_EXPIRED)
        .with_backend("some")
        .with_detail("leaf")
        .with_source(std::fmt::Error);
    assert_eq!(
        error.to_string(),
        "the peer's certificate was not accepted: certificate has expired: leaf"
    );
    assert_eq!(error.openssl_reason(), Some("CERTIFICATE_VERIFY_FAILED"));
    assert_eq!(error.verify_code(), Some(VerifyCode::Expired));
    assert_eq!(error.alert_sent(), Some(Alert::CERTIFICATE_EXPIRED));
    assert_eq!(error.alert_received(), None);
    assert!(error.source().unwrap().is::<std::fmt::Error>());
    let received = Error::from(ErrorKind::AlertReceived(Alert::UNKNOWN_CA));
    assert_eq!(received.openssl_reason(), Some("TLSV1_ALERT_UNKNOWN_CA"));
    assert_eq!(received.alert_received(), Some(Alert::UNKNOWN_CA));
}

#[test]
fn alpn_lists() {
    let h2 = AlpnProtocol::new("h2").unwrap();
    let http = AlpnProtocol::new("http/1.1").unwrap();
    let wire = AlpnProtocol::encode(&[http.clone(), h2.clone()]);
    assert_eq!(wire, b"\x08http/1.1\x02h2");
    assert_eq!(AlpnProtocol::select(&[h2, http], &wire), Some(&b"h2"[..]));
    assert_eq!(AlpnProtocol::select(&[AlpnProtocol::new("x").unwrap()], &wire), None);
    assert_eq!(AlpnProtocol::select(&[AlpnProtocol::new("x").unwrap()], b"\x09broken"), None);
    assert!(AlpnProtocol::new("").is_err() && AlpnProtocol::new(vec![b'a'; 256]).is_err());
}

/// A library that has everything but one capability, one suite of each version and one group.
fn capabilities(lacking: Capability) -> Capabilities {
    Capabilities::new(
        |capability| match capability == lacking {
            true => Support::No("for the test".into()),
            false => Support::Native,
        },
        vec![CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256],
        vec![NamedGroup::X25519],
        Vec::new(),
    )
}

#[test]
fn a_preference_is_reported_and_a_demand_is_refused() {
    let table = capabilities(Capability::Crl);
    let mut config = Config::client();
    config.groups = Setting::Preferred(vec![NamedGroup::X25519MLKEM768, NamedGroup::X25519]);
    let report = check(&config, &table);
    assert!(report.is_usable());
    assert_eq!(report.approximated, ["groups: X25519MLKEM768 is left out"]);

    config.groups = Setting::Required(vec![NamedGroup::X25519MLKEM768, NamedGroup::X25519]);
    let report = check(&config, &table);
    assert_eq!(report.unsupported().collect::<Vec<_>>(), [Capability::PostQuantumGroup]);

    config.groups = Setting::Preferred(vec![NamedGroup::X448]);
    let report = check(&config, &table);
    assert_eq!(report.unsupported().collect::<Vec<_>>(), [Capability::Groups]);
}

#[test]
fn versions_are_narrowed_by_the_suites_that_are_left() {
    let table = capabilities(Capability::Crl);
    let mut config = Config::client();
    config.cipher_suites = Setting::Required(vec![CipherSuite::TLS13_AES_128_GCM_SHA256]);
    assert_eq!(config.version_range(), (ProtocolVersion::TLS13, ProtocolVersion::TLS13));
    assert!(check(&config, &table).is_usable());
    config.max_version = ProtocolVersion::TLS12;
    let error = check(&config, &table).into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    config.cipher_suites = Setting::Default;
    config.min_version = ProtocolVersion::TLS13;
    assert_eq!(check(&config, &table).into_result().unwrap_err().kind(), ErrorKind::InvalidConfig);
}

#[test]
fn a_server_needs_an_identity() {
    let mut config = Config::client();
    config.side = tls_object_core::Side::Server;
    let error = check(&config, &capabilities(Capability::Crl)).into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCertificate);
}
