//! Whom to trust, as webpki has it.

use rustls::DistinguishedName;
use rustls::pki_types::TrustAnchor;
use tls_object_core::{Error, ErrorKind, TrustStore};
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
    pub(crate) crls: Vec<CertRevocationList<'static>>,
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
            let crl = OwnedCertRevocationList::from_der(crl.der())
                .map_err(|error| Error::new(ErrorKind::InvalidCrl).with_source(error))?;
            trusted.crls.push(crl.into());
            Ok(())
        })?;
        Ok(trusted)
    }
}
