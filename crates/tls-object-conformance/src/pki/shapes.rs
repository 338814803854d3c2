//! Chains that are wrong in one way, and some that are right in an unusual one.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use tls_object_core::{Certificate, Identity};

use super::{
    KeyType, Pki, Purpose, SERVER_NAMES, SOUND, Validity, authority_params, identity, leaf_params,
    subordinate,
};

/// What is peculiar about a chain under the P-256 root.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// The authority above the leaf may speak for no such name.
    Excluded,
    /// Leaf and authority are no longer valid.
    ExpiredTwice,
    /// The issuer of the leaf says that it is no authority.
    IssuerIsNoAuthority,
    /// The issuer of the leaf has a key that is not for signing certificates.
    IssuerMayNotSign,
    /// The issuer of the leaf is for another use.
    IssuerWrongPurpose,
    /// The issuer of the leaf has a critical extension that nobody knows.
    IssuerUnknownCritical,
    /// The leaf says that it is an authority.
    LeafIsAuthority,
    /// The leaf does not say by which key it is signed.
    NoKeyIdentifier,
    /// An authority that allows none below has one.
    TooDeep,
    /// Two authorities between leaf and root.
    TwoIntermediates,
    /// The leaf has a critical extension that nobody knows.
    UnknownCritical,
}

impl Pki {
    /// A chain of this shape, the root left out.
    pub(crate) fn shaped(&self, purpose: Purpose, shape: Shape) -> Identity {
        let mut leaf = leaf_params(purpose, SERVER_NAMES, 30);
        let mut issuer = authority_params("shaped intermediate", 31);
        match shape {
            Shape::Excluded => {
                issuer.name_constraints = Some(NameConstraints {
                    permitted_subtrees: Vec::new(),
                    excluded_subtrees: vec![GeneralSubtree::DnsName("localhost".to_owned())],
                });
            }
            Shape::ExpiredTwice => {
                Validity::Past.apply(&mut leaf);
                Validity::Past.apply(&mut issuer);
            }
            Shape::IssuerIsNoAuthority => {
                issuer.is_ca = IsCa::ExplicitNoCa;
                issuer.key_usages.clear();
            }
            Shape::IssuerMayNotSign => issuer.key_usages = vec![KeyUsagePurpose::CrlSign],
            Shape::IssuerWrongPurpose => {
                issuer.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
            }
            Shape::IssuerUnknownCritical => issuer.custom_extensions.push(unknown_critical()),
            Shape::LeafIsAuthority => leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Shape::NoKeyIdentifier => leaf.use_authority_key_identifier_extension = false,
            Shape::TooDeep | Shape::TwoIntermediates => return self.two_deep(leaf, shape),
            Shape::UnknownCritical => leaf.custom_extensions.push(unknown_critical()),
        }
        let (certificate, issuer) =
            subordinate(issuer, &self.authority().root_issuer, KeyType::P256.generate());
        self.signed(leaf, &issuer, &[&certificate])
    }

    fn two_deep(&self, leaf: CertificateParams, shape: Shape) -> Identity {
        let mut upper = authority_params("upper intermediate", 32);
        if shape == Shape::TooDeep {
            upper.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        }
        let (upper, upper_issuer) =
            subordinate(upper, &self.authority().root_issuer, KeyType::P256.generate());
        let (lower, lower_issuer) = subordinate(
            authority_params("lower intermediate", 33),
            &upper_issuer,
            KeyType::P256.generate(),
        );
        self.signed(leaf, &lower_issuer, &[&lower, &upper])
    }

    fn signed(
        &self,
        leaf: CertificateParams,
        issuer: &Issuer<'_, KeyPair>,
        above: &[&Certificate],
    ) -> Identity {
        let key = &self.authority().leaf_key;
        let leaf = leaf.signed_by(key, issuer).expect(SOUND);
        let mut chain = vec![leaf.der().to_vec()];
        chain.extend(above.iter().map(|certificate| certificate.der().to_vec()));
        identity(chain, key)
    }

    /// A valid chain but for the leaf's signature, which does not hold.
    pub(crate) fn badly_signed(&self, purpose: Purpose) -> Identity {
        let good = self.shaped(purpose, Shape::NoKeyIdentifier);
        let mut chain: Vec<_> = good.chain().iter().map(|it| it.der().to_vec()).collect();
        // The last number of an ECDSA signature ends the certificate.
        *chain[0].last_mut().expect("a certificate is not empty") ^= 1;
        identity(chain, &self.authority().leaf_key)
    }

    /// The chain of a stranger with the root that nobody trusts at its end.
    pub(crate) fn stranger_with_root(&self, purpose: Purpose) -> Identity {
        let family = self.strangers();
        let identity = match purpose {
            Purpose::Client => &family.client,
            Purpose::Server => &family.server,
        };
        let mut chain = identity.chain().to_vec();
        chain.push(family.authority.root());
        Identity::new(chain, identity.key().clone()).expect("the chain has a leaf")
    }
}

fn unknown_critical() -> CustomExtension {
    // An arc for examples (RFC 5612), and NULL.
    let mut extension =
        CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![5, 0]);
    extension.set_criticality(true);
    extension
}
