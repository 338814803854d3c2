//! Configurations: what is refused before a connection is made, and how.

pub(super) mod no_effect;

use std::collections::BTreeSet;
use std::sync::Arc;

use tls_object_core::{
    AlpnProtocol, Capability, Certificate, CipherSuite, Config, Crl, ErrorKind, Hook, Identity,
    NamedGroup, PrivateKey, ProtocolVersion, Purpose, Setting, Side, SignatureScheme, VecBio,
    VerifyMode,
};

use crate::der;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{KeyType, key_of, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "config::versions_crossed",
        "An oldest version that is newer than the newest contradicts itself.",
        Dims::alone(Side::Client),
        |lab| {
            let mut config = lab.client_config();
            config.min_version = ProtocolVersion::TLS13;
            config.max_version = ProtocolVersion::TLS12;
            invalid(lab, &config)
        },
    ),
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
        "config::too_much_alpn",
        "More application protocols than a ClientHello takes are refused before it is sent.",
        Dims::alone(Side::Client),
        |lab| {
            let mut config = lab.client_config();
            let many = vec![AlpnProtocol::new(vec![b'a'; 200])?; 400];
            let bio = || Box::<VecBio>::default();
            let wrap = lab.wrap()?.with_alpn(many.clone());
            let wrapped = lab.context(&config)?.wrap_bio(bio(), bio(), wrap);
            let kind = wrapped.map(drop).map_err(|error| error.kind());
            ensure!(kind == Err(ErrorKind::InvalidConfig), "of one connection: {kind:?}");
            config.alpn = many;
            invalid(lab, &config)
        },
    )
    .needs(&[Capability::Alpn]),
    Scenario::new(
        "config::rules_without_verification",
        "How a chain is judged contradicts that none is.",
        Dims::alone(Side::Client).variants(&[
            "purpose",
            "depth",
            "strict",
            "partial",
            "anew",
            "common-name",
        ]),
        rules_without_verification,
    ),
    Scenario::new(
        "config::identity_for_no_name",
        "A server's certificate for a name that no client can ask for contradicts itself, and a name without one.",
        Dims::alone(Side::Server).variants(&["Upper.example", "127.0.0.1", "two..dots", "nothing"]),
        identity_for_no_name,
    ),
    Scenario::new(
        "config::server_without_certificate",
        "A server needs a certificate.",
        Dims::alone(Side::Server),
        server_without_certificate,
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
    Scenario::new(
        "config::key_of_another",
        "A key that is not the certificate's is refused.",
        Dims::alone(Side::Server).keys(),
        key_of_another,
    ),
    Scenario::new(
        "config::short_key",
        "An RSA key of 1024 bits is refused.",
        Dims::alone(Side::Server),
        |lab| short_key(lab, Vec::new()),
    ),
    Scenario::new(
        "config::short_key_among_others",
        "An RSA key of 1024 bits is refused, though it would seldom be used.",
        Dims::alone(Side::Server),
        |lab| short_key(lab, vec![lab.family().server.clone()]),
    )
    .needs(&[Capability::SeveralIdentities]),
    Scenario::new(
        "config::unknown_key",
        "A private key for an algorithm that nobody knows is refused.",
        Dims::alone(Side::Server),
        unknown_key,
    ),
    Scenario::new(
        "config::key_layouts",
        "A private key may be laid out in each of the ways there are.",
        Dims::ONCE.variants(&["pkcs1", "pkcs8-v1", "pkcs8-v2", "sec1"]),
        key_layouts,
    )
    .needs(&[Capability::Ed25519]),
    Scenario::new(
        "config::broken_certificate",
        "Bytes that are no certificate are refused as an identity.",
        Dims::alone(Side::Server),
        broken_certificate,
    ),
    Scenario::new(
        "config::broken_anchor",
        "Bytes that are no certificate are refused as a trust anchor.",
        Dims::alone(Side::Client),
        |lab| broken_anchor(lab, lab.client_config()),
    ),
    Scenario::new(
        "config::broken_anchor_of_server",
        "Bytes that are no certificate are refused as a trust anchor for clients.",
        Dims::alone(Side::Server),
        |lab| {
            let mut config = lab.server_config();
            config.verify_mode = VerifyMode::Required;
            broken_anchor(lab, config)
        },
    )
    .needs(&[Capability::ClientAuthRequired, Capability::VerifyChain]),
    Scenario::new(
        "config::broken_crl",
        "Bytes that are no revocation list are refused.",
        Dims::alone(Side::Client),
        broken_crl,
    )
    .needs(&[Capability::Crl]),
    Scenario::new(
        "config::backend_is_named",
        "A backend has a name and a library with a version, and says how or why of what is not native.",
        Dims::alone(Side::Client),
        backend_is_named,
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

/// Refused as a contradiction, by the check and by the context.
fn invalid(lab: &Lab, config: &Config) -> Result<(), Failure> {
    let foretold = lab.backend(config.side).check(config);
    ensure!(!foretold.is_usable(), "check finds nothing");
    lab.refused_for(config, ErrorKind::InvalidConfig)
}

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

fn identity_for_no_name(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    let (name, identities) = match lab.variant() {
        "nothing" => ("localhost", Vec::new()),
        name => (name, vec![lab.family().server.clone()]),
    };
    config.identities_by_name.insert(name.to_owned(), identities);
    invalid(lab, &config)
}

fn server_without_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    config.identities = Vec::new();
    lab.refused_for(&config, ErrorKind::NoCertificate)
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

fn key_of_another(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    let other = match lab.key() {
        // The same type of key, and another one.
        KeyType::P256 => pki().strangers().server.key().clone(),
        KeyType::Rsa2048 | KeyType::Ed25519 => pki().family(KeyType::P256).server.key().clone(),
    };
    let chain = lab.family().server.chain().to_vec();
    config.identities = vec![Identity::new(chain, other)?];
    lab.refused_for(&config, ErrorKind::KeyMismatch)
}

/// Keys of the type that comes in the layout; the second version of PKCS#8 (RFC 5958) is what
/// many tools write for Ed25519.
fn key_layouts(lab: &Lab) -> Result<(), Failure> {
    let (key_type, layout): (_, fn(&PrivateKey) -> PrivateKey) = match lab.variant() {
        "pkcs1" => (KeyType::Rsa2048, der::pkcs1),
        "pkcs8-v1" => (KeyType::Ed25519, der::pkcs8_v1),
        "pkcs8-v2" => (KeyType::Ed25519, PrivateKey::clone),
        _ => (KeyType::P256, der::sec1),
    };
    let family = pki().family(key_type);
    let key = layout(key_of(&family.server));
    let mut client = lab.client_config();
    client.trust_store = vec![family.authority.root()].into();
    let mut server = lab.server_config();
    server.identities = vec![Identity::new(family.server.chain().to_vec(), key)?];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()
}

const GARBAGE: &[u8] = b"\x30\x03\x02\x01\x00 and no more than that";

fn short_key(lab: &Lab, before: Vec<Identity>) -> Result<(), Failure> {
    // Made by `openssl req -x509 -newkey rsa:1024 -nodes`.
    const SHORT: &[u8] = include_bytes!("../pki/rsa1024.pem");
    let mut config = lab.server_config();
    config.identities = before;
    config.identities.push(Identity::from_pem(SHORT, SHORT)?);
    lab.refused_for(&config, ErrorKind::InvalidPrivateKey)
}

fn unknown_key(lab: &Lab) -> Result<(), Failure> {
    /// RFC 5480 section 2.1.1, without its tag.
    const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let family = pki().family(KeyType::P256);
    let mut der = key_of(&family.server).secret_der().to_vec();
    let at = der.windows(ELLIPTIC.len()).position(|window| window == ELLIPTIC);
    let last = at.ok_or_else(|| Failure::new("no algorithm in the key"))? + ELLIPTIC.len() - 1;
    der[last] = 0x7f;
    let mut config = lab.server_config();
    let chain = family.server.chain().to_vec();
    config.identities = vec![Identity::new(chain, PrivateKey::from_der(der)?)?];
    lab.refused_for(&config, ErrorKind::InvalidPrivateKey)
}

fn broken_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    let key = lab.family().server.key().clone();
    config.identities = vec![Identity::new(vec![Certificate::from_der(GARBAGE)], key)?];
    lab.refused_for(&config, ErrorKind::InvalidCertificate)
}

fn broken_anchor(lab: &Lab, mut config: Config) -> Result<(), Failure> {
    config.trust_store.extend([Certificate::from_der(GARBAGE)]);
    lab.refused_for(&config, ErrorKind::InvalidCertificate)?;
    let detail = format!("certificate {0} of {0} of", config.trust_store.certificates().len());
    told_of(lab, &config, &detail)
}

fn broken_crl(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.client_config();
    config.trust_store.add_crl(Crl::from_der(GARBAGE));
    lab.refused_for(&config, ErrorKind::InvalidCrl)?;
    told_of(lab, &config, "revocation list 1 of 1 of")
}

/// The error of a configuration that is refused says what of its trust store cannot be used.
fn told_of(lab: &Lab, config: &Config, which: &str) -> Result<(), Failure> {
    let error = lab.refused_config(config)?;
    ensure!(error.detail().is_some_and(|detail| detail.starts_with(which)), "{error:?}");
    Ok(())
}

fn backend_is_named(lab: &Lab) -> Result<(), Failure> {
    let backend = lab.backend(Side::Client);
    let library = backend.library();
    ensure!(!backend.name().is_empty() && !library.name.is_empty(), "{backend:?}: {library:?}");
    ensure!(library.version.contains(|c: char| c.is_ascii_digit()), "{library:?}");
    for (capability, support) in backend.capabilities().iter() {
        let native = support.name() == "native";
        ensure!(native == support.note().is_empty(), "{capability}: {support:?}");
    }
    lab.context(&lab.client_config()).map(|_| ())
}

fn rules_without_verification(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.client_config();
    config.verify_mode = VerifyMode::None;
    match lab.variant() {
        "purpose" => config.purpose = Purpose::Any,
        "depth" => config.max_intermediates = Some(1),
        "strict" => config.strict_certificates = true,
        "partial" => config.partial_chain = true,
        "anew" => config.reverify_on_resume = true,
        _ => config.check_common_name = true,
    }
    let report = lab.backend(Side::Client).check(&config);
    let told = report.errors.iter().any(|error| error.kind() == ErrorKind::InvalidConfig);
    ensure!(told, "{:?}", report.errors);
    lab.refused_config(&config).map(drop)
}
