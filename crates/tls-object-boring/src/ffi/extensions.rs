//! What a certificate says, and its extensions, as the library reads them.

use core::ffi::c_int;

use boring::x509::X509Ref;
use foreign_types_05::ForeignTypeRef as _;
use tls_object_core::Side;

/// Whether it has a critical extension that the library does not know.
pub(crate) fn has_unknown_critical(certificate: &X509Ref) -> bool {
    has(certificate, boring_sys::EXFLAG_CRITICAL)
}

/// Whether it says that it is an authority, or that it is none.
pub(crate) fn has_basic_constraints(certificate: &X509Ref) -> bool {
    has(certificate, boring_sys::EXFLAG_BCONS)
}

/// Whether its subject and its issuer are the same.
pub(crate) fn is_self_issued(certificate: &X509Ref) -> bool {
    has(certificate, boring_sys::EXFLAG_SI)
}

/// Whether it says for which names it may speak.
pub(crate) fn has_name_constraints(certificate: &X509Ref) -> bool {
    let nid = boring_sys::NID_name_constraints;
    // SAFETY: the certificate is valid. The place is searched from its beginning.
    unsafe { boring_sys::X509_get_ext_by_NID(certificate.as_ptr(), nid, -1) >= 0 }
}

/// Whether it says that it is its own issuer, by name and by key.
pub(crate) fn is_self_signed(certificate: &X509Ref) -> bool {
    has(certificate, boring_sys::EXFLAG_SS)
}

/// `X509_issuer_name_hash`.
pub(crate) fn issuer_name_hash(certificate: &X509Ref) -> u32 {
    // SAFETY: the certificate is valid.
    unsafe { boring_sys::X509_issuer_name_hash(certificate.as_ptr()) }
}

fn has(certificate: &X509Ref, flag: c_int) -> bool {
    // SAFETY: the certificate is valid.
    let flags = unsafe { boring_sys::X509_get_extension_flags(certificate.as_ptr()) };
    flags & flag.unsigned_abs() != 0
}

/// `X509_check_ca`.
pub(crate) fn is_authority(certificate: &X509Ref) -> bool {
    // SAFETY: the certificate is valid.
    unsafe { boring_sys::X509_check_ca(certificate.as_ptr()) == 1 }
}

/// Whether it has a key usage, and that is signing certificates.
pub(crate) fn says_it_signs_certificates(certificate: &X509Ref) -> bool {
    // SAFETY: the certificate is valid.
    let usage = unsafe { boring_sys::X509_get_key_usage(certificate.as_ptr()) };
    has(certificate, boring_sys::EXFLAG_KUSAGE)
        && usage & boring_sys::X509v3_KU_KEY_CERT_SIGN.unsigned_abs() != 0
}

/// `X509_check_purpose`: whether the extensions of a leaf allow the use that this side makes of it.
pub(crate) fn is_leaf_for(leaf: &X509Ref, side: Side) -> bool {
    // SAFETY: the certificate is valid.
    unsafe { boring_sys::X509_check_purpose(leaf.as_ptr(), purpose_of(side), 0) == 1 }
}

/// Whether the extended key usage of an authority, if it has one, allows certificates of this side.
pub(crate) fn is_authority_for(authority: &X509Ref, side: Side) -> bool {
    let wanted = match side {
        Side::Client => boring_sys::XKU_SSL_CLIENT,
        Side::Server => boring_sys::XKU_SSL_SERVER,
    };
    // SAFETY: the certificate is valid. All bits are set where there is no extension.
    let usage = unsafe { boring_sys::X509_get_extended_key_usage(authority.as_ptr()) };
    usage & wanted.unsigned_abs() != 0
}

/// The library's number for certificates of this side.
pub(crate) const fn purpose_of(side: Side) -> c_int {
    match side {
        Side::Client => boring_sys::X509_PURPOSE_SSL_CLIENT,
        Side::Server => boring_sys::X509_PURPOSE_SSL_SERVER,
    }
}

/// `X509_get_pathlen`: how many authorities an authority allows under itself, if it says so.
pub(crate) fn path_length(authority: &X509Ref) -> Option<usize> {
    // SAFETY: the certificate is valid.
    let length = unsafe { boring_sys::X509_get_pathlen(authority.as_ptr()) };
    usize::try_from(length).ok()
}
