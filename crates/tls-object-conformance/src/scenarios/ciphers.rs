//! Cipher suites by OpenSSL's names, and security levels.

use tls_object_core::{
    Capability, CipherString, CipherSuite, ErrorKind, ProtocolVersion, Setting, Side,
    SignatureScheme,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::SIDES;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "ciphers::by_string",
        "A cipher string chooses the suites of TLS 1.2 in its order, and leaves those of TLS 1.3 alone.",
        Dims::VERSIONS,
        by_string,
    )
    .needs(SUITES),
    Scenario::new(
        "ciphers::listed",
        "A context lists the suites that it speaks, as its cipher string and its list for TLS 1.3 have them.",
        Dims::ONCE,
        listed,
    )
    .needs(&[Capability::CipherSuites12, Capability::CipherSuites13]),
    Scenario::new(
        "ciphers::refused",
        "What is no cipher string, selects nothing or contradicts another setting is refused, by check and by context.",
        Dims::ONCE,
        refused,
    )
    .needs_each(&[Capability::CipherSuites12], &[]),
    Scenario::new(
        "ciphers::without_effect",
        "Check tells which items of a cipher string select nothing.",
        Dims::ONCE,
        without_effect,
    )
    .needs_each(&[Capability::CipherSuites12], &[]),
    Scenario::new(
        "ciphers::security_level",
        "A client at a high security level refuses a key that a client at a low one accepts.",
        Dims::VERSIONS.variants(&["setting", "string"]),
        security_level,
    )
    .needs_each(&[Capability::SecurityLevel], &[]),
];

const SUITES: &[Capability] = &[Capability::CipherSuites12, Capability::CipherSuites13];

fn by_string(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        lab.need(side, SUITES[usize::from(lab.is_tls13())])?;
    }
    let mut client = lab.client_config();
    let mut server = lab.server_config();
    client.cipher_string = Some("ECDHE+AES:!SHA1:!SHA256:!SHA384".to_owned());
    // A server goes by its own order.
    server.cipher_string = Some("ECDHE+AESGCM:-AES128:AES128:!CAMELLIA".to_owned());
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.version == Some(lab.version()), "{facts:?}");
    if !lab.is_tls13() {
        let expected = CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
        ensure!(facts.cipher_suite == Some(expected), "{facts:?}");
    }
    pair.exchange()?;

    server.cipher_string = Some("ECDHE+AESGCM:-AES256:AES256".to_owned());
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    if !lab.is_tls13() {
        let expected = CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
        ensure!(facts.cipher_suite == Some(expected), "{facts:?}");
    }
    pair.exchange()
}

fn listed(lab: &Lab) -> Result<(), Failure> {
    const TEXT: &str = "ECDHE+AESGCM:ECDHE+CHACHA20:@STRENGTH";
    for side in SIDES {
        lab.need(side, Capability::CipherSuites12)?;
    }
    for mut config in [lab.client_config(), lab.server_config()] {
        let capabilities = lab.backend(config.side).capabilities();
        (config.min_version, config.max_version) = (ProtocolVersion::TLS12, ProtocolVersion::TLS13);
        let usual = lab.context(&config)?.ciphers();
        ensure!(!usual.is_empty(), "no suites");
        for suite in &usual {
            ensure!(suite.is_aead() && suite.is_forward_secret(), "{suite} by default");
            ensure!(suite.info().is_some(), "{suite} is not described");
        }

        config.cipher_string = Some(TEXT.to_owned());
        config.cipher_suites = Setting::Required(vec![CipherSuite::TLS13_AES_256_GCM_SHA384]);
        let read =
            CipherString::parse(TEXT, &capabilities.cipher_suites, capabilities.cipher_rules);
        let mut expected = vec![CipherSuite::TLS13_AES_256_GCM_SHA384];
        expected.extend(read.map_err(|error| Failure::of(config.side, &error))?.suites());
        let found = lab.context(&config)?.ciphers();
        ensure!(found == expected, "{found:?}, expected {expected:?}");

        config.max_version = ProtocolVersion::TLS12;
        let found = lab.context(&config)?.ciphers();
        ensure!(found == expected[1..], "with TLS 1.2 alone: {found:?}");
    }
    Ok(())
}

fn refused(lab: &Lab) -> Result<(), Failure> {
    lab.need(Side::Client, Capability::CipherSuites12)?;
    let plain = lab.client_config();
    let mut cases = Vec::new();
    for (text, kind) in [
        ("ECDHE+", ErrorKind::InvalidCipherString),
        ("ECDHE*", ErrorKind::InvalidCipherString),
        ("[ECDHE|AES]", ErrorKind::InvalidCipherString),
        ("ECDHE:@WEAKNESS", ErrorKind::InvalidCipherString),
        ("ECDHE\0", ErrorKind::InvalidCipherString),
        ("", ErrorKind::NoCipherSelected),
        ("NOTHING", ErrorKind::NoCipherSelected),
        ("ALL:!ALL", ErrorKind::NoCipherSelected),
        // No backend offers what nobody is authenticated or nothing is encrypted by.
        ("aNULL:eNULL:@SECLEVEL=0", ErrorKind::NoCipherSelected),
        ("TLS_AES_128_GCM_SHA256", ErrorKind::NoCipherSelected),
        ("SUITEB128", ErrorKind::InvalidConfig),
    ] {
        let mut config = plain.clone();
        config.cipher_string = Some(text.to_owned());
        cases.push((config, kind));
    }
    // Of the two that are preferred, the library lacks one and the version has no use for the other.
    let mut unspoken = plain.clone();
    unspoken.max_version = ProtocolVersion::TLS12;
    unspoken.cipher_suites =
        Setting::Preferred(vec![CipherSuite::new(0xdada), CipherSuite::TLS13_AES_256_GCM_SHA384]);
    cases.push((unspoken, ErrorKind::NoCipherSelected));
    let mut unsigned = plain.clone();
    unsigned.max_version = ProtocolVersion::TLS12;
    unsigned.cipher_suites =
        Setting::Required(vec![CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
    unsigned.signature_schemes = Setting::Required(vec![SignatureScheme::RSA_PKCS1_SHA256]);
    cases.push((unsigned, ErrorKind::NoCipherSelected));
    let mut twice = plain;
    twice.cipher_string = Some("ECDHE".to_owned());
    twice.cipher_suites = Setting::Required(vec![CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
    cases.push((twice, ErrorKind::InvalidConfig));
    for (config, kind) in cases {
        let report = lab.backend(Side::Client).check(&config);
        let foretold = report.errors.first().map(|error| error.kind());
        ensure!(foretold == Some(kind), "check of {:?}: {report:?}", config.cipher_string);
        let error = lab.refused_config(&config)?;
        ensure!(error.kind() == kind, "{:?}: {error:?}", config.cipher_string);
    }
    Ok(())
}

fn without_effect(lab: &Lab) -> Result<(), Failure> {
    lab.need(Side::Client, Capability::CipherSuites12)?;
    let mut config = lab.client_config();
    config.cipher_string = Some("ECDHE+AESGCM:NOTHING+AES:!aNULL:!RC4:!NOTHING".to_owned());
    let report = lab.backend(Side::Client).check(&config);
    ensure!(report.is_usable(), "{report:?}");
    ensure!(report.approximated.len() == 2, "{report:?}");
    for (line, item) in report.approximated.iter().zip(["NOTHING+AES", "!NOTHING"]) {
        ensure!(line.contains(item), "{report:?}");
    }
    lab.context(&config)?;
    // All of a string has none where TLS 1.2 is not spoken.
    config.cipher_string = Some("ECDHE+AESGCM".to_owned());
    config.min_version = ProtocolVersion::TLS13;
    let report = lab.backend(Side::Client).check(&config);
    ensure!(report.is_usable() && report.approximated.len() == 1, "{report:?}");
    Ok(())
}

fn security_level(lab: &Lab) -> Result<(), Failure> {
    // The server's key, of P-256, has 128 bits of security.
    for (level, accepted) in [(1, true), (4, false)] {
        let mut client = lab.client_config();
        if lab.variant() == "string" {
            // The suites might be refused first.
            lab.need(Side::Client, Capability::SecurityLevel)?;
            client.cipher_string = Some(format!("ECDHE+AESGCM:@SECLEVEL={level}"));
        } else {
            client.security_level = Some(level);
        }
        let mut pair = lab.pair(&client, &lab.server_config())?;
        let handshake = pair.drive()?;
        ensure!(
            handshake.client.is_done() == accepted && handshake.server.is_done() == accepted,
            "at level {level}: {handshake:?}"
        );
    }
    Ok(())
}
