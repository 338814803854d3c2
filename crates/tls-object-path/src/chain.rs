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
    let mut rest: Vec<_> = rest.iter().filter_map(|der| Cert::parse(der)).collect();
    let mut certs = vec![Cert::parse(leaf)?];
    let limit = rules.config.max_intermediates.map_or(MAX_INTERMEDIATES, usize::from) + 1;
    let mut untrusted = true;
    loop {
        let last = certs.last()?;
        let too_long = certs.len() > limit;
        if !too_long && let Some(issuer) = trusted_issuer(rules, last) {
            let ends = issuer.is_self_signed() || rules.config.partial_chain;
            if !last.is_self_signed() {
                certs.push(issuer);
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
        if rules.config.partial_chain && certs.iter().any(|it| is_trusted(rules, it.der)) {
            return Some(Chain { certs, fault: None });
        }
        let next = (untrusted && !too_long && !last.is_self_signed())
            .then(|| rest.iter().position(|candidate| last.may_be_issued_by(candidate)))
            .flatten();
        if let Some(next) = next {
            certs.push(rest.swap_remove(next));
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

/// A trusted issuer of `cert`, one that is valid now before one that is not.
fn trusted_issuer<'a>(rules: &Rules<'a>, cert: &Cert<'_>) -> Option<Cert<'a>> {
    let mut expired = None;
    for anchor in rules.config.trust_store.certificates() {
        let Some(anchor) = Cert::parse(anchor.der()) else { continue };
        let is_itself = cert.der == anchor.der && cert.is_self_signed();
        if !is_itself && !cert.may_be_issued_by(&anchor) {
            continue;
        }
        if rules.validity(&anchor).is_none() {
            return Some(anchor);
        }
        expired.get_or_insert(anchor);
    }
    expired
}

fn is_trusted(rules: &Rules<'_>, der: &[u8]) -> bool {
    rules.config.trust_store.certificates().iter().any(|anchor| anchor.der() == der)
}
