//! Certificates that were taken back.

use tls_object_core::{Capability, Config, CrlScope, ErrorKind, Side, VerifyCode};

use super::{accepted_to, refused_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pair::Progress;
use crate::pki::{List, Purpose, SERVER_NAME, SelfSigned, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "verify::revocation_without_lists",
        "Revocation of whole chains is refused as a setting where there is no list: nothing would be looked up.",
        Dims::alone(Side::Client),
        |lab| {
            let mut client = lab.client_config();
            client.crl_scope = CrlScope::Chain;
            lab.refused_for(&client, ErrorKind::InvalidConfig)
        },
    ),
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
    Scenario::new(
        "verify::unusual_crl",
        "A revocation list of an unusual kind is taken, and clears nobody.",
        Dims::VERSIONS.variants(&[
            "unknown-critical",
            "indirect",
            "authorities-only",
            "attributes-only",
            "users-and-authorities",
            "empty-scope",
        ]),
        unusual_crl,
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::unusable_crl",
        "A revocation list that says too little, or what it is about in no way that can be read, is refused as a setting.",
        Dims::alone(Side::Client).variants(&[
            "delta",
            "delta-not-critical",
            "unreadable-scope",
            "two-scopes",
            "two-key-identifiers",
            "padded-serial",
        ]),
        unusable_crl,
    )
    .needs_each(&[Capability::Crl], &[]),
    Scenario::new(
        "verify::scoped_crl",
        "A revocation list about certificates of users says all there is of a leaf.",
        Dims::VERSIONS.variants(&["taken-back", "not"]),
        scoped_crl,
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::crl_of_other_key",
        "A revocation list that names another key than the issuer's is none of the issuer's.",
        Dims::VERSIONS.variants(&["alone", "taken-back", "not"]),
        crl_of_other_key,
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::trusted_without_crl",
        "A leaf that is its own issuer and trusted needs a list all the same.",
        Dims::VERSIONS,
        trusted_without_crl,
    )
    .needs_each(CRL, &[]),
    Scenario::new(
        "verify::partial_chain_crl",
        "With partial chains an authority that is trusted needs a list too where all of the chain is looked at.",
        Dims::VERSIONS.variants(&["leaf", "chain"]),
        partial_chain_crl,
    )
    .needs_each(
        &[
            Capability::Crl,
            Capability::CrlChain,
            Capability::PartialChain,
            Capability::VerifyCode,
            Capability::AlertSent,
        ],
        &[],
    ),
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

fn unusual_crl(lab: &Lab) -> Result<(), Failure> {
    // Critical extensions: one of an arc for examples (RFC 5612), and `issuingDistributionPoint` (RFC 5280 section 5.2.5).
    const UNKNOWN: &[u8] =
        b"\x30\x12\x06\x09\x2b\x06\x01\x04\x01\x81\xfd\x59\x01\x01\x01\xff\x04\x02\x05\x00";
    const INDIRECT: &[u8] = b"\x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03\x84\x01\xff";
    const AUTHORITIES: &[u8] =
        b"\x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03\x82\x01\xff";
    const ATTRIBUTES: &[u8] =
        b"\x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03\x85\x01\xff";
    const USERS_AND_AUTHORITIES: &[u8] =
        b"\x30\x12\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x08\x30\x06\x81\x01\xff\x82\x01\xff";
    const EMPTY: &[u8] = b"\x30\x0c\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x02\x30\x00";
    let (extension, code) = match lab.variant() {
        "unknown-critical" => (UNKNOWN, VerifyCode::UnhandledCriticalCrlExtension),
        "indirect" => (INDIRECT, VerifyCode::MissingCrl),
        "attributes-only" => (ATTRIBUTES, VerifyCode::CrlScope),
        "empty-scope" => (EMPTY, VerifyCode::MissingCrl),
        "users-and-authorities" => (USERS_AND_AUTHORITIES, VerifyCode::MissingCrl),
        _ => (AUTHORITIES, VerifyCode::CrlScope),
    };
    let mut client = lab.client_config();
    client.trust_store.add_crl(pki().unusual_crl(extension));
    refused_by(lab, &client, lab.family().server.clone(), code)
}

fn unusable_crl(lab: &Lab) -> Result<(), Failure> {
    // `deltaCRLIndicator` (RFC 5280 section 5.2.4), `issuingDistributionPoint` as NULL and for users twice, and a second
    // `authorityKeyIdentifier`.
    const DELTA: &[u8] = b"\x30\x0d\x06\x03\x55\x1d\x1b\x01\x01\xff\x04\x03\x02\x01\x01";
    const NOT_CRITICAL: &[u8] = b"\x30\x0a\x06\x03\x55\x1d\x1b\x04\x03\x02\x01\x01";
    const UNREADABLE: &[u8] = b"\x30\x0c\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x02\x05\x00";
    const TWICE: &[u8] = b"\x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03\x81\x01\xff\
        \x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03\x81\x01\xff";
    const KEY: &[u8] = b"\x30\x0b\x06\x03\x55\x1d\x23\x04\x04\x30\x02\x80\x00";
    let list = match lab.variant() {
        "delta" => pki().unusual_crl(DELTA),
        "delta-not-critical" => pki().unusual_crl(NOT_CRITICAL),
        "unreadable-scope" => pki().unusual_crl(UNREADABLE),
        "two-scopes" => pki().unusual_crl(TWICE),
        "two-key-identifiers" => pki().unusual_crl(KEY),
        _ => pki().peculiar_crl(List::PaddedSerial),
    };
    let mut client = lab.client_config();
    client.trust_store.add_crl(list);
    lab.refused_for(&client, ErrorKind::InvalidCrl)
}

fn scoped_crl(lab: &Lab) -> Result<(), Failure> {
    // `onlyContainsUserCerts`, and no name of a distribution point.
    const USERS: &[u8] = b"\x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03\x81\x01\xff";
    let mut client = lab.client_config();
    client.trust_store.add_crl(pki().unusual_crl(USERS));
    told_of_revoked(lab, &client)
}

fn crl_of_other_key(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.trust_store.add_crl(pki().namesake_crl());
    if lab.variant() == "alone" {
        let server = lab.family().server.clone();
        return refused_by(lab, &client, server, VerifyCode::MissingCrl);
    }
    client.trust_store.add_crl(pki().crl());
    told_of_revoked(lab, &client)
}

/// The one that is taken back is refused, or the one that is not is accepted, as the variant says.
fn told_of_revoked(lab: &Lab, client: &Config) -> Result<(), Failure> {
    if lab.variant() == "taken-back" {
        return refused_by(lab, client, pki().revoked(Purpose::Server), VerifyCode::Revoked);
    }
    accepted_to(lab, SERVER_NAME, client, lab.family().server.clone())
}

fn partial_chain_crl(lab: &Lab) -> Result<(), Failure> {
    let identity = lab.family().server.clone();
    let mut client = lab.client_config();
    client.partial_chain = true;
    client.trust_store = vec![lab.family().authority.intermediate()].into();
    client.trust_store.add_crl(pki().crl());
    if lab.variant() == "leaf" {
        return accepted_to(lab, SERVER_NAME, &client, identity);
    }
    client.crl_scope = CrlScope::Chain;
    refused_by(lab, &client, identity, VerifyCode::MissingCrl)
}

fn trusted_without_crl(lab: &Lab) -> Result<(), Failure> {
    let identity = pki().self_signed(Purpose::Server, SelfSigned::Plain);
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.trust_store = vec![identity.chain()[0].clone()].into();
    client.trust_store.add_crl(pki().unrelated_crl());
    server.identities = vec![identity];
    let mut pair = lab.pair(&client, &server)?;
    let missing = Some(ErrorKind::CertificateVerify(VerifyCode::MissingCrl));
    match pair.drive()?.of(Side::Client) {
        Progress::Failed(error) => {
            lab.expect("refused for", missing, Some(error.kind()))?;
            lab.final_error(&mut pair, Side::Client, error)
        }
        _ => {
            lab.expect("refused for", missing, None)?;
            pair.exchange()
        }
    }
}
