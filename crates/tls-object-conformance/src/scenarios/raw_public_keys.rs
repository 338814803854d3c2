//! Public keys that are shown without a certificate around them (RFC 7250).

use std::sync::{Arc, Mutex, PoisonError};

use tls_object_core::{
    Alert, Capability, CertificateType, ChannelBinding, Config, ErrorKind, ExternalKey, Hook,
    Identity, Origin, PeerVerifier, PresentedPeer, PublicKey, Side, SignatureScheme, TrustStore,
    VerifierRole, VerifyCode, VerifyMode,
};

use crate::agent::Agent;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, Progress, SIDES};
use crate::pki::{key_of, pki, raw_public_key_of};
use crate::scenario::{Dims, Scenario};

use CertificateType::{RawPublicKey, X509};

const RAW: &[Capability] = &[Capability::RawPublicKeys12, Capability::RawPublicKeys13];
const WITH_CODE: &[Capability] = &[
    Capability::RawPublicKeys12,
    Capability::RawPublicKeys13,
    Capability::AlertSent,
    Capability::VerifyCode,
];
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
const BOTH: &[Capability] = &[
    Capability::RawPublicKeys12,
    Capability::RawPublicKeys13,
    Capability::CertificateTypes,
    Capability::SeveralIdentities,
];
const CLIENT_WITH_BOTH: &[Capability] = &[
    Capability::RawPublicKeys12,
    Capability::RawPublicKeys13,
    Capability::CertificateTypes,
    Capability::SeveralIdentities,
    Capability::ClientCertificate,
];

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
        "raw_public_keys::unknown_server",
        "A server whose public key the client does not know is refused.",
        Dims::VERSIONS,
        unknown_server,
    )
    .needs_each(WITH_CODE, RAW),
    Scenario::new(
        "raw_public_keys::unknown_client",
        "A client whose public key the server does not know is refused.",
        Dims::VERSIONS,
        unknown_client,
    )
    .needs_each(
        SHOWING,
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::AlertSent,
            Capability::VerifyCode,
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
        ],
    ),
    Scenario::new(
        "raw_public_keys::not_verified",
        "A client that verifies nobody takes any public key, and tells which it was.",
        Dims::VERSIONS,
        not_verified,
    )
    .needs(RAW),
    Scenario::new(
        "raw_public_keys::verifier",
        "The application is shown the public key instead of a chain, and asked as its role says.",
        Dims::VERSIONS.variants(&["also", "last_word", "instead", "refuses"]),
        verifier,
    )
    .needs_each(
        &[Capability::RawPublicKeys12, Capability::RawPublicKeys13, Capability::VerifyHook],
        RAW,
    ),
    Scenario::new(
        "raw_public_keys::either_is_certificate",
        "A client that accepts public keys and certificates is shown the certificate of a server that has nothing else.",
        Dims::VERSIONS,
        |lab| either(lab, vec![lab.family().server.clone()]),
    )
    .needs_each(EITHER, &[]),
    Scenario::new(
        "raw_public_keys::either_is_public_key",
        "A client that accepts public keys and certificates is shown the public key of a server that has nothing else.",
        Dims::VERSIONS,
        |lab| either(lab, vec![raw_public_key_of(&lab.family().server)]),
    )
    .needs_each(EITHER, RAW),
    Scenario::new(
        "raw_public_keys::either_is_best",
        "A client that accepts public keys and certificates is shown what is the best to a server that has both.",
        Dims::VERSIONS,
        |lab| {
            let certificate = lab.family().server.clone();
            either(lab, vec![raw_public_key_of(&certificate), certificate])
        },
    )
    .needs_each(EITHER, BOTH),
    Scenario::new(
        "raw_public_keys::certificate_for_others",
        "A server that has a public key and a certificate shows the certificate to whoever does not ask for more.",
        Dims::VERSIONS,
        certificate_for_others,
    )
    .needs_each(&[], BOTH),
    Scenario::new(
        "raw_public_keys::client_shows_certificate",
        "A client that has a public key and a certificate shows the certificate to a server that asks for no more.",
        Dims::VERSIONS,
        client_shows_certificate,
    )
    .needs_each(
        CLIENT_WITH_BOTH,
        &[Capability::ClientAuthRequired, Capability::VerifyChain, Capability::VerifyTime],
    ),
    Scenario::new(
        "raw_public_keys::client_shows_public_key",
        "A client that has a public key and a certificate shows the public key to a server that accepts nothing else.",
        Dims::VERSIONS,
        client_shows_public_key,
    )
    .needs_each(CLIENT_WITH_BOTH, ASKING),
    Scenario::new(
        "raw_public_keys::client_not_asked",
        "A client that has a public key to show goes on with a server that asks for nothing.",
        Dims::VERSIONS,
        client_not_asked,
    )
    .needs_each(SHOWING, &[]),
    Scenario::new(
        "raw_public_keys::server_needs_public_key",
        "A server with nothing but a public key refuses a client that asks for certificates.",
        Dims::VERSIONS,
        server_needs_public_key,
    )
    .needs_each(&[], RAW),
    Scenario::new(
        "raw_public_keys::client_needs_public_key",
        "A client that accepts nothing but public keys gets no connection to a server that has certificates.",
        Dims::VERSIONS,
        client_needs_public_key,
    )
    .needs_each(RAW, &[]),
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
    Scenario::new(
        "raw_public_keys::contradictions",
        "Settings that cannot be meant are refused: public keys that nobody trusts, trusted ones that are not accepted, an empty list.",
        Dims::alone(Side::Client),
        contradictions,
    )
    .needs(EITHER),
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

const UNKNOWN: ErrorKind = ErrorKind::CertificateVerify(VerifyCode::UntrustedRawPublicKey);

fn unknown_server(lab: &Lab) -> Result<(), Failure> {
    let (server, _) = raw_server(lab);
    let client = accepting(lab, &raw_public_key_of(&pki().strangers().server));
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Client, UNKNOWN, Alert::CERTIFICATE_UNKNOWN)
}

fn unknown_client(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![raw_public_key_of(&lab.family().client)];
    insist(&mut server, &raw_public_key_of(&pki().strangers().client));
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Server, UNKNOWN, Alert::CERTIFICATE_UNKNOWN)
}

fn not_verified(lab: &Lab) -> Result<(), Failure> {
    let (server, identity) = raw_server(lab);
    let mut client = accepting(lab, &identity);
    client.verify_mode = VerifyMode::None;
    client.trusted_public_keys.clear();
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, Side::Client, &identity)?;
    ensure!(!pair.client().peer_is_verified(), "verified");
    Ok(())
}

/// Notes what it is shown, and says what it is told to.
struct Judge {
    verdict: Result<(), VerifyCode>,
    shown: Mutex<Vec<Shown>>,
}

/// A public key, how many certificates, and the library's word.
type Shown = (Option<PublicKey>, usize, Option<Result<(), VerifyCode>>);

impl PeerVerifier for Judge {
    fn verify(&self, peer: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
        let shown = (peer.public_key.cloned(), peer.certificates.len(), peer.library);
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        self.verdict
    }
}

fn verifier(lab: &Lab) -> Result<(), Failure> {
    let unknown = Some(Err(VerifyCode::UntrustedRawPublicKey));
    let refusal = VerifyCode::Revoked;
    let (role, is_known, verdict, library) = match lab.variant() {
        "also" => (VerifierRole::Also, true, Ok(()), Some(Ok(()))),
        "refuses" => (VerifierRole::Also, true, Err(refusal), Some(Ok(()))),
        "last_word" => (VerifierRole::LastWord, false, Ok(()), unknown),
        _ => (VerifierRole::Instead, false, Ok(()), None),
    };
    let (server, identity) = raw_server(lab);
    let judge = Arc::new(Judge { verdict, shown: Mutex::default() });
    let mut client = accepting(lab, &identity);
    if !is_known {
        client.trusted_public_keys.clear();
    }
    client.verifier = Some(Hook::new(judge.clone()));
    client.verifier_role = role;
    let mut pair = lab.pair(&client, &server)?;
    if verdict.is_ok() {
        pair.handshake()?;
        pair.exchange()?;
    } else {
        let kind = ErrorKind::CertificateVerify(refusal);
        lab.refused(&mut pair, Side::Client, kind, refusal.alert())?;
    }
    let shown = judge.shown.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = (identity.public_key().cloned(), 0, library);
    ensure!(*shown == [expected], "the verifier was shown {shown:?}");
    Ok(())
}

/// A client that accepts either is shown the first of what a server has.
fn either(lab: &Lab, identities: Vec<Identity>) -> Result<(), Failure> {
    let mut client = accepting(lab, &raw_public_key_of(&lab.family().server));
    client.trust_store = lab.client_config().trust_store;
    client.peer_certificate_types = vec![RawPublicKey, X509];
    let mut server = lab.server_config();
    server.identities = identities;
    let best = &server.identities[0];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    if best.public_key().is_some() {
        return knows(&mut pair, Side::Client, best);
    }
    ensure!(pair.client().getpeercert() == best.leaf(), "another certificate");
    ensure!(pair.client().peer_public_key().is_none(), "a public key beside a certificate");
    Ok(())
}

fn certificate_for_others(lab: &Lab) -> Result<(), Failure> {
    let (mut server, identity) = raw_server(lab);
    server.identities = vec![identity, lab.family().server.clone()];
    let mut pair = lab.pair(&lab.client_config(), &server)?;
    pair.handshake()?;
    pair.exchange()?;
    let shown = pair.client().getpeercert() == lab.family().server.leaf();
    ensure!(shown, "another certificate");
    Ok(())
}

/// A client that has a public key and a certificate, the former of which is better.
fn with_both(lab: &Lab) -> Config {
    let certificate = lab.family().client.clone();
    let mut client = lab.client_config();
    client.identities = vec![raw_public_key_of(&certificate), certificate];
    client
}

fn client_shows_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.verify_mode = VerifyMode::Required;
    server.trust_store = vec![lab.family().authority.root()].into();
    let mut pair = lab.pair(&with_both(lab), &server)?;
    pair.handshake()?;
    pair.exchange()?;
    ensure!(pair.server().getpeercert() == lab.family().client.leaf(), "another certificate");
    Ok(())
}

fn client_shows_public_key(lab: &Lab) -> Result<(), Failure> {
    let client = with_both(lab);
    let mut server = lab.server_config();
    insist(&mut server, &client.identities[0]);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, Side::Server, &client.identities[0])
}

fn client_not_asked(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.identities = vec![raw_public_key_of(&lab.family().client)];
    let mut pair = lab.pair(&client, &lab.server_config())?;
    let handshake = pair.drive()?;
    let is_done = |&side: &Side| matches!(handshake.of(side), Progress::Done);
    let goes_on = SIDES.iter().all(is_done);
    lab.expect("goes on", true, goes_on)?;
    if goes_on { pair.exchange() } else { Ok(()) }
}

/// `by` ends the handshake since the two have no type of certificate in common, whichever word its library has for that.
#[track_caller]
fn no_common_type(lab: &Lab, mut pair: Pair, by: Side) -> Result<(), Failure> {
    let handshake = pair.drive()?;
    let Progress::Failed(error) = handshake.of(by) else {
        return Err(Failure::new(format!("not refused: {handshake:?}")));
    };
    ensure!(error.origin() == Origin::PeerIncompatible, "{error:?}");
    let sent = lab.fact(by, Capability::AlertSent, error.alert_sent())?;
    lab.final_error(&mut pair, by, error)?;
    lab.told(&mut pair, by.peer(), handshake.of(by.peer()), sent)
}

fn server_needs_public_key(lab: &Lab) -> Result<(), Failure> {
    let (server, _) = raw_server(lab);
    no_common_type(lab, lab.pair(&lab.client_config(), &server)?, Side::Server)
}

fn client_needs_public_key(lab: &Lab) -> Result<(), Failure> {
    let client = accepting(lab, &raw_public_key_of(&lab.family().server));
    let mut pair = lab.pair(&client, &lab.server_config())?;
    let handshake = pair.drive()?;
    // A server that knows of public keys refuses; one that does not shows a certificate, and the client refuses that.
    let by = match (handshake.of(Side::Client), handshake.of(Side::Server)) {
        (Progress::Failed(error), _) if error.alert_received().is_none() => Side::Client,
        _ => Side::Server,
    };
    let Progress::Failed(error) = handshake.of(by) else {
        return Err(Failure::new(format!("not refused: {handshake:?}")));
    };
    ensure!(error.origin() == Origin::PeerIncompatible, "{error:?}");
    ensure!(pair.client().peer_public_key().is_none(), "a public key");
    Ok(())
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

fn contradictions(lab: &Lab) -> Result<(), Failure> {
    let identity = raw_public_key_of(&lab.family().server);
    let sound = accepting(lab, &identity);
    lab.context(&sound)?;
    let changes: &[&dyn Fn(&mut Config)] = &[
        &|config| config.peer_certificate_types = Vec::new(),
        &|config| config.peer_certificate_types = vec![RawPublicKey, RawPublicKey],
        &|config| config.peer_certificate_types = vec![X509],
        &|config| config.trusted_public_keys.clear(),
        &|config| config.verify_mode = VerifyMode::None,
        &|config| config.max_intermediates = Some(1),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut config = sound.clone();
        change(&mut config);
        let error = lab.refused_config(&config)?;
        ensure!(error.kind() == ErrorKind::InvalidConfig, "change {at}: {error:?}");
    }
    Ok(())
}
