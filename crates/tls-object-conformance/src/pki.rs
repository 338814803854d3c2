//! Certificates for every scenario, made once for each process.
//!
//! What is valid at [`NOW`] is valid by any real clock too, until 2045, and what is not at the one is not by the other:
//! so a backend that cannot be told the time is tried with the same certificates. [`Pki::valid_then`] is for those that can.

mod anchors;
mod common_name;
mod lists;
mod resigned;
mod revocation;
mod shapes;
mod twins;

use core::time::Duration;
use std::sync::OnceLock;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData as _, SerialNumber,
    date_time_ymd,
};
use tls_object_core::{Certificate, Identity, PrivateKey, PublicKey, Side};

pub(crate) use anchors::Anchor;
pub(crate) use common_name::Beside;
pub(crate) use lists::List;
pub(crate) use shapes::Shape;
pub(crate) use twins::{Issued, Meant, Odd, Twins};

/// When every certificate is judged: 2015-07-01T00:00:00Z.
pub(crate) const NOW: Duration = Duration::from_secs(1_435_708_800);

/// When no certificate is valid any more: 2100-01-01T00:00:00Z.
pub(crate) const TOO_LATE: Duration = Duration::from_secs(4_102_444_800);

/// The name that servers go by unless a scenario says otherwise.
pub(crate) const SERVER_NAME: &str = "localhost";

/// The algorithm of the keys of a hierarchy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyType {
    P256,
    Rsa2048,
    Ed25519,
}

impl KeyType {
    pub(crate) const ALL: &'static [Self] = &[Self::P256, Self::Rsa2048, Self::Ed25519];

    /// The name in a case's parameters.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::Rsa2048 => "rsa2048",
            Self::Ed25519 => "ed25519",
        }
    }

    fn generate(self) -> KeyPair {
        KeyPair::generate_for(match self {
            Self::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::Rsa2048 => &rcgen::PKCS_RSA_SHA256,
            Self::Ed25519 => &rcgen::PKCS_ED25519,
        })
        .expect("aws-lc-rs makes keys of every type used here")
    }
}

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Signature {
    EcdsaSha256,
    EcdsaSha384,
    RsaSha256,
    RsaSha384,
    RsaSha512,
}

impl Signature {
    const fn algorithm(self) -> &'static rcgen::SignatureAlgorithm {
        match self {
            Self::EcdsaSha256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::EcdsaSha384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            Self::RsaSha256 => &rcgen::PKCS_RSA_SHA256,
            Self::RsaSha384 => &rcgen::PKCS_RSA_SHA384,
            Self::RsaSha512 => &rcgen::PKCS_RSA_SHA512,
        }
    }
}

/// What a certificate may be used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    Client,
    Server,
}

impl Purpose {
    const fn extended_key_usage(self) -> ExtendedKeyUsagePurpose {
        match self {
            Self::Client => ExtendedKeyUsagePurpose::ClientAuth,
            Self::Server => ExtendedKeyUsagePurpose::ServerAuth,
        }
    }
}

/// What a certificate that signed itself is like besides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SelfSigned {
    /// No authority, and says nothing of what its key is for.
    Plain,
    /// No authority, with a key that is for other things than signing certificates.
    MayNotSign,
    /// An authority, as self-signed certificates often say they are.
    Authority,
    /// As a plain one, until long ago.
    Expired,
    /// As a plain one, with a critical extension that nobody knows.
    UnknownCritical,
    /// No authority, with a key for signing certificates alone.
    LeafMayNotSign,
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Validity {
    /// 2015 to 2044.
    Current,
    /// Until the end of 2012.
    Past,
    /// From 2045 on.
    Future,
    /// 2015, the year around [`NOW`].
    Then,
}

impl Validity {
    fn apply(self, params: &mut CertificateParams) {
        let (from, to) = match self {
            Self::Current => (2015, 2045),
            Self::Past => (2010, 2013),
            Self::Future => (2045, 2046),
            Self::Then => (2015, 2016),
        };
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
    }
}

/// A root and an intermediate authority under it.
pub(crate) struct Authority {
    root: Certificate,
    root_issuer: Issuer<'static, KeyPair>,
    intermediate: Certificate,
    intermediate_issuer: Issuer<'static, KeyPair>,
    leaf_key: KeyPair,
}

impl Authority {
    fn new(name: &str, key: KeyType) -> Self {
        let root_params = authority_params(&format!("{name} root"), 1);
        let root_key = key.generate();
        let root = root_params.self_signed(&root_key).expect(SOUND);
        let root_issuer = Issuer::new(root_params, root_key);
        let (intermediate, intermediate_issuer) = subordinate(
            authority_params(&format!("{name} intermediate"), 2),
            &root_issuer,
            key.generate(),
        );
        Self {
            root: Certificate::from_der(root.der().to_vec()),
            root_issuer,
            intermediate,
            intermediate_issuer,
            leaf_key: key.generate(),
        }
    }

    /// What to trust.
    pub(crate) fn root(&self) -> Certificate {
        self.root.clone()
    }

    /// The authority between root and leaves.
    pub(crate) fn intermediate(&self) -> Certificate {
        self.intermediate.clone()
    }

    /// A leaf of the intermediate authority, and the intermediate's certificate.
    fn leaf(&self, mut params: CertificateParams) -> Identity {
        if self.leaf_key.algorithm() == &rcgen::PKCS_RSA_SHA256 {
            // The suites of TLS 1.2 without forward secrecy encrypt to the key.
            params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
        }
        let leaf = params.signed_by(&self.leaf_key, &self.intermediate_issuer).expect(SOUND);
        identity(vec![leaf.der().to_vec(), self.intermediate.der().to_vec()], &self.leaf_key)
    }
}

/// A valid server and a valid client under an authority of one key type.
pub(crate) struct Family {
    pub(crate) authority: Authority,
    pub(crate) server: Identity,
    pub(crate) client: Identity,
}

impl Family {
    fn new(key: KeyType) -> Self {
        let authority = Authority::new(key.name(), key);
        let server = authority.leaf(leaf_params(Purpose::Server, SERVER_NAMES, 10));
        let client = authority.leaf(leaf_params(Purpose::Client, &["client.example"], 11));
        Self { authority, server, client }
    }

    /// What the peer of this end has to show.
    pub(crate) fn shown_to(&self, judge: Side) -> &Identity {
        match judge {
            Side::Client => &self.server,
            Side::Server => &self.client,
        }
    }
}

/// Every certificate there is.
pub(crate) struct Pki {
    families: [Family; 3],
    strangers: Family,
}

/// The certificates of this process.
pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki {
        families: [
            Family::new(KeyType::P256),
            Family::new(KeyType::Rsa2048),
            Family::new(KeyType::Ed25519),
        ],
        strangers: {
            let authority = Authority::new("unknown", KeyType::P256);
            let server = authority.leaf(leaf_params(Purpose::Server, SERVER_NAMES, 10));
            let client = authority.leaf(leaf_params(Purpose::Client, &["client.example"], 11));
            Family { authority, server, client }
        },
    })
}

impl Pki {
    /// The hierarchy with keys of this type.
    pub(crate) fn family(&self, key: KeyType) -> &Family {
        &self.families[match key {
            KeyType::P256 => 0,
            KeyType::Rsa2048 => 1,
            KeyType::Ed25519 => 2,
        }]
    }

    /// A hierarchy (P-256) whose root nobody trusts.
    pub(crate) fn strangers(&self) -> &Family {
        &self.strangers
    }

    /// The authority that those below come from: the P-256 one.
    fn authority(&self) -> &Authority {
        &self.family(KeyType::P256).authority
    }

    /// A valid server with these names and addresses.
    pub(crate) fn server_named(&self, names: &[&str]) -> Identity {
        self.authority().leaf(leaf_params(Purpose::Server, names, 12))
    }

    /// A valid server or client with a P-384 key.
    pub(crate) fn p384(&self, purpose: Purpose) -> Identity {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384);
        let key = key.expect("aws-lc-rs makes such keys");
        let authority = self.authority();
        let params = leaf_params(purpose, SERVER_NAMES, 19);
        let leaf = params.signed_by(&key, &authority.intermediate_issuer).expect(SOUND);
        identity(vec![leaf.der().to_vec(), authority.intermediate.der().to_vec()], &key)
    }

    /// A valid server under a root that signs in this way, and that root.
    pub(crate) fn server_signed_with(&self, signature: Signature) -> (Identity, Certificate) {
        let algorithm = signature.algorithm();
        let issuer_key = match signature {
            Signature::EcdsaSha256 | Signature::EcdsaSha384 => KeyPair::generate_for(algorithm),
            Signature::RsaSha256 | Signature::RsaSha384 | Signature::RsaSha512 => {
                // An RSA key signs with any hash, and takes long to be made.
                let key = self.family(KeyType::Rsa2048).authority.leaf_key.serialize_der();
                KeyPair::from_pkcs8_der_and_sign_algo(&key.into(), algorithm)
            }
        }
        .expect("aws-lc-rs signs in each of these ways");
        let params = authority_params("signer", 5);
        let root = params.self_signed(&issuer_key).expect(SOUND);
        let leaf = leaf_params(Purpose::Server, SERVER_NAMES, 18)
            .signed_by(&self.authority().leaf_key, &Issuer::new(params, issuer_key))
            .expect(SOUND);
        let server = identity(vec![leaf.der().to_vec()], &self.authority().leaf_key);
        (server, Certificate::from_der(root.der().to_vec()))
    }

    /// Valid until long ago.
    pub(crate) fn expired(&self, purpose: Purpose) -> Identity {
        let mut params = leaf_params(purpose, SERVER_NAMES, 14);
        Validity::Past.apply(&mut params);
        self.authority().leaf(params)
    }

    /// Valid from a later day on.
    pub(crate) fn not_yet_valid(&self, purpose: Purpose) -> Identity {
        let mut params = leaf_params(purpose, SERVER_NAMES, 15);
        Validity::Future.apply(&mut params);
        self.authority().leaf(params)
    }

    /// Valid at [`NOW`], and no more by any real clock.
    pub(crate) fn valid_then(&self, purpose: Purpose) -> Identity {
        let mut params = leaf_params(purpose, SERVER_NAMES, 18);
        Validity::Then.apply(&mut params);
        self.authority().leaf(params)
    }

    /// Signed by itself.
    pub(crate) fn self_signed(&self, purpose: Purpose, shape: SelfSigned) -> Identity {
        let key = &self.authority().leaf_key;
        let mut params = leaf_params(purpose, SERVER_NAMES, 16);
        if shape != SelfSigned::MayNotSign {
            params.key_usages.clear();
        }
        match shape {
            SelfSigned::Plain | SelfSigned::MayNotSign => {}
            SelfSigned::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            SelfSigned::Expired => Validity::Past.apply(&mut params),
            SelfSigned::UnknownCritical => {
                params.custom_extensions.push(shapes::unknown_critical());
            }
            SelfSigned::LeafMayNotSign => params.key_usages = vec![KeyUsagePurpose::KeyCertSign],
        }
        let leaf = params.self_signed(key).expect(SOUND);
        identity(vec![leaf.der().to_vec()], key)
    }

    /// Valid, and without the intermediate certificate that leads to the root.
    pub(crate) fn without_intermediate(&self) -> Identity {
        let server = &self.family(KeyType::P256).server;
        identity(vec![server.chain()[0].der().to_vec()], &self.authority().leaf_key)
    }

    /// Valid, under an intermediate authority whose certificate has expired.
    pub(crate) fn under_expired_intermediate(&self) -> Identity {
        let mut params = authority_params("expired intermediate", 3);
        Validity::Past.apply(&mut params);
        self.under(params)
    }

    /// Valid, under an intermediate authority that may not speak for its name.
    pub(crate) fn outside_name_constraint(&self) -> Identity {
        self.under(constrained_params())
    }

    fn under(&self, params: CertificateParams) -> Identity {
        let (certificate, issuer) =
            subordinate(params, &self.authority().root_issuer, KeyType::P256.generate());
        self.leaf_under(&certificate, &issuer)
    }

    fn leaf_under(&self, certificate: &Certificate, issuer: &Issuer<'_, KeyPair>) -> Identity {
        self.signed_under(leaf_params(Purpose::Server, SERVER_NAMES, 17), certificate, issuer)
    }

    fn signed_under(
        &self,
        params: CertificateParams,
        certificate: &Certificate,
        issuer: &Issuer<'_, KeyPair>,
    ) -> Identity {
        let key = &self.authority().leaf_key;
        let leaf = params.signed_by(key, issuer).expect(SOUND);
        identity(vec![leaf.der().to_vec(), certificate.der().to_vec()], key)
    }
}

const SERVER_NAMES: &[&str] = &[SERVER_NAME, "127.0.0.1", "::1"];
const SOUND: &str = "the parameters are sound";

/// An authority that may speak for one name only.
fn constrained_params() -> CertificateParams {
    let mut params = authority_params("constrained intermediate", 4);
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("permitted.example".to_owned())],
        excluded_subtrees: Vec::new(),
    });
    params
}

fn authority_params(name: &str, serial: u64) -> CertificateParams {
    let mut params = params(&[], serial);
    params.distinguished_name.push(DnType::CommonName, format!("tls-object test {name}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params(purpose: Purpose, names: &[&str], serial: u64) -> CertificateParams {
    let mut params = params(names, serial);
    params.distinguished_name.push(DnType::CommonName, "tls-object test leaf");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose.extended_key_usage()];
    params
}

fn params(names: &[&str], serial: u64) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect(SOUND);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.serial_number = Some(SerialNumber::from(serial));
    params.use_authority_key_identifier_extension = true;
    Validity::Current.apply(&mut params);
    params
}

/// An authority under another.
fn subordinate(
    params: CertificateParams,
    issuer: &Issuer<'_, KeyPair>,
    key: KeyPair,
) -> (Certificate, Issuer<'static, KeyPair>) {
    let certificate = params.signed_by(&key, issuer).expect(SOUND);
    (Certificate::from_der(certificate.der().to_vec()), Issuer::new(params, key))
}

/// The key of one of these identities, all of which are at hand.
pub(crate) fn key_of(identity: &Identity) -> &PrivateKey {
    identity.key().private().expect("the suite's keys are at hand")
}

/// The same key without its certificate.
pub(crate) fn raw_public_key_of(identity: &Identity) -> Identity {
    let key = key_of(identity);
    let pair = KeyPair::try_from(key.secret_der()).expect("rcgen reads what it wrote");
    let public_key = PublicKey::from_der(pair.subject_public_key_info()).expect(SOUND);
    Identity::raw_public_key(public_key, key.clone())
}

fn identity(chain: Vec<Vec<u8>>, key: &KeyPair) -> Identity {
    let chain = chain.into_iter().map(Certificate::from_der).collect();
    let key = PrivateKey::from_der(key.serialize_der()).expect("rcgen writes PKCS#8");
    Identity::new(chain, key).expect("the chain has a leaf")
}
