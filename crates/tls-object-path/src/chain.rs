//! The path that OpenSSL would build.

use tls_object_core::VerifyCode;

use crate::certificate::Cert;
use crate::rules::Rules;

/// A path from a leaf as far as it leads.
#[derive(Debug)]
pub(crate) struct Chain<'a> {
    pub(crate) certs: Vec<Cert<'a>>,
    /// Why it leads to nobody who is trusted.
    pub(crate) fault: Option<VerifyCode>,
}

/// OpenSSL's own limit where there is no other.
const MAX_INTERMEDIATES: usize = 100;

/// Follows the issuers by their names, the trusted ones first. `None` if there is no leaf.
pub(crate) fn build<'a>(rules: &Rules<'a>, sent: &[&'a [u8]]) -> Option<Chain<'a>> {
    let (leaf, rest) = sent.split_first()?;
    let trusted = rules.config.trust_store.certificates().iter();
    let trusted: Vec<_> = trusted.filter_map(|it| Cert::parse(it.der())).collect();
    let is_trusted = |cert: &Cert<'_>| trusted.iter().any(|it| it.der == cert.der);
    let mut rest: Vec<_> = rest.iter().filter_map(|der| Cert::parse(der)).collect();
    let mut certs = vec![Cert::parse(leaf)?];
    let limit = rules.config.max_intermediates.map_or(MAX_INTERMEDIATES, usize::from) + 1;
    let mut untrusted = true;
    loop {
        let last = certs.last()?;
        let too_long = certs.len() > limit;
        if !too_long && let Some(issuer) = trusted_issuer(rules, last, &trusted) {
            let ends = issuer.is_self_signed() || rules.config.partial_chain;
            if !last.is_self_signed() {
                certs.push(issuer.clone());
                untrusted = false;
                if ends {
                    return Some(Chain { certs, fault: None });
                }
                continue;
            }
            if last.der == issuer.der {
                return Some(Chain { certs, fault: None });
            }
        }
        if rules.config.partial_chain && certs.iter().any(is_trusted) {
            return Some(Chain { certs, fault: None });
        }
        let next = (untrusted && !too_long && !last.is_self_signed())
            .then(|| best(rules, &rest, |candidate| last.may_be_issued_by(candidate)))
            .flatten();
        if let Some(next) = next {
            certs.push(rest.remove(next));
            continue;
        }
        let fault = Some(if too_long {
            VerifyCode::ChainTooLong
        } else if last.is_self_signed() && certs.len() == 1 {
            VerifyCode::SelfSigned
        } else if last.is_self_signed() {
            VerifyCode::SelfSignedInChain
        } else if untrusted {
            VerifyCode::UnknownIssuer
        } else {
            VerifyCode::UnknownIntermediateIssuer
        });
        return Some(Chain { certs, fault });
    }
}

/// A trusted issuer of `cert`, which is one of itself if it is its own issuer.
fn trusted_issuer<'t, 'a>(
    rules: &Rules<'_>,
    cert: &Cert<'_>,
    trusted: &'t [Cert<'a>],
) -> Option<&'t Cert<'a>> {
    let is_issuer = |candidate: &Cert<'_>| {
        (cert.der == candidate.der && cert.is_self_signed()) || cert.may_be_issued_by(candidate)
    };
    best(rules, trusted, is_issuer).map(|place| &trusted[place])
}

/// The place of the first of the issuers that is valid now, or else of the one that has been valid for longest.
fn best(
    rules: &Rules<'_>,
    candidates: &[Cert<'_>],
    is_issuer: impl Fn(&Cert<'_>) -> bool,
) -> Option<usize> {
    let issuers = || candidates.iter().enumerate().filter(|(_, it)| is_issuer(it));
    let valid = issuers().find(|(_, it)| rules.validity(it).is_none());
    // The first of several that end at the same time.
    let end = |it: &Cert<'_>| it.x509.validity().not_after.timestamp();
    valid.or_else(|| issuers().rev().max_by_key(|(_, it)| end(it))).map(|(place, _)| place)
}
