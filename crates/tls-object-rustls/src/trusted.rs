//! Whom to trust, as webpki has it.

use core::cmp::Reverse;

use rustls::DistinguishedName;
use rustls::pki_types::{TrustAnchor, UnixTime};
use tls_object_core::{Error, ErrorKind, TrustStore};
use tls_object_path::crl::Dates;
use webpki::{CertRevocationList, OwnedCertRevocationList};

use crate::identity;
use crate::validity::Validity;

/// What is made of a store once, for all contexts that have it.
#[derive(Debug, Default)]
pub(crate) struct Trusted {
    /// The trust anchors, in the store's order.
    pub(crate) anchors: Vec<TrustAnchor<'static>>,
    /// Between which dates each anchor is one.
    pub(crate) validity: Vec<Validity>,
    /// Names of the anchors, told to clients so that they find a certificate that will do.
    pub(crate) names: Vec<DistinguishedName>,
    /// The revocation lists, and when each speaks.
    pub(crate) crls: Vec<(Dates, CertRevocationList<'static>)>,
}

impl Trusted {
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] for a trust anchor, [`ErrorKind::InvalidCrl`] for a
    /// revocation list that webpki cannot use.
    pub(crate) fn parse(store: &TrustStore) -> Result<Self, Error> {
        let mut trusted = Self::default();
        let invalid =
            |error: webpki::Error| Error::new(ErrorKind::InvalidCertificate).with_source(error);
        store.each_certificate(|certificate| {
            let der = identity::certificate(certificate);
            let anchor = webpki::anchor_from_trusted_cert(&der).map_err(invalid)?.to_owned();
            trusted.validity.push(Validity::parse(&der).map_err(invalid)?);
            trusted.names.push(DistinguishedName::in_sequence(&anchor.subject));
            trusted.anchors.push(anchor);
            Ok(())
        })?;
        store.each_crl(|crl| {
            let dates = Dates::of(crl.der()).ok_or(ErrorKind::InvalidCrl)?;
            let crl = OwnedCertRevocationList::from_der(crl.der())
                .map_err(|error| Error::new(ErrorKind::InvalidCrl).with_source(error))?;
            trusted.crls.push((dates, crl.into()));
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
