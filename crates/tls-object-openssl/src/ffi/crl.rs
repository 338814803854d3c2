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
    /// Takes an `ISSUING_DIST_POINT`.
    fn ISSUING_DIST_POINT_free(scope: *mut c_void);
}

/// `X509_STORE_add_crl` to the store that the context verifies against.
///
/// # Errors
/// This is no list, or what tells which certificates it is about is there twice or cannot be read: OpenSSL takes such a
/// list for one about all certificates.
pub(crate) fn add_crl(builder: &mut SslContextBuilder, der: &[u8]) -> Result<(), ErrorStack> {
    let crl = X509Crl::from_der(der)?;
    check_scope(&crl)?;
    check_key(&crl)?;
    let store = builder.cert_store_mut().as_ptr();
    // SAFETY: both are valid; the store takes a reference of its own.
    succeeded(c_long::from(unsafe { X509_STORE_add_crl(store, crl.as_ptr()) }))
}

/// Whether `IssuingDistributionPoint` can be read, if it is there.
fn check_scope(crl: &X509CrlRef) -> Result<(), ErrorStack> {
    let (scope, is_sound) = extension(crl, openssl_sys::NID_issuing_distribution_point);
    // SAFETY: null, or ours and of this type.
    unsafe { ISSUING_DIST_POINT_free(scope) };
    if is_sound { Ok(()) } else { Err(ErrorStack::get()) }
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
