//! What is asked of trust anchors, and what else of a store may help.

use tls_object_core::{Capability, Config, Identity, VerifyCode};

use super::{accepted_by, alone, may_refuse, refused_by, shown_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pki::{Anchor, Shape, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = judged! {
    "anchor_is_none", "An anchor that says it is no authority is none.", [],
        |lab| refused(lab, Anchor::IsNone, VerifyCode::InvalidCa);
    "anchor_says_nothing", "An anchor of version 3 that does not say it is an authority is none.", [],
        |lab| refused(lab, Anchor::SaysNothing, VerifyCode::InvalidCa);
    "anchor_too_short", "An anchor that allows no authority under itself is held to it.", [],
        |lab| refused(lab, Anchor::TooShort, VerifyCode::PathLengthExceeded);
    "anchor_purpose", "An anchor for another use is none for this one.", [],
        |lab| refused(lab, Anchor::WrongPurpose, VerifyCode::WrongPurpose);
    "anchor_unknown_critical", "A critical extension that nobody knows is refused in an anchor.", [],
        |lab| refused(lab, Anchor::UnknownCritical, VerifyCode::UnhandledCriticalExtension);
    "anchor_of_other_key", "A root whose key cannot have made its own signature is none.", [],
        |lab| {
            let (identity, anchor) = pki().anchored(shown_by(lab), Anchor::OfOtherKey);
            let trusted = anchor.clone();
            let configure =
                |config: &mut Config, _: &Identity| config.trust_store = vec![trusted.clone()].into();
            let code = VerifyCode::UnknownIntermediateIssuer;
            may_refuse(lab, &identity, configure, code, (2, &anchor))
        };
    "stored_link_purpose", "An authority in the store for another use is no link to its root.", [],
        |lab| refused_link(lab, Shape::IssuerWrongPurpose, VerifyCode::WrongPurpose);
    "stored_link_unknown_critical", "A critical extension that nobody knows is refused in an authority in the store.", [],
        |lab| refused_link(lab, Shape::IssuerUnknownCritical, VerifyCode::UnhandledCriticalExtension);
};

pub(in crate::scenarios) const ACCEPTED: &[Scenario] = each_side! {
    "anchor_may_sign", "An anchor that says only that its key is for signing certificates is one.", [],
        |lab| accepted(lab, Anchor::MaySign);
    "stored_link", "An authority in the store is a link to its root, which the peer need not send.", [],
        stored_link;
    "stored_twin", "An authority in the store is preferred to one that was sent.", [],
        stored_twin;
    "partial_under_expired", "With partial chains nothing is asked of what is trusted above an authority that is trusted.", [PartialChain],
        partial_under_expired;
};

/// The chain is refused for its anchor, two above the leaf.
#[track_caller]
fn refused(lab: &Lab, anchor: Anchor, code: VerifyCode) -> Result<(), Failure> {
    let (identity, anchor) = pki().anchored(shown_by(lab), anchor);
    refused_by(
        lab,
        &identity,
        |config, _| config.trust_store = vec![anchor.clone()].into(),
        code,
        2,
    )
}

/// A leaf is refused for its issuer, which the judge has in its store together with the root.
#[track_caller]
fn refused_link(lab: &Lab, shape: Shape, code: VerifyCode) -> Result<(), Failure> {
    let identity = pki().shaped(shown_by(lab), shape);
    let stored = vec![identity.chain()[1].clone(), lab.family().authority.root()];
    let configure = |config: &mut Config, _: &Identity| config.trust_store = stored.clone().into();
    refused_by(lab, &alone(&identity), configure, code, 1)
}

#[track_caller]
fn accepted(lab: &Lab, anchor: Anchor) -> Result<(), Failure> {
    let (identity, anchor) = pki().anchored(shown_by(lab), anchor);
    accepted_by(lab, &identity, |config, _| config.trust_store = vec![anchor.clone()].into())
}

fn stored_link(lab: &Lab) -> Result<(), Failure> {
    let identity = super::Pki::LeafAlone.identity(lab, shown_by(lab));
    let authority = &lab.family().authority;
    let stored = vec![authority.intermediate(), authority.root()];
    accepted_by(lab, &identity, |config, _| config.trust_store = stored.clone().into())
}

fn stored_twin(lab: &Lab) -> Result<(), Failure> {
    let (identity, valid) = pki().with_expired_twin(shown_by(lab));
    let stored = vec![valid, lab.family().authority.root()];
    accepted_by(lab, &identity, |config, _| config.trust_store = stored.clone().into())
}

fn partial_under_expired(lab: &Lab) -> Result<(), Failure> {
    let (identity, root) = pki().anchored(shown_by(lab), Anchor::Expired);
    let trusted = vec![root, identity.chain()[1].clone()];
    accepted_by(lab, &identity, |config, _| {
        config.trust_store = trusted.clone().into();
        config.partial_chain = true;
    })
}
