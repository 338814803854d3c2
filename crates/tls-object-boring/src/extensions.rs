//! What OpenSSL asks of the extensions of each certificate of a path, and BoringSSL only of those that are not in the store.

use boring::stack::StackRef;
use boring::x509::{X509, X509Ref};
use tls_object_core::{Side, VerifyCode};

use crate::ffi;

/// What is wrong in a path, which begins with the leaf and ends with the trust anchor, and how far above the leaf. The leaf
/// is judged as one also where it is the anchor. `purpose` is the side that certificates must be for, if it must be one.
pub(crate) fn fault(path: &StackRef<X509>, purpose: Option<Side>) -> Option<(VerifyCode, usize)> {
    let mut below = 0;
    path.iter().enumerate().find_map(|(depth, certificate)| {
        let is_anchor = depth + 1 == path.len();
        let is_above = depth > 0;
        let code = if ffi::has_unknown_critical(certificate) {
            VerifyCode::UnhandledCriticalExtension
        } else if is_above && !is_authority(certificate, is_anchor) {
            VerifyCode::InvalidCa
        } else if purpose.is_some_and(|side| !is_for(certificate, side, is_above)) {
            VerifyCode::WrongPurpose
        } else if is_above && ffi::path_length(certificate).is_some_and(|limit| below > limit) {
            VerifyCode::PathLengthExceeded
        } else {
            below += usize::from(is_above && !ffi::is_self_issued(certificate));
            return None;
        };
        Some((code, depth))
    })
}

/// An anchor without basic constraints is an authority as well if its key is for signing certificates.
fn is_authority(certificate: &X509Ref, is_anchor: bool) -> bool {
    ffi::is_authority(certificate)
        || (is_anchor
            && !ffi::has_basic_constraints(certificate)
            && ffi::says_it_signs_certificates(certificate))
}

/// Whether a certificate may stand where it does in a chain of this side.
fn is_for(certificate: &X509Ref, side: Side, is_above: bool) -> bool {
    if is_above {
        ffi::is_authority_for(certificate, side)
    } else {
        ffi::is_leaf_for(certificate, side)
    }
}
