//! What both ends tell of their handshake.

use tls_object_core::{
    Capability, HandshakeKind, NamedGroup, Setting, Side, SignatureScheme, VerifyMode,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::SIDES;
use crate::pki::KeyType;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "facts::handshake_kind",
        "Both ends tell a full handshake from one that took a second ClientHello.",
        Dims::VERSIONS,
        handshake_kind,
    )
    .needs(&[Capability::HandshakeKind, Capability::Groups]),
    Scenario::new(
        "facts::resumed_kind",
        "Both ends tell a resumed handshake, in which nobody signs.",
        Dims::VERSIONS,
        resumed_kind,
    )
    .needs(&[
        Capability::HandshakeKind,
        Capability::SignatureFact,
        Capability::Resumption12,
        Capability::Resumption13,
    ]),
    Scenario::new(
        "facts::server_signature",
        "Both ends tell by which scheme the server signed; the client did not.",
        Dims::VERSIONS.keys(),
        |lab| signatures(lab, false),
    )
    .needs(&[Capability::SignatureFact]),
    Scenario::new(
        "facts::both_signatures",
        "Both ends tell by which scheme each of them signed.",
        Dims::VERSIONS.keys(),
        |lab| signatures(lab, true),
    )
    .needs_each(
        &[Capability::SignatureFact, Capability::ClientCertificate],
        &[Capability::SignatureFact, Capability::ClientAuthRequired],
    ),
];

fn handshake_kind(lab: &Lab) -> Result<(), Failure> {
    use NamedGroup as G;
    let mut cases = vec![(G::X25519, HandshakeKind::Full)];
    if lab.is_tls13() {
        // The client guesses the first of its groups.
        cases.push((G::SECP384R1, HandshakeKind::FullWithHelloRetryRequest));
    }
    for (group, expected) in cases {
        let (mut client, mut server) = (lab.client_config(), lab.server_config());
        client.groups = Setting::Required(vec![G::X25519, G::SECP256R1, G::SECP384R1]);
        // Under TLS 1.2 also those that certificates are of.
        server.groups =
            Setting::Required(if lab.is_tls13() { vec![group] } else { vec![group, G::SECP256R1] });
        let mut pair = lab.pair(&client, &server)?;
        for side in SIDES {
            ensure!(pair.tls(side).facts().handshake.is_none(), "known before the handshake");
        }
        pair.handshake()?;
        for side in SIDES {
            let facts = pair.tls(side).facts();
            let kind = lab.fact(side, Capability::HandshakeKind, facts.handshake)?;
            ensure!(kind == expected, "{facts:?}");
        }
        pair.exchange()?;
    }
    Ok(())
}

fn resumed_kind(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut pair = contexts.pair(lab.wrap()?)?;
    pair.handshake()?;
    for side in SIDES {
        let facts = pair.tls(side).facts();
        let kind = lab.fact(side, Capability::HandshakeKind, facts.handshake)?;
        ensure!(kind == HandshakeKind::Full && !facts.resumed, "{facts:?}");
        lab.fact(side, Capability::SignatureFact, facts.server_signature)?;
    }
    pair.exchange()?;
    let resumption =
        if lab.is_tls13() { Capability::Resumption13 } else { Capability::Resumption12 };
    let session = lab.fact(Side::Client, resumption, pair.client().session())?;
    pair.shut_down()?;
    let mut wrap = lab.wrap()?;
    wrap.session = Some(session);
    let mut pair = contexts.pair(wrap)?;
    pair.handshake()?;
    for side in SIDES {
        let facts = pair.tls(side).facts();
        let kind = lab.fact(side, Capability::HandshakeKind, facts.handshake)?;
        ensure!(kind == HandshakeKind::Resumed && facts.resumed, "{facts:?}");
        ensure!(facts.server_signature.is_none() && facts.client_signature.is_none(), "{facts:?}");
    }
    pair.exchange()
}

/// Whether these are the schemes that the case's keys sign by on this version.
fn fits(lab: &Lab, scheme: SignatureScheme) -> bool {
    use SignatureScheme as S;
    let name = scheme.iana_name().unwrap_or_default();
    match lab.key() {
        KeyType::P256 if lab.is_tls13() => scheme == S::ECDSA_SECP256R1_SHA256,
        // Under TLS 1.2 the curve does not say which hash.
        KeyType::P256 => name.starts_with("ecdsa_"),
        KeyType::Rsa2048 if lab.is_tls13() => name.starts_with("rsa_pss_rsae_"),
        KeyType::Rsa2048 => name.starts_with("rsa_"),
        KeyType::Ed25519 => scheme == S::ED25519,
    }
}

fn signatures(lab: &Lab, client_signs: bool) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    if client_signs {
        client.identities = vec![lab.family().client.clone()];
        server.verify_mode = VerifyMode::Required;
        server.trust_store = vec![lab.family().authority.root()].into();
    }
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    for side in SIDES {
        let facts = pair.tls(side).facts();
        let by_server = lab.fact(side, Capability::SignatureFact, facts.server_signature)?;
        ensure!(fits(lab, by_server), "the server signed by {by_server}");
        ensure!(facts.client_signature.is_some() == client_signs, "{facts:?}");
        if let Some(by_client) = facts.client_signature {
            ensure!(fits(lab, by_client), "the client signed by {by_client}");
        }
    }
    lab.same_facts(&mut pair)?;
    pair.exchange()
}
