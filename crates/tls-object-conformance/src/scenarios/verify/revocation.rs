//! Certificates that were taken back.

use tls_object_core::{Capability, CrlScope, VerifyCode};

use super::{accepted_to, refused_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pki::{Purpose, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "verify::not_revoked",
        "With a revocation list that does not name it, a certificate is accepted.",
        Dims::VERSIONS.variants(&["leaf", "chain"]),
        not_revoked,
    )
    .needs_each(&[Capability::Crl, Capability::CrlChain], &[]),
    Scenario::new(
        "verify::revoked",
        "A certificate that its authority has taken back is refused.",
        Dims::VERSIONS,
        |lab| {
            let mut client = lab.client_config();
            client.trust_store.add_crl(pki().crl());
            refused_by(lab, &client, pki().revoked(Purpose::Server), VerifyCode::Revoked)
        },
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::newest_crl",
        "Of two lists of an issuer the newer one counts, wherever it is in the store.",
        Dims::VERSIONS.variants(&["taken-back", "given-back"]),
        newest_crl,
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::missing_crl",
        "With revocation checked and no list from the issuer, a certificate is refused.",
        Dims::VERSIONS,
        |lab| {
            let mut client = lab.client_config();
            client.trust_store.add_crl(pki().unrelated_crl());
            refused_by(lab, &client, lab.family().server.clone(), VerifyCode::MissingCrl)
        },
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::expired_crl",
        "A revocation list that should have been replaced says nothing any more.",
        Dims::VERSIONS,
        |lab| {
            let mut client = lab.client_config();
            client.trust_store.add_crl(pki().expired_crl());
            refused_by(lab, &client, lab.family().server.clone(), VerifyCode::CrlExpired)
        },
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::early_crl",
        "A revocation list that is not in force yet says nothing.",
        Dims::VERSIONS,
        |lab| {
            let mut client = lab.client_config();
            client.trust_store.add_crl(pki().early_crl());
            refused_by(lab, &client, lab.family().server.clone(), VerifyCode::CrlNotYetValid)
        },
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::badly_signed_crl",
        "A revocation list whose signature does not hold says nothing.",
        Dims::VERSIONS,
        |lab| {
            let mut client = lab.client_config();
            client.trust_store.add_crl(pki().badly_signed_crl());
            refused_by(lab, &client, lab.family().server.clone(), VerifyCode::CrlBadSignature)
        },
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::revoked_intermediate",
        "With the whole chain checked, an authority that was taken back is refused; with the leaf alone, not.",
        Dims::VERSIONS.variants(&["leaf", "chain"]),
        revoked_intermediate,
    )
    .needs_each(CRL_CHAIN, &[]),
    Scenario::new(
        "verify::missing_crl_of_chain",
        "With the whole chain checked, each authority but the root needs a list.",
        Dims::VERSIONS,
        |lab| {
            let mut client = lab.client_config();
            client.trust_store.add_crl(pki().crl());
            client.crl_scope = CrlScope::Chain;
            refused_by(lab, &client, lab.family().server.clone(), VerifyCode::MissingCrl)
        },
    )
    .needs_each(CRL_CHAIN, &[]),
];

const CRL: &[Capability] = &[Capability::Crl, Capability::VerifyCode, Capability::AlertSent];
const CRL_CHAIN: &[Capability] =
    &[Capability::Crl, Capability::CrlChain, Capability::VerifyCode, Capability::AlertSent];

fn not_revoked(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.trust_store.add_crl(pki().crl());
    if lab.variant() == "chain" {
        client.trust_store.add_crl(pki().root_crl());
        client.crl_scope = CrlScope::Chain;
    }
    accepted_to(lab, SERVER_NAME, &client, lab.family().server.clone())
}

fn newest_crl(lab: &Lab) -> Result<(), Failure> {
    let taken_back = lab.variant() == "taken-back";
    let [older, newer] = pki().older_and_newer_crl(taken_back);
    for lists in [[older.clone(), newer.clone()], [newer, older]] {
        let mut client = lab.client_config();
        client.trust_store.extend(lists);
        let identity = pki().revoked(Purpose::Server);
        if taken_back {
            refused_by(lab, &client, identity, VerifyCode::Revoked)?;
        } else {
            accepted_to(lab, SERVER_NAME, &client, identity)?;
        }
    }
    Ok(())
}

fn revoked_intermediate(lab: &Lab) -> Result<(), Failure> {
    let (identity, crls) = pki().under_revoked_intermediate();
    let mut client = lab.client_config();
    client.trust_store.extend(crls);
    if lab.variant() == "leaf" {
        return accepted_to(lab, SERVER_NAME, &client, identity);
    }
    client.crl_scope = CrlScope::Chain;
    refused_by(lab, &client, identity, VerifyCode::Revoked)
}
