//! Revocation lists.

use core::ffi::{c_int, c_long, c_void};
use core::ptr;

use foreign_types_03::ForeignTypeRef as _;
use openssl::error::ErrorStack;
use openssl::ssl::SslContextBuilder;
use openssl::x509::{X509Crl, X509CrlRef};

use super::succeeded;

// In libcrypto since 1.1.0, and not in `openssl-sys`.
unsafe extern "C" {
    fn X509_STORE_add_crl(
        store: *mut openssl_sys::X509_STORE,
        crl: *mut openssl_sys::X509_CRL,
    ) -> c_int;
    fn ISSUING_DIST_POINT_free(scope: *mut Scope);
}

/// `ISSUING_DIST_POINT` of `x509v3.h` (RFC 5280 section 5.2.5).
#[repr(C)]
struct Scope {
    point: *mut c_void,
    is_of_users: c_int,
    is_of_authorities: c_int,
    reasons: *mut c_void,
    is_indirect: c_int,
    is_of_attributes: c_int,
}

/// `X509_STORE_add_crl` to the store that the context verifies against. A list that does not say what it is about where it
/// should is left out: OpenSSL 3.0 takes such a one for a list of all certificates.
///
/// # Errors
/// This is no list, or what tells which certificates it is about is there twice or cannot be read: OpenSSL takes such a
/// list for one about all certificates.
pub(crate) fn add_crl(builder: &mut SslContextBuilder, der: &[u8]) -> Result<(), ErrorStack> {
    let crl = X509Crl::from_der(der)?;
    check_key(&crl)?;
    if !says_its_scope(&crl)? {
        return Ok(());
    }
    let store = builder.cert_store_mut().as_ptr();
    // SAFETY: both are valid; the store takes a reference of its own.
    succeeded(c_long::from(unsafe { X509_STORE_add_crl(store, crl.as_ptr()) }))
}

/// Whether `IssuingDistributionPoint` says what the list is about, or is not there.
fn says_its_scope(crl: &X509CrlRef) -> Result<bool, ErrorStack> {
    let (scope, is_sound) = extension(crl, openssl_sys::NID_issuing_distribution_point);
    let scope = scope.cast::<Scope>();
    // SAFETY: null, or ours and of this type.
    let says_something = unsafe { scope.as_ref() }.is_none_or(|scope| {
        let flags =
            [scope.is_of_users, scope.is_of_authorities, scope.is_indirect, scope.is_of_attributes];
        // TRUE is any positive number, FALSE is zero.
        let has_flag = flags.iter().any(|&flag| flag > 0);
        has_flag || !scope.point.is_null() || !scope.reasons.is_null()
    });
    // SAFETY: as above.
    unsafe { ISSUING_DIST_POINT_free(scope) };
    if is_sound { Ok(says_something) } else { Err(ErrorStack::get()) }
}

/// Whether `AuthorityKeyIdentifier` can be read, if it is there.
fn check_key(crl: &X509CrlRef) -> Result<(), ErrorStack> {
    let (key, is_sound) = extension(crl, openssl_sys::NID_authority_key_identifier);
    // SAFETY: null, or ours and of this type.
    unsafe { openssl_sys::AUTHORITY_KEYID_free(key.cast()) };
    if is_sound { Ok(()) } else { Err(ErrorStack::get()) }
}

/// `X509_CRL_get_ext_d2i`: an extension as the library's own type, to be freed, or null; and whether it is there once, and
/// can be read, or is not there.
fn extension(crl: &X509CrlRef, nid: c_int) -> (*mut c_void, bool) {
    /// What is written in the place of criticality.
    const ABSENT: c_int = -1;
    let mut is_critical = 0;
    // SAFETY: the list is valid; no place to go on from is given.
    let value = unsafe {
        openssl_sys::X509_CRL_get_ext_d2i(crl.as_ptr(), nid, &raw mut is_critical, ptr::null_mut())
    };
    (value, !value.is_null() || is_critical == ABSENT)
}
