//! What OpenSSL asks of a trust anchor besides, and BoringSSL asks of the certificates below it alone.

use boring::stack::StackRef;
use boring::x509::{X509, X509Ref};
use tls_object_core::{Side, VerifyCode};

use crate::ffi;

/// What is wrong with the anchor at the end of a path, which begins with the leaf; `None` also where the leaf is the anchor.
/// `purpose` is the side that certificates must be for, if it must be one.
pub(crate) fn fault(path: &StackRef<X509>, purpose: Option<Side>) -> Option<(VerifyCode, usize)> {
    let depth = path.len().checked_sub(1).filter(|&depth| depth > 0)?;
    let anchor = path.get(depth)?;
    let code = if ffi::has_unknown_critical(anchor) {
        VerifyCode::UnhandledCriticalExtension
    } else if !is_authority(anchor) {
        VerifyCode::InvalidCa
    } else if purpose.is_some_and(|side| !ffi::is_for(anchor, side)) {
        VerifyCode::WrongPurpose
    } else if depth > 1 && is_too_deep(path, anchor) {
        VerifyCode::PathLengthExceeded
    } else {
        return None;
    };
    Some((code, depth))
}

/// An anchor without basic constraints is one as well if its key is for signing certificates.
fn is_authority(anchor: &X509Ref) -> bool {
    ffi::is_authority(anchor)
        || (!ffi::has_basic_constraints(anchor) && ffi::says_it_signs_certificates(anchor))
}

/// Whether more authorities stand under the anchor than it allows (RFC 5280 section 4.2.1.9).
fn is_too_deep(path: &StackRef<X509>, anchor: &X509Ref) -> bool {
    let Some(limit) = ffi::path_length(anchor) else { return false };
    let between = path.iter().skip(1).take(path.len() - 2);
    between.filter(|it| !ffi::is_self_issued(it)).count() > limit
}
