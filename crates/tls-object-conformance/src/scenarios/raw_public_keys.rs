//! Public keys that are shown without a certificate around them (RFC 7250).

pub(super) mod choice;
pub(super) mod verdict;

use std::sync::Arc;

use tls_object_core::{
    Capability, CertificateType, ChannelBinding, Config, ErrorKind, ExternalKey, Hook, Identity,
    PublicKey, Side, SignatureScheme, TrustStore, VerifyMode,
};

use crate::agent::Agent;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, Progress, SIDES};
use crate::pki::{key_of, pki, raw_public_key_of};
use crate::scenario::{Dims, Scenario};

use CertificateType::RawPublicKey;

const RAW: &[Capability] = &[Capability::RawPublicKeys12, Capability::RawPublicKeys13];
const SHOWING: &[Capability] =
    &[Capability::RawPublicKeys12, Capability::RawPublicKeys13, Capability::ClientCertificate];
const ASKING: &[Capability] = &[
    Capability::RawPublicKeys12,
    Capability::RawPublicKeys13,
    Capability::ClientAuthRequired,
    Capability::VerifyChain,
];

const EITHER: &[Capability] =
    &[Capability::RawPublicKeys12, Capability::RawPublicKeys13, Capability::CertificateTypes];

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "raw_public_keys::server",
        "A client accepts a server by the public key that it shows, which it knows, and is told of no certificate.",
        Dims::VERSIONS.keys(),
        server,
    )
    .needs(RAW),
    Scenario::new(
        "raw_public_keys::client",
        "A server accepts a client by the public key that it shows, while it shows a certificate itself.",
        Dims::VERSIONS.keys(),
        client,
    )
    .needs_each(SHOWING, ASKING),
    Scenario::new(
        "raw_public_keys::both",
        "Two ends without any certificate accept each other.",
        Dims::VERSIONS,
        both,
    )
    .needs_each(SHOWING, ASKING),
    Scenario::new(
        "raw_public_keys::resumed",
        "A session that began with a public key is resumed, and the client still knows the key.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::Resumption12,
            Capability::Resumption13,
        ],
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::ServerResumption,
        ],
    ),
    Scenario::new(
        "raw_public_keys::client_resumed",
        "A client's session that began with its public key is resumed, and the server still knows the key.",
        Dims::VERSIONS,
        client_resumed,
    )
    .needs_each(
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::ClientCertificate,
            Capability::Resumption12,
            Capability::Resumption13,
        ],
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
            Capability::ServerResumption,
        ],
    ),
    Scenario::new(
        "raw_public_keys::optional_client",
        "A server that accepts public keys takes a client that shows none, where that is allowed, and knows one that does.",
        Dims::VERSIONS,
        optional_client,
    )
    .needs_each(
        SHOWING,
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::ClientAuthOptional,
            Capability::VerifyChain,
        ],
    ),
    Scenario::new(
        "raw_public_keys::held_elsewhere",
        "The private key of a public key that is shown may be held elsewhere.",
        Dims::VERSIONS,
        held_elsewhere,
    )
    .needs_each(
        RAW,
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::ExternalKey,
            Capability::RawExternalKeys,
        ],
    ),
    Scenario::new(
        "raw_public_keys::another_key",
        "A private key that is not that of the public key is refused when a context is made.",
        Dims::alone(Side::Server),
        another_key,
    )
    .needs(RAW),
];

fn key(identity: &Identity) -> Vec<PublicKey> {
    identity.public_key().cloned().into_iter().collect()
}

/// The case's server with its public key alone.
fn raw_server(lab: &Lab) -> (Config, Identity) {
    let identity = raw_public_key_of(&lab.family().server);
    let mut config = lab.server_config();
    config.identities = vec![identity.clone()];
    (config, identity)
}

/// A client that accepts the public key of `server` and nothing else.
fn accepting(lab: &Lab, server: &Identity) -> Config {
    let mut config = lab.client_config();
    config.trust_store = TrustStore::new();
    config.peer_certificate_types = vec![RawPublicKey];
    config.trusted_public_keys = key(server);
    config
}

/// Has `server` insist on the public key of `client`.
fn insist(server: &mut Config, client: &Identity) {
    server.verify_mode = VerifyMode::Required;
    server.peer_certificate_types = vec![RawPublicKey];
    server.trusted_public_keys = key(client);
}

/// `side` knows its peer by the public key of `identity`, and of no certificate.
#[track_caller]
fn knows(pair: &mut Pair, side: Side, identity: &Identity) -> Result<(), Failure> {
    let tls = pair.tls(side);
    let known = tls.peer_public_key();
    ensure!(known.as_ref() == identity.public_key(), "the peer's public key is {known:?}");
    ensure!(tls.peer_certificates().is_empty(), "certificates beside a public key");
    ensure!(tls.getpeercert().is_none(), "a certificate beside a public key");
    Ok(())
}

fn server(lab: &Lab) -> Result<(), Failure> {
    let (server, identity) = raw_server(lab);
    let mut pair = lab.pair(&accepting(lab, &identity), &server)?;
    ensure!(pair.client().peer_public_key().is_none(), "a public key before the handshake");
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, Side::Client, &identity)?;
    ensure!(pair.client().peer_is_verified(), "not verified");
    ensure!(pair.server().peer_public_key().is_none(), "the client has shown nothing");
    if lab.has(Side::Client, Capability::VerifiedChain) {
        let chain = pair.client().verified_chain()?;
        ensure!(chain.is_empty(), "a chain above a public key");
    }
    if lab.has(Side::Server, Capability::OwnCertificate) {
        let own = pair.server().own_certificate()?;
        ensure!(own.is_none(), "it says to have shown a certificate");
    }
    for side in SIDES {
        if lab.has(side, Capability::ChannelBindingEndPoint) {
            // RFC 5929 section 4: of a certificate.
            let binding = pair.tls(side).get_channel_binding(ChannelBinding::TlsServerEndPoint);
            let kind = binding.as_ref().err().map(tls_object_core::Error::kind);
            ensure!(kind == Some(ErrorKind::InvalidArgument), "{binding:?}");
        }
    }
    pair.shut_down()
}

fn client(lab: &Lab) -> Result<(), Failure> {
    let identity = raw_public_key_of(&lab.family().client);
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![identity.clone()];
    insist(&mut server, &identity);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, Side::Server, &identity)?;
    let shown = pair.client().getpeercert() == lab.family().server.leaf();
    ensure!(shown, "the server has shown another certificate");
    ensure!(pair.client().peer_public_key().is_none(), "a public key beside a certificate");
    Ok(())
}

fn both(lab: &Lab) -> Result<(), Failure> {
    let (mut server, of_server) = raw_server(lab);
    let of_client = raw_public_key_of(&lab.family().client);
    let mut client = accepting(lab, &of_server);
    client.identities = vec![of_client.clone()];
    insist(&mut server, &of_client);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, Side::Client, &of_server)?;
    knows(&mut pair, Side::Server, &of_client)
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let (server, identity) = raw_server(lab);
    let contexts = lab.contexts(&accepting(lab, &identity), &server)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let mut second = contexts.resume(lab, &mut first)?;
    second.handshake()?;
    second.exchange()?;
    ensure!(second.client().session_reused(), "not resumed");
    knows(&mut second, Side::Client, &identity)
}

fn client_resumed(lab: &Lab) -> Result<(), Failure> {
    let identity = raw_public_key_of(&lab.family().client);
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![identity.clone()];
    insist(&mut server, &identity);
    let contexts = lab.contexts(&client, &server)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let session = lab.session(&mut first)?;
    let mut second = contexts.pair(lab.wrap()?.with_session(session))?;
    if goes_on(lab, &mut second)? {
        ensure!(second.client().session_reused(), "not resumed");
        knows(&mut second, Side::Server, &identity)?;
    }
    Ok(())
}

/// Whether two ends connect, which they should. Where they do, they go on.
fn goes_on(lab: &Lab, pair: &mut Pair) -> Result<bool, Failure> {
    let handshake = pair.drive()?;
    let goes_on = SIDES.iter().all(|&side| matches!(handshake.of(side), Progress::Done));
    lab.expect("goes on", true, goes_on)?;
    if goes_on {
        pair.exchange()?;
    }
    Ok(goes_on)
}

fn optional_client(lab: &Lab) -> Result<(), Failure> {
    let identity = raw_public_key_of(&lab.family().client);
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    insist(&mut server, &identity);
    server.verify_mode = VerifyMode::Optional;
    let mut pair = lab.pair(&client, &server)?;
    if goes_on(lab, &mut pair)? {
        ensure!(pair.server().peer_public_key().is_none(), "the client has shown nothing");
        ensure!(!pair.server().peer_is_verified(), "nobody was verified");
    }
    client.identities = vec![identity.clone()];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, Side::Server, &identity)?;
    ensure!(pair.server().peer_is_verified(), "not verified");
    Ok(())
}

/// What the case's key signs by.
const COMMON: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;

fn held_elsewhere(lab: &Lab) -> Result<(), Failure> {
    let (mut server, identity) = raw_server(lab);
    let agent = Arc::new(Agent::holding(&identity));
    let key = ExternalKey::new(&[COMMON], Hook::new(agent.clone()))?;
    let public_key = identity.public_key().cloned();
    let public_key = public_key.ok_or_else(|| Failure::new("an identity without a public key"))?;
    server.identities = vec![Identity::raw_public_key(public_key, key)];
    let mut pair = lab.pair(&accepting(lab, &identity), &server)?;
    pair.handshake()?;
    ensure!(agent.asked() == [COMMON], "asked to sign by {:?}", agent.asked());
    knows(&mut pair, Side::Client, &identity)
}

fn another_key(lab: &Lab) -> Result<(), Failure> {
    let (mut server, identity) = raw_server(lab);
    let Some(public_key) = identity.public_key() else {
        return Err(Failure::new("an identity without a public key"));
    };
    let other = key_of(&pki().strangers().server).clone();
    server.identities = vec![Identity::raw_public_key(public_key.clone(), other)];
    lab.refused_for(&server, ErrorKind::KeyMismatch)
}
