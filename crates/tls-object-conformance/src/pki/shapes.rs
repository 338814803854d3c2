//! Chains that are wrong in one way, and some that are right in an unusual one.

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
use tls_object_core::{Certificate, Identity};

use crate::der::encode;

use super::resigned::{EXTENSIONS_OF_CERTIFICATE, VERSION, resigned};
use super::{
    Authority, KeyType, Pki, Purpose, SERVER_NAMES, SOUND, Validity, authority_params, identity,
    leaf_params, subordinate,
};

/// What is peculiar about a chain under the P-256 root.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// The authority above the leaf may not speak for its address.
    AddressExcluded,
    /// The authority above the leaf may speak for other addresses only.
    AddressNotPermitted,
    /// The authority above the leaf may speak for its addresses and for few others.
    AddressPermitted,
    /// The leaf is for `anyExtendedKeyUsage` (RFC 5280 section 4.2.1.12).
    AnyUsage,
    /// The leaf has its policies in a critical extension (RFC 5280 section 4.2.1.4).
    CriticalPolicy,
    /// The authority above the leaf may speak for subjects of another organization only.
    DirectoryNotPermitted,
    /// The authority above the leaf may speak for no such name.
    Excluded,
    /// The authority above the leaf asks for a policy, of which there is none (RFC 5280 section 4.2.1.11).
    ExplicitPolicy,
    /// Leaf and authority are no longer valid.
    ExpiredTwice,
    /// The authority above the leaf forbids the policy that stands for any (RFC 5280 section 4.2.1.14).
    InhibitAnyPolicy,
    /// The issuer of the leaf is for `anyExtendedKeyUsage`.
    IssuerAnyUsage,
    /// The issuer of the leaf has its policies in a critical extension.
    IssuerCriticalPolicy,
    /// The issuer of the leaf says that it is no authority.
    IssuerIsNoAuthority,
    /// The issuer of the leaf has a key that is not for signing certificates.
    IssuerMayNotSign,
    /// The issuer of the leaf is for another use.
    IssuerWrongPurpose,
    /// The issuer of the leaf has a critical extension that nobody knows.
    IssuerUnknownCritical,
    /// The leaf has a key for the encipherment of keys alone.
    LeafEnciphers,
    /// The leaf says that it is an authority.
    LeafIsAuthority,
    /// The leaf has a key for signing certificates alone.
    LeafMayNotSign,
    /// The leaf does not say by which key it is signed.
    NoKeyIdentifier,
    /// The leaf says that it is signed under a certificate of its issuer's with another serial number.
    OtherIssuerSerial,
    /// The leaf says that it is signed by another key.
    OtherKeyIdentifier,
    /// An authority that allows none below has a new key, which the old one signs.
    SelfIssued,
    /// An authority that allows none below has one.
    TooDeep,
    /// Two authorities between leaf and root.
    TwoIntermediates,
    /// The leaf has a critical extension that nobody knows.
    UnknownCritical,
    /// The leaf is of version 1, which has no extensions.
    Version1,
}

impl Pki {
    /// A chain of this shape, the root left out.
    pub(crate) fn shaped(&self, purpose: Purpose, shape: Shape) -> Identity {
        let mut leaf = leaf_params(purpose, SERVER_NAMES, 30);
        let mut issuer = authority_params("shaped intermediate", 31);
        match shape {
            Shape::AddressExcluded => exclude(&mut issuer, address_subtree([127, 0, 0, 0])),
            Shape::AddressNotPermitted => permit(&mut issuer, address_subtree([10, 0, 0, 0])),
            Shape::AddressPermitted => {
                issuer.name_constraints = Some(NameConstraints {
                    permitted_subtrees: vec![
                        address_subtree([127, 0, 0, 0]),
                        GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])),
                    ],
                    excluded_subtrees: Vec::new(),
                });
            }
            Shape::AnyUsage => leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
            // One policy, of an arc for examples (RFC 5612).
            Shape::CriticalPolicy => leaf.custom_extensions.push(critical_policy()),
            Shape::DirectoryNotPermitted => {
                let mut name = rcgen::DistinguishedName::new();
                name.push(DnType::OrganizationName, "another organization");
                permit(&mut issuer, GeneralSubtree::DirectoryName(name));
            }
            Shape::Excluded => {
                exclude(&mut issuer, GeneralSubtree::DnsName("localhost".to_owned()));
            }
            // `requireExplicitPolicy`, from the next certificate on.
            Shape::ExplicitPolicy => {
                issuer.custom_extensions.push(extension(36, vec![0x30, 3, 0x80, 1, 0], true));
            }
            Shape::InhibitAnyPolicy => {
                issuer.custom_extensions.push(extension(54, vec![0x02, 1, 0], true));
            }
            Shape::IssuerAnyUsage => {
                issuer.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
            }
            Shape::LeafEnciphers => leaf.key_usages = vec![KeyUsagePurpose::KeyEncipherment],
            Shape::LeafMayNotSign => leaf.key_usages = vec![KeyUsagePurpose::KeyCertSign],
            Shape::OtherKeyIdentifier => {
                leaf.use_authority_key_identifier_extension = false;
                let identifier = vec![0x30, 6, 0x80, 4, 1, 2, 3, 4];
                leaf.custom_extensions.push(extension(35, identifier, false));
            }
            Shape::OtherIssuerSerial => {
                leaf.use_authority_key_identifier_extension = false;
                leaf.custom_extensions.push(issuer_serial(0x7f7f));
            }
            Shape::ExpiredTwice => {
                Validity::Past.apply(&mut leaf);
                Validity::Past.apply(&mut issuer);
            }
            Shape::IssuerCriticalPolicy => issuer.custom_extensions.push(critical_policy()),
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
            Shape::SelfIssued | Shape::TooDeep | Shape::TwoIntermediates => {
                return self.two_deep(leaf, shape);
            }
            Shape::UnknownCritical => leaf.custom_extensions.push(unknown_critical()),
            Shape::Version1 => return self.of_version_1(leaf),
        }
        let (certificate, issuer) =
            subordinate(issuer, &self.authority().root_issuer, KeyType::P256.generate());
        self.signed(leaf, &issuer, &[&certificate])
    }

    fn of_version_1(&self, leaf: CertificateParams) -> Identity {
        let Authority { intermediate, intermediate_issuer, leaf_key, .. } = self.authority();
        let leaf = leaf.signed_by(leaf_key, intermediate_issuer).expect(SOUND);
        let without_extensions = |tag, content: &[u8]| match tag {
            VERSION | EXTENSIONS_OF_CERTIFICATE => Vec::new(),
            _ => encode(tag, content),
        };
        let leaf = resigned(leaf.der(), intermediate_issuer, without_extensions);
        identity(vec![leaf, intermediate.der().to_vec()], leaf_key)
    }

    fn two_deep(&self, leaf: CertificateParams, shape: Shape) -> Identity {
        let mut upper = authority_params("upper intermediate", 32);
        if shape != Shape::TwoIntermediates {
            upper.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        }
        let (upper, upper_issuer) =
            subordinate(upper, &self.authority().root_issuer, KeyType::P256.generate());
        let lower = if shape == Shape::SelfIssued { "upper" } else { "lower" };
        let (lower, lower_issuer) = subordinate(
            authority_params(&format!("{lower} intermediate"), 33),
            &upper_issuer,
            KeyType::P256.generate(),
        );
        self.signed(leaf, &lower_issuer, &[&lower, &upper])
    }

    pub(super) fn signed(
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

fn exclude(authority: &mut CertificateParams, subtree: GeneralSubtree) {
    let excluded_subtrees = vec![subtree];
    authority.name_constraints =
        Some(NameConstraints { permitted_subtrees: Vec::new(), excluded_subtrees });
}

fn permit(authority: &mut CertificateParams, subtree: GeneralSubtree) {
    let permitted_subtrees = vec![subtree];
    authority.name_constraints =
        Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
}

/// The addresses with the first number of this one.
fn address_subtree(address: [u8; 4]) -> GeneralSubtree {
    GeneralSubtree::IpAddress(CidrSubnet::V4(address, [255, 0, 0, 0]))
}

/// The extension `id-ce` of this number (RFC 5280 section 4.2.1).
pub(super) fn extension(number: u64, content: Vec<u8>, is_critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, number], content);
    extension.set_criticality(is_critical);
    extension
}

/// `CertificatePolicies` with one of an arc for examples (RFC 5612).
fn critical_policy() -> CustomExtension {
    let policy = encode(0x06, &[0x2b, 6, 1, 4, 1, 0x81, 0xfd, 0x58, 1]);
    extension(32, encode(0x30, &encode(0x30, &policy)), true)
}

/// An `AuthorityKeyIdentifier` of the root's name and a serial number of four hexadecimal digits.
pub(super) fn issuer_serial(serial: u16) -> CustomExtension {
    // The common name alone, as `authority_params` writes it.
    let name = encode(0x0c, b"tls-object test p256 root");
    let name = encode(0x30, &[&[0x06, 3, 0x55, 4, 3], &*name].concat());
    let name = encode(0xa4, &encode(0x30, &encode(0x31, &name)));
    let serial = encode(0x82, &serial.to_be_bytes());
    extension(35, encode(0x30, &[encode(0xa1, &name), serial].concat()), false)
}

pub(super) fn unknown_critical() -> CustomExtension {
    // An arc for examples (RFC 5612), and NULL.
    let mut extension =
        CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![5, 0]);
    extension.set_criticality(true);
    extension
}
