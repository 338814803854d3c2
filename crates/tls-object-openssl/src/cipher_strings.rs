//! The core's reading of cipher strings, held to what the linked OpenSSL makes of the same strings.

use openssl::ssl::{Ssl, SslContext, SslMethod};
use proptest::prelude::*;
use tls_object_core::{CipherString, CipherSuite, ProtocolVersion};

use crate::{capabilities, ffi};

/// What a string selects, and the security level after it.
#[derive(Debug, PartialEq)]
struct Selection {
    suites: Vec<CipherSuite>,
    security_level: u32,
}

/// What the linked OpenSSL makes of a string; `None` if it refuses it.
fn openssl(text: &str) -> Option<Selection> {
    let mut builder = SslContext::builder(SslMethod::tls()).unwrap();
    builder.set_cipher_list(text).ok()?;
    let context = builder.build();
    let mut suites = ffi::ciphers(&Ssl::new(&context).unwrap());
    suites.retain(|suite| suite.version() != ProtocolVersion::TLS13);
    Some(Selection { suites, security_level: context.security_level() })
}

/// Everything that the linked OpenSSL has.
fn available() -> Vec<CipherSuite> {
    openssl("ALL:COMPLEMENTOFALL").unwrap().suites
}

/// The security level of a context that was told nothing.
fn usual_level() -> u32 {
    SslContext::builder(SslMethod::tls()).unwrap().build().security_level()
}

fn ours(text: &str, available: &[CipherSuite]) -> Option<Selection> {
    let read = CipherString::parse(text, available, capabilities::cipher_rules()).ok()?;
    let security_level = read.security_level().map_or_else(usual_level, u32::from);
    Some(Selection { suites: read.suites().to_vec(), security_level })
}

#[test]
fn every_suite_has_a_name_and_all_are_in_the_same_order() {
    let available = available();
    assert!(available.len() > 100, "{}", available.len());
    for suite in &available {
        assert!(suite.info().is_some(), "{suite}");
    }
    // The order of what is available does not matter.
    let mut shuffled = available.clone();
    shuffled.reverse();
    assert_eq!(ours("ALL:COMPLEMENTOFALL", &shuffled), openssl("ALL:COMPLEMENTOFALL"));
}

#[test]
fn strings_that_people_use() {
    let available = available();
    for text in [
        "DEFAULT",
        "DEFAULT:@SECLEVEL=0",
        "DEFAULT@SECLEVEL=1",
        "DEFAULT:!aNULL:!kRSA:+SHA1",
        "DEFAULTHIGH",
        "ALL:DEFAULT",
        "HIGH:!aNULL:!MD5",
        "HIGH:!ADH:!EXP:!eNULL:!LOW@STRENGTH",
        "ALL:@STRENGTH",
        "ALL:+RC4:+HIGH:-AES:AES",
        "COMPLEMENTOFDEFAULT+HIGH",
        "HIGH+COMPLEMENTOFDEFAULT",
        "COMPLEMENTOFDEFAULT",
        "AES128-SHA+HIGH",
        "HIGH+AES128-SHA",
        "!AES128-SHA:AES128-SHA+HIGH",
        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_AES_128_GCM_SHA256",
        "EDH-RSA-DES-CBC3-SHA",
        "EECDH+AESGCM:EDH+AESGCM,AES256+EECDH AES256+EDH",
        "FIPS:!kRSA",
        "SSLv3:-TLSv1.2:TLSv1",
        "kPSK:PSK:SRP:kRSAPSK",
        "GOST94:GOST89MAC:aGOST:HIGH",
        "SUITEB128",
        "SUITEB128ONLY",
        "SUITEB128C2:ALL",
        "SUITEB192",
        "SUITEB",
        "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM",
        "@SECLEVEL=6:ALL",
        "@SECLEVEL=:ALL",
        "@SECLEVEL=11:ALL",
        "ALL:@STRENGTH+AES:AES",
        "ALL:@WEAKNESS",
        "",
        ":::",
        "!",
        "ALL:!",
        "-",
        "+",
        "++AES",
        "AES+",
        "AES+:MD5",
        "AES*",
        "NOTHING*AT+ALL:AES",
        "NOTHING",
        "AES!MD5",
        "IDEA@STRENGTH:AES",
        "3DES@STRENGTH:ALL",
        "[AES|CHACHA20]",
        "AES\u{e4}",
        "high",
    ] {
        assert_eq!(ours(text, &available), openssl(text), "{text:?}");
    }
}

/// Words of all kinds: classes, suites by both kinds of name, and others.
const WORDS: &[&str] = &[
    "ALL",
    "COMPLEMENTOFALL",
    "COMPLEMENTOFDEFAULT",
    "DEFAULT",
    "HIGH",
    "MEDIUM",
    "LOW",
    "FIPS",
    "kRSA",
    "kEDH",
    "kDHE",
    "DH",
    "kEECDH",
    "kECDHE",
    "ECDH",
    "kPSK",
    "kRSAPSK",
    "kECDHEPSK",
    "kDHEPSK",
    "kSRP",
    "PSK",
    "SRP",
    "aRSA",
    "aDSS",
    "DSS",
    "aNULL",
    "aECDSA",
    "ECDSA",
    "aPSK",
    "aSRP",
    "EDH",
    "DHE",
    "EECDH",
    "ECDHE",
    "RSA",
    "ADH",
    "AECDH",
    "eNULL",
    "NULL",
    "3DES",
    "RC4",
    "RC2",
    "DES",
    "IDEA",
    "SEED",
    "AES",
    "AES128",
    "AES256",
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "CAMELLIA",
    "CAMELLIA128",
    "CAMELLIA256",
    "CHACHA20",
    "ARIA",
    "ARIAGCM",
    "ARIA128",
    "ARIA256",
    "CBC",
    "MD5",
    "SHA1",
    "SHA",
    "SHA256",
    "SHA384",
    "SSLv3",
    "TLSv1",
    "TLSv1.0",
    "TLSv1.1",
    "TLSv1.2",
    "TLSv1.3",
    "kGOST",
    "aGOST",
    "GOST89",
    "GOST12",
    "EXPORT",
    "EXP",
    "kDH",
    "aECDH",
    "EDH-RSA-DES-CBC3-SHA",
    "EDH-DSS-DES-CBC3-SHA",
    "TLS_AES_256_GCM_SHA384",
    "SUITEB128",
    "all",
    "NOTHING",
    "AES-",
    "x=y",
];

fn word(suites: Vec<CipherSuite>) -> impl Strategy<Value = String> {
    let suite = prop::sample::select(suites);
    let any = CipherSuite::KNOWN.to_vec();
    prop_oneof![
        8 => prop::sample::select(WORDS).prop_map(str::to_owned),
        2 => suite.clone().prop_map(|suite| suite.openssl_name().unwrap().to_owned()),
        1 => suite.prop_map(|suite| suite.iana_name().unwrap().to_owned()),
        1 => prop::sample::select(any).prop_map(|suite| suite.openssl_name().unwrap().to_owned()),
    ]
}

fn item(suites: Vec<CipherSuite>) -> impl Strategy<Value = String> {
    let command = prop_oneof![6 => Just(""), 1 => Just("+"), 1 => Just("-"), 1 => Just("!")];
    let words = prop_oneof![
        5 => prop::collection::vec(word(suites.clone()), 1),
        4 => prop::collection::vec(word(suites), 2..4),
    ];
    prop_oneof![
        16 => (command, words).prop_map(|(command, words)| command.to_owned() + &words.join("+")),
        1 => Just("@STRENGTH".to_owned()),
        1 => "@SECLEVEL=[0-7]",
        // What is no item, or hardly.
        1 => "[-+!@:A-Z0-9=._*]{0,6}",
    ]
}

fn text(suites: Vec<CipherSuite>) -> impl Strategy<Value = String> {
    let separator = prop_oneof![12 => Just(":"), 1 => Just(","), 1 => Just(" "), 1 => Just(";"),
        1 => Just("::"), 1 => Just("")];
    let first = prop_oneof![3 => Just(""), 1 => Just("DEFAULT"), 2 => Just("ALL:COMPLEMENTOFALL:")];
    let items = prop::collection::vec((separator, item(suites)), 0..7);
    (first, items).prop_map(|(first, items)| {
        items.into_iter().fold(first.to_owned(), |text, (separator, item)| text + separator + &item)
    })
}

#[test]
fn generated_strings() {
    const CASES: u32 = 10_000;
    let available = available();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let selected = core::cell::Cell::new(0);
    runner
        .run(&text(available.clone()), |text| {
            let expected = openssl(&text);
            selected.set(selected.get() + u32::from(expected.is_some()));
            prop_assert_eq!(ours(&text, &available), expected, "{:?}", text);
            Ok(())
        })
        .unwrap();
    // Most of them say something, or nothing would be shown by this.
    assert!(selected.get() > CASES / 2, "{} of {CASES} select something", selected.get());
}
