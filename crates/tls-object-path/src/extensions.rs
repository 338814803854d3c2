//! What each certificate of a path must be like.

use tls_object_core::VerifyCode;

use crate::certificate::Cert;
use crate::rules::{Fault, Rules};

/// Looks at the extensions of each certificate, from the leaf up.
pub(crate) fn check(rules: &Rules<'_>, path: &[Cert<'_>]) -> Result<(), Fault> {
    let mut below = 0;
    let purpose = rules.config.purpose.side(rules.peer);
    for (depth, cert) in path.iter().enumerate() {
        if cert.has_unknown_critical() {
            return Err((VerifyCode::UnhandledCriticalExtension, depth));
        }
        if depth > 0 && !cert.is_authority(depth + 1 == path.len()) {
            return Err((VerifyCode::InvalidCa, depth));
        }
        if purpose.is_some_and(|side| !cert.is_for(side, depth > 0)) {
            return Err((VerifyCode::WrongPurpose, depth));
        }
        if depth > 1 {
            let limit = cert.basic_constraints().and_then(|it| it.path_len_constraint);
            if limit.is_some_and(|limit| below > limit) {
                return Err((VerifyCode::PathLengthExceeded, depth));
            }
        }
        if depth > 0 && !cert.is_self_issued() {
            below += 1;
        }
    }
    Ok(())
}

/// Looks at the strength of each key, and of each signature but the anchor's own.
pub(crate) fn check_strength(path: &[Cert<'_>]) -> Result<(), Fault> {
    for (depth, cert) in path.iter().enumerate() {
        if cert.has_weak_key() {
            let code = if depth == 0 { VerifyCode::WeakKey } else { VerifyCode::WeakCaKey };
            return Err((code, depth));
        }
        if depth + 1 < path.len() && cert.has_weak_signature() {
            return Err((VerifyCode::WeakSignature, depth));
        }
    }
    Ok(())
}
