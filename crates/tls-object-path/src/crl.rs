//! Revocation lists.

mod list;
mod scope;

use tls_object_core::{CrlScope, VerifyCode};

use crate::certificate::Cert;
use crate::rules::{Fault, Rules, SignatureCheck};

use list::List;
pub use list::Lists;

/// Whether a current list of the issuer says that the leaf, or each certificate, has not been taken back.
pub(crate) fn check(
    rules: &Rules<'_>,
    path: &[Cert<'_>],
    is_signed_by: SignatureCheck<'_>,
) -> Result<(), Fault> {
    let store = &rules.config.trust_store;
    if store.crls().is_empty() {
        return Ok(());
    }
    // A list that is none here clears nobody, though the library reads it.
    let lists = store.parsed(|| Lists::parse(store)).map_err(|_| (VerifyCode::MissingCrl, 0))?;
    let checked = match rules.config.crl_scope {
        CrlScope::Leaf => 1,
        CrlScope::Chain => path.len(),
    };
    for (depth, cert) in path.iter().enumerate().take(checked) {
        let above = match path.get(depth + 1..) {
            Some(above) if !above.is_empty() => above,
            _ => core::slice::from_ref(cert),
        };
        check_one(rules, &lists.0, cert, above, is_signed_by).map_err(|code| (code, depth))?;
    }
    Ok(())
}

/// The same of one certificate. `above` begins with its issuer.
fn check_one(
    rules: &Rules<'_>,
    lists: &[List],
    cert: &Cert<'_>,
    above: &[Cert<'_>],
    is_signed_by: SignatureCheck<'_>,
) -> Result<(), VerifyCode> {
    let about = lists
        .iter()
        .filter(|list| list.issuer() == cert.issuer() && list.is_usable())
        .filter_map(|list| Some((list, signer(list, above)?)));
    // As OpenSSL ranks them. Of two that are alike the one that names the certificate.
    let rank = |&(list, signer): &(&List, usize)| {
        let is_known = !list.has_unknown_critical;
        let is_current = list.dates(rules.now).is_none();
        let date = list.this_update;
        (is_known, list.includes(cert), is_current, signer == 0, date, list.names(cert))
    };
    let Some((list, signer)) = about.max_by_key(rank) else { return Err(VerifyCode::MissingCrl) };
    let issuer = &above[signer];
    if issuer.key_usage().is_some_and(|usage| !usage.crl_sign()) {
        return Err(VerifyCode::NoCrlSign);
    }
    if !list.includes(cert) {
        return Err(VerifyCode::CrlScope);
    }
    if let Some(code) = list.dates(rules.now) {
        return Err(code);
    }
    // One that cannot be checked clears nobody.
    let holds = is_signed_by(list.der(), issuer.public_key()) == Some(true);
    if !holds || !list.has_one_algorithm {
        return Err(VerifyCode::CrlBadSignature);
    }
    if list.has_unknown_critical {
        return Err(VerifyCode::UnhandledCriticalCrlExtension);
    }
    if list.names(cert) { Err(VerifyCode::Revoked) } else { Ok(()) }
}

/// Who of the path `above` a certificate has signed a list, by the key that the list names: the issuer of the certificate, or
/// another certificate of that name.
fn signer(list: &List, above: &[Cert<'_>]) -> Option<usize> {
    let wanted = list.key();
    let is_it = |(place, cert): (usize, &Cert<'_>)| {
        (place == 0 || cert.subject() == list.issuer())
            && wanted.as_ref().is_none_or(|wanted| cert.is_meant_by(wanted))
    };
    above.iter().enumerate().position(is_it)
}
