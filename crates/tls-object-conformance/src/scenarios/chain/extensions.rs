//! What the extensions of leaves and authorities allow.

use tls_object_core::{Capability, Config, ErrorKind, Identity, Side, VerifyCode};

use super::{Pki, configs, judge, refused, refused_for_nothing, refused_for_nothing_if, shown_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pki::Shape;
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = judged! {
    "unknown_critical", "A critical extension that nobody knows is refused in a leaf.", [],
        unknown_critical;
    "unknown_critical_above", "A critical extension that nobody knows is refused in an authority.", [],
        |lab| {
            let shape = Pki::Shaped(Shape::IssuerUnknownCritical);
            refused(lab, shape, VerifyCode::UnhandledCriticalExtension, 1)
        };
    "any_extended_usage", "A leaf for any use is for none by name.", [],
        |lab| refused(lab, Pki::Shaped(Shape::AnyUsage), VerifyCode::WrongPurpose, 0);
    "any_extended_usage_above", "An authority for any use is for none by name.", [],
        |lab| refused(lab, Pki::Shaped(Shape::IssuerAnyUsage), VerifyCode::WrongPurpose, 1);
    "authority_purpose", "An authority for another use does not issue for this one.", [],
        |lab| refused(lab, Pki::Shaped(Shape::IssuerWrongPurpose), VerifyCode::WrongPurpose, 1);
    "excluded_name", "A name that an authority may not speak for is refused.", [],
        |lab| refused(lab, Pki::Shaped(Shape::Excluded), VerifyCode::NameExcluded, 0);
    "excluded_address", "An address that an authority may not speak for is refused.", [],
        |lab| refused(lab, Pki::Shaped(Shape::AddressExcluded), VerifyCode::NameExcluded, 0);
    "other_address", "An address that is not among those of its authority is refused.", [],
        |lab| refused(lab, Pki::Shaped(Shape::AddressNotPermitted), VerifyCode::NameConstraint, 0);
    "other_directory", "A subject that is not among those of its authority is refused.", [],
        |lab| refused(lab, Pki::Shaped(Shape::DirectoryNotPermitted), VerifyCode::NameConstraint, 0);
    "key_identifier", "A certificate that was signed by another key of its issuer's, as it says, has no issuer.", [],
        |lab| refused(lab, Pki::Shaped(Shape::OtherKeyIdentifier), VerifyCode::UnknownIssuer, 0);
    "issuer_serial", "A certificate that was signed under another certificate of its issuer's, as it says, has no issuer.", [],
        |lab| refused(lab, Pki::Shaped(Shape::OtherIssuerSerial), VerifyCode::UnknownIssuer, 0);
};

pub(in crate::scenarios) const ACCEPTED: &[Scenario] = each_side! {
    "permitted_address", "An address that is among those of its authority is accepted.", [],
        |lab| refused_for_nothing(lab, Shape::AddressPermitted);
    "explicit_policy", "Whether a certificate has the policy that an authority asks for is not looked at.", [],
        |lab| refused_for_nothing(lab, Shape::ExplicitPolicy);
    "inhibit_any_policy", "An authority may forbid the policy that stands for any.", [],
        |lab| refused_for_nothing(lab, Shape::InhibitAnyPolicy);
    "self_issued", "An authority that signs its own new key is none below itself (RFC 5280 section 4.2.1.9).", [],
        |lab| refused_for_nothing(lab, Shape::SelfIssued);
    "version_1", "A leaf of version 1 is judged as one without extensions.", [],
        |lab| refused_for_nothing_if(lab, Shape::Version1, |config, _| config.check_server_name = false);
    "critical_policy", "A leaf may have its policies in a critical extension.", [],
        |lab| accepted_if_shown(lab, Shape::CriticalPolicy);
    "critical_policy_above", "An authority may have its policies in a critical extension.", [],
        |lab| refused_for_nothing(lab, Shape::IssuerCriticalPolicy);
};

/// Under TLS 1.2 some libraries have no suite for such a key.
pub(in crate::scenarios) const KEY_USAGE: &[Scenario] = &[
    Scenario::new(
        "chain::key_encipherment",
        "A server whose key is for encipherment alone is accepted, though RFC 8446 section 4.4.2.2 has it show another.",
        Dims::TLS13.variants(&["client"]),
        |lab| accepted_if_shown(lab, Shape::LeafEnciphers),
    ),
    Scenario::new(
        "chain::key_usage",
        "A server whose key is not for signing, as its certificate says, is refused.",
        Dims::TLS13.variants(&["client"]),
        key_usage,
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "client_chain::key_usage",
        "A client whose key is not for signing, as its certificate says, is refused.",
        Dims::TLS13.variants(&["server"]),
        key_usage,
    )
    .needs_each(
        &[Capability::ClientCertificate],
        &[
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
            Capability::VerifyTime,
            Capability::VerifyCode,
            Capability::AlertSent,
        ],
    ),
];

const TOLD: &[Capability] = &[Capability::VerifyCode, Capability::AlertSent];

fn key_usage(lab: &Lab) -> Result<(), Failure> {
    let identity = Pki::Shaped(Shape::LeafMayNotSign).identity(lab, shown_by(lab));
    refused_key(lab, &identity, |_, _| ())
}

/// The judge, told more by `configure`, refuses a leaf for the usage of its key. BoringSSL does not say where the leaf stands.
#[track_caller]
pub(super) fn refused_key(
    lab: &Lab,
    identity: &Identity,
    configure: impl Fn(&mut Config, &Identity),
) -> Result<(), Failure> {
    if !is_shown(lab, identity)? {
        return Ok(());
    }
    let (client, server) = configs(lab, identity, configure);
    let code = VerifyCode::WrongPurpose;
    let kind = ErrorKind::CertificateVerify(code);
    lab.refused(&mut lab.pair(&client, &server)?, judge(lab), kind, code.alert())
}

/// The leaf is accepted where it is shown; that it is refused is a fact that may deviate.
#[track_caller]
fn accepted_if_shown(lab: &Lab, shape: Shape) -> Result<(), Failure> {
    if !can_be_shown(lab, &Pki::Shaped(shape).identity(lab, shown_by(lab)))? {
        return Ok(());
    }
    refused_for_nothing(lab, shape)
}

fn unknown_critical(lab: &Lab) -> Result<(), Failure> {
    let chain = Pki::Shaped(Shape::UnknownCritical);
    if !is_shown(lab, &chain.identity(lab, shown_by(lab)))? {
        return Ok(());
    }
    refused(lab, chain, VerifyCode::UnhandledCriticalExtension, 0)
}

/// Whether a leaf is shown at all, of which the judge is to tell why it refuses it.
#[track_caller]
pub(in crate::scenarios) fn is_shown(lab: &Lab, identity: &Identity) -> Result<bool, Failure> {
    let is_shown = can_be_shown(lab, identity)?;
    if !is_shown {
        // What would be needed of the judge has nothing to prove itself on.
        match judge(lab) {
            Side::Client => lab.need(Side::Client, Capability::VerifyCode)?,
            Side::Server => lab.need(Side::Server, Capability::ClientAuthRequired)?,
        }
    }
    Ok(is_shown)
}

/// Whether a leaf can be shown: some libraries show none that they would not accept.
#[track_caller]
fn can_be_shown(lab: &Lab, identity: &Identity) -> Result<bool, Failure> {
    let (client, server) = configs(lab, identity, |_, _| ());
    let shower = match judge(lab) {
        Side::Client => lab.context(&server),
        Side::Server => lab.context(&client),
    };
    if let Err(failure) = &shower
        && failure.refusal().is_some()
    {
        return Err(failure.clone());
    }
    lab.expect("shown", true, shower.is_ok())?;
    Ok(shower.is_ok())
}
