//! Handshakes that are suspended until the application has decided: by a signature, or by a verdict on the peer.

use std::error::Error as _;

use tls_object_core::{
    Alert, Answer, Awaited, Capability, ErrorKind, ExternalKey, Identity, Origin, Read, ServerName,
    Side, SignatureScheme, Signer as _, SslObject, Status, VerifierRole, VerifyCode, VerifyMode,
};

use crate::agent::Agent;
use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab};
use crate::pair::Pair;
use crate::pki::{NOW, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

const SIGNING_CLIENT: &[Capability] =
    &[Capability::ExternalKey, Capability::ExternalKeyPause, Capability::ClientCertificate];
const SIGNING_SERVER: &[Capability] = &[Capability::ExternalKey, Capability::ExternalKeyPause];
const ASKING: &[Capability] =
    &[Capability::ClientAuthRequired, Capability::VerifyChain, Capability::VerifyTime];
const JUDGING_SERVER: &[Capability] = &[
    Capability::VerifyPauseServer,
    Capability::ClientAuthRequired,
    Capability::VerifyChain,
    Capability::VerifyTime,
];

/// Defines each scenario twice: of a client, and of a server.
macro_rules! on_either_side {
    ($( $name:literal, $summary:literal, $needs:ident, $run:expr; )*) => {
        pub(super) const SCENARIOS: &[Scenario] = &[
            $(
                on_either_side!(@ $needs concat!("pause::client_", $name), $summary, "client", $run),
                on_either_side!(@ $needs concat!("pause::server_", $name), $summary, "server", $run),
            )*
        ];
    };
    (@ signs $name:expr, $summary:literal, "client", $run:expr) => {
        Scenario::new($name, $summary, Dims::VERSIONS.variants(&["client"]), $run)
            .needs_each(SIGNING_CLIENT, ASKING)
    };
    (@ signs $name:expr, $summary:literal, "server", $run:expr) => {
        Scenario::new($name, $summary, Dims::VERSIONS.variants(&["server"]), $run)
            .needs_each(&[], SIGNING_SERVER)
    };
    (@ judges $name:expr, $summary:literal, "client", $run:expr) => {
        Scenario::new($name, $summary, Dims::VERSIONS.variants(&["client"]), $run)
            .needs_each(&[Capability::VerifyPauseClient, Capability::VerifyCode], &[])
    };
    (@ judges $name:expr, $summary:literal, "server", $run:expr) => {
        Scenario::new($name, $summary, Dims::VERSIONS.variants(&["server"]), $run)
            .needs_each(&[Capability::ClientCertificate], JUDGING_SERVER)
    };
}

on_either_side! {
    "signature", "A handshake waits for a signature, says so for as long as it does, and goes on with it.", signs,
        signature;
    "no_signature", "A handshake that waits for a signature ends where there is none, or one that does not hold.", signs,
        no_signature;
    "signature_dropped", "A connection that waits for a signature can be dropped, and others go on.", signs,
        signature_dropped;
    "verdict", "A handshake waits for a verdict on the peer, whose chain, name and time it tells, and goes on with it.", judges,
        verdict;
    "verdict_refuses", "A peer that is refused after a pause is refused with that code and the alert of it.", judges,
        verdict_refuses;
    "verdict_overrules", "A verdict that has the last word may accept after a pause what the library refuses.", judges,
        verdict_overrules;
    "verdict_not_awaited", "A handshake does not wait for a verdict on what the library refuses, where that must accept too.", judges,
        verdict_not_awaited;
}

fn pausing(lab: &Lab) -> Side {
    if lab.variant() == "server" { Side::Server } else { Side::Client }
}

const SCHEME: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;

/// Contexts of which one has its key held elsewhere, and who holds it.
#[track_caller]
fn signing(lab: &Lab) -> Result<(Contexts, Agent), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let at_hand = match pausing(lab) {
        Side::Client => lab.family().client.clone(),
        Side::Server => lab.family().server.clone(),
    };
    let key = ExternalKey::suspending(&[SCHEME])?;
    let identity = Identity::new(at_hand.chain().to_vec(), key)?;
    match pausing(lab) {
        Side::Client => {
            client.identities = vec![identity];
            server.verify_mode = VerifyMode::Required;
            server.trust_store = client.trust_store.clone();
        }
        Side::Server => server.identities = vec![identity],
    }
    Ok((lab.contexts(&client, &server)?, Agent::holding(&at_hand)))
}

/// The handshake is suspended, and stays so whatever is called; answers to other questions change nothing.
#[track_caller]
fn is_suspended(pair: &mut Pair, side: Side, other: Answer) -> Result<(), Failure> {
    let mut byte = [0];
    let status = pair.call(side, |tls| tls.do_handshake())?;
    ensure!(status == Status::Suspended, "do_handshake: {status:?}");
    let read = pair.call(side, |tls| tls.read(&mut byte))?;
    ensure!(read == Read::Suspended, "read: {read:?}");
    let written = pair.call(side, |tls| tls.write(b"!"))?;
    ensure!(written == Status::Suspended, "write: {written:?}");
    for answer in [other, Answer::accept(), Answer::refuse(Alert::ACCESS_DENIED)] {
        is_misuse(pair.tls(side), answer)?;
    }
    ensure!(pair.tls(side).awaited().is_some(), "nothing is awaited any more");
    Ok(())
}

#[track_caller]
fn is_misuse(tls: &mut dyn SslObject, answer: Answer) -> Result<(), Failure> {
    let result = tls.resume(answer);
    let is_misuse = result.as_ref().is_err_and(|error| {
        error.kind() == ErrorKind::InvalidArgument && error.origin() == Origin::Misuse
    });
    ensure!(is_misuse, "{result:?}");
    Ok(())
}

/// Goes on until the handshake is suspended for a signature; what is to be signed.
#[track_caller]
fn asked_to_sign(pair: &mut Pair, side: Side) -> Result<Vec<u8>, Failure> {
    pair.drive()?;
    match pair.tls(side).awaited() {
        Some(Awaited::Signature { scheme, message }) => {
            ensure!(scheme == SCHEME, "by {scheme}");
            Ok(message.to_vec())
        }
        other => Err(Failure::new(format!("awaited: {other:?}"))),
    }
}

fn signature(lab: &Lab) -> Result<(), Failure> {
    let side = pausing(lab);
    let (contexts, agent) = signing(lab)?;
    let mut pair = contexts.pair(lab.wrap()?)?;
    is_misuse(pair.tls(side), Answer::signature(Ok(Vec::new())))?;
    let message = asked_to_sign(&mut pair, side)?;
    is_suspended(&mut pair, side, Answer::verdict(Ok(())))?;
    let signed = agent.sign(SCHEME, &message);
    pair.tls(side).resume(Answer::signature(signed))?;
    ensure!(pair.tls(side).awaited().is_none(), "still awaited");
    pair.handshake()?;
    pair.exchange()?;
    ensure!(agent.asked().len() == 1, "asked {} times", agent.asked().len());
    is_misuse(pair.tls(side), Answer::signature(Ok(Vec::new())))?;
    pair.shut_down()
}

fn no_signature(lab: &Lab) -> Result<(), Failure> {
    let side = pausing(lab);
    let (contexts, agent) = signing(lab)?;
    for holds_not in [false, true] {
        let mut pair = contexts.pair(lab.wrap()?)?;
        let message = asked_to_sign(&mut pair, side)?;
        let answer = if holds_not {
            agent.sign(SCHEME, &[&message[..], b"!"].concat())
        } else {
            Err("the key is out of reach".into())
        };
        pair.tls(side).resume(Answer::signature(answer))?;
        lab.refused(&mut pair, side, ErrorKind::SignerFailed, Alert::INTERNAL_ERROR)?;
        let error = pair.expect_error(side)?;
        let why = error.source().map(ToString::to_string);
        let expected = if holds_not { None } else { Some("the key is out of reach".to_owned()) };
        ensure!(why == expected, "{error:?}");
    }
    Ok(())
}

fn signature_dropped(lab: &Lab) -> Result<(), Failure> {
    let side = pausing(lab);
    let (contexts, agent) = signing(lab)?;
    let mut dropped = contexts.pair(lab.wrap()?)?;
    let mut pair = contexts.pair(lab.wrap()?)?;
    asked_to_sign(&mut dropped, side)?;
    let message = asked_to_sign(&mut pair, side)?;
    drop(dropped);
    pair.tls(side).resume(Answer::signature(agent.sign(SCHEME, &message)))?;
    pair.handshake()?;
    pair.exchange()
}

/// A pair of which one end pauses for a verdict on the other, which shows `identity`.
#[track_caller]
fn judging(lab: &Lab, identity: &Identity, role: VerifierRole) -> Result<Pair, Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let judge = match pausing(lab) {
        Side::Client => {
            server.identities = vec![identity.clone()];
            &mut client
        }
        Side::Server => {
            client.identities = vec![identity.clone()];
            server.verify_mode = VerifyMode::Required;
            server.trust_store = client.trust_store.clone();
            &mut server
        }
    };
    judge.pause_for_verdict = true;
    judge.verifier_role = role;
    lab.pair(&client, &server)
}

/// Goes on until the handshake is suspended for a verdict on the peer that shows `identity`.
#[track_caller]
fn asked_to_judge(
    lab: &Lab,
    pair: &mut Pair,
    identity: &Identity,
    library: Result<(), VerifyCode>,
) -> Result<(), Failure> {
    let side = pausing(lab);
    pair.drive()?;
    let name = ServerName::new(SERVER_NAME)?;
    match pair.tls(side).awaited() {
        Some(Awaited::Verdict(peer)) => {
            ensure!(peer.certificates == identity.chain(), "another chain");
            ensure!(peer.side == side.peer(), "{peer:?}");
            ensure!(peer.time == NOW, "{peer:?}");
            ensure!(peer.library == Some(library), "{:?}", peer.library);
            let expected = (side == Side::Client).then_some(&name);
            ensure!(peer.server_name == expected, "{:?}", peer.server_name);
            Ok(())
        }
        other => Err(Failure::new(format!("awaited: {other:?}"))),
    }
}

fn valid(lab: &Lab) -> Identity {
    lab.family().shown_to(pausing(lab)).clone()
}

fn stranger(lab: &Lab) -> Identity {
    pki().strangers().shown_to(pausing(lab)).clone()
}

fn verdict(lab: &Lab) -> Result<(), Failure> {
    let side = pausing(lab);
    let identity = valid(lab);
    let mut pair = judging(lab, &identity, VerifierRole::Also)?;
    asked_to_judge(lab, &mut pair, &identity, Ok(()))?;
    is_suspended(&mut pair, side, Answer::signature(Ok(Vec::new())))?;
    pair.tls(side).resume(Answer::verdict(Ok(())))?;
    pair.handshake()?;
    pair.exchange()?;
    ensure!(pair.tls(side).peer_certificates() == identity.chain(), "another chain");
    if lab.has(side, Capability::VerifiedChain) {
        let chain = pair.tls(side).verified_chain()?;
        let root = lab.family().authority.root();
        ensure!(chain.last() == Some(&root), "{} certificates", chain.len());
    }
    pair.shut_down()
}

fn verdict_refuses(lab: &Lab) -> Result<(), Failure> {
    let side = pausing(lab);
    for code in [
        VerifyCode::ApplicationVerification,
        VerifyCode::Expired,
        VerifyCode::Revoked,
        VerifyCode::WeakKey,
    ] {
        let identity = valid(lab);
        let mut pair = judging(lab, &identity, VerifierRole::Also)?;
        asked_to_judge(lab, &mut pair, &identity, Ok(()))?;
        pair.tls(side).resume(Answer::verdict(Err(code)))?;
        lab.refused(&mut pair, side, ErrorKind::CertificateVerify(code), code.alert())?;
    }
    Ok(())
}

fn verdict_overrules(lab: &Lab) -> Result<(), Failure> {
    let identity = stranger(lab);
    let unknown = VerifyCode::UnknownIssuer;
    let mut pair = judging(lab, &identity, VerifierRole::LastWord)?;
    asked_to_judge(lab, &mut pair, &identity, Err(unknown))?;
    pair.tls(pausing(lab)).resume(Answer::verdict(Ok(())))?;
    pair.handshake()?;
    pair.exchange()?;
    let mut pair = judging(lab, &identity, VerifierRole::LastWord)?;
    asked_to_judge(lab, &mut pair, &identity, Err(unknown))?;
    pair.tls(pausing(lab)).resume(Answer::verdict(Err(unknown)))?;
    let kind = ErrorKind::CertificateVerify(unknown);
    lab.refused(&mut pair, pausing(lab), kind, unknown.alert())
}

fn verdict_not_awaited(lab: &Lab) -> Result<(), Failure> {
    let mut pair = judging(lab, &stranger(lab), VerifierRole::Also)?;
    let code = VerifyCode::UnknownIssuer;
    lab.refused(&mut pair, pausing(lab), ErrorKind::CertificateVerify(code), code.alert())
}
