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

/// Whether this is a revocation list, in DER.
pub fn is_list(der: &[u8]) -> bool {
    parse(der).is_some()
}

/// Whether a revocation list, in DER, is about attribute certificates alone (RFC 5280 section 5.2.5).
pub fn is_for_attributes(der: &[u8]) -> bool {
    let list = parse(der);
    list.as_ref().and_then(scope).is_some_and(|it| it.only_contains_attribute_certs)
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
        // Who has issued an anchor that is none by itself nobody can ask.
        if depth + 1 == path.len() && !cert.is_self_issued() {
            return Err((VerifyCode::MissingCrl, depth));
        }
        let above = match path.get(depth + 1..) {
            Some(above) if !above.is_empty() => above,
            _ => core::slice::from_ref(cert),
        };
        check_one(rules, &lists, cert, above, is_signed_by).map_err(|code| (code, depth))?;
    }
    Ok(())
}

/// The same of one certificate. `above` begins with its issuer.
fn check_one(
    rules: &Rules<'_>,
    lists: &[CertificateRevocationList<'_>],
    cert: &Cert<'_>,
    above: &[Cert<'_>],
    is_signed_by: SignatureCheck<'_>,
) -> Result<(), VerifyCode> {
    let about = lists
        .iter()
        .filter(|list| {
            list.issuer().as_raw() == cert.issuer() && !has(list, DELTA) && is_usable(list)
        })
        .filter_map(|list| Some((list, signer(list, above)?)));
    // As OpenSSL ranks them.
    let rank = |&(list, signer): &(&CertificateRevocationList<'_>, usize)| {
        let is_current = dates(rules, list).is_none();
        let date = list.last_update().timestamp();
        (!has_unknown_critical(list), is_in_scope(list, cert), is_current, signer == 0, date)
    };
    let Some((list, signer)) = about.max_by_key(rank) else { return Err(VerifyCode::MissingCrl) };
    let issuer = &above[signer];
    if issuer.key_usage().is_some_and(|usage| !usage.crl_sign()) {
        return Err(VerifyCode::NoCrlSign);
    }
    if !is_in_scope(list, cert) {
        return Err(VerifyCode::CrlScope);
    }
    if let Some(code) = dates(rules, list) {
        return Err(code);
    }
    // One that cannot be checked clears nobody.
    if is_signed_by(list.as_raw(), issuer.public_key()) != Some(true) {
        return Err(VerifyCode::CrlBadSignature);
    }
    if has_unknown_critical(list) {
        return Err(VerifyCode::UnhandledCriticalCrlExtension);
    }
    // As numbers: a zero more in front must not hide that a certificate was taken back.
    let serial = &cert.x509.serial;
    let is_revoked = list.iter_revoked_certificates().any(|entry| entry.serial() == serial);
    if is_revoked { Err(VerifyCode::Revoked) } else { Ok(()) }
}

/// Who of the path `above` a certificate has signed a list, by the key that the list names: the issuer of the certificate, or
/// another certificate of that name.
fn signer(list: &CertificateRevocationList<'_>, above: &[Cert<'_>]) -> Option<usize> {
    let wanted = list.extensions().iter().find_map(|it| match it.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(wanted) => Some(wanted),
        _ => None,
    });
    let name = list.issuer().as_raw();
    let is_it = |(place, cert): (usize, &Cert<'_>)| {
        (place == 0 || cert.subject() == name)
            && wanted.is_none_or(|wanted| cert.is_meant_by(wanted))
    };
    above.iter().enumerate().position(is_it)
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

/// Whether OpenSSL makes use of a list: not of one that is indirect or for some reasons only, nor of one that does not
/// say what it is about, or says two things (RFC 5280 section 5.2.5).
fn is_usable(list: &CertificateRevocationList<'_>) -> bool {
    let Some(scope) = scope(list) else { return !has(list, DISTRIBUTION_POINT) };
    let kinds = [
        scope.only_contains_user_certs,
        scope.only_contains_ca_certs,
        scope.only_contains_attribute_certs,
    ];
    let kinds = kinds.into_iter().filter(|it| *it).count();
    let says_something = kinds == 1 || scope.distribution_point.is_some();
    kinds <= 1 && says_something && !scope.indirect_crl && scope.only_some_reasons.is_none()
}

/// Whether a list is about certificates like this one (RFC 5280 section 6.3.3 (b) (2)).
fn is_in_scope(list: &CertificateRevocationList<'_>, cert: &Cert<'_>) -> bool {
    let Some(scope) = scope(list) else { return true };
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

/// What a list says it is about, if it says so and can be read.
fn scope<'a>(list: &'a CertificateRevocationList<'_>) -> Option<&'a IssuingDistributionPoint<'a>> {
    list.extensions().iter().find_map(|it| match it.parsed_extension() {
        ParsedExtension::IssuingDistributionPoint(point) => Some(point),
        _ => None,
    })
}

fn has(crl: &CertificateRevocationList<'_>, oid: &str) -> bool {
    crl.extensions().iter().any(|extension| extension.oid.to_id_string() == oid)
}
