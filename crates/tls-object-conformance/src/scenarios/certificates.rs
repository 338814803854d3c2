//! Certificates as an object tells of them: what a server has shown, and by which chain a peer was accepted.

use tls_object_core::{Capability, Certificate, ErrorKind, Identity, Side, VerifyMode};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::pki::{Purpose, SERVER_NAME, SelfSigned, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "certificates::verified_chain",
        "The verified chain leads from the peer's certificate to the trust anchor, without what is not part of it.",
        Dims::VERSIONS.keys(),
        verified_chain,
    )
    .needs(VERIFIED),
    Scenario::new(
        "certificates::verified_chain_of_a_client",
        "A server has the verified chain of its client.",
        Dims::VERSIONS.variants(&["optional", "required", "without"]),
        verified_chain_of_a_client,
    )
    .needs_each(&[Capability::ClientCertificate, Capability::VerifiedChain], &[
        Capability::ClientAuthOptional,
        Capability::ClientAuthRequired,
        Capability::VerifiedChain,
    ]),
    Scenario::new(
        "certificates::verified_chain_ends_at_trust",
        "The verified chain ends at the first certificate that is trusted: an intermediate authority's, or the leaf.",
        Dims::VERSIONS.variants(&["intermediate", "leaf"]),
        verified_chain_ends_at_trust,
    )
    .needs_each(&[Capability::VerifiedChain, Capability::PartialChain], &[Capability::VerifiedChain]),
    Scenario::new(
        "certificates::not_verified",
        "A client that verifies nothing has no verified chain, and says that its peer is not verified.",
        Dims::VERSIONS,
        not_verified,
    )
    .needs_each(&[Capability::VerifiedChain, Capability::PartialChain], VERIFIED),
    Scenario::new(
        "certificates::resumed",
        "A resumed connection verifies nothing anew; its peer is as verified as it was.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[
            Capability::VerifiedChain,
            Capability::OwnCertificate,
            Capability::Resumption12,
            Capability::Resumption13,
        ],
        &[
            Capability::VerifiedChain,
            Capability::OwnCertificate,
            Capability::ServerResumption,
        ],
    ),
    Scenario::new(
        "certificates::own",
        "A server tells which certificate it has shown, a client that it is none.",
        Dims::VERSIONS.keys(),
        own,
    )
    .needs(&[Capability::OwnCertificate]),
    Scenario::new(
        "certificates::own_by_name",
        "A server that has chosen by name tells the chosen certificate.",
        Dims::VERSIONS,
        own_by_name,
    )
    .needs_each(&[Capability::Sni, Capability::OwnCertificate], &[
        Capability::SniIdentity,
        Capability::OwnCertificate,
    ]),
    Scenario::new(
        "certificates::too_early",
        "Before the handshake is done there is neither.",
        Dims::ONCE,
        too_early,
    ),
];

const VERIFIED: &[Capability] = &[Capability::VerifiedChain];

/// Both ends have these verified chains.
#[track_caller]
fn chains(
    pair: &mut Pair,
    of_server: &[Certificate],
    of_client: &[Certificate],
) -> Result<(), Failure> {
    for (side, expected) in [(Side::Client, of_server), (Side::Server, of_client)] {
        let chain = pair.tls(side).verified_chain().map_err(|error| Failure::of(side, &error))?;
        ensure!(chain == expected, "{side:?}: {chain:?}, expected {expected:?}");
    }
    Ok(())
}

fn verified_chain(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let family = lab.family();
    let root = family.authority.root();
    // What is trusted besides: a stranger, and one that is not valid any more.
    let expired = pki().self_signed(Purpose::Server, SelfSigned::Expired).chain()[0].clone();
    client.trust_store = vec![pki().strangers().authority.root(), expired, root.clone()].into();
    // What is sent besides.
    let mut sent = family.server.chain().to_vec();
    sent.push(pki().strangers().authority.intermediate());
    server.identities = vec![Identity::new(sent.clone(), family.server.key().clone())?];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let verified = [family.server.chain(), &[root]].concat();
    chains(&mut pair, &verified, &[])?;
    ensure!(pair.client().peer_certificates() == sent, "the chain as sent");
    ensure!(pair.client().peer_is_verified() && !pair.server().peer_is_verified(), "verified");
    pair.exchange()?;
    pair.shut_down()?;
    chains(&mut pair, &verified, &[])
}

fn verified_chain_of_a_client(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let family = lab.family();
    let root = family.authority.root();
    server.trust_store = vec![root.clone()].into();
    server.verify_mode = match lab.variant() {
        "required" => VerifyMode::Required,
        _ => VerifyMode::Optional,
    };
    let shows = lab.variant() != "without";
    client.identities = shows.then(|| family.client.clone()).into_iter().collect();
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    // Under TLS 1.3 the server is done last.
    pair.exchange()?;
    let of_client = [family.client.chain(), core::slice::from_ref(&root)].concat();
    let of_server = [family.server.chain(), core::slice::from_ref(&root)].concat();
    chains(&mut pair, &of_server, if shows { &of_client } else { &[] })?;
    ensure!(pair.server().peer_is_verified() == shows, "verified");
    Ok(())
}

fn verified_chain_ends_at_trust(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let verified = if lab.variant() == "leaf" {
        let own = pki().self_signed(Purpose::Server, SelfSigned::Plain);
        server.identities = vec![own.clone()];
        own.chain().to_vec()
    } else {
        lab.family().server.chain().to_vec()
    };
    client.trust_store = verified.last().cloned().into_iter().collect();
    client.partial_chain = lab.variant() == "intermediate";
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    chains(&mut pair, &verified, &[])
}

fn not_verified(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.verify_mode = VerifyMode::None;
    let mut pair = lab.pair(&client, &lab.server_config())?;
    pair.handshake()?;
    chains(&mut pair, &[], &[])?;
    ensure!(pair.client().getpeercert() == lab.family().server.leaf(), "as sent");
    ensure!(!pair.client().peer_is_verified(), "verified");
    Ok(())
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    let mut second = contexts.resume(lab, &mut first)?;
    chains(&mut second, &[], &[])?;
    ensure!(second.client().peer_is_verified(), "the first connection has verified it");
    owns(&mut second, &lab.family().server.chain()[0])
}

/// The server has shown `leaf`.
#[track_caller]
fn owns(pair: &mut Pair, leaf: &Certificate) -> Result<(), Failure> {
    for (side, expected) in [(Side::Client, None), (Side::Server, Some(leaf))] {
        let own = pair.tls(side).own_certificate().map_err(|error| Failure::of(side, &error))?;
        ensure!(own.as_ref() == expected, "{side:?}: {own:?}, expected {expected:?}");
    }
    Ok(())
}

fn own(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    if lab.has(Side::Client, Capability::ClientCertificate)
        && lab.has(Side::Server, Capability::ClientAuthRequired)
    {
        client.identities = vec![lab.family().client.clone()];
        server.verify_mode = VerifyMode::Required;
        server.trust_store = vec![lab.family().authority.root()].into();
    }
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    owns(&mut pair, &lab.family().server.chain()[0])
}

fn own_by_name(lab: &Lab) -> Result<(), Failure> {
    let other = pki().server_named(&["other.example"]);
    let mut server = lab.server_config();
    server.identities_by_name.insert("other.example".to_owned(), vec![other.clone()]);
    for (name, leaf) in
        [("other.example", &other.chain()[0]), (SERVER_NAME, &lab.family().server.chain()[0])]
    {
        let mut pair = lab.pair_to(name, &lab.client_config(), &server)?;
        pair.handshake()?;
        owns(&mut pair, leaf)?;
        ensure!(pair.client().getpeercert() == Some(leaf), "shown otherwise");
    }
    Ok(())
}

fn too_early(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    for side in SIDES {
        let tls = pair.tls(side);
        let results = [tls.verified_chain().map(|_| ()), tls.own_certificate().map(|_| ())];
        for result in results {
            ensure!(
                result.as_ref().is_err_and(|error| error.kind() == ErrorKind::HandshakeNotDone),
                "{side:?}: {result:?}"
            );
        }
        ensure!(!tls.peer_is_verified(), "{side:?}: verified");
    }
    Ok(())
}
