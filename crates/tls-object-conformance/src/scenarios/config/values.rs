//! Lists of values: of which the backend has all, some or none.

use std::collections::BTreeSet;
use std::sync::Arc;

use tls_object_core::{
    Capability, CipherSuite, Config, ErrorKind, Hook, NamedGroup, ProtocolVersion, Setting, Side,
    SignatureScheme,
};

use super::invalid;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "config::empty_lists",
        "An empty list to choose from contradicts itself.",
        Dims::alone(Side::Client).variants(&["preferred", "required"]),
        empty_lists,
    ),
    Scenario::new(
        "config::twice_in_a_list",
        "A list to choose from that has a value twice contradicts itself.",
        Dims::alone(Side::Client).variants(&["preferred", "required"]),
        twice_in_a_list,
    ),
    Scenario::new(
        "config::required_unknown",
        "A required value that the backend lacks is refused, by check and by the context alike.",
        Dims::alone(Side::Client),
        required_unknown,
    ),
    Scenario::new(
        "config::preferred_unknown",
        "A preferred value that the backend lacks is reported, and left out.",
        Dims::ONCE,
        preferred_unknown,
    )
    .needs_each(PREFERENCES, &[Capability::Tls13Server]),
    Scenario::new(
        "config::nothing_preferred_known",
        "Preferences of which the backend has none are refused.",
        Dims::alone(Side::Client),
        nothing_preferred_known,
    ),
    Scenario::new(
        "config::lists_are_true",
        "Each value that a backend lists can be required of it, and no other.",
        Dims::alone(Side::Client),
        lists_are_true,
    ),
];

const PREFERENCES: &[Capability] = &[
    Capability::Tls13,
    Capability::CipherSuites12,
    Capability::CipherSuites13,
    Capability::Groups,
    Capability::SignatureSchemes,
];

/// A code point that nobody has.
const NOBODYS: u16 = 0xfeed;

fn empty_lists(lab: &Lab) -> Result<(), Failure> {
    let configs = lists(lab, Vec::new(), Vec::new(), Vec::new());
    configs.iter().try_for_each(|config| invalid(lab, config))
}

fn twice_in_a_list(lab: &Lab) -> Result<(), Failure> {
    let configs = lists(
        lab,
        vec![CipherSuite::TLS13_AES_128_GCM_SHA256; 2],
        vec![NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::X25519],
        vec![SignatureScheme::ECDSA_SECP256R1_SHA256; 2],
    );
    configs.iter().try_for_each(|config| invalid(lab, config))
}

/// A client with each of these lists alone, as the variant says.
fn lists(
    lab: &Lab,
    suites: Vec<CipherSuite>,
    groups: Vec<NamedGroup>,
    schemes: Vec<SignatureScheme>,
) -> [Config; 3] {
    fn setting<T>(lab: &Lab, values: Vec<T>) -> Setting<T> {
        match lab.variant() {
            "preferred" => Setting::Preferred(values),
            _ => Setting::Required(values),
        }
    }
    let mut configs = [lab.client_config(), lab.client_config(), lab.client_config()];
    configs[0].cipher_suites = setting(lab, suites);
    configs[1].groups = setting(lab, groups);
    configs[2].signature_schemes = setting(lab, schemes);
    configs
}

/// Refused as unsupported, with exactly this capability, by the check and by the context.
fn unsupported(lab: &Lab, config: &Config, capability: Capability) -> Result<(), Failure> {
    let report = lab.backend(config.side).check(config);
    let foretold: Vec<_> = report.unsupported().collect();
    ensure!(foretold == [capability], "check finds {foretold:?}, expected {capability}");
    let error = lab.refused_config(config)?;
    ensure!(error.kind() == ErrorKind::Unsupported(capability), "{error:?}");
    Ok(())
}

fn required_unknown(lab: &Lab) -> Result<(), Failure> {
    let plain = lab.client_config();
    let mut suites = plain.clone();
    suites.cipher_suites = Setting::Required(vec![CipherSuite::new(NOBODYS)]);
    unsupported(lab, &suites, Capability::CipherSuites12)?;
    let mut groups = plain.clone();
    groups.groups = Setting::Required(vec![NamedGroup::new(NOBODYS)]);
    unsupported(lab, &groups, Capability::Groups)?;
    let mut schemes = plain;
    schemes.signature_schemes = Setting::Required(vec![SignatureScheme::new(NOBODYS)]);
    unsupported(lab, &schemes, Capability::SignatureSchemes)
}

fn nothing_preferred_known(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.client_config();
    config.groups = Setting::Preferred(vec![NamedGroup::new(NOBODYS)]);
    unsupported(lab, &config, Capability::Groups)
}

fn preferred_unknown(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.cipher_suites =
        Setting::Preferred(vec![CipherSuite::new(NOBODYS), CipherSuite::TLS13_AES_128_GCM_SHA256]);
    client.groups = Setting::Preferred(vec![NamedGroup::SECP256R1, NamedGroup::new(NOBODYS)]);
    client.signature_schemes = Setting::Preferred(vec![
        SignatureScheme::new(NOBODYS),
        SignatureScheme::ECDSA_SECP256R1_SHA256,
    ]);
    for needed in PREFERENCES {
        if !lab.has(Side::Client, *needed) {
            lab.refused_for(&client, ErrorKind::Unsupported(*needed))?;
        }
    }
    let report = lab.backend(Side::Client).check(&client);
    ensure!(report.is_usable(), "{report:?}");
    ensure!(report.approximated.len() == 3, "reported: {:?}", report.approximated);
    for line in &report.approximated {
        ensure!(line.contains("0xfeed"), "reported: {line}");
    }
    let mut server = lab.server_config();
    server.max_version = ProtocolVersion::TLS13;
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.version == Some(ProtocolVersion::TLS13), "{facts:?}");
    ensure!(facts.cipher_suite == Some(CipherSuite::TLS13_AES_128_GCM_SHA256), "{facts:?}");
    pair.exchange()
}

/// Tries each known value and each listed one.
fn each_value<T: Copy + Ord>(
    lab: &Lab,
    known: &[T],
    listed: &[T],
    set: impl Fn(&mut Config, Setting<T>),
    lacking: impl Fn(T) -> Capability,
) -> Result<(), Failure> {
    let all: BTreeSet<_> = known.iter().chain(listed).copied().collect();
    for value in all {
        let mut config = lab.client_config();
        set(&mut config, Setting::Required(vec![value]));
        if listed.contains(&value) {
            lab.context(&config)?;
        } else {
            unsupported(lab, &config, lacking(value))?;
        }
    }
    Ok(())
}

fn lists_are_true(lab: &Lab) -> Result<(), Failure> {
    let capabilities = lab.backend(Side::Client).capabilities();
    // A suite with a pre-shared key contradicts a configuration that has none.
    let can = |suite: &CipherSuite| capabilities.cipher_suites.contains(suite);
    let suites: Vec<_> =
        CipherSuite::KNOWN.iter().copied().filter(|it| !it.is_psk() || can(it)).collect();
    each_value(
        lab,
        &suites,
        &capabilities.cipher_suites,
        |config, suites| {
            let tls12 =
                suites.values().is_some_and(|suites| suites[0].version() == ProtocolVersion::TLS12);
            config.max_version = if tls12 { ProtocolVersion::TLS12 } else { config.max_version };
            config.min_version = if tls12 { config.min_version } else { ProtocolVersion::TLS13 };
            if suites.values().is_some_and(|suites| suites[0].is_psk()) {
                config.psk_client = Some(Hook::new(Arc::new(|_: Option<&[u8]>| None)));
            }
            config.cipher_suites = suites;
        },
        |suite| match suite.version() {
            ProtocolVersion::TLS13 => Capability::CipherSuites13,
            _ => Capability::CipherSuites12,
        },
    )?;
    each_value(
        lab,
        NamedGroup::KNOWN,
        &capabilities.groups,
        |config, groups| {
            config.min_version = ProtocolVersion::TLS13;
            config.groups = groups;
        },
        |group| match group {
            NamedGroup::X25519MLKEM768 => Capability::PostQuantumGroup,
            _ => Capability::Groups,
        },
    )?;
    each_value(
        lab,
        SignatureScheme::KNOWN,
        &capabilities.signature_schemes,
        |config, schemes| config.signature_schemes = schemes,
        |_| Capability::SignatureSchemes,
    )?;
    each_value(
        lab,
        SignatureScheme::KNOWN,
        &capabilities.signature_schemes,
        |config, schemes| {
            config.identities = lab.server_config().identities;
            config.signing_schemes = schemes;
        },
        |_| Capability::SigningSchemes,
    )
}
