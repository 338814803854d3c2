//! Authorities and revocation lists, gathered.

mod authority;
mod list;
mod parsed;

use core::any::Any;
use std::sync::Arc;

use rustls_pki_types::pem::{PemObject as _, SectionKind};

use crate::pem::{one_label, pem_error};
use crate::{Certificate, Crl, Error, ErrorKind, split_der};

use authority::is_authority;
use list::{is_crl, is_delta};
use parsed::Parsed;

const SEQUENCE: u8 = 0x30;

/// Whom to trust: the certificates of authorities, and lists of what they have revoked, each once.
///
/// Clones share all of it, what libraries make of the certificates included: a thousand contexts that are made from clones
/// of one store hold its certificates once. A clone that is added to becomes a store of its own.
///
/// Python: what `load_verify_locations` fills.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrustStore(Arc<Contents>);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Contents {
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    parsed: Parsed,
}

/// How much there is in a [`TrustStore`]. Python: `cert_store_stats`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TrustStoreStats {
    /// Certificates. Python: `x509`.
    pub certificates: usize,
    /// Those of them that are authorities'. Python: `x509_ca`.
    pub authorities: usize,
    /// Revocation lists. Python: `crl`.
    pub crls: usize,
}

impl TrustStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate, unless it is there. Returns whether it was added.
    pub fn add(&mut self, certificate: Certificate) -> bool {
        let is_new = !self.0.certificates.contains(&certificate);
        if is_new {
            self.change().certificates.push(certificate);
        }
        is_new
    }

    /// Adds a revocation list, unless it is there. Returns whether it was added.
    ///
    /// One that tells only what has changed since another (RFC 5280 section 5.2.4) is refused when a context is made: a
    /// certificate that such a list does not name may have been taken back all the same.
    pub fn add_crl(&mut self, crl: Crl) -> bool {
        let is_new = !self.0.crls.contains(&crl);
        if is_new {
            self.change().crls.push(crl);
        }
        is_new
    }

    /// Adds every certificate and revocation list of a PEM text; what else there is in it is passed over. Returns how many
    /// there are, those included that were there before.
    ///
    /// # Errors
    /// Nothing is added then.
    /// * [`ErrorKind::InvalidPem`] if there is none, one is not PEM, or one is a `TRUSTED CERTIFICATE`, whose settings, which
    ///   only OpenSSL knows, would be lost.
    /// * [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidCrl`] for bytes that are no DER. The detail has the
    ///   number of the entry, from 1.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<usize, Error> {
        let mut found = Found::default();
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&one_label(pem)?) {
            let entry = found.count() + 1;
            let (kind, der) =
                section.map_err(|error| pem_error(&format!("entry {entry}"), error))?;
            let broken = match kind {
                SectionKind::Certificate => ErrorKind::InvalidCertificate,
                SectionKind::Crl => ErrorKind::InvalidCrl,
                _ => continue,
            };
            if !matches!(split_der(&der), Some((SEQUENCE, _, []))) {
                return Err(Error::new(broken).with_detail(format!("entry {entry}")));
            }
            if kind == SectionKind::Crl {
                found.crls.push(Crl::from_der(der));
            } else {
                found.certificates.push(Certificate::from_der(der));
            }
        }
        if found.count() == 0 {
            let detail = "no certificate and no revocation list";
            return Err(Error::new(ErrorKind::InvalidPem).with_detail(detail));
        }
        Ok(self.add_all(found))
    }

    /// Adds every certificate and revocation list of a row of DER encodings, one behind the other. Returns how many there
    /// are, those included that were there before. Python: `load_verify_locations(cadata=bytes)`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] if there is none, or behind the last one there is something else; the detail has the
    /// number of the entry, from 1. Nothing is added then.
    pub fn add_der(&mut self, der: &[u8]) -> Result<usize, Error> {
        let mut found = Found::default();
        let mut rest = der;
        while !rest.is_empty() {
            let Some((SEQUENCE, content, behind)) = split_der(rest) else {
                let detail = format!("entry {}", found.count() + 1);
                return Err(Error::new(ErrorKind::InvalidCertificate).with_detail(detail));
            };
            let entry = &rest[..rest.len() - behind.len()];
            if is_crl(content) {
                found.crls.push(Crl::from_der(entry));
            } else {
                found.certificates.push(Certificate::from_der(entry));
            }
            rest = behind;
        }
        if found.count() == 0 {
            return Err(Error::new(ErrorKind::InvalidCertificate).with_detail("no certificate"));
        }
        Ok(self.add_all(found))
    }

    /// Every certificate, in the order in which they came.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The certificates of authorities. Python: `get_ca_certs(binary_form=True)`.
    pub fn authorities(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates().iter().filter(|certificate| is_authority(certificate.der()))
    }

    /// Every revocation list, in the order in which they came.
    pub fn crls(&self) -> &[Crl] {
        &self.0.crls
    }

    /// How much there is.
    pub fn stats(&self) -> TrustStoreStats {
        TrustStoreStats {
            certificates: self.certificates().len(),
            authorities: self.authorities().count(),
            crls: self.crls().len(),
        }
    }

    /// What `make` makes of the contents: called once for each type, and shared by all clones.
    ///
    /// For backends, which give it what their library needs.
    ///
    /// # Errors
    /// Those of `make`, which is then called again the next time.
    pub fn parsed<T: Any + Send + Sync>(
        &self,
        make: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        self.0.parsed.get_or_make(make)
    }

    /// Hands each certificate to `take`, in order.
    ///
    /// For backends.
    ///
    /// # Errors
    /// The first of `take`; the detail then says which certificate it was.
    pub fn each_certificate(
        &self,
        take: impl FnMut(&Certificate) -> Result<(), Error>,
    ) -> Result<(), Error> {
        each(self.certificates(), "certificate", take)
    }

    /// Hands each revocation list to `take`, in order.
    ///
    /// For backends.
    ///
    /// # Errors
    /// The first of `take`, or [`ErrorKind::InvalidCrl`] for a list that no backend uses: one that is no DER, and a delta list.
    /// The detail then says which list it was.
    pub fn each_crl(&self, mut take: impl FnMut(&Crl) -> Result<(), Error>) -> Result<(), Error> {
        each(self.crls(), "revocation list", |crl| match is_delta(crl.der()) {
            Some(false) => take(crl),
            Some(true) => Err(Error::new(ErrorKind::InvalidCrl).with_detail("a delta list")),
            None => Err(Error::new(ErrorKind::InvalidCrl).with_detail("no DER")),
        })
    }

    /// The contents, to be changed: this store's own from now on, of which nobody has made anything.
    fn change(&mut self) -> &mut Contents {
        let contents = Arc::make_mut(&mut self.0);
        contents.parsed = Parsed::default();
        contents
    }

    fn add_all(&mut self, found: Found) -> usize {
        let count = found.count();
        self.extend(found.certificates);
        self.extend(found.crls);
        count
    }
}

/// Hands each of `items` to `take`, and has an error say which it was.
fn each<T>(
    items: &[T],
    what: &str,
    mut take: impl FnMut(&T) -> Result<(), Error>,
) -> Result<(), Error> {
    for (number, item) in (1..).zip(items) {
        take(item).map_err(|error: Error| {
            let mut place = format!("{what} {number} of {} of the trust store", items.len());
            if let Some(detail) = error.detail() {
                place = format!("{place}: {detail}");
            }
            error.with_detail(place)
        })?;
    }
    Ok(())
}

impl Extend<Certificate> for TrustStore {
    fn extend<I: IntoIterator<Item = Certificate>>(&mut self, certificates: I) {
        certificates.into_iter().for_each(|it| _ = self.add(it));
    }
}

impl Extend<Crl> for TrustStore {
    fn extend<I: IntoIterator<Item = Crl>>(&mut self, crls: I) {
        crls.into_iter().for_each(|it| _ = self.add_crl(it));
    }
}

impl FromIterator<Certificate> for TrustStore {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut store = Self::new();
        store.extend(certificates);
        store
    }
}

impl From<Vec<Certificate>> for TrustStore {
    fn from(certificates: Vec<Certificate>) -> Self {
        certificates.into_iter().collect()
    }
}

/// What a text holds, before all of it is known to be good.
#[derive(Default)]
struct Found {
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
}

impl Found {
    fn count(&self) -> usize {
        self.certificates.len() + self.crls.len()
    }
}
