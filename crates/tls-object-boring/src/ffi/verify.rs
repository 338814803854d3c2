//! Verdicts in the place of the library's: on chains where it is to wait, or to ask again when a session is resumed, which it
//! does for no verdict of its own, and on raw public keys, of which it has none.

use core::ffi::CStr;
use core::ptr::{self, NonNull};

use boring::error::ErrorStack;
use boring::ssl::{SslContextBuilder, SslRef, SslVerifyMode};
use boring::stack::StackRef;
use boring::x509::{X509, X509StoreContextRef};
use boring_sys::{SSL, X509_STORE_CTX, ssl_verify_result_t};
use foreign_types_05::ForeignTypeRef as _;
use tls_object_core::Alert;
use tls_object_libssl::{Verdict, name_refusal};

use super::raw_public_key::peer_public_key;
use super::succeeded;
use crate::native;

/// `SSL_CTX_set_custom_verify`: in the place of the library, [`native::judge`] as the library has it judge, and
/// [`native::judge_public_key`].
pub(crate) fn set_judge(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid. The mode is set again by whoever sets the rest.
    unsafe {
        boring_sys::SSL_CTX_set_custom_verify(
            builder.as_ptr(),
            boring_sys::SSL_VERIFY_PEER,
            Some(on_peer),
        );
    }
}

/// `SSL_CTX_set_reverify_on_resume`: a client asks the judge that [`set_judge`] sets about the chain of a session too.
pub(crate) fn reverify_on_resume(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid.
    unsafe { boring_sys::SSL_CTX_set_reverify_on_resume(builder.as_ptr(), 1) };
}

/// Called by the library for a verdict on the peer, and again when one was waited for.
unsafe extern "C" fn on_peer(ssl: *mut SSL, alert: *mut u8) -> ssl_verify_result_t {
    // SAFETY: the library lends a place for it.
    unsafe { *alert = Alert::INTERNAL_ERROR.code() };
    // SAFETY: the library calls with a valid connection.
    let connection = unsafe { SslRef::from_ptr(ssl) };
    if connection.verify_mode() == SslVerifyMode::NONE {
        return ssl_verify_result_t::ssl_verify_ok;
    }
    if let Some(key) = peer_public_key(connection) {
        return match native::judge_public_key(connection, key) {
            Some(Ok(())) => ssl_verify_result_t::ssl_verify_ok,
            None => ssl_verify_result_t::ssl_verify_retry,
            Some(Err(code)) => {
                name_refusal(code);
                // SAFETY: as above.
                unsafe { *alert = code.alert().code() };
                ssl_verify_result_t::ssl_verify_invalid
            }
        };
    }
    // SAFETY: the library calls with a valid connection whose peer has shown a chain.
    let Ok(mut judgement) = (unsafe { Judgement::of(ssl) }) else {
        return ssl_verify_result_t::ssl_verify_invalid;
    };
    let judgement = judgement.get();
    let verdict = native::judge(judgement);
    if verdict == Verdict::Awaited {
        return ssl_verify_result_t::ssl_verify_retry;
    }
    if verdict.accepts() {
        // What was found on other paths is no error.
        drop(ErrorStack::get());
        return ssl_verify_result_t::ssl_verify_ok;
    }
    name_refusal(native::judgement_code(judgement));
    // SAFETY: valid.
    let code = unsafe { boring_sys::X509_STORE_CTX_get_error(judgement.as_ptr()) };
    // SAFETY: has no preconditions.
    let number = unsafe { boring_sys::SSL_alert_from_verify_result(code.into()) };
    // SAFETY: as above; alerts have 8 bits.
    unsafe { *alert = number as u8 };
    ssl_verify_result_t::ssl_verify_invalid
}

/// `X509_verify_cert` with these certificates alone: those that were `sent`, and those that are `trusted`.
pub(crate) fn verify_with(
    judgement: &mut X509StoreContextRef,
    sent: &StackRef<X509>,
    trusted: &StackRef<X509>,
) -> bool {
    let raw = judgement.as_ptr();
    // SAFETY: valid.
    let all = unsafe { boring_sys::X509_STORE_CTX_get0_untrusted(raw) };
    // SAFETY: both are valid. The stack is lent until it is taken back below.
    unsafe { boring_sys::X509_STORE_CTX_set_chain(raw, sent.as_ptr()) };
    // SAFETY: as above.
    unsafe { boring_sys::X509_STORE_CTX_set0_trusted_stack(raw, trusted.as_ptr()) };
    // SAFETY: valid.
    let accepted = unsafe { boring_sys::X509_verify_cert(raw) } == 1;
    // SAFETY: what was lent to the judgement before.
    unsafe { boring_sys::X509_STORE_CTX_set_chain(raw, all) };
    // SAFETY: null stands for the store.
    unsafe { boring_sys::X509_STORE_CTX_set0_trusted_stack(raw, ptr::null_mut()) };
    accepted
}

/// The `X509_STORE_CTX` that the library would have made for a connection.
struct Judgement(NonNull<X509_STORE_CTX>);

impl Judgement {
    /// # Safety
    /// `ssl` is valid, in its verification, and outlives this.
    unsafe fn of(ssl: *mut SSL) -> Result<Self, ErrorStack> {
        // SAFETY: has no preconditions.
        let judgement = NonNull::new(unsafe { boring_sys::X509_STORE_CTX_new() });
        let judgement = Self(judgement.ok_or_else(ErrorStack::get)?);
        let raw = judgement.0.as_ptr();
        // SAFETY: valid.
        let context = unsafe { boring_sys::SSL_get_SSL_CTX(ssl) };
        // SAFETY: valid, as the connection holds on to it.
        let store = unsafe { boring_sys::SSL_CTX_get_cert_store(context) };
        // SAFETY: valid.
        let chain = unsafe { boring_sys::SSL_get_peer_full_cert_chain(ssl) };
        // A typed stack is an untyped one; a null one is empty, and has null everywhere.
        // SAFETY: null, or a chain that the connection holds on to.
        let leaf = unsafe { boring_sys::OPENSSL_sk_value(chain.cast(), 0) };
        let leaf = leaf.cast::<boring_sys::X509>();
        if leaf.is_null() {
            return Err(ErrorStack::get());
        }
        // SAFETY: all are valid, and outlive the judgement.
        succeeded(unsafe { boring_sys::X509_STORE_CTX_init(raw, store, leaf, chain) })?;
        // SAFETY: has no preconditions.
        let index = unsafe { boring_sys::SSL_get_ex_data_X509_STORE_CTX_idx() };
        // SAFETY: valid, and the connection outlives the judgement.
        succeeded(unsafe { boring_sys::X509_STORE_CTX_set_ex_data(raw, index, ssl.cast()) })?;
        // SAFETY: valid.
        let is_server = unsafe { boring_sys::SSL_is_server(ssl) == 1 };
        let purpose: &CStr = if is_server { c"ssl_client" } else { c"ssl_server" };
        // SAFETY: valid.
        succeeded(unsafe { boring_sys::X509_STORE_CTX_set_default(raw, purpose.as_ptr()) })?;
        // SAFETY: valid.
        let param = unsafe { boring_sys::X509_STORE_CTX_get0_param(raw) };
        // SAFETY: valid.
        let own = unsafe { boring_sys::SSL_get0_param(ssl) };
        // SAFETY: both are valid, and the second is copied.
        succeeded(unsafe { boring_sys::X509_VERIFY_PARAM_set1(param, own) })?;
        // SAFETY: valid.
        let callback = unsafe { boring_sys::SSL_get_verify_callback(ssl) };
        // SAFETY: valid; the callback is for just this.
        unsafe { boring_sys::X509_STORE_CTX_set_verify_cb(raw, callback) };
        Ok(judgement)
    }

    fn get(&mut self) -> &mut X509StoreContextRef {
        // SAFETY: valid for as long as this is, and borrowed through it.
        unsafe { X509StoreContextRef::from_ptr_mut(self.0.as_ptr()) }
    }
}

impl Drop for Judgement {
    fn drop(&mut self) {
        // SAFETY: ours since `of`.
        unsafe { boring_sys::X509_STORE_CTX_free(self.0.as_ptr()) }
    }
}
