//! Names, numbers and checks that need no TLS library.

use std::error::Error as _;

use tls_object_core::{
    Alert, AlpnProtocol, Capabilities, Capability, CipherSuite, Config, Error, ErrorKind,
    NamedGroup, Origin, ProtocolVersion, ServerName, Setting, Support, VerifyCode, check,
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
