//! Versions, cipher suites, groups and signature schemes.

use tls_object_core::{
    Alert, Capability, CipherSuite, Config, ErrorKind, NamedGroup, ProtocolVersion, Setting, Side,
    SignatureScheme,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Lab, SECOND_GROUP, ask_again, two_hellos};
use crate::pair::SIDES;
use crate::pki::{KeyType, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "negotiation::newest_version",
        "Of the versions that both ends speak the newest is taken.",
        Dims::ONCE.variants(&["both-new", "old-client", "old-server"]),
        newest_version,
    ),
    Scenario::new(
        "negotiation::no_shared_version",
        "A server that is too old for the client refuses it.",
        Dims::ONCE.variants(&["old-server"]),
        no_shared_version,
    )
    .needs_each(&[Capability::Tls13], &[Capability::Tls12, Capability::AlertSent]),
    Scenario::new(
        "negotiation::no_version_for_old_client",
        "A server that is too new for the client refuses it.",
        Dims::ONCE.variants(&["old-client"]),
        no_shared_version,
    )
    .needs_each(&[Capability::Tls12], &[Capability::Tls13Server, Capability::AlertSent]),
    Scenario::new(
        "negotiation::suites",
        "Each cipher suite that both ends have is spoken when it is the only one asked for.",
        Dims::VERSIONS,
        suites,
    )
    .needs(SUITES),
    Scenario::new(
        "negotiation::no_shared_suite",
        "Without a common cipher suite the server refuses.",
        Dims::VERSIONS,
        no_shared_suite,
    )
    .needs_each(SUITES, &[
        Capability::CipherSuites12,
        Capability::CipherSuites13,
        Capability::AlertSent,
    ]),
    Scenario::new(
        "negotiation::groups",
        "Each group that both ends have is used when it is the only one asked for.",
        Dims::VERSIONS,
        groups,
    )
    .needs(&[Capability::Groups, Capability::GroupFact]),
    Scenario::new(
        "negotiation::post_quantum_group",
        "The hybrid of X25519 and ML-KEM-768 is used when both ends ask for it.",
        Dims::TLS13,
        |lab| group(lab, NamedGroup::X25519MLKEM768),
    )
    .needs(&[Capability::PostQuantumGroup, Capability::GroupFact]),
    Scenario::new(
        "negotiation::second_hello",
        "A server that has another group than the client guessed asks again (RFC 8446 section 4.1.4).",
        Dims::TLS13,
        second_hello,
    )
    .needs(&[Capability::Groups, Capability::GroupFact]),
    Scenario::new(
        "negotiation::no_shared_group",
        "Without a common group the server refuses.",
        Dims::VERSIONS,
        no_shared_group,
    )
    .needs_each(&[Capability::Groups, Capability::CipherSuites12], &[
        Capability::Groups,
        Capability::AlertSent,
    ]),
    Scenario::new(
        "negotiation::signature_schemes",
        "A server whose key signs by a scheme that the client asked for is accepted.",
        Dims::VERSIONS.keys(),
        signature_schemes,
    )
    .needs_each(&[Capability::SignatureSchemes], &[]),
    Scenario::new(
        "negotiation::no_shared_signature_scheme",
        "A server whose key signs by no scheme that the client asked for refuses.",
        Dims::VERSIONS,
        no_shared_signature_scheme,
    )
    .needs_each(&[Capability::SignatureSchemes], &[Capability::AlertSent]),
];

const SUITES: &[Capability] = &[Capability::CipherSuites12, Capability::CipherSuites13];

/// A client and a server of the case, to be changed.
fn configs(lab: &Lab) -> (Config, Config) {
    (lab.client_config(), lab.server_config())
}

/// The same with RSA keys: under TLS 1.2 the groups that a client lists are also those that an
/// elliptic certificate may be of (RFC 8422 section 5.1).
fn rsa_configs(lab: &Lab) -> (Config, Config) {
    let (mut client, mut server) = configs(lab);
    let family = pki().family(KeyType::Rsa2048);
    client.trust_store = vec![family.authority.root()].into();
    server.identities = vec![family.server.clone()];
    (client, server)
}

fn newest_version(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = configs(lab);
    match lab.variant() {
        "old-client" => client.max_version = ProtocolVersion::TLS12,
        "old-server" => server.max_version = ProtocolVersion::TLS12,
        _ => {}
    }
    let expected = client.max_version.min(server.max_version);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.version == Some(expected), "they speak {:?}", facts.version);
    pair.exchange()
}

fn no_shared_version(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = configs(lab);
    let (old, new) = if lab.variant() == "old-client" {
        (&mut client, &mut server)
    } else {
        (&mut server, &mut client)
    };
    old.max_version = ProtocolVersion::TLS12;
    (new.min_version, new.max_version) = (ProtocolVersion::TLS13, ProtocolVersion::TLS13);
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Server, ErrorKind::NoSharedVersion, Alert::PROTOCOL_VERSION)
}

/// What both backends list and can be asked for, which those that have the capability do.
fn shared<T: Copy + PartialEq>(
    lab: &Lab,
    capability: Capability,
    list: impl Fn(Side) -> Vec<T>,
) -> Result<Vec<T>, Failure> {
    for side in SIDES {
        let listed = list(side);
        lab.fact(side, capability, (!listed.is_empty()).then_some(listed.len()))?;
    }
    let server = list(Side::Server);
    let shared: Vec<_> =
        list(Side::Client).into_iter().filter(|one| server.contains(one)).collect();
    ensure!(!shared.is_empty(), "nothing in common on {}", lab.version());
    Ok(shared)
}

fn suites(lab: &Lab) -> Result<(), Failure> {
    let capability =
        if lab.is_tls13() { Capability::CipherSuites13 } else { Capability::CipherSuites12 };
    let shared = shared(lab, capability, |side| {
        let mut suites = lab.backend(side).capabilities().cipher_suites;
        suites.retain(|suite| suite.version() == lab.version() && !suite.is_psk());
        suites
    })?;
    for suite in shared {
        // Under TLS 1.2 the suite says which type of key signs, or decrypts.
        let rsa = suite.iana_name().is_some_and(|name| name.contains("_RSA_"));
        let (mut client, mut server) = if rsa { rsa_configs(lab) } else { configs(lab) };
        client.cipher_suites = Setting::Required(vec![suite]);
        server.cipher_suites = Setting::Required(vec![suite]);
        let mut pair = lab.pair(&client, &server)?;
        pair.handshake()?;
        let facts = lab.same_facts(&mut pair)?;
        ensure!(
            facts.cipher_suite == Some(suite),
            "{suite} asked, {:?} spoken",
            facts.cipher_suite
        );
        if SIDES.iter().all(|&side| lab.has(side, Capability::SignatureFact)) {
            // Without forward secrecy the server need not sign: only its key decrypts.
            let signs = facts.server_signature.is_some();
            ensure!(signs == suite.is_forward_secret(), "{facts:?}");
        }
        pair.exchange()?;
    }
    Ok(())
}

fn no_shared_suite(lab: &Lab) -> Result<(), Failure> {
    let (one, other) = if lab.is_tls13() {
        (CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_AES_256_GCM_SHA384)
    } else {
        (
            CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        )
    };
    let (mut client, mut server) = configs(lab);
    client.cipher_suites = Setting::Required(vec![one]);
    server.cipher_suites = Setting::Required(vec![other]);
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Server, ErrorKind::NoSharedCipher, Alert::HANDSHAKE_FAILURE)
}

/// RFC 8422 defines these for TLS 1.2; all others are for TLS 1.3.
const TLS12_GROUPS: &[NamedGroup] = &[
    NamedGroup::SECP256R1,
    NamedGroup::SECP384R1,
    NamedGroup::SECP521R1,
    NamedGroup::X25519,
    NamedGroup::X448,
];

fn groups(lab: &Lab) -> Result<(), Failure> {
    let mut shared =
        shared(lab, Capability::Groups, |side| lab.backend(side).capabilities().groups)?;
    if !lab.is_tls13() {
        shared.retain(|group| TLS12_GROUPS.contains(group));
    }
    ensure!(shared.len() >= 2, "hardly a group in common: {shared:?}");
    shared.into_iter().try_for_each(|one| group(lab, one))
}

fn group(lab: &Lab, group: NamedGroup) -> Result<(), Failure> {
    let (mut client, mut server) = rsa_configs(lab);
    client.groups = Setting::Required(vec![group]);
    server.groups = Setting::Required(vec![group]);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.group == Some(group), "{group} asked, {:?} used", facts.group);
    pair.exchange()
}

fn second_hello(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = configs(lab);
    ask_again(&mut client, &mut server);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    ensure!(facts.group == Some(SECOND_GROUP), "{:?}", facts.group);
    two_hellos(&mut pair)?;
    pair.exchange()
}

/// Under TLS 1.2 the server then has no suite to offer (RFC 8422 section 5.1).
fn no_shared_group(lab: &Lab) -> Result<(), Failure> {
    let kind = if lab.is_tls13() { ErrorKind::NoSharedGroup } else { ErrorKind::NoSharedCipher };
    let (mut client, mut server) = rsa_configs(lab);
    if !lab.is_tls13() {
        // Without a group there would still be the suites that encrypt to an RSA key.
        let suites = vec![CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256];
        client.cipher_suites = Setting::Required(suites);
    }
    client.groups = Setting::Required(vec![NamedGroup::X25519]);
    server.groups = Setting::Required(vec![NamedGroup::SECP384R1]);
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Server, kind, Alert::HANDSHAKE_FAILURE)
}

fn signature_schemes(lab: &Lab) -> Result<(), Failure> {
    let (mut client, server) = configs(lab);
    // The scheme of the server's key, and the one by which the case's authorities sign.
    client.signature_schemes = Setting::Required(match lab.key() {
        KeyType::P256 => vec![SignatureScheme::ECDSA_SECP256R1_SHA256],
        KeyType::Rsa2048 => {
            vec![SignatureScheme::RSA_PSS_RSAE_SHA256, SignatureScheme::RSA_PKCS1_SHA256]
        }
        KeyType::Ed25519 => vec![SignatureScheme::ED25519],
    });
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()
}

/// Under TLS 1.2 the server then has no suite to offer: its kind of key signs in none.
fn no_shared_signature_scheme(lab: &Lab) -> Result<(), Failure> {
    let (mut client, server) = configs(lab);
    client.signature_schemes = Setting::Required(vec![
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PKCS1_SHA256,
    ]);
    let mut pair = lab.pair(&client, &server)?;
    let kind =
        if lab.is_tls13() { ErrorKind::NoSharedSignatureScheme } else { ErrorKind::NoSharedCipher };
    lab.refused(&mut pair, Side::Server, kind, Alert::HANDSHAKE_FAILURE)
}
