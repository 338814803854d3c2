//! Revocation lists.

use core::ffi::c_long;
use core::ptr;

use boring::error::ErrorStack;
use boring::ssl::SslContextBuilder;
use boring_sys::{ISSUING_DIST_POINT, X509_CRL};
use foreign_types_05::ForeignTypeRef as _;

use super::succeeded;

/// `X509_STORE_add_crl` to the store that the context verifies against. A list about no certificates is left out.
pub(crate) fn add_crl(builder: &mut SslContextBuilder, der: &[u8]) -> Result<(), ErrorStack> {
    let mut next = der.as_ptr();
    let len = c_long::try_from(der.len()).unwrap_or(c_long::MAX);
    // SAFETY: `next` has `len` readable bytes.
    let crl = unsafe { boring_sys::d2i_X509_CRL(ptr::null_mut(), &raw mut next, len) };
    if crl.is_null() {
        return Err(ErrorStack::get());
    }
    let store = builder.cert_store_mut().as_ptr();
    // SAFETY: the list is valid.
    let ret = if unsafe { is_about_nothing(crl) } {
        1
    } else {
        // SAFETY: both are valid; the store takes a reference of its own.
        unsafe { boring_sys::X509_STORE_add_crl(store, crl) }
    };
    // SAFETY: ours since `d2i_X509_CRL`.
    unsafe { boring_sys::X509_CRL_free(crl) };
    succeeded(ret)
}

/// Whether a list is about attribute certificates alone, or does not say what it is about where it should (RFC 5280
/// section 5.2.5). BoringSSL takes either for a list of all certificates.
///
/// # Safety
/// `crl` is valid.
unsafe fn is_about_nothing(crl: *const X509_CRL) -> bool {
    let nid = boring_sys::NID_issuing_distribution_point;
    // SAFETY: the list is valid; neither criticality nor place is asked for.
    let scope =
        unsafe { boring_sys::X509_CRL_get_ext_d2i(crl, nid, ptr::null_mut(), ptr::null_mut()) };
    let scope = scope.cast::<ISSUING_DIST_POINT>();
    if scope.is_null() {
        // There is none: the library has read no list with one that cannot be read.
        drop(ErrorStack::get());
    }
    // SAFETY: null, or of this type and ours.
    let is_it = unsafe { scope.as_ref() }.is_some_and(|scope| {
        let says_something = scope.onlyuser != 0
            || scope.onlyCA != 0
            || scope.indirectCRL != 0
            || !scope.onlysomereasons.is_null()
            || !scope.distpoint.is_null();
        scope.onlyattr != 0 || !says_something
    });
    // SAFETY: null, or ours since `X509_CRL_get_ext_d2i`.
    unsafe { boring_sys::ISSUING_DIST_POINT_free(scope) };
    is_it
}
