//! Trust anchors that are wrong in one way, or right in an unusual one, and what else may stand in a store.

use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose};
use tls_object_core::{Certificate, Identity};

use super::shapes::unknown_critical;
use super::{
    KeyType, Pki, Purpose, SERVER_NAMES, SOUND, Validity, authority_params, identity, leaf_params,
    subordinate,
};

/// What is peculiar about an anchor that has one authority under it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Anchor {
    /// Valid until long ago.
    Expired,
    /// It says that it is no authority.
    IsNone,
    /// It has its own name for its issuer's, and a signature by a key of another type.
    OfOtherKey,
    /// It has no extensions that say what it is.
    SaysNothing,
    /// It says only that its key is for signing certificates.
    MaySign,
    /// It allows no authority under itself.
    TooShort,
    /// It is for another use.
    WrongPurpose,
    /// It has a critical extension that nobody knows.
    UnknownCritical,
}

impl Pki {
    /// A chain under such an anchor, which is left out, and the anchor.
    pub(crate) fn anchored(&self, purpose: Purpose, shape: Anchor) -> (Identity, Certificate) {
        let mut params = authority_params("peculiar root", 41);
        match shape {
            Anchor::Expired => Validity::Past.apply(&mut params),
            Anchor::IsNone => {
                params.is_ca = IsCa::ExplicitNoCa;
                params.key_usages.clear();
            }
            Anchor::OfOtherKey => params.use_authority_key_identifier_extension = false,
            Anchor::SaysNothing => {
                params.is_ca = IsCa::NoCa;
                params.key_usages.clear();
            }
            Anchor::MaySign => {
                params.is_ca = IsCa::NoCa;
                params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            }
            Anchor::TooShort => params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
            Anchor::WrongPurpose => {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
            }
            Anchor::UnknownCritical => params.custom_extensions.push(unknown_critical()),
        }
        let key = KeyType::P256.generate();
        let anchor = match shape {
            Anchor::OfOtherKey => {
                let namesake = authority_params("peculiar root", 41);
                params.signed_by(&key, &Issuer::new(namesake, KeyType::Ed25519.generate()))
            }
            _ => params.self_signed(&key),
        };
        let anchor = anchor.expect(SOUND);
        let root = Issuer::new(params, key);
        let params = authority_params("intermediate under a peculiar root", 42);
        let (intermediate, issuer) = subordinate(params, &root, KeyType::P256.generate());
        let leaf = leaf_params(purpose, SERVER_NAMES, 43);
        let identity = self.signed(leaf, &issuer, &[&intermediate]);
        (identity, Certificate::from_der(anchor.der().to_vec()))
    }

    /// A valid chain whose authority has a certificate that has expired beside the one that has not: the one is in the
    /// chain, the other is given too.
    pub(crate) fn with_expired_twin(&self, purpose: Purpose) -> (Identity, Certificate) {
        let authority = self.authority();
        let mut params = authority_params("p256 intermediate", 44);
        Validity::Past.apply(&mut params);
        let twin = params.signed_by(authority.intermediate_issuer.key(), &authority.root_issuer);
        let family = self.family(KeyType::P256);
        let valid = match purpose {
            Purpose::Client => &family.client,
            Purpose::Server => &family.server,
        };
        let chain = vec![valid.chain()[0].der().to_vec(), twin.expect(SOUND).der().to_vec()];
        (identity(chain, &authority.leaf_key), authority.intermediate())
    }
}
