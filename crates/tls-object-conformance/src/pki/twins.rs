//! Authorities with two certificates of one name, of which one is peculiar.

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tls_object_core::{Certificate, Crl, Identity};

use super::revocation::crl;
use super::shapes::issuer_serial;
use super::{
    KeyType, Pki, Purpose, SERVER_NAMES, SOUND, Validity, authority_params, identity, leaf_params,
    subordinate,
};

/// What is peculiar about the one certificate. The other one is plain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Odd {
    /// Valid until long ago.
    Expired,
    /// It says that it is no authority.
    IsNone,
    /// Its key is not for signing certificates.
    MayNotSign,
    /// Of another key of the same type.
    OtherKey,
    /// Of a key of another type.
    OtherKeyType,
    /// The root has taken it back, if that is asked.
    Revoked,
    /// It allows no authority under itself, and there is one.
    TooShort,
    /// It is for another use.
    WrongPurpose,
}

/// Who has issued the two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Issued {
    /// The P-256 root has issued both.
    ByRoot,
    /// Each is its own issuer.
    ByThemselves,
    /// The peculiar one is its own issuer; the P-256 root has issued the plain one.
    Crosswise,
}

/// Which of the two certificates the leaf says that it was signed under.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Meant {
    /// Those of the plain one's key.
    Key,
    /// Any.
    Any,
    /// The one with the serial number of the peculiar one.
    Odd,
    /// The one with the serial number of the plain one.
    Plain,
}

/// A leaf, what is below the two certificates, and these.
pub(crate) struct Twins {
    below: Vec<Certificate>,
    key: KeyPair,
    pub(crate) odd: Certificate,
    pub(crate) plain: Certificate,
    /// What the root has taken back: the peculiar one. What the authority has: nothing.
    pub(crate) crls: Vec<Crl>,
}

const ODD: u16 = 0x7e51;
const PLAIN: u16 = 0x7e52;

impl Pki {
    /// A leaf under an authority with two certificates.
    pub(crate) fn twins(&self, purpose: Purpose, odd: Odd, issued: Issued, meant: Meant) -> Twins {
        let root = &self.authority().root_issuer;
        let key = KeyType::P256.generate();
        let params = authority_params("twin", PLAIN.into());
        let plain = match issued {
            Issued::ByThemselves => params.self_signed(&key),
            Issued::ByRoot | Issued::Crosswise => params.signed_by(&key, root),
        };
        let odd_key = match odd {
            Odd::OtherKey => KeyType::P256.generate(),
            Odd::OtherKeyType => KeyType::Ed25519.generate(),
            _ => KeyPair::try_from(key.serialize_der()).expect("rcgen reads what it wrote"),
        };
        let odd_params = odd_params(odd);
        let odd_one = match issued {
            Issued::ByRoot => odd_params.signed_by(&odd_key, root),
            Issued::ByThemselves | Issued::Crosswise => odd_params.self_signed(&odd_key),
        };
        let authority = Issuer::new(params, key);
        let mut leaf = leaf_params(purpose, SERVER_NAMES, 50);
        leaf.use_authority_key_identifier_extension = meant == Meant::Key;
        leaf.custom_extensions.extend(match meant {
            Meant::Key | Meant::Any => None,
            Meant::Odd => Some(issuer_serial(ODD)),
            Meant::Plain => Some(issuer_serial(PLAIN)),
        });
        let leaf_key = &self.authority().leaf_key;
        let signed = |issuer: &Issuer<'_, KeyPair>| {
            let leaf = leaf.signed_by(leaf_key, issuer).expect(SOUND);
            Certificate::from_der(leaf.der().to_vec())
        };
        let below = if odd == Odd::TooShort {
            let params = authority_params("authority under a twin", 51);
            let (lower, issuer) = subordinate(params, &authority, KeyType::P256.generate());
            vec![signed(&issuer), lower]
        } else {
            vec![signed(&authority)]
        };
        Twins {
            below,
            key: KeyPair::try_from(leaf_key.serialize_der()).expect("rcgen reads what it wrote"),
            odd: Certificate::from_der(odd_one.expect(SOUND).der().to_vec()),
            plain: Certificate::from_der(plain.expect(SOUND).der().to_vec()),
            crls: vec![crl(root, 2045, &[ODD.into()]), crl(&authority, 2045, &[])],
        }
    }
}

impl Twins {
    /// The leaf with what is below the two, and then these.
    pub(crate) fn sent_with(&self, above: &[&Certificate]) -> Identity {
        let chain = self.below.iter().chain(above.iter().copied());
        identity(chain.map(|it| it.der().to_vec()).collect(), &self.key)
    }
}

fn odd_params(odd: Odd) -> CertificateParams {
    let mut params = authority_params("twin", ODD.into());
    match odd {
        Odd::Expired => Validity::Past.apply(&mut params),
        Odd::IsNone => {
            params.is_ca = IsCa::ExplicitNoCa;
            params.key_usages.clear();
        }
        Odd::MayNotSign => params.key_usages = vec![KeyUsagePurpose::CrlSign],
        Odd::OtherKey | Odd::OtherKeyType | Odd::Revoked => {}
        Odd::TooShort => params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
        Odd::WrongPurpose => {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        }
    }
    params
}
