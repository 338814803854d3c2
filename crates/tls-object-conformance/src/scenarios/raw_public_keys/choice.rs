//! What is shown by an end that has public keys and certificates, to peers that accept one or both.

use tls_object_core::{Capability, CertificateType, Config, Identity, Origin, Side, VerifyMode};

use super::{ASKING, EITHER, RAW, SHOWING, accepting, goes_on, insist, knows, raw_server};
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, Progress};
use crate::pki::raw_public_key_of;
use crate::scenario::{Dims, Scenario};

use CertificateType::{RawPublicKey, X509};

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

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
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
];

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
    goes_on(lab, &mut pair).map(drop)
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
