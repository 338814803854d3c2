//! Which of several issuers of one name a judge goes by: as with OpenSSL those in its store first, then those that were sent; of
//! each the first that is valid now. It tries no other if that one turns out not to do.

use tls_object_core::{Capability, Certificate, Config, CrlScope, Identity, VerifyCode};

use super::{accepted_by, may_refuse, shown_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pki::{Issued, Meant, Odd, Twins, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const ACCEPTED: &[Scenario] = each_side! {
    "twin_expired", "Of two certificates of an issuer that were sent the one that is valid counts.", [],
        |lab| accepted(lab, &sent(lab, Odd::Expired, Meant::Key));
    "twin_other_key_named", "A certificate of an issuer of another key than the leaf says is passed over.", [],
        |lab| accepted(lab, &sent(lab, Odd::OtherKey, Meant::Key));
    "twin_other_key_type", "A certificate of an issuer whose key cannot have made the leaf's signature is passed over.", [],
        |lab| accepted(lab, &sent(lab, Odd::OtherKeyType, Meant::Any));
    "twin_serial_of_plain", "A certificate of an issuer with another serial number than the leaf says is passed over.", [],
        |lab| accepted(lab, &sent(lab, Odd::WrongPurpose, Meant::Plain));
    "twin_second", "A certificate of an issuer that comes second does no harm.", [],
        |lab| {
            let mut judged = sent(lab, Odd::WrongPurpose, Meant::Key);
            judged.sent.reverse();
            accepted(lab, &judged)
        };
    "twin_both_stored", "Of two certificates of an issuer in the store the one that is valid counts.", [],
        |lab| {
            let both = &[Which::Odd, Which::Plain];
            accepted(lab, &stored(lab, Odd::Expired, Issued::ByRoot, &[], both))
        };
    "twin_root_expired", "Of two certificates of a root the one that is valid counts.", [],
        |lab| accepted(lab, &roots(lab, Odd::Expired, Meant::Key));
    "twin_root_other_key_named", "A certificate of a root of another key than the leaf says is passed over.", [],
        |lab| accepted(lab, &roots(lab, Odd::OtherKey, Meant::Key));
    "twin_root_other_key_type", "A certificate of a root whose key cannot have made the leaf's signature is passed over.", [],
        |lab| accepted(lab, &roots(lab, Odd::OtherKeyType, Meant::Any));
    "twin_partial", "With partial chains the one of two trusted certificates of an issuer that is valid counts.", [PartialChain],
        |lab| {
            let both = &[Which::Odd, Which::Plain];
            let mut judged = stored(lab, Odd::Expired, Issued::ByRoot, &[], both);
            judged.is_partial = true;
            accepted(lab, &judged)
        };
    "twin_partial_sent", "With partial chains too the one of two certificates of an issuer that is valid counts.", [PartialChain],
        |lab| {
            let mut judged = sent(lab, Odd::Expired, Meant::Key);
            judged.is_partial = true;
            accepted(lab, &judged)
        };
};

pub(in crate::scenarios) const REFUSED: &[Scenario] = judged! {
    "first_twin_is_none", "An issuer whose first certificate says that it is no authority is looked for no further.", [],
        |lab| refused(lab, &sent(lab, Odd::IsNone, Meant::Key), VerifyCode::InvalidCa, 1);
    "first_twin_may_not_sign", "An issuer whose first certificate is not for signing certificates is looked for no further.", [],
        |lab| refused(lab, &sent(lab, Odd::MayNotSign, Meant::Key), VerifyCode::InvalidCa, 1);
    "first_twin_wrong_purpose", "An issuer whose first certificate is for another use is looked for no further.", [],
        |lab| refused(lab, &sent(lab, Odd::WrongPurpose, Meant::Key), VerifyCode::WrongPurpose, 1);
    "first_twin_too_short", "An issuer whose first certificate allows no authority under itself is looked for no further.", [],
        |lab| {
            let judged = sent(lab, Odd::TooShort, Meant::Key);
            refused(lab, &judged, VerifyCode::PathLengthExceeded, 2)
        };
    "first_twin_revoked", "An issuer whose first certificate was taken back is looked for no further.", [Crl CrlChain],
        |lab| {
            let mut judged = sent(lab, Odd::Revoked, Meant::Key);
            judged.asks_for_revocation = true;
            refused(lab, &judged, VerifyCode::Revoked, 1)
        };
    "first_twin_other_key", "An issuer whose first certificate is of another key is looked for no further, if the leaf does not say of which.", [],
        |lab| refused(lab, &sent(lab, Odd::OtherKey, Meant::Any), VerifyCode::BadSignature, 0);
    "twin_serial_of_odd", "A certificate of an issuer for another use counts if it has the serial number that the leaf says.", [],
        |lab| {
            let mut judged = sent(lab, Odd::WrongPurpose, Meant::Odd);
            judged.sent.reverse();
            refused(lab, &judged, VerifyCode::WrongPurpose, 1)
        };
    "first_twin_stored_expired", "An expired certificate of an issuer in the store is preferred to a valid one that was sent.", [],
        |lab| {
            let judged = stored(lab, Odd::Expired, Issued::ByRoot, &[Which::Plain], &[Which::Odd]);
            refused(lab, &judged, VerifyCode::Expired, 1)
        };
    "first_twin_stored_wrong_purpose", "A certificate of an issuer for another use in the store is preferred to one that was sent.", [],
        |lab| {
            let judged =
                stored(lab, Odd::WrongPurpose, Issued::ByRoot, &[Which::Plain], &[Which::Odd]);
            refused(lab, &judged, VerifyCode::WrongPurpose, 1)
        };
    "first_twin_root_wrong_purpose", "A root whose first certificate is for another use is looked for no further.", [],
        |lab| refused(lab, &roots(lab, Odd::WrongPurpose, Meant::Key), VerifyCode::WrongPurpose, 1);
    "first_twin_root_other_key", "A root whose first certificate is of another key is looked for no further, if the leaf does not say of which.", [],
        |lab| refused(lab, &roots(lab, Odd::OtherKey, Meant::Any), VerifyCode::BadSignature, 0);
    "first_twin_crossed", "A root of an issuer that has expired is preferred to a certificate by another root that was sent.", [],
        |lab| {
            let judged =
                stored(lab, Odd::Expired, Issued::Crosswise, &[Which::Plain], &[Which::Odd]);
            refused(lab, &judged, VerifyCode::Expired, 1)
        };
    "first_twin_partial_expired", "With partial chains an issuer that is trusted by an expired certificate is not looked for further.", [PartialChain],
        |lab| {
            let mut judged =
                stored(lab, Odd::Expired, Issued::ByRoot, &[Which::Plain], &[Which::Odd]);
            judged.is_partial = true;
            refused(lab, &judged, VerifyCode::Expired, 1)
        };
    "first_twin_partial_wrong_purpose", "With partial chains an issuer whose first trusted certificate is for another use is looked for no further.", [PartialChain],
        |lab| {
            let both = &[Which::Odd, Which::Plain];
            let mut judged = stored(lab, Odd::WrongPurpose, Issued::ByRoot, &[], both);
            judged.is_partial = true;
            refused(lab, &judged, VerifyCode::WrongPurpose, 1)
        };
};

/// One of two certificates.
#[derive(Clone, Copy)]
enum Which {
    Odd,
    Plain,
}

/// A chain under an authority with two certificates, and what the judge is told.
struct Judged {
    twins: Twins,
    sent: Vec<Which>,
    trusted: Vec<Certificate>,
    asks_for_revocation: bool,
    is_partial: bool,
}

impl Judged {
    fn new(twins: Twins, sent: &[Which], trusted: &[Which], root: Option<Certificate>) -> Self {
        let trusted = trusted.iter().map(|&which| certificate(&twins, which).clone());
        let trusted = trusted.chain(root).collect();
        Self { twins, sent: sent.to_vec(), trusted, asks_for_revocation: false, is_partial: false }
    }

    /// What the peer shows.
    fn shown(&self) -> Identity {
        let sent: Vec<_> = self.sent.iter().map(|&which| certificate(&self.twins, which)).collect();
        self.twins.sent_with(&sent)
    }

    fn configure(&self, config: &mut Config) {
        config.trust_store = self.trusted.clone().into();
        config.partial_chain = self.is_partial;
        if self.asks_for_revocation {
            config.trust_store.extend(self.twins.crls.clone());
            config.crl_scope = CrlScope::Chain;
        }
    }
}

fn certificate(twins: &Twins, which: Which) -> &Certificate {
    match which {
        Which::Odd => &twins.odd,
        Which::Plain => &twins.plain,
    }
}

/// Both are sent, the peculiar one first, and the root is trusted.
fn sent(lab: &Lab, odd: Odd, meant: Meant) -> Judged {
    let twins = pki().twins(shown_by(lab), odd, Issued::ByRoot, meant);
    Judged::new(twins, &[Which::Odd, Which::Plain], &[], Some(lab.family().authority.root()))
}

/// Some are sent, and others are trusted with the root.
fn stored(lab: &Lab, odd: Odd, issued: Issued, sent: &[Which], trusted: &[Which]) -> Judged {
    let twins = pki().twins(shown_by(lab), odd, issued, Meant::Key);
    Judged::new(twins, sent, trusted, Some(lab.family().authority.root()))
}

/// Both are roots and trusted, the peculiar one first.
fn roots(lab: &Lab, odd: Odd, meant: Meant) -> Judged {
    let twins = pki().twins(shown_by(lab), odd, Issued::ByThemselves, meant);
    Judged::new(twins, &[], &[Which::Odd, Which::Plain], None)
}

#[track_caller]
fn accepted(lab: &Lab, judged: &Judged) -> Result<(), Failure> {
    accepted_by(lab, &judged.shown(), |config, _| judged.configure(config))
}

/// The judge refuses the certificate so far above the leaf: the leaf, or else the peculiar one of the issuer's. That it does is
/// a fact that may deviate.
#[track_caller]
fn refused(lab: &Lab, judged: &Judged, code: VerifyCode, depth: u32) -> Result<(), Failure> {
    let identity = judged.shown();
    let refused = if depth == 0 { &identity.chain()[0] } else { &judged.twins.odd };
    let configure = |config: &mut Config, _: &Identity| judged.configure(config);
    may_refuse(lab, &identity, configure, code, (depth, refused))
}
