//! Leaves that are trusted themselves, and judged as leaves all the same.

use tls_object_core::{Capability, Config, Identity, VerifyCode};

use super::extensions::{is_shown, refused_key};
use super::{Pki, alone, refused_by, shown_by, trust};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pki::{Purpose, SelfSigned, Shape, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = judged! {
    "wrong_purpose_self_signed", "A leaf that is its own issuer and trusted is for no other use than it says.", [],
        |lab| refused(lab, &pki().self_signed(other(lab), SelfSigned::Plain), VerifyCode::WrongPurpose);
    "wrong_purpose_partial", "With partial chains a leaf that is trusted is for no other use than it says.", [PartialChain],
        |lab| partial(lab, &Pki::LeafAlone.identity(lab, other(lab)), VerifyCode::WrongPurpose);
    "unknown_critical_self_signed", "A critical extension that nobody knows is refused in a leaf that is its own issuer and trusted.", [],
        |lab| {
            let identity = pki().self_signed(shown_by(lab), SelfSigned::UnknownCritical);
            refused(lab, &identity, VerifyCode::UnhandledCriticalExtension)
        };
    "unknown_critical_partial", "With partial chains a critical extension that nobody knows is refused in a leaf that is trusted.", [PartialChain],
        |lab| {
            let identity = pki().shaped(shown_by(lab), Shape::UnknownCritical);
            partial(lab, &identity, VerifyCode::UnhandledCriticalExtension)
        };
};

/// Under TLS 1.2 some libraries have no suite for such a key.
pub(in crate::scenarios) const KEY_USAGE: &[Scenario] = judged! { TLS13;
    "key_usage_self_signed", "A leaf that is its own issuer and trusted is refused if its key is not for signing.", [],
        |lab| {
            let identity = pki().self_signed(shown_by(lab), SelfSigned::LeafMayNotSign);
            refused_key(lab, &identity, trust_leaf)
        };
    "key_usage_partial", "With partial chains a leaf that is trusted is refused if its key is not for signing.", [PartialChain],
        |lab| {
            let identity = alone(&pki().shaped(shown_by(lab), Shape::LeafMayNotSign));
            refused_key(lab, &identity, trust_partially)
        };
};

/// What a chain is for that the judge is not to accept.
fn other(lab: &Lab) -> Purpose {
    match shown_by(lab) {
        Purpose::Client => Purpose::Server,
        Purpose::Server => Purpose::Client,
    }
}

/// The judge, who trusts the leaf that is its own issuer, refuses it.
#[track_caller]
fn refused(lab: &Lab, identity: &Identity, code: VerifyCode) -> Result<(), Failure> {
    if !is_shown(lab, identity)? {
        return Ok(());
    }
    refused_by(lab, identity, trust_leaf, code, 0)
}

/// The same of a leaf that others have issued, which is shown alone.
#[track_caller]
fn partial(lab: &Lab, identity: &Identity, code: VerifyCode) -> Result<(), Failure> {
    let leaf = alone(identity);
    if !is_shown(lab, &leaf)? {
        return Ok(());
    }
    refused_by(lab, &leaf, trust_partially, code, 0)
}

fn trust_leaf(config: &mut Config, identity: &Identity) {
    trust(config, identity, 0);
}

fn trust_partially(config: &mut Config, identity: &Identity) {
    trust(config, identity, 0);
    config.partial_chain = true;
}
