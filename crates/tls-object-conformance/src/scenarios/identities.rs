//! Several certificates at one end: which of them the peer is shown.

use std::sync::Arc;

use tls_object_core::{
    Alert, Capability, CipherSuite, Config, ErrorKind, ExternalKey, Hook, Identity, Setting, Side,
    SignatureScheme, Signer, VerifyMode,
};

use crate::agent::Agent;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, Progress};
use crate::pki::{KeyType, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "identities::by_signature_scheme",
        "A server shows the certificate that the client can verify, with its chain.",
        Dims::VERSIONS.keys(),
        by_signature_scheme,
    )
    .needs_each(
        &[Capability::SignatureSchemes, Capability::Ed25519, Capability::PeerChain],
        SERVER,
    ),
    Scenario::new(
        "identities::own_certificate",
        "A server tells which of its certificates it has shown.",
        Dims::VERSIONS.keys(),
        own_certificate,
    )
    .needs_each(
        &[Capability::SignatureSchemes, Capability::Ed25519],
        &[Capability::SeveralIdentities, Capability::Ed25519, Capability::OwnCertificate],
    ),
    Scenario::new(
        "identities::order",
        "Of several certificates that the client can verify the server shows the first.",
        Dims::VERSIONS.keys(),
        order,
    )
    .needs_each(&[Capability::Ed25519], SERVER),
    Scenario::new(
        "identities::by_cipher_suite",
        "A server shows the certificate that goes with the client's suites of TLS 1.2.",
        Dims::TLS12.variants(&["rsa", "ecdsa"]),
        by_cipher_suite,
    )
    .needs_each(&[Capability::CipherSuites12], &[Capability::SeveralIdentities]),
    Scenario::new(
        "identities::by_name",
        "A server has several certificates for one name, and others for the rest.",
        Dims::VERSIONS.keys(),
        by_name,
    )
    .needs_each(
        &[Capability::Sni, Capability::SignatureSchemes, Capability::Ed25519],
        &[Capability::SeveralIdentities, Capability::Ed25519, Capability::SniIdentity],
    ),
    Scenario::new(
        "identities::one_does_not_fit",
        "A server whose certificate the client cannot verify refuses it.",
        Dims::VERSIONS.variants(&["one"]),
        none_fits,
    )
    .needs_each(&[Capability::SignatureSchemes], &[Capability::AlertSent]),
    Scenario::new(
        "identities::other_curve",
        "Under TLS 1.2 a signature scheme says nothing of the curve (RFC 8446 section 4.2.3).",
        Dims::TLS12,
        other_curve,
    )
    .needs_each(&[Capability::SignatureSchemes], &[Capability::AlertSent]),
    Scenario::new(
        "identities::none_fits",
        "A server none of whose certificates the client can verify refuses it.",
        Dims::VERSIONS.variants(&["several"]),
        none_fits,
    )
    .needs_each(
        &[Capability::SignatureSchemes],
        &[Capability::SeveralIdentities, Capability::AlertSent],
    ),
    Scenario::new(
        "identities::client",
        "A client shows the certificate that the server can verify, with its chain.",
        Dims::VERSIONS.keys(),
        client,
    )
    .needs_each(CLIENT, ASKING),
    Scenario::new(
        "identities::client_order",
        "Of several certificates that the server can verify the client shows the first.",
        Dims::VERSIONS.keys(),
        client_order,
    )
    .needs_each(CLIENT, ASKING),
    Scenario::new(
        "identities::client_one_does_not_fit",
        "A client whose certificate the server cannot verify shows none.",
        Dims::VERSIONS.variants(&["one"]),
        client_none_fits,
    )
    .needs_each(
        &[Capability::ClientCertificate, Capability::Ed25519],
        &[
            Capability::ClientAuthOptional,
            Capability::SignatureSchemes,
            Capability::VerifyChain,
            Capability::VerifyTime,
        ],
    ),
    Scenario::new(
        "identities::client_none_fits",
        "A client none of whose certificates the server can verify shows none.",
        Dims::VERSIONS.variants(&["several"]),
        client_none_fits,
    )
    .needs_each(
        &[Capability::ClientCertificate, Capability::SeveralIdentities, Capability::Ed25519],
        &[
            Capability::ClientAuthOptional,
            Capability::SignatureSchemes,
            Capability::VerifyChain,
            Capability::VerifyTime,
        ],
    ),
    Scenario::new(
        "identities::client_external_does_not_fit",
        "A client whose key is held elsewhere, and signs in no way that the server accepts, shows no certificate.",
        Dims::VERSIONS,
        client_external_does_not_fit,
    )
    .needs_each(
        &[Capability::ClientCertificate, Capability::ExternalKey],
        &[
            Capability::ClientAuthOptional,
            Capability::SignatureSchemes,
            Capability::VerifyChain,
            Capability::VerifyTime,
        ],
    ),
    Scenario::new(
        "identities::resumed",
        "A session that was made with one of several certificates is resumed, and the server knows with which.",
        Dims::VERSIONS.keys(),
        resumed,
    )
    .needs_each(
        &[
            Capability::SignatureSchemes,
            Capability::Ed25519,
            Capability::Resumption12,
            Capability::Resumption13,
        ],
        &[Capability::SeveralIdentities, Capability::Ed25519, Capability::OwnCertificate, Capability::ServerResumption],
    ),
];

const SERVER: &[Capability] = &[Capability::SeveralIdentities, Capability::Ed25519];
const CLIENT: &[Capability] =
    &[Capability::ClientCertificate, Capability::SeveralIdentities, Capability::Ed25519];
const ASKING: &[Capability] = &[
    Capability::ClientAuthRequired,
    Capability::SignatureSchemes,
    Capability::Ed25519,
    Capability::PeerChain,
    Capability::VerifyChain,
    Capability::VerifyTime,
];

/// Every type of key, the case's last.
fn others_first(lab: &Lab) -> Vec<KeyType> {
    let mut keys = KeyType::ALL.to_vec();
    keys.retain(|&key| key != lab.key());
    keys.push(lab.key());
    keys
}

/// Every type of key, the case's first.
fn case_first(lab: &Lab) -> Vec<KeyType> {
    let mut keys = others_first(lab);
    keys.reverse();
    keys
}

fn servers(keys: &[KeyType]) -> Vec<Identity> {
    keys.iter().map(|&key| pki().family(key).server.clone()).collect()
}

fn clients(keys: &[KeyType]) -> Vec<Identity> {
    keys.iter().map(|&key| pki().family(key).client.clone()).collect()
}

/// What keys of the type sign with.
fn schemes(key: KeyType) -> Setting<SignatureScheme> {
    Setting::Required(match key {
        KeyType::P256 => vec![SignatureScheme::ECDSA_SECP256R1_SHA256],
        // The first for the handshake, the second for the certificates as well.
        KeyType::Rsa2048 => {
            vec![SignatureScheme::RSA_PSS_RSAE_SHA256, SignatureScheme::RSA_PKCS1_SHA256]
        }
        KeyType::Ed25519 => vec![SignatureScheme::ED25519],
    })
}

/// Trusts the authorities of every type of key.
fn trusting(mut config: Config) -> Config {
    config.trust_store =
        KeyType::ALL.iter().map(|&key| pki().family(key).authority.root()).collect();
    config
}

fn server_with(lab: &Lab, identities: Vec<Identity>) -> Config {
    let mut server = lab.server_config();
    server.identities = identities;
    server
}

fn shown(lab: &Lab, client: &Config, server: &Config, expected: &Identity) -> Result<(), Failure> {
    let mut pair = lab.pair(client, server)?;
    pair.handshake()?;
    ensure!(pair.client().peer_certificates() == expected.chain(), "another chain was shown");
    pair.exchange()
}

/// The server says that it has shown the case's certificate.
fn owns(pair: &mut Pair, lab: &Lab) -> Result<(), Failure> {
    let own = pair.server().own_certificate()?;
    ensure!(own.as_ref() == lab.family().server.leaf(), "it says to have shown another");
    Ok(())
}

fn own_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut client = trusting(lab.client_config());
    client.signature_schemes = schemes(lab.key());
    let server = server_with(lab, servers(&others_first(lab)));
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    owns(&mut pair, lab)
}

fn by_signature_scheme(lab: &Lab) -> Result<(), Failure> {
    let mut client = trusting(lab.client_config());
    client.signature_schemes = schemes(lab.key());
    let server = server_with(lab, servers(&others_first(lab)));
    shown(lab, &client, &server, &lab.family().server)
}

fn order(lab: &Lab) -> Result<(), Failure> {
    let server = server_with(lab, servers(&case_first(lab)));
    let mut pair = lab.pair(&trusting(lab.client_config()), &server)?;
    pair.handshake()?;
    ensure!(pair.client().getpeercert() == lab.family().server.leaf(), "another was shown");
    pair.exchange()
}

fn by_cipher_suite(lab: &Lab) -> Result<(), Failure> {
    let rsa = lab.variant() == "rsa";
    let (suite, keys) = if rsa {
        (CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256, [KeyType::P256, KeyType::Rsa2048])
    } else {
        (CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, [KeyType::Rsa2048, KeyType::P256])
    };
    let mut client = trusting(lab.client_config());
    client.cipher_suites = Setting::Required(vec![suite]);
    let server = server_with(lab, servers(&keys));
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let expected = &server.identities[1];
    ensure!(pair.client().getpeercert() == expected.leaf(), "another was shown");
    pair.exchange()
}

fn by_name(lab: &Lab) -> Result<(), Failure> {
    let mut client = trusting(lab.client_config());
    client.signature_schemes = schemes(lab.key());
    let mut server = lab.server_config();
    server.identities = vec![pki().server_named(&["other.example"])];
    server.identities_by_name.insert(SERVER_NAME.to_owned(), servers(&others_first(lab)));
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    ensure!(pair.client().getpeercert() == lab.family().server.leaf(), "another was shown");
    pair.exchange()
}

fn none_fits(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.signature_schemes = Setting::Required(vec![SignatureScheme::ED25519]);
    let keys = [KeyType::P256, KeyType::Rsa2048];
    let count = if lab.variant() == "one" { 1 } else { keys.len() };
    let server = server_with(lab, servers(&keys[..count]));
    let mut pair = lab.pair(&client, &server)?;
    let kind =
        if lab.is_tls13() { ErrorKind::NoSharedSignatureScheme } else { ErrorKind::NoSharedCipher };
    lab.refused(&mut pair, Side::Server, kind, Alert::HANDSHAKE_FAILURE)
}

/// What a server that cannot sign so says is a fact that may deviate.
fn other_curve(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.signature_schemes = Setting::Required(vec![SignatureScheme::ECDSA_SECP384R1_SHA384]);
    let mut pair = lab.pair(&client, &server_with(lab, servers(&[KeyType::P256])))?;
    let handshake = pair.drive()?;
    let Progress::Failed(error) = handshake.of(Side::Server) else {
        lab.expect("refused for", None::<ErrorKind>, None)?;
        return pair.exchange();
    };
    lab.expect("refused for", None, Some(error.kind()))?;
    let alert = lab.fact(Side::Server, Capability::AlertSent, error.alert_sent())?;
    lab.expect("alert", Alert::HANDSHAKE_FAILURE, alert)?;
    lab.final_error(&mut pair, Side::Server, error)?;
    lab.told(&mut pair, Side::Client, handshake.of(Side::Client), alert)
}

/// A server that asks for a certificate of any authority here.
fn asking(lab: &Lab, mode: VerifyMode) -> Config {
    let mut server = trusting(lab.server_config());
    // Whatever a suite of TLS 1.2 is for, the client's certificate may be of another type.
    server.identities = servers(&[KeyType::P256]);
    server.verify_mode = mode;
    server
}

/// A client of the case that trusts what [`asking`] shows.
fn asked(lab: &Lab, identities: Vec<Identity>) -> Config {
    let mut client = trusting(lab.client_config());
    client.identities = identities;
    client
}

fn seen(lab: &Lab, client: &Config, server: &Config, expected: &Identity) -> Result<(), Failure> {
    let mut pair = lab.pair(client, server)?;
    pair.handshake()?;
    ensure!(pair.server().peer_certificates() == expected.chain(), "another chain was shown");
    pair.exchange()
}

fn client(lab: &Lab) -> Result<(), Failure> {
    let client = asked(lab, clients(&others_first(lab)));
    let mut server = asking(lab, VerifyMode::Required);
    server.signature_schemes = schemes(lab.key());
    seen(lab, &client, &server, &lab.family().client)
}

fn client_order(lab: &Lab) -> Result<(), Failure> {
    let client = asked(lab, clients(&case_first(lab)));
    seen(lab, &client, &asking(lab, VerifyMode::Required), &lab.family().client)
}

fn client_none_fits(lab: &Lab) -> Result<(), Failure> {
    let keys = [KeyType::P256, KeyType::Ed25519];
    let count = if lab.variant() == "one" { 1 } else { keys.len() };
    let mut server = asking(lab, VerifyMode::Optional);
    server.signature_schemes = Setting::Required(vec![SignatureScheme::RSA_PSS_RSAE_SHA512]);
    let mut pair = lab.pair(&asked(lab, clients(&keys[..count])), &server)?;
    pair.handshake()?;
    ensure!(pair.server().peer_certificates().is_empty(), "the server sees a certificate");
    pair.exchange()
}

fn client_external_does_not_fit(lab: &Lab) -> Result<(), Failure> {
    let at_hand = &pki().family(KeyType::Rsa2048).client;
    let agent = Arc::new(Agent::holding(at_hand));
    let key = ExternalKey::new(
        &[SignatureScheme::RSA_PSS_RSAE_SHA256],
        Hook::new(agent.clone() as Arc<dyn Signer>),
    )?;
    let identity = Identity::new(at_hand.chain().to_vec(), key)?;
    let mut server = asking(lab, VerifyMode::Optional);
    server.signature_schemes = Setting::Required(vec![SignatureScheme::RSA_PSS_RSAE_SHA512]);
    let mut pair = lab.pair(&asked(lab, vec![identity]), &server)?;
    pair.handshake()?;
    ensure!(pair.server().peer_certificates().is_empty(), "the server sees a certificate");
    ensure!(agent.asked().is_empty(), "asked to sign by {:?}", agent.asked());
    pair.exchange()
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let mut client = trusting(lab.client_config());
    client.signature_schemes = schemes(lab.key());
    let contexts = lab.contexts(&client, &server_with(lab, servers(&others_first(lab))))?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let session = lab.session(&mut first)?;
    let mut second = contexts.pair(lab.wrap()?.with_session(session))?;
    second.handshake()?;
    let facts = lab.same_facts(&mut second)?;
    ensure!(facts.resumed, "the session was not resumed: {facts:?}");
    ensure!(facts.version == Some(lab.version()), "{facts:?}");
    let shown = second.client().getpeercert() == lab.family().server.leaf();
    ensure!(shown, "another certificate is remembered");
    owns(&mut second, lab)?;
    second.exchange()
}
