//! One revocation list, and what is read out of it.

use tls_object_core::{Crl, Error, ErrorKind, TrustStore, VerifyCode};
use x509_parser::extensions::{AuthorityKeyIdentifier, X509Extension};
use x509_parser::oid_registry::{
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_ISSUER_DISTRIBUTION_POINT, Oid,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

use super::scope::Scope;
use crate::certificate::Cert;

/// The revocation lists of a trust store, parsed once for all verifications.
#[derive(Debug)]
pub struct Lists(pub(super) Vec<List>);

impl Lists {
    /// # Errors
    /// [`ErrorKind::InvalidCrl`] for what is no revocation list, or for one that does not say in a way that can be read what it
    /// is about.
    pub fn parse(store: &TrustStore) -> Result<Self, Error> {
        let mut lists = Vec::with_capacity(store.crls().len());
        store.each_crl(|crl| {
            lists.push(List::parse(crl).ok_or(ErrorKind::InvalidCrl)?);
            Ok(())
        })?;
        Ok(Self(lists))
    }
}

/// A revocation list. What is long in it is not kept twice, but the serial numbers, which are sorted.
#[derive(Debug)]
pub(super) struct List {
    crl: Crl,
    issuer: Box<[u8]>,
    /// The content of `AuthorityKeyIdentifier` (RFC 5280 section 5.2.1).
    key: Option<Box<[u8]>>,
    scope: Option<Scope>,
    /// When it was made, in seconds since 1970.
    pub(super) this_update: i64,
    next_update: Option<i64>,
    /// Whether it, or an entry, has a critical extension that OpenSSL does not know.
    pub(super) has_unknown_critical: bool,
    /// Whether the algorithm that is signed is the one that it is signed by.
    pub(super) has_one_algorithm: bool,
    /// The content of each, in DER.
    serials: Box<[Box<[u8]>]>,
}

impl List {
    /// `None` for what is no list, and for one that has what says which certificates it is about twice, or unreadable.
    fn parse(crl: &Crl) -> Option<Self> {
        let (_, list) = CertificateRevocationList::from_der(crl.der()).ok()?;
        let key = extension(&list, &OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER)?;
        key.is_none_or(|it| AuthorityKeyIdentifier::from_der(it).is_ok()).then_some(())?;
        let scope = match extension(&list, &OID_X509_EXT_ISSUER_DISTRIBUTION_POINT)? {
            Some(scope) => Some(Scope::parse(scope)?),
            None => None,
        };
        let mut serials = Vec::new();
        for entry in list.iter_revoked_certificates() {
            let serial = entry.raw_serial();
            if significant(serial).len() < serial.len() {
                return None;
            }
            serials.push(serial.into());
        }
        serials.sort_unstable();
        Some(Self {
            issuer: list.issuer().as_raw().into(),
            key: key.map(Into::into),
            scope,
            this_update: list.last_update().timestamp(),
            next_update: list.next_update().map(|it| it.timestamp()),
            has_unknown_critical: has_unknown_critical(&list),
            has_one_algorithm: list.tbs_cert_list.signature == list.signature_algorithm,
            serials: serials.into(),
            crl: crl.clone(),
        })
    }

    pub(super) fn der(&self) -> &[u8] {
        self.crl.der()
    }

    pub(super) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// The key that it says it is signed by.
    pub(super) fn key(&self) -> Option<AuthorityKeyIdentifier<'_>> {
        let (_, key) = AuthorityKeyIdentifier::from_der(self.key.as_deref()?).ok()?;
        Some(key)
    }

    /// Whether OpenSSL makes use of it.
    pub(super) fn is_usable(&self) -> bool {
        self.scope.as_ref().is_none_or(Scope::is_usable)
    }

    /// Whether it is about certificates like this one.
    pub(super) fn includes(&self, cert: &Cert<'_>) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.includes(cert))
    }

    /// Whether a certificate was taken back.
    pub(super) fn names(&self, cert: &Cert<'_>) -> bool {
        let serial = significant(cert.x509.raw_serial());
        self.serials.binary_search_by(|it| (**it).cmp(serial)).is_ok()
    }

    /// Why it says nothing at this time, in seconds since 1970. As with OpenSSL, the second at which it ends is past it.
    pub(super) fn dates(&self, now: i64) -> Option<VerifyCode> {
        if now < self.this_update {
            return Some(VerifyCode::CrlNotYetValid);
        }
        let is_over = self.next_update.is_some_and(|next| now >= next);
        is_over.then_some(VerifyCode::CrlExpired)
    }
}

/// The content of an extension, if there is one; `None` if there are two.
fn extension<'a>(
    list: &'a CertificateRevocationList<'_>,
    oid: &Oid<'_>,
) -> Option<Option<&'a [u8]>> {
    let mut found = list.extensions().iter().filter(|it| it.oid == *oid);
    let first = found.next();
    found.next().is_none().then_some(first.map(|it| it.value))
}

fn has_unknown_critical(list: &CertificateRevocationList<'_>) -> bool {
    const UNDERSTOOD: &[Oid<'static>] =
        &[OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_ISSUER_DISTRIBUTION_POINT];
    let is_unknown = |it: &X509Extension<'_>| it.critical && !UNDERSTOOD.contains(&it.oid);
    list.extensions().iter().any(is_unknown)
        || list.iter_revoked_certificates().any(|it| it.extensions().iter().any(|it| it.critical))
}

/// A serial number without what DER would not have in front of it.
fn significant(mut serial: &[u8]) -> &[u8] {
    while let [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] = serial {
        serial = &serial[1..];
    }
    serial
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_lose_zeros_and_no_sign() {
        for (serial, expected) in [
            (&[0][..], &[0][..]),
            (&[0, 0, 1], &[1]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0, 0, 0x80], &[0, 0x80]),
            (&[0xff, 0x80], &[0x80]),
            (&[0xff, 0x7f], &[0xff, 0x7f]),
        ] {
            assert_eq!(significant(serial), expected);
        }
    }
}
