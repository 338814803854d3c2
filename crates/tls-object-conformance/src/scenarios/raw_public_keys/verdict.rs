//! Which public keys are accepted, and who says so.

use std::sync::{Arc, Mutex, PoisonError};

use tls_object_core::{
    Alert, Capability, CertificateType, Config, ErrorKind, Hook, PeerVerifier, PresentedPeer,
    PublicKey, Side, VerifierRole, VerifyCode, VerifyMode,
};

use super::{EITHER, RAW, SHOWING, accepting, insist, knows, raw_server};
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{pki, raw_public_key_of};
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
