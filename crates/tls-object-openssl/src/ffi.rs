//! The only unsafe code of this crate: calls that the `openssl` crate has no safe function for.

use core::ffi::{c_char, c_int, c_long, c_ulong, c_void};
use std::ffi::CString;
use std::ptr;
use std::time::Duration;

use foreign_types_03::{ForeignType as _, ForeignTypeRef as _};
use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslCipher, SslCipherRef, SslContextBuilder, SslRef, SslSession};
use openssl::stack::{Stack, StackRef};
use openssl::x509::{X509, X509StoreContext, X509StoreContextRef};
use tls_object_core::{Certificate, CipherSuite};
use tls_object_libssl::{InfoCallback, MessageCallback, Verdict, impl_calls};

use crate::hooks;
use crate::library::Lib;

mod crl;
mod identity;
#[cfg(not(raw_public_keys))]
mod no_raw_public_key;
mod provider;
mod psk;
#[cfg(raw_public_keys)]
mod raw_public_key;
mod session_context;
mod ticket_keys;

pub(crate) use crl::add_crl;
pub(crate) use identity::{
    add_chain_certificate, clear_certificates, peer_groups, peer_schemes, set_certificate_callback,
    set_ticket_data, shared_uses, ticket_data,
};
#[cfg(not(raw_public_keys))]
pub(crate) use no_raw_public_key::{
    HAS_RAW_PUBLIC_KEYS, peer_public_key, public_key_to_judge, set_certificate_types,
    shows_public_key,
};
pub(crate) use provider::external_key;
pub(crate) use psk::find_psks;
#[cfg(raw_public_keys)]
pub(crate) use raw_public_key::{
    HAS_RAW_PUBLIC_KEYS, peer_public_key, public_key_to_judge, set_certificate_types,
    shows_public_key,
};
pub(crate) use session_context::bind_sessions;
pub(crate) use ticket_keys::set_ticket_keys;

// In libssl and libcrypto since 1.1.0, and not in `openssl-sys`.
unsafe extern "C" {
    fn SSL_set_info_callback(
        ssl: *mut openssl_sys::SSL,
        callback: Option<InfoCallback<openssl_sys::SSL>>,
    );
    fn SSL_verify_client_post_handshake(ssl: *mut openssl_sys::SSL) -> c_int;
    fn SSL_set_msg_callback(
        ssl: *mut openssl_sys::SSL,
        callback: Option<MessageCallback<openssl_sys::SSL>>,
    );
    /// Null where none is chosen yet.
    fn SSL_get_pending_cipher(ssl: *const openssl_sys::SSL) -> *const openssl_sys::SSL_CIPHER;
    fn SSL_CTX_use_psk_identity_hint(
        context: *mut openssl_sys::SSL_CTX,
        hint: *const c_char,
    ) -> c_int;
    fn SSL_key_update(ssl: *mut openssl_sys::SSL, kind: c_int) -> c_int;
    /// Null on a client, and on a server that has seen no hello.
    fn SSL_get_client_ciphers(
        ssl: *const openssl_sys::SSL,
    ) -> *mut openssl_sys::stack_st_SSL_CIPHER;
    fn SSL_get_ciphers(ssl: *const openssl_sys::SSL) -> *mut openssl_sys::stack_st_SSL_CIPHER;
    /// A stack of the caller's own, of suites that are the library's; null where there is none.
    fn SSL_get1_supported_ciphers(
        ssl: *mut openssl_sys::SSL,
    ) -> *mut openssl_sys::stack_st_SSL_CIPHER;
    fn SSL_CTX_set_recv_max_early_data(context: *mut openssl_sys::SSL_CTX, max: u32) -> c_int;
    fn SSL_get_early_data_status(ssl: *const openssl_sys::SSL) -> c_int;
    fn SSL_SESSION_get_ticket_lifetime_hint(session: *const openssl_sys::SSL_SESSION) -> c_ulong;
    fn SSL_SESSION_has_ticket(session: *const openssl_sys::SSL_SESSION) -> c_int;
    fn SSL_CTX_set_cert_verify_callback(
        context: *mut openssl_sys::SSL_CTX,
        callback: Option<
            unsafe extern "C" fn(*mut openssl_sys::X509_STORE_CTX, *mut c_void) -> c_int,
        >,
        argument: *mut c_void,
    );
    fn X509_STORE_CTX_get0_untrusted(
        judgement: *const openssl_sys::X509_STORE_CTX,
    ) -> *mut openssl_sys::stack_st_X509;
    fn X509_STORE_CTX_set0_verified_chain(
        judgement: *mut openssl_sys::X509_STORE_CTX,
        chain: *mut openssl_sys::stack_st_X509,
    );
}

/// Macros of `ssl.h` over `SSL_ctrl` and `SSL_CTX_ctrl`.
const SSL_CTRL_SET_CLIENT_SIGALGS_LIST: c_int = 102;
const SSL_CTRL_GET_NEGOTIATED_GROUP: c_int = 134;
const SSL_CTRL_SET_RETRY_VERIFY: c_int = 136;

impl_calls!(
    Lib,
    openssl_sys,
    BIO_meth_set_read__fixed_rust,
    BIO_meth_set_write__fixed_rust,
    BIO_meth_set_ctrl__fixed_rust,
    SSL_set_info_callback,
    SSL_set_msg_callback,
    SSL_key_update,
    openssl_sys::SSL_do_handshake,
    openssl_sys::SSL_write_early_data,
    openssl_sys::SSL_read_early_data
);

/// The `SSL` of a handle.
pub(crate) fn as_ptr(ssl: &Ssl) -> *mut openssl_sys::SSL {
    ssl.as_ptr()
}

/// `SSL_CTX_set1_client_sigalgs_list`.
pub(crate) fn set_client_sigalgs_list(
    builder: &mut SslContextBuilder,
    list: &str,
) -> Result<(), ErrorStack> {
    let list = CString::new(list).map_err(|_| ErrorStack::get())?;
    let list = list.as_ptr().cast_mut().cast::<c_void>();
    // SAFETY: the context is valid; the library reads the string up to its NUL and keeps nothing of it.
    let ret = unsafe {
        openssl_sys::SSL_CTX_ctrl(builder.as_ptr(), SSL_CTRL_SET_CLIENT_SIGALGS_LIST, 0, list)
    };
    succeeded(ret)
}

/// `SSL_CTX_set_dh_auto`.
pub(crate) fn set_dh_auto(builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    // SAFETY: the context is valid.
    succeeded(unsafe { openssl_sys::SSL_CTX_set_dh_auto(builder.as_ptr(), 1) })
}

/// `SSL_CTX_set_recv_max_early_data`.
pub(crate) fn set_recv_max_early_data(
    builder: &mut SslContextBuilder,
    max: u32,
) -> Result<(), ErrorStack> {
    // SAFETY: the context is valid.
    let ret = unsafe { SSL_CTX_set_recv_max_early_data(builder.as_ptr(), max) };
    succeeded(c_long::from(ret))
}

/// Whether `SSL_get_early_data_status` says that early data was accepted.
pub(crate) fn early_data_accepted(ssl: &SslRef) -> bool {
    const SSL_EARLY_DATA_ACCEPTED: c_int = 2;
    // SAFETY: the connection is valid.
    unsafe { SSL_get_early_data_status(ssl.as_ptr()) == SSL_EARLY_DATA_ACCEPTED }
}

/// `SSL_SESSION_get_ticket_lifetime_hint`.
pub(crate) fn ticket_lifetime_hint(session: &SslSession) -> Option<Duration> {
    // SAFETY: the session is valid.
    let seconds = unsafe { SSL_SESSION_get_ticket_lifetime_hint(session.as_ptr()) };
    #[allow(clippy::useless_conversion)] // not where `unsigned long` is shorter
    Some(Duration::from_secs(seconds.into()))
}

/// `SSL_SESSION_has_ticket`.
pub(crate) fn has_ticket(session: &SslSession) -> bool {
    // SAFETY: the session is valid.
    unsafe { SSL_SESSION_has_ticket(session.as_ptr()) == 1 }
}

/// `SSL_CTX_set_cert_verify_callback`: [`hooks::judge`] judges the peers' chains.
pub(crate) fn set_judge(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid, and the callback has no argument of ours.
    unsafe { SSL_CTX_set_cert_verify_callback(builder.as_ptr(), Some(on_chain), ptr::null_mut()) };
}

/// Called by the library with a chain to be judged.
unsafe extern "C" fn on_chain(
    judgement: *mut openssl_sys::X509_STORE_CTX,
    _argument: *mut c_void,
) -> c_int {
    // SAFETY: valid while this runs, and used by nobody else meanwhile.
    let judgement = unsafe { X509StoreContextRef::from_ptr_mut(judgement) };
    // Code of the application does not unwind out of this: see `Hooks`.
    let verdict = hooks::judge(judgement);
    if verdict == Verdict::Awaited {
        return c_int::from(wait_for_verdict(judgement));
    }
    c_int::from(verdict.accepts())
}

/// What `SSL_get_error` says of a client that waits for a verdict on its server: `SSL_ERROR_WANT_RETRY_VERIFY`.
pub(crate) const WANT_RETRY_VERIFY: c_int = 12;

/// `SSL_set_retry_verify`: the client will ask again. Whether it will.
fn wait_for_verdict(judgement: &X509StoreContextRef) -> bool {
    let index = X509StoreContext::ssl_idx().ok();
    let Some(ssl) = index.and_then(|index| judgement.ex_data(index)) else { return false };
    // SAFETY: the connection is valid; the request takes no argument, and notes in the connection that it waits.
    let waits = unsafe {
        openssl_sys::SSL_ctrl(ssl.as_ptr(), SSL_CTRL_SET_RETRY_VERIFY, 0, ptr::null_mut())
    };
    waits > 0
}

/// `X509_STORE_CTX_get0_untrusted`: the peer's chain as it came.
pub(crate) fn sent(judgement: &X509StoreContextRef) -> Vec<Certificate> {
    // SAFETY: valid.
    let sent = unsafe { X509_STORE_CTX_get0_untrusted(judgement.as_ptr()) };
    if sent.is_null() {
        return Vec::new();
    }
    // SAFETY: a stack of the peer's certificates that outlives the judgement.
    let sent = unsafe { StackRef::<X509>::from_ptr(sent) };
    sent.iter().filter_map(|it| it.to_der().ok().map(Certificate::from_der)).collect()
}

/// `X509_STORE_CTX_set0_verified_chain`: no path.
pub(crate) fn forget_path(judgement: &mut X509StoreContextRef) {
    // SAFETY: valid; the path that was there is freed, and nobody holds on to it.
    unsafe { X509_STORE_CTX_set0_verified_chain(judgement.as_ptr(), ptr::null_mut()) };
}

/// `X509_STORE_CTX_set_error`.
pub(crate) fn set_error(judgement: &mut X509StoreContextRef, code: c_int) {
    // SAFETY: valid.
    unsafe { openssl_sys::X509_STORE_CTX_set_error(judgement.as_ptr(), code) };
}

/// `SSL_CTX_sess_set_get_cb`: a server finds sessions by `find`, which gives none that connections of another context made.
pub(crate) fn look_up_sessions(
    builder: &mut SslContextBuilder,
    find: impl Fn(&SslRef, &[u8]) -> Option<SslSession> + Send + Sync + 'static,
) {
    let look_up = move |ssl: &mut SslRef, id: &[u8]| find(ssl, id);
    // SAFETY: what is found was made by connections of this context, or of bytes and so in none.
    unsafe { builder.set_get_session_callback(look_up) };
}

/// `SSL_CTX_set_post_handshake_auth`: a client says that it may be asked for a certificate after the handshake.
pub(crate) fn offer_post_handshake_auth(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid.
    unsafe { openssl_sys::SSL_CTX_set_post_handshake_auth(builder.as_ptr(), 1) };
}

/// `SSL_verify_client_post_handshake`; whether it succeeded.
pub(crate) fn verify_client_post_handshake(ssl: &mut SslRef) -> bool {
    // SAFETY: the connection is valid; the call reads and writes nothing yet.
    unsafe { SSL_verify_client_post_handshake(ssl.as_ptr()) == 1 }
}

/// `SSL_set_session`.
pub(crate) fn set_session(ssl: &mut SslRef, session: &SslSession) -> Result<(), ErrorStack> {
    // SAFETY: the session came from a connection of the same `SSL_CTX`: `Wrap::check` has seen to it.
    unsafe { ssl.set_session(session) }
}

/// `SSL_get_negotiated_group`: a NID, or a code point with a flag where there is no NID; 0 if
/// there was no key exchange, or the library is too old to tell.
pub(crate) fn negotiated_group(ssl: &SslRef) -> c_long {
    // SAFETY: the connection is valid; the request takes no argument, and notes in the connection that it waits.
    unsafe {
        openssl_sys::SSL_ctrl(ssl.as_ptr(), SSL_CTRL_GET_NEGOTIATED_GROUP, 0, ptr::null_mut())
    }
}

/// `SSL_get_client_ciphers`: what the client of a server offers, as far as this library knows it.
pub(crate) fn client_ciphers(ssl: &SslRef) -> Vec<CipherSuite> {
    // SAFETY: the connection is valid.
    let ciphers = unsafe { SSL_get_client_ciphers(ssl.as_ptr()) };
    // SAFETY: null, or a stack that the connection holds on to.
    unsafe { suites(ciphers) }
}

/// `SSL_get_ciphers`: what this end has, the best first.
pub(crate) fn ciphers(ssl: &SslRef) -> Vec<CipherSuite> {
    // SAFETY: the connection is valid.
    let ciphers = unsafe { SSL_get_ciphers(ssl.as_ptr()) };
    // SAFETY: null, or a stack that the connection or its context holds on to.
    unsafe { suites(ciphers) }
}

/// `SSL_get1_supported_ciphers`: whether there is a suite that this end could offer by all of its settings.
pub(crate) fn has_supported_ciphers(ssl: &SslRef) -> bool {
    // SAFETY: the connection is valid; what is noted in it is what a handshake begins with anyway.
    let ciphers = unsafe { SSL_get1_supported_ciphers(ssl.as_ptr()) };
    if ciphers.is_null() {
        return false;
    }
    // SAFETY: not null, and ours. Only the stack is freed: suites are static, and their type's free does nothing.
    let ciphers = unsafe { Stack::<SslCipher>::from_ptr(ciphers) };
    !ciphers.is_empty()
}

/// `SSL_CTX_get_security_level`: 0 to 5.
pub(crate) fn security_level(builder: &SslContextBuilder) -> usize {
    // SAFETY: the context is valid.
    let level = unsafe { openssl_sys::SSL_CTX_get_security_level(builder.as_ptr()) };
    usize::try_from(level).unwrap_or_default()
}

/// `SSL_get_pending_cipher`: the suite that a handshake has come to so far.
pub(crate) fn pending_cipher(ssl: &SslRef) -> Option<CipherSuite> {
    // SAFETY: the connection is valid.
    let cipher = unsafe { SSL_get_pending_cipher(ssl.as_ptr()) };
    if cipher.is_null() {
        return None;
    }
    // SAFETY: not null, and of the library's own table.
    let cipher = unsafe { SslCipherRef::from_ptr(cipher.cast_mut()) };
    Some(CipherSuite::new(u16::from_be_bytes(cipher.protocol_id())))
}

/// `SSL_CTX_use_psk_identity_hint`.
pub(crate) fn use_psk_identity_hint(
    builder: &mut SslContextBuilder,
    hint: &str,
) -> Result<(), ErrorStack> {
    let hint = CString::new(hint).map_err(|_| ErrorStack::get())?;
    // SAFETY: the context is valid; the library copies the string.
    let ret = unsafe { SSL_CTX_use_psk_identity_hint(builder.as_ptr(), hint.as_ptr()) };
    succeeded(c_long::from(ret))
}

/// The suites in a stack.
///
/// # Safety
/// `ciphers` is null or valid, and nothing changes it meanwhile.
unsafe fn suites(ciphers: *mut openssl_sys::stack_st_SSL_CIPHER) -> Vec<CipherSuite> {
    if ciphers.is_null() {
        return Vec::new();
    }
    // SAFETY: valid, and borrowed no longer than this function runs.
    let ciphers = unsafe { StackRef::<SslCipher>::from_ptr(ciphers) };
    let code = |cipher: &SslCipherRef| u16::from_be_bytes(cipher.protocol_id());
    ciphers.iter().map(|cipher| CipherSuite::new(code(cipher))).collect()
}

/// The text of the library for an error of its TLS part.
#[cfg(test)]
pub(crate) fn reason_text(library: c_int, reason: c_int) -> Option<String> {
    let code = openssl_sys::ERR_PACK(library, 0, reason);
    // SAFETY: has no preconditions.
    let text = unsafe { openssl_sys::ERR_reason_error_string(code) };
    if text.is_null() {
        return None;
    }
    // SAFETY: a static string of the library.
    let text = unsafe { std::ffi::CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

/// One is success, everything else has left its reasons in the error queue.
fn succeeded(ret: c_long) -> Result<(), ErrorStack> {
    if ret == 1 { Ok(()) } else { Err(ErrorStack::get()) }
}
