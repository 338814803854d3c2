//! The only unsafe code of this crate: calls that the `boring` crate has no safe function for.

use core::ffi::c_int;
use std::ffi::{CStr, CString};
use std::time::Duration;
use std::{ptr, slice};

use boring::error::ErrorStack;
use boring::ssl::{Ssl, SslContextBuilder, SslRef, SslSession, SslVersion};
use boring::x509::X509StoreContextRef;
use boring::x509::verify::X509VerifyParamRef;
use foreign_types_05::{ForeignType as _, ForeignTypeRef as _};
use tls_object_core::{Certificate, CipherSuite, NamedGroup};
use tls_object_libssl::impl_calls;

use crate::library::Lib;

mod crl;
mod early_data;
mod extensions;
mod identity;
mod raw_public_key;
mod session_context;
mod ticket_keys;
mod traffic_secrets;
mod verify;

pub(crate) use crl::add_crl;
pub(crate) use early_data::{
    early_data_accepted, early_data_limit, offer_early_data, take_early_data,
};
pub(crate) use extensions::{
    has_basic_constraints, has_name_constraints, has_unknown_critical, is_authority,
    is_authority_for, is_leaf_for, is_self_issued, is_self_signed, issuer_name_hash, path_length,
    purpose_of, says_it_signs_certificates,
};
pub(crate) use identity::{
    add_credential, clear_certificates, peer_schemes, sct_list, selected_credential,
    set_certificate_callback, set_ocsp_response, set_sct_list, set_signing_schemes,
};
pub(crate) use raw_public_key::{encoded, peer_public_key, set_accepted_peer_types};
pub(crate) use session_context::bind_sessions;
pub(crate) use ticket_keys::set_ticket_keys;
pub(crate) use traffic_secrets::{
    has_pending, hkdf_expand, key_block, read_sequence, write_sequence,
};
pub(crate) use verify::{reverify_on_resume, set_judge, verify_with};

impl_calls!(
    Lib,
    boring_sys,
    BIO_meth_set_read,
    BIO_meth_set_write,
    BIO_meth_set_ctrl,
    boring_sys::SSL_set_info_callback,
    boring_sys::SSL_set_msg_callback,
    boring_sys::SSL_key_update,
    early_data::do_handshake,
    early_data::write_early_data,
    early_data::read_early_data
);

/// What the linked library calls itself.
pub(crate) fn version() -> &'static str {
    // SAFETY: has no preconditions.
    let text = unsafe { boring_sys::OpenSSL_version(0) };
    if text.is_null() {
        return "";
    }
    // SAFETY: a static string of the library.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("")
}

/// The `SSL` of a handle.
pub(crate) fn as_ptr(ssl: &Ssl) -> *mut boring_sys::SSL {
    ssl.as_ptr()
}

/// `SSL_CTX_set1_tls13_ciphers`.
pub(crate) fn set_tls13_suites(
    builder: &mut SslContextBuilder,
    suites: &[CipherSuite],
) -> Result<(), ErrorStack> {
    let ids: Vec<u16> = suites.iter().map(|suite| suite.code()).collect();
    // SAFETY: the context is valid; the library copies the array, and no flags are allowed.
    succeeded(unsafe {
        boring_sys::SSL_CTX_set1_tls13_ciphers(
            builder.as_ptr(),
            ids.as_ptr(),
            ptr::null(),
            ids.len(),
        )
    })
}

/// `EVP_has_aes_hardware`.
pub(crate) fn has_aes_hardware() -> bool {
    // SAFETY: has no preconditions.
    unsafe { boring_sys::EVP_has_aes_hardware() == 1 }
}

/// `SSL_CTX_set1_group_ids`.
pub(crate) fn set_groups(
    builder: &mut SslContextBuilder,
    groups: &[NamedGroup],
) -> Result<(), ErrorStack> {
    let ids: Vec<u16> = groups.iter().map(|group| group.code()).collect();
    // SAFETY: the context is valid; the library copies the array.
    succeeded(unsafe {
        boring_sys::SSL_CTX_set1_group_ids(builder.as_ptr(), ids.as_ptr(), ids.len())
    })
}

/// `SSL_CTX_set_num_tickets`.
pub(crate) fn set_num_tickets(
    builder: &mut SslContextBuilder,
    number: usize,
) -> Result<(), ErrorStack> {
    // SAFETY: the context is valid.
    succeeded(unsafe { boring_sys::SSL_CTX_set_num_tickets(builder.as_ptr(), number) })
}

/// `SSL_CTX_use_psk_identity_hint`.
pub(crate) fn use_psk_identity_hint(
    builder: &mut SslContextBuilder,
    hint: &str,
) -> Result<(), ErrorStack> {
    let hint = CString::new(hint).map_err(|_| ErrorStack::get())?;
    // SAFETY: the context is valid; the library copies the string.
    succeeded(unsafe { boring_sys::SSL_CTX_use_psk_identity_hint(builder.as_ptr(), hint.as_ptr()) })
}

/// `SSL_SESSION_get_ticket_lifetime_hint`. Under TLS 1.3 BoringSSL forgets it, when it has made the timeout no longer
/// than that.
pub(crate) fn ticket_lifetime_hint(session: &SslSession) -> Option<Duration> {
    // SAFETY: the session is valid.
    let seconds = unsafe { boring_sys::SSL_SESSION_get_ticket_lifetime_hint(session.as_ptr()) };
    let is_known = seconds > 0 || session.protocol_version() != SslVersion::TLS1_3;
    is_known.then(|| Duration::from_secs(seconds.into()))
}

/// `SSL_SESSION_has_ticket`.
pub(crate) fn has_ticket(session: &SslSession) -> bool {
    // SAFETY: the session is valid.
    unsafe { boring_sys::SSL_SESSION_has_ticket(session.as_ptr()) == 1 }
}

/// `X509_VERIFY_PARAM_set_purpose`.
pub(crate) fn set_purpose(
    param: &mut X509VerifyParamRef,
    purpose: c_int,
) -> Result<(), ErrorStack> {
    // SAFETY: the parameters are valid.
    succeeded(unsafe { boring_sys::X509_VERIFY_PARAM_set_purpose(param.as_ptr(), purpose) })
}

/// `X509_STORE_CTX_set_error`.
pub(crate) fn set_error(judgement: &mut X509StoreContextRef, code: c_int) {
    // SAFETY: valid.
    unsafe { boring_sys::X509_STORE_CTX_set_error(judgement.as_ptr(), code) };
}

/// `SSL_CTX_sess_set_get_cb`: a server finds sessions by `find`, which gives none that connections of another context made.
pub(crate) fn look_up_sessions(
    builder: &mut SslContextBuilder,
    find: impl Fn(&SslRef, &[u8]) -> Option<SslSession> + Send + Sync + 'static,
) {
    let look_up = move |ssl: &mut SslRef, id: &[u8]| Ok(find(ssl, id));
    // SAFETY: what is found was made by connections of this context, or of bytes and so in none.
    unsafe { builder.set_get_session_callback(look_up) };
}

/// `SSL_set_session`.
pub(crate) fn set_session(ssl: &mut SslRef, session: &SslSession) -> Result<(), ErrorStack> {
    // SAFETY: the session came from a connection of the same `SSL_CTX`: `Wrap::check` has seen to it.
    unsafe { ssl.set_session(session) }
}

/// The peer's chain as it came: `SSL_get0_peer_certificates`, which has the bytes themselves where an
/// `X509` would have to be encoded again.
pub(crate) fn peer_certificates(ssl: &SslRef) -> Vec<Certificate> {
    // SAFETY: the connection is valid.
    let chain = unsafe { boring_sys::SSL_get0_peer_certificates(ssl.as_ptr()) };
    // A typed stack is an untyped one; a null one is empty.
    let chain = chain.cast::<boring_sys::OPENSSL_STACK>();
    // SAFETY: null, or a stack that the connection holds on to.
    let len = unsafe { boring_sys::OPENSSL_sk_num(chain) };
    (0..len)
        .map(|index| {
            // SAFETY: as above, and there are so many.
            let buffer = unsafe { boring_sys::OPENSSL_sk_value(chain, index) };
            let buffer = buffer.cast::<boring_sys::CRYPTO_BUFFER>();
            // SAFETY: what the stack holds is valid.
            let data = unsafe { boring_sys::CRYPTO_BUFFER_data(buffer) };
            // SAFETY: as above.
            let len = unsafe { boring_sys::CRYPTO_BUFFER_len(buffer) };
            // SAFETY: a certificate is not empty, so `data` is not null and has `len` bytes.
            Certificate::from_der(unsafe { slice::from_raw_parts(data, len) })
        })
        .collect()
}

/// `SSL_get_extms_support`.
pub(crate) fn has_extended_master_secret(ssl: &SslRef) -> bool {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_get_extms_support(ssl.as_ptr()) == 1 }
}

/// `SSL_get_tls_unique`.
pub(crate) fn tls_unique(ssl: &SslRef) -> Option<Vec<u8>> {
    // RFC 5246 section 7.4.9: 12 bytes, unless a suite says otherwise, which none here does.
    let mut binding = vec![0; 64];
    let mut len = 0;
    let out = binding.as_mut_ptr();
    // SAFETY: the connection is valid, and `out` has so many writable bytes.
    let ret =
        unsafe { boring_sys::SSL_get_tls_unique(ssl.as_ptr(), out, &raw mut len, binding.len()) };
    binding.truncate(len);
    (ret == 1 && len > 0).then_some(binding)
}

/// `SSL_get_verify_result`, which the safe function turns into an opaque value.
pub(crate) fn verify_result(ssl: &SslRef) -> c_int {
    // SAFETY: the connection is valid.
    let result = unsafe { boring_sys::SSL_get_verify_result(ssl.as_ptr()) };
    c_int::try_from(result).unwrap_or(boring_sys::X509_V_ERR_UNSPECIFIED)
}

/// The name of the library for an error of its TLS part.
#[cfg(test)]
pub(crate) fn reason_name(library: c_int, reason: c_int) -> Option<&'static str> {
    // `ERR_PACK`: the part of the library in the top byte, the reason in the low 12 bits.
    let code = ((library as u32) << 24) | (reason as u32 & 0xfff);
    // SAFETY: has no preconditions.
    let text = unsafe { boring_sys::ERR_reason_error_string(code) };
    if text.is_null() {
        return None;
    }
    // SAFETY: a static string of the library.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// One is success, everything else has left its reasons in the error queue.
fn succeeded(ret: c_int) -> Result<(), ErrorStack> {
    if ret == 1 { Ok(()) } else { Err(ErrorStack::get()) }
}
