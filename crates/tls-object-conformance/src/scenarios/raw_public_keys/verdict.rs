//! Which public keys are accepted, and who says so.

use std::sync::{Arc, Mutex, PoisonError};

use tls_object_core::{
    Alert, Answer, Awaited, Capability, CertificateType, Config, ErrorKind, Hook, Identity,
    PeerVerifier, PresentedPeer, PublicKey, Side, VerifierRole, VerifyCode, VerifyMode,
};

use super::{EITHER, RAW, SHOWING, accepting, insist, knows, raw_server};
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{KeyType, pki, raw_public_key_of};
use crate::scenario::{Dims, Scenario};

use CertificateType::{RawPublicKey, X509};

const WITH_CODE: &[Capability] = &[
    Capability::RawPublicKeys12,
    Capability::RawPublicKeys13,
    Capability::AlertSent,
    Capability::VerifyCode,
];

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
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
        "raw_public_keys::contradictions",
        "Settings that cannot be meant are refused: public keys that nobody trusts, trusted ones that are not accepted, an empty list.",
        Dims::alone(Side::Client),
        contradictions,
    )
    .needs(EITHER),
    Scenario::new(
        "raw_public_keys::pause_on_client",
        "A client that pauses for the verdict is shown the server's public key, and goes on or refuses as it is told.",
        Dims::VERSIONS.variants(&["accepted", "refused"]),
        |lab| pause(lab, Side::Client),
    )
    .needs_each(
        &[Capability::RawPublicKeys12, Capability::RawPublicKeys13, Capability::VerifyPauseClient],
        RAW,
    ),
    Scenario::new(
        "raw_public_keys::pause_on_server",
        "A server that pauses for the verdict is shown the client's public key, and goes on or refuses as it is told.",
        Dims::VERSIONS.variants(&["accepted", "refused"]),
        |lab| pause(lab, Side::Server),
    )
    .needs_each(
        SHOWING,
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
            Capability::VerifyPauseServer,
        ],
    ),
    Scenario::new(
        "raw_public_keys::weak",
        "A public key of RSA with few bits is refused though it is trusted, before the application is asked beside the library.",
        Dims::VERSIONS.variants(&["alone", "also"]),
        weak,
    )
    .needs_each(
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::AlertSent,
            Capability::VerifyCode,
            Capability::VerifyHook,
        ],
        &[Capability::RawPublicKeys12, Capability::RawPublicKeys13, Capability::SecurityLevel],
    ),
    Scenario::new(
        "raw_public_keys::below_security_level",
        "A public key that is too weak for the security level is refused though it is trusted.",
        Dims::VERSIONS,
        below_security_level,
    )
    .needs_each(
        &[
            Capability::RawPublicKeys12,
            Capability::RawPublicKeys13,
            Capability::AlertSent,
            Capability::VerifyCode,
            Capability::SecurityLevel,
        ],
        RAW,
    ),
    Scenario::new(
        "raw_public_keys::short",
        "A public key of RSA with few bits is not shown.",
        Dims::alone(Side::Server),
        short,
    )
    .needs(RAW),
];

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

fn pause(lab: &Lab, side: Side) -> Result<(), Failure> {
    let (mut client, mut server, shown) = match side {
        Side::Client => {
            let (server, shown) = raw_server(lab);
            (accepting(lab, &shown), server, shown)
        }
        Side::Server => {
            let shown = raw_public_key_of(&lab.family().client);
            let (mut client, mut server) = (lab.client_config(), lab.server_config());
            client.identities = vec![shown.clone()];
            insist(&mut server, &shown);
            (client, server, shown)
        }
    };
    let judge = if side == Side::Client { &mut client } else { &mut server };
    judge.pause_for_verdict = true;
    let mut pair = lab.pair(&client, &server)?;
    pair.drive()?;
    match pair.tls(side).awaited() {
        Some(Awaited::Verdict(peer)) => {
            ensure!(peer.public_key == shown.public_key(), "another key");
            ensure!(peer.certificates.is_empty(), "certificates beside a public key");
            ensure!(peer.library == Some(Ok(())), "{:?}", peer.library);
        }
        other => return Err(Failure::new(format!("awaited: {other:?}"))),
    }
    if lab.variant() == "refused" {
        let code = VerifyCode::Revoked;
        pair.tls(side).resume(Answer::verdict(Err(code)))?;
        return lab.refused(&mut pair, side, ErrorKind::CertificateVerify(code), code.alert());
    }
    pair.tls(side).resume(Answer::verdict(Ok(())))?;
    pair.handshake()?;
    pair.exchange()?;
    knows(&mut pair, side, &shown)
}

const WEAK: ErrorKind = ErrorKind::CertificateVerify(VerifyCode::WeakKey);

/// A key of RSA with 1024 bits, which nobody should accept.
fn short_key() -> Result<Identity, Failure> {
    // Made by `openssl req -x509 -newkey rsa:1024 -nodes`.
    const SHORT: &[u8] = include_bytes!("../../pki/rsa1024.pem");
    let certified = Identity::from_pem(SHORT, SHORT)?;
    // And `openssl pkey -pubout`.
    let public_key = PublicKey::from_pem(include_bytes!("../../pki/rsa1024.pub.pem"))?;
    Ok(Identity::raw_public_key(public_key, certified.key().clone()))
}

fn weak(lab: &Lab) -> Result<(), Failure> {
    let identity = short_key()?;
    let mut server = lab.server_config();
    server.identities = vec![identity.clone()];
    server.security_level = Some(0);
    let judge = Arc::new(Judge { verdict: Ok(()), shown: Mutex::default() });
    let mut client = accepting(lab, &identity);
    if lab.variant() == "also" {
        client.verifier = Some(Hook::new(judge.clone()));
    }
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Client, WEAK, VerifyCode::WeakKey.alert())?;
    let shown = judge.shown.lock().unwrap_or_else(PoisonError::into_inner);
    ensure!(shown.is_empty(), "the verifier was shown {shown:?}");
    Ok(())
}

fn below_security_level(lab: &Lab) -> Result<(), Failure> {
    // 2048 bits of RSA are 112 bits of security, one level below.
    let identity = raw_public_key_of(&pki().family(KeyType::Rsa2048).server);
    let mut server = lab.server_config();
    server.identities = vec![identity.clone()];
    let mut client = accepting(lab, &identity);
    client.security_level = Some(3);
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Client, WEAK, VerifyCode::WeakKey.alert())
}

fn short(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.identities = vec![short_key()?];
    lab.refused_for(&server, ErrorKind::InvalidPrivateKey)
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
