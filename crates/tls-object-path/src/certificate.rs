//! One certificate, and what is read out of it.

use tls_object_core::{Side, split_der};
use x509_parser::asn1_rs::Tag;
use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::der_parser::oid;
use x509_parser::extensions::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, GeneralName, KeyIdentifier,
    KeyUsage, NameConstraints, SubjectAlternativeName, X509Extension,
};
use x509_parser::nom::Parser as _;
use x509_parser::oid_registry::{
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_CERTIFICATE_POLICIES, OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
    OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_INHIBIT_ANY_POLICY, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_NAME_CONSTRAINTS, OID_X509_EXT_POLICY_CONSTRAINTS, OID_X509_EXT_POLICY_MAPPINGS,
    OID_X509_EXT_SUBJECT_ALT_NAME, OID_X509_EXT_SUBJECT_KEY_IDENTIFIER, Oid,
};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Version};

const SEQUENCE: u8 = 0x30;

/// What OpenSSL does not mind being critical.
const UNDERSTOOD: &[Oid<'static>] = &[
    OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_SUBJECT_ALT_NAME,
    OID_X509_EXT_BASIC_CONSTRAINTS,
    OID_X509_EXT_CERTIFICATE_POLICIES,
    OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
    OID_X509_EXT_EXTENDED_KEY_USAGE,
    OID_X509_EXT_POLICY_CONSTRAINTS,
    OID_X509_EXT_NAME_CONSTRAINTS,
    OID_X509_EXT_POLICY_MAPPINGS,
    OID_X509_EXT_INHIBIT_ANY_POLICY,
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER,
    OID_X509_EXT_SUBJECT_KEY_IDENTIFIER,
];

/// Whether a certificate, in DER, says that it is its own issuer, by name and by key, which can have made its signature.
pub fn is_self_signed(der: &[u8]) -> bool {
    Cert::parse(der).is_some_and(|cert| cert.is_self_signed())
}

/// One certificate. Its extensions are parsed when they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Cert<'a> {
    pub(crate) der: &'a [u8],
    pub(crate) x509: X509Certificate<'a>,
}

impl<'a> Cert<'a> {
    /// `None` for what is no certificate.
    pub(crate) fn parse(der: &'a [u8]) -> Option<Self> {
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let (_, x509) = parser.parse(der).ok()?;
        Some(Self { der, x509 })
    }

    pub(crate) fn subject(&self) -> &[u8] {
        self.x509.subject().as_raw()
    }

    pub(crate) fn issuer(&self) -> &[u8] {
        self.x509.issuer().as_raw()
    }

    /// The DER of the key with its algorithm.
    pub(crate) fn public_key(&self) -> &'a [u8] {
        self.x509.tbs_certificate.subject_pki.raw
    }

    /// Subject and issuer are the same.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// It says that it is its own issuer, by name and by key, which can have made its signature.
    pub(crate) fn is_self_signed(&self) -> bool {
        self.may_be_issued_by(self)
    }

    /// Whether `issuer` may have issued it, as far as both say.
    pub(crate) fn may_be_issued_by(&self, issuer: &Self) -> bool {
        self.issuer() == issuer.subject()
            && self.key_matches(issuer)
            && self.may_be_signed_by(issuer)
    }

    /// Whether a key of the type of the issuer's makes signatures like its own, as far as the type is known.
    fn may_be_signed_by(&self, issuer: &Self) -> bool {
        /// Types of keys, and what the algorithms of their signatures begin with (RFC 8017, RFC 5758, RFC 8410).
        const KEYS: &[(Oid<'static>, Oid<'static>)] = &[
            (oid!(1.2.840.113549.1.1.1), oid!(1.2.840.113549.1.1)),
            (oid!(1.2.840.113549.1.1.10), oid!(1.2.840.113549.1.1)),
            (oid!(1.2.840.10045.2.1), oid!(1.2.840.10045.4)),
            (oid!(1.3.101.112), oid!(1.3.101.112)),
            (oid!(1.3.101.113), oid!(1.3.101.113)),
        ];
        let key = &issuer.x509.public_key().algorithm.algorithm;
        let made = &self.x509.signature_algorithm.algorithm;
        KEYS.iter().find(|(it, _)| it == key).is_none_or(|(_, arc)| made.starts_with(arc))
    }

    /// Whether the key that it says it was signed by is the one of `issuer`.
    fn key_matches(&self, issuer: &Self) -> bool {
        self.extension(&OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER)
            .is_none_or(|wanted| issuer.is_meant_by(&wanted))
    }

    /// Whether an authority key identifier (RFC 5280 section 4.2.1.1) can mean this certificate.
    pub(crate) fn is_meant_by(&self, wanted: &AuthorityKeyIdentifier<'_>) -> bool {
        let key = self.subject_key();
        let same_key = match (&wanted.key_identifier, &key) {
            (Some(wanted), Some(key)) => wanted.0 == key.0,
            _ => true,
        };
        let serial = wanted.authority_cert_serial;
        // The first name that a certificate can have, and no other, says who has issued the issuer.
        let directory = wanted.authority_cert_issuer.iter().flatten().find_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(name.as_raw()),
            _ => None,
        });
        same_key
            && serial.is_none_or(|serial| serial == self.x509.raw_serial())
            && directory.is_none_or(|name| name == self.issuer())
    }

    fn subject_key(&self) -> Option<KeyIdentifier<'_>> {
        self.extension(&OID_X509_EXT_SUBJECT_KEY_IDENTIFIER)
    }

    /// One that is there and cannot be read counts as absent: the library has refused it by then.
    fn extension<'s, T: FromDer<'s, x509_parser::error::X509Error>>(
        &'s self,
        oid: &Oid<'_>,
    ) -> Option<T> {
        let extension = self.x509.extensions().iter().find(|extension| extension.oid == *oid)?;
        T::from_der(extension.value).ok().map(|(_, parsed)| parsed)
    }

    /// Whether it has a critical extension that OpenSSL does not know.
    pub(crate) fn has_unknown_critical(&self) -> bool {
        let unknown = |it: &X509Extension<'_>| it.critical && !UNDERSTOOD.contains(&it.oid);
        self.x509.extensions().iter().any(unknown)
    }

    pub(crate) fn key_usage(&self) -> Option<KeyUsage> {
        self.extension(&OID_X509_EXT_KEY_USAGE)
    }

    pub(crate) fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.extension(&OID_X509_EXT_BASIC_CONSTRAINTS)
    }

    /// The content of `CRLDistributionPoints` (RFC 5280 section 4.2.1.13).
    pub(crate) fn distribution_points(&self) -> Option<&[u8]> {
        let oid = OID_X509_EXT_CRL_DISTRIBUTION_POINTS;
        let extension = self.x509.extensions().iter().find(|it| it.oid == oid)?;
        match split_der(extension.value)? {
            (SEQUENCE, points, []) => Some(points),
            _ => None,
        }
    }

    pub(crate) fn name_constraints(&self) -> Option<NameConstraints<'_>> {
        self.extension(&OID_X509_EXT_NAME_CONSTRAINTS)
    }

    /// The names of the subject, but the one that is called so.
    pub(crate) fn alternative_names(&self) -> Vec<GeneralName<'_>> {
        self.extension::<SubjectAlternativeName<'_>>(&OID_X509_EXT_SUBJECT_ALT_NAME)
            .map(|names| names.general_names)
            .unwrap_or_default()
    }

    /// Whether host names are among the names of the subject, the one that is called so left out. What cannot be read may be one.
    pub(crate) fn has_host_names(&self) -> bool {
        let is_host = |name: &GeneralName<'_>| {
            matches!(name, GeneralName::DNSName(_) | GeneralName::Invalid(Tag(2), _))
        };
        let mut extensions = self.x509.extensions().iter();
        let names = extensions.find(|it| it.oid == OID_X509_EXT_SUBJECT_ALT_NAME);
        names.is_some_and(|it| {
            SubjectAlternativeName::from_der(it.value)
                .map_or(true, |(_, names)| names.general_names.iter().any(is_host))
        })
    }

    /// Whether it is an authority's: says so, or as an anchor is of an age that could not, or has a key for signing
    /// certificates.
    pub(crate) fn is_authority(&self, is_anchor: bool) -> bool {
        let may_sign = self.key_usage().map(|usage| usage.key_cert_sign());
        match self.basic_constraints() {
            Some(constraints) => constraints.ca && may_sign != Some(false),
            None if !is_anchor => false,
            None if self.x509.version() == X509Version::V1 => self.is_self_signed(),
            None => may_sign == Some(true),
        }
    }

    /// Whether its extensions allow the use that `side` makes of it: as a leaf, or as an authority over such leaves.
    pub(crate) fn is_for(&self, side: Side, as_authority: bool) -> bool {
        let extended: Option<ExtendedKeyUsage<'_>> =
            self.extension(&OID_X509_EXT_EXTENDED_KEY_USAGE);
        let allowed = extended.is_none_or(|usage| match side {
            // `anyExtendedKeyUsage` says nothing to OpenSSL, nor to webpki.
            Side::Client => usage.client_auth,
            Side::Server => usage.server_auth,
        });
        if as_authority {
            return allowed;
        }
        allowed
            && self.key_usage().is_none_or(|usage| match side {
                Side::Client => usage.digital_signature() || usage.key_agreement(),
                Side::Server => {
                    usage.digital_signature() || usage.key_encipherment() || usage.key_agreement()
                }
            })
    }

    /// Whether its key is too weak.
    pub(crate) fn has_weak_key(&self) -> bool {
        is_weak(self.x509.public_key())
    }

    /// Whether it is signed over a hash that is broken.
    pub(crate) fn has_weak_signature(&self) -> bool {
        /// MD5 and SHA-1 with RSA (RFC 3279), SHA-1 with ECDSA and DSA.
        const BROKEN: &[Oid<'static>] = &[
            oid!(1.2.840.113549.1.1.4),
            oid!(1.2.840.113549.1.1.5),
            oid!(1.2.840.10045.4.1),
            oid!(1.2.840.10040.4.3),
        ];
        BROKEN.contains(&self.x509.signature_algorithm.algorithm)
    }
}

/// Whether a raw public key, a `SubjectPublicKeyInfo` in DER, is too weak, as that of a certificate would be.
pub fn is_weak_public_key(der: &[u8]) -> bool {
    SubjectPublicKeyInfo::from_der(der).is_ok_and(|(_, key)| is_weak(&key))
}

/// Whether a key is one of RSA with fewer bits than are safe.
fn is_weak(key: &SubjectPublicKeyInfo<'_>) -> bool {
    /// What OpenSSL asks at its second level, and the providers of rustls always.
    const LEAST: usize = 2048;
    match key.parsed() {
        Ok(PublicKey::RSA(key)) => key.key_size() < LEAST,
        _ => false,
    }
}
