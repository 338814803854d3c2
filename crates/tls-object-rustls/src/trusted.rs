//! Whom to trust, as webpki has it.

use rustls::DistinguishedName;
use rustls::pki_types::{CertificateDer, Der, TrustAnchor};
use tls_object_core::{Error, ErrorKind, TrustStore};
use tls_object_path::is_self_signed;
use x509_parser::asn1_rs::Any;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::identity;
use crate::validity::Validity;

/// What is made of a store once, for all contexts that have it.
#[derive(Debug, Default)]
pub(crate) struct Trusted {
    /// The trust anchors, in the store's order.
    pub(crate) anchors: Vec<TrustAnchor<'static>>,
    /// Which of them are their own issuers. The others are anchors with partial chains alone, and else links to one.
    pub(crate) is_root: Vec<bool>,
    /// Between which dates each anchor is one.
    pub(crate) validity: Vec<Validity>,
    /// Names of the anchors, told to clients so that they find a certificate that will do.
    pub(crate) names: Vec<DistinguishedName>,
}

impl Trusted {
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] for a trust anchor.
    pub(crate) fn parse(store: &TrustStore) -> Result<Self, Error> {
        let mut trusted = Self::default();
        let invalid =
            |error: webpki::Error| Error::new(ErrorKind::InvalidCertificate).with_source(error);
        store.each_certificate(|certificate| {
            let der = identity::certificate(certificate);
            let anchor = anchor(&der).map_err(invalid)?;
            trusted.validity.push(Validity::parse(&der).map_err(invalid)?);
            trusted.names.push(DistinguishedName::in_sequence(&anchor.subject));
            trusted.is_root.push(is_self_signed(&der));
            trusted.anchors.push(anchor);
            Ok(())
        })?;
        Ok(trusted)
    }
}

/// A certificate as an anchor. webpki reads none with a critical extension that it does not know: such a one is named here,
/// and refused where a path ends at it, which is when OpenSSL refuses it.
fn anchor(der: &CertificateDer<'_>) -> Result<TrustAnchor<'static>, webpki::Error> {
    match webpki::anchor_from_trusted_cert(der) {
        Err(webpki::Error::UnsupportedCriticalExtension) => {
            let (_, certificate) =
                X509Certificate::from_der(der).map_err(|_| webpki::Error::BadDer)?;
            Ok(TrustAnchor {
                subject: content(certificate.subject().as_raw())?,
                subject_public_key_info: content(certificate.public_key().raw)?,
                name_constraints: None,
            })
        }
        anchor => anchor.map(|anchor| anchor.to_owned()),
    }
}

/// What stands in a value of DER, without its tag and length.
fn content(der: &[u8]) -> Result<Der<'static>, webpki::Error> {
    let (_, value) = Any::from_der(der).map_err(|_| webpki::Error::BadDer)?;
    Ok(value.data.to_vec().into())
}
