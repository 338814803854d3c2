//! Revocation lists.

use tls_object_core::{CrlScope, VerifyCode};
use x509_parser::extensions::{
    DistributionPointName, IssuingDistributionPoint, ParsedExtension, X509Extension,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::certificate::Cert;
use crate::rules::{Fault, Rules, SignatureCheck};

/// `id-ce-deltaCRLIndicator` (RFC 5280 section 5.2.4).
const DELTA: &str = "2.5.29.27";
/// `id-ce-issuingDistributionPoint` (RFC 5280 section 5.2.5).
const DISTRIBUTION_POINT: &str = "2.5.29.28";

/// Between which dates a list speaks, in seconds since 1970. Of several lists of an issuer the newest of those that speak
/// now counts, as with OpenSSL.
#[derive(Clone, Copy, Debug)]
pub struct Dates {
    this_update: i64,
    next_update: Option<i64>,
}

impl Dates {
    /// Those of a list; `None` if it is none.
    pub fn of(crl: &[u8]) -> Option<Self> {
        let crl = parse(crl)?;
        Some(Self {
            this_update: crl.last_update().timestamp(),
            next_update: crl.next_update().map(|time| time.timestamp()),
        })
    }

    /// The greater, the rather the list counts at `now`.
    pub fn rank(&self, now: i64) -> (bool, i64) {
        let is_over = self.next_update.is_some_and(|next| now > next);
        (self.this_update <= now && !is_over, self.this_update)
    }
}

/// Whether a current list of the issuer says that the leaf, or each certificate, has not been taken back.
pub(crate) fn check(
    rules: &Rules<'_>,
    path: &[Cert<'_>],
    is_signed_by: SignatureCheck<'_>,
) -> Result<(), Fault> {
    if rules.config.trust_store.crls().is_empty() {
        return Ok(());
    }
    let lists: Vec<_> =
        rules.config.trust_store.crls().iter().filter_map(|crl| parse(crl.der())).collect();
    let checked = match rules.config.crl_scope {
        CrlScope::Leaf => 1,
        CrlScope::Chain => path.len(),
    };
    for (depth, cert) in path.iter().enumerate().take(checked) {
        let issuer = match path.get(depth + 1) {
            Some(issuer) => issuer,
            None if cert.is_self_issued() => cert,
            // Who has issued an anchor that is none by itself nobody can ask.
            None => return Err((VerifyCode::MissingCrl, depth)),
        };
        check_one(rules, &lists, cert, issuer, is_signed_by).map_err(|code| (code, depth))?;
    }
    Ok(())
}

fn check_one(
    rules: &Rules<'_>,
    lists: &[CertificateRevocationList<'_>],
    cert: &Cert<'_>,
    issuer: &Cert<'_>,
    is_signed_by: SignatureCheck<'_>,
) -> Result<(), VerifyCode> {
    let is_current = |list: &CertificateRevocationList<'_>| dates(rules, list).is_none();
    let about = || {
        lists.iter().filter(|list| {
            list.issuer().as_raw() == cert.issuer() && !has(list, DELTA) && !is_partial(list)
        })
    };
    // As OpenSSL ranks them.
    let rank = |list: &&CertificateRevocationList<'_>| {
        let date = list.last_update().timestamp();
        (!has_unknown_critical(list), is_in_scope(list, cert), is_current(list), date)
    };
    let Some(list) = about().max_by_key(rank) else { return Err(VerifyCode::MissingCrl) };
    if issuer.key_usage().is_some_and(|usage| !usage.crl_sign()) {
        return Err(VerifyCode::NoCrlSign);
    }
    if !is_in_scope(list, cert) {
        return Err(VerifyCode::CrlScope);
    }
    if let Some(code) = dates(rules, list) {
        return Err(code);
    }
    if !is_signed_by(list.as_raw(), issuer.public_key()) {
        return Err(VerifyCode::CrlBadSignature);
    }
    if has_unknown_critical(list) {
        return Err(VerifyCode::UnhandledCriticalCrlExtension);
    }
    let serial = cert.x509.raw_serial();
    let is_revoked = list.iter_revoked_certificates().any(|entry| entry.raw_serial() == serial);
    if is_revoked { Err(VerifyCode::Revoked) } else { Ok(()) }
}

/// Why a list says nothing now, by its dates.
fn dates(rules: &Rules<'_>, list: &CertificateRevocationList<'_>) -> Option<VerifyCode> {
    if rules.now < list.last_update().timestamp() {
        return Some(VerifyCode::CrlNotYetValid);
    }
    let is_over = list.next_update().is_some_and(|next| rules.now > next.timestamp());
    is_over.then_some(VerifyCode::CrlExpired)
}

fn parse(der: &[u8]) -> Option<CertificateRevocationList<'_>> {
    CertificateRevocationList::from_der(der).ok().map(|(_, crl)| crl)
}

/// Whether a list has a critical extension, of itself or of an entry, that OpenSSL does not know.
fn has_unknown_critical(list: &CertificateRevocationList<'_>) -> bool {
    let is_unknown =
        |it: &X509Extension<'_>| it.critical && it.oid.to_id_string() != DISTRIBUTION_POINT;
    list.extensions().iter().any(is_unknown)
        || list.iter_revoked_certificates().any(|it| it.extensions().iter().any(|it| it.critical))
}

/// Whether a list is indirect or for some reasons only, which OpenSSL passes over unless it is told not to.
fn is_partial(list: &CertificateRevocationList<'_>) -> bool {
    distribution_point(list).is_some_and(|it| it.indirect_crl || it.only_some_reasons.is_some())
}

/// Whether a list is about certificates like this one (RFC 5280 section 6.3.3 (b) (2)).
fn is_in_scope(list: &CertificateRevocationList<'_>, cert: &Cert<'_>) -> bool {
    let Some(scope) = distribution_point(list) else { return true };
    let is_authority = cert.basic_constraints().is_some_and(|it| it.ca);
    let is_other_kind =
        if is_authority { scope.only_contains_user_certs } else { scope.only_contains_ca_certs };
    if scope.only_contains_attribute_certs || is_other_kind {
        return false;
    }
    let Some(from) = &scope.distribution_point else { return true };
    let points = cert.distribution_points().map(|it| it.points).unwrap_or_default();
    let mut whole = points.iter().filter(|it| it.reasons.is_none() && it.crl_issuer.is_none());
    whole.any(|it| it.distribution_point.as_ref().is_none_or(|it| is_same_point(it, from)))
}

/// Whether two distribution points have a name in common.
fn is_same_point(one: &DistributionPointName<'_>, other: &DistributionPointName<'_>) -> bool {
    match (one, other) {
        (DistributionPointName::FullName(one), DistributionPointName::FullName(other)) => {
            one.iter().any(|name| other.contains(name))
        }
        (one, other) => one == other,
    }
}

fn distribution_point<'a>(
    list: &'a CertificateRevocationList<'_>,
) -> Option<&'a IssuingDistributionPoint<'a>> {
    list.extensions().iter().find_map(|it| match it.parsed_extension() {
        ParsedExtension::IssuingDistributionPoint(point) => Some(point),
        _ => None,
    })
}

fn has(crl: &CertificateRevocationList<'_>, oid: &str) -> bool {
    crl.extensions().iter().any(|extension| extension.oid.to_id_string() == oid)
}
