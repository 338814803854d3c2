//! What a path is held to, and what is said of one that is refused.

use tls_object_core::{Certificate, Config, ServerName, Side, VerifyCode};

use crate::certificate::Cert;
use crate::{chain, crl, extensions, names};

/// Whether a certificate or revocation list, in DER, carries a valid signature of a key, given as the DER of a
/// `SubjectPublicKeyInfo`. `None` where it cannot be checked: of a certificate the library has the last word then, and a
/// list is not used.
pub type SignatureCheck<'a> = &'a dyn Fn(&[u8], &[u8]) -> Option<bool>;

/// What is wrong, and how far above the leaf.
pub(crate) type Fault = (VerifyCode, usize);

/// What a path is held to.
#[allow(clippy::exhaustive_structs)] // made by the backends
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Trust anchors, revocation lists, limits.
    pub config: &'a Config,
    /// The side that shows the chain.
    pub peer: Side,
    /// The name that the leaf must carry, if it must carry one.
    pub server_name: Option<&'a ServerName>,
    /// Seconds since 1970.
    pub now: i64,
}

/// Why a chain is refused.
#[allow(clippy::exhaustive_structs)] // code, place and certificate: all that OpenSSL has
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// What is wrong.
    pub code: VerifyCode,
    /// How far above the leaf, which is 0.
    pub depth: usize,
    /// With which certificate.
    pub certificate: Certificate,
}

impl<'a> Rules<'a> {
    /// Whether a path that a library has found keeps to the rules: leads to an anchor that is one, is not
    /// too long, consists of authorities, is as strong as it must be, is valid now, and is not revoked, as lists say that are in
    /// force and signed by the issuer. `path` begins with the leaf and ends with the trust anchor.
    ///
    /// # Errors
    /// The first fault.
    pub fn allow<D: AsRef<[u8]>>(
        &self,
        path: &[D],
        is_signed_by: SignatureCheck<'_>,
    ) -> Result<(), Refusal> {
        let certs = parsed(path)?;
        self.ends(&certs)
            .and_then(|()| extensions::check(self, &certs))
            .and_then(|()| extensions::check_strength(&certs))
            .and_then(|()| crl::check(self, &certs, is_signed_by))
            .and_then(|()| self.signatures_and_dates(&certs, &|_, _| None))
            .and_then(|()| names::check_common_name(self, &certs))
            .map_err(|fault| refusal(&certs, fault))
    }

    /// Whether the common names of the leaf, where they count as host names, are some that the authorities above may speak for.
    /// `path` as for [`allow`](Self::allow).
    ///
    /// # Errors
    /// The first fault.
    pub fn allow_common_names<D: AsRef<[u8]>>(&self, path: &[D]) -> Result<(), Refusal> {
        let certs = parsed(path)?;
        names::check_common_name(self, &certs).map_err(|fault| refusal(&certs, fault))
    }

    /// Whether a path is allowed to end where it does, and to be as long as it is.
    fn ends(&self, path: &[Cert<'_>]) -> Result<(), Fault> {
        let Some(anchor) = path.last() else { return Ok(()) };
        let depth = path.len() - 1;
        if !self.config.partial_chain && !anchor.is_self_signed() {
            let code = match depth {
                0 => VerifyCode::UnknownIssuer,
                _ => VerifyCode::UnknownIntermediateIssuer,
            };
            return Err((code, depth));
        }
        // Libraries go by names and keys alone.
        let is_link = |pair: &[Cert<'_>]| pair[0].may_be_issued_by(&pair[1]);
        if let Some(below) = path.windows(2).position(|pair| !is_link(pair)) {
            return Err((VerifyCode::UnknownIssuer, below));
        }
        let limit = self.config.max_intermediates.map_or(usize::MAX, usize::from);
        if depth.saturating_sub(1) > limit {
            return Err((VerifyCode::ChainTooLong, limit + 1));
        }
        Ok(())
    }

    /// The certificates by which OpenSSL goes from the leaf of the chain that a peer `sent` to what is trusted. `None` where it
    /// does not get there.
    ///
    /// At each step it takes the trusted issuers before those that were sent, and of these the first that is valid now. It does not
    /// go back if the one that it took turns out not to do.
    pub fn path(&self, sent: &[&'a [u8]]) -> Option<Vec<&'a [u8]>> {
        let chain = chain::build(self, sent)?;
        chain.fault.is_none().then(|| chain.certs.iter().map(|cert| cert.der).collect())
    }

    /// Why OpenSSL would refuse the chain that a peer `sent`, the leaf first. `None` if it would
    /// not, or cannot be followed: then the library's own words must do.
    pub fn refusal(&self, sent: &[&'a [u8]], is_signed_by: SignatureCheck<'_>) -> Option<Refusal> {
        let chain = chain::build(self, sent)?;
        let certs = &chain.certs;
        if certs[0].has_weak_key() {
            return Some(refusal(certs, (VerifyCode::WeakKey, 0)));
        }
        if let Some(code) = chain.fault {
            return Some(refusal(certs, (code, certs.len() - 1)));
        }
        extensions::check(self, certs)
            .and_then(|()| extensions::check_strength(certs))
            .and_then(|()| names::check(self, &certs[0]))
            .and_then(|()| crl::check(self, certs, is_signed_by))
            .and_then(|()| self.signatures_and_dates(certs, is_signed_by))
            .and_then(|()| names::check_constraints(self, certs))
            .err()
            .map(|fault| refusal(certs, fault))
    }

    /// From the anchor down.
    fn signatures_and_dates(
        &self,
        path: &[Cert<'_>],
        is_signed_by: SignatureCheck<'_>,
    ) -> Result<(), Fault> {
        for (depth, cert) in path.iter().enumerate().rev() {
            if let Some(issuer) = path.get(depth + 1)
                && is_signed_by(cert.der, issuer.public_key()) == Some(false)
            {
                return Err((VerifyCode::BadSignature, depth));
            }
            // OpenSSL does not look at the dates of an anchor that is none by itself.
            let is_looked_at =
                depth + 1 < path.len() || cert.is_self_issued() || self.config.partial_chain;
            if is_looked_at && let Some(code) = self.validity(cert) {
                return Err((code, depth));
            }
        }
        Ok(())
    }

    /// Why a certificate is not valid now, by its dates alone. As with OpenSSL, the second at which it ends is past it.
    pub(crate) fn validity(&self, cert: &Cert<'_>) -> Option<VerifyCode> {
        let validity = cert.x509.validity();
        if self.now < validity.not_before.timestamp() {
            Some(VerifyCode::NotYetValid)
        } else if self.now >= validity.not_after.timestamp() {
            Some(VerifyCode::Expired)
        } else {
            None
        }
    }
}

/// The certificates of a path; fails where one is none.
fn parsed<D: AsRef<[u8]>>(path: &[D]) -> Result<Vec<Cert<'_>>, Refusal> {
    let parsed = path.iter().map(AsRef::as_ref).enumerate().map(|(depth, der)| {
        Cert::parse(der).ok_or_else(|| Refusal {
            code: VerifyCode::InvalidExtension,
            depth,
            certificate: Certificate::from_der(der),
        })
    });
    parsed.collect()
}

fn refusal(path: &[Cert<'_>], (code, depth): Fault) -> Refusal {
    let certificate = Certificate::from_der(path[depth.min(path.len() - 1)].der);
    Refusal { code, depth, certificate }
}
