//! Whom to trust, as webpki has it.

use core::cmp::Reverse;

use rustls::DistinguishedName;
use rustls::pki_types::{CertificateDer, Der, TrustAnchor, UnixTime};
use tls_object_core::{Error, ErrorKind, TrustStore};
use tls_object_path::crl::Dates;
use tls_object_path::is_self_signed;
use webpki::{CertRevocationList, OwnedCertRevocationList};
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
    /// The revocation lists that webpki reads, and when each speaks.
    pub(crate) crls: Vec<(Dates, CertRevocationList<'static>)>,
}

impl Trusted {
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] for a trust anchor, [`ErrorKind::InvalidCrl`] for what is no revocation list.
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
        store.each_crl(|crl| {
            let dates = Dates::of(crl.der()).ok_or(ErrorKind::InvalidCrl)?;
            match OwnedCertRevocationList::from_der(crl.der()) {
                Ok(crl) => trusted.crls.push((dates, crl.into())),
                Err(error) if !is_unusual(&error) => {
                    return Err(Error::new(ErrorKind::InvalidCrl).with_source(error));
                }
                // Such a list clears nobody: `find_path_to` sees to it.
                Err(_) => {}
            }
            Ok(())
        })?;
        Ok(trusted)
    }

    /// The revocation lists in the order in which they count at `now`: webpki takes the first that is the issuer's.
    pub(crate) fn crls_at(&self, now: UnixTime) -> Vec<&CertRevocationList<'static>> {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let mut crls: Vec<_> = self.crls.iter().collect();
        crls.sort_by_key(|(dates, _)| Reverse(dates.rank(now)));
        crls.into_iter().map(|(_, crl)| crl).collect()
    }
}

/// Whether a revocation list is sound and of a kind that webpki has no use for.
fn is_unusual(error: &webpki::Error) -> bool {
    matches!(
        error,
        webpki::Error::UnsupportedCriticalExtension
            | webpki::Error::UnsupportedCrlIssuingDistributionPoint
            | webpki::Error::UnsupportedDeltaCrl
            | webpki::Error::UnsupportedIndirectCrl
            | webpki::Error::UnsupportedRevocationReason
            | webpki::Error::UnsupportedRevocationReasonsPartitioning
    )
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
