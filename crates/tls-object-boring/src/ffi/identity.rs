//! What a connection shows: credentials, and the one callback about them.

use core::ffi::{c_int, c_void};
use core::ptr::{self, NonNull};
use core::{iter, slice};
use std::panic::{AssertUnwindSafe, catch_unwind};

use boring::error::ErrorStack;
use boring::ssl::{SslContextBuilder, SslRef};
use boring::x509::X509;
use foreign_types_05::ForeignTypeRef as _;
use tls_object_core::{Alert, SignatureScheme};
use tls_object_libssl::{Signed, signed_meanwhile};

use super::succeeded;
use crate::identity::Loaded;
use crate::native;

/// `SSL_CTX_add1_credential`: one more identity, behind those there are. Returns its address, good for as long as the
/// context is.
pub(crate) fn add_credential(
    builder: &mut SslContextBuilder,
    identity: &Loaded,
) -> Result<usize, ErrorStack> {
    let credential = match &identity.leaf {
        Some(leaf) => Credential::with_chain(leaf, identity)?,
        None => Credential::with_public_key(identity)?,
    };
    let credential = credential.0.as_ptr();
    if let Some(schemes) = &identity.schemes {
        let codes = codes(schemes);
        // SAFETY: the credential is valid; the library copies the array.
        succeeded(unsafe {
            boring_sys::SSL_CREDENTIAL_set1_signing_algorithm_prefs(
                credential,
                codes.as_ptr(),
                codes.len(),
            )
        })?;
    }
    if let Some(response) = &identity.ocsp_response {
        let response = Buffer::new(response)?;
        // SAFETY: both are valid; the library takes a reference of its own.
        succeeded(unsafe {
            boring_sys::SSL_CREDENTIAL_set1_ocsp_response(credential, response.0.as_ptr())
        })?;
    }
    if let Some(list) = &identity.sct_list {
        let list = Buffer::new(list)?;
        // SAFETY: both are valid; the library takes a reference of its own.
        succeeded(unsafe {
            boring_sys::SSL_CREDENTIAL_set1_signed_cert_timestamp_list(credential, list.0.as_ptr())
        })?;
    }
    // SAFETY: both are valid; the context takes a reference of its own.
    succeeded(unsafe { boring_sys::SSL_CTX_add1_credential(builder.as_ptr(), credential) })?;
    Ok(credential.addr())
}

/// `SSL_CTX_set_signing_algorithm_prefs`, for the one identity.
pub(crate) fn set_signing_schemes(
    builder: &mut SslContextBuilder,
    schemes: &[SignatureScheme],
) -> Result<(), ErrorStack> {
    let codes = codes(schemes);
    // SAFETY: the context is valid; the library copies the array.
    succeeded(unsafe {
        boring_sys::SSL_CTX_set_signing_algorithm_prefs(
            builder.as_ptr(),
            codes.as_ptr(),
            codes.len(),
        )
    })
}

fn codes(schemes: &[SignatureScheme]) -> Vec<u16> {
    schemes.iter().map(|scheme| scheme.code()).collect()
}

/// Has the application sign: [`External::sign`](crate::signing::External::sign).
static SIGNS_ELSEWHERE: boring_sys::SSL_PRIVATE_KEY_METHOD = boring_sys::SSL_PRIVATE_KEY_METHOD {
    sign: Some(on_sign),
    decrypt: None,
    complete: Some(on_signed),
};

/// Called by the library for a signature, which it does not verify.
unsafe extern "C" fn on_sign(
    ssl: *mut boring_sys::SSL,
    out: *mut u8,
    out_len: *mut usize,
    max_out: usize,
    scheme: u16,
    message: *const u8,
    len: usize,
) -> boring_sys::ssl_private_key_result_t {
    // SAFETY: the library lends so many bytes, at least one.
    let message = unsafe { slice::from_raw_parts(message, len) };
    // SAFETY: the library calls with a valid connection.
    let connection = unsafe { SslRef::from_ptr(ssl) };
    // Code of the application does not unwind out of this: see `tls_object_libssl::sign`.
    let key = native::signing_key(connection);
    let signed = key.map_or(Signed::Failed, |key| key.sign(SignatureScheme::new(scheme), message));
    // SAFETY: passed on as it came.
    unsafe { hand_over(ssl, signed, out, out_len, max_out) }
}

/// Called by the library for a signature that it has waited for.
unsafe extern "C" fn on_signed(
    ssl: *mut boring_sys::SSL,
    out: *mut u8,
    out_len: *mut usize,
    max_out: usize,
) -> boring_sys::ssl_private_key_result_t {
    // SAFETY: the library calls with a valid connection.
    let connection = unsafe { SslRef::from_ptr(ssl) };
    let key = native::signing_key(connection);
    let signed = key.map_or(Signed::Failed, |key| {
        signed_meanwhile(|scheme, message, signature| key.holds(scheme, message, signature))
    });
    // SAFETY: passed on as it came.
    unsafe { hand_over(ssl, signed, out, out_len, max_out) }
}

/// Gives the library a signature, or tells the peer that there is none, which the library would not.
///
/// # Safety
/// `ssl` is valid, `out` has room for `max_out` bytes, and `out_len` is writable.
unsafe fn hand_over(
    ssl: *mut boring_sys::SSL,
    signed: Signed,
    out: *mut u8,
    out_len: *mut usize,
    max_out: usize,
) -> boring_sys::ssl_private_key_result_t {
    match signed {
        Signed::Done(signature) if signature.len() <= max_out => {
            // SAFETY: there is room for as many.
            unsafe { ptr::copy_nonoverlapping(signature.as_ptr(), out, signature.len()) };
            // SAFETY: writable.
            unsafe { *out_len = signature.len() };
            boring_sys::ssl_private_key_result_t::ssl_private_key_success
        }
        Signed::Later => boring_sys::ssl_private_key_result_t::ssl_private_key_retry,
        Signed::Done(_) | Signed::Failed => {
            // SAFETY: valid.
            unsafe { boring_sys::SSL_send_fatal_alert(ssl, Alert::INTERNAL_ERROR.code()) };
            boring_sys::ssl_private_key_result_t::ssl_private_key_failure
        }
    }
}

/// `SSL_CTX_set_ocsp_response`, for the one identity.
pub(crate) fn set_ocsp_response(
    builder: &mut SslContextBuilder,
    response: &[u8],
) -> Result<(), ErrorStack> {
    // SAFETY: the context is valid; the library copies the bytes.
    succeeded(unsafe {
        boring_sys::SSL_CTX_set_ocsp_response(builder.as_ptr(), response.as_ptr(), response.len())
    })
}

/// `SSL_CTX_set_signed_cert_timestamp_list`, for the one identity.
pub(crate) fn set_sct_list(builder: &mut SslContextBuilder, list: &[u8]) -> Result<(), ErrorStack> {
    // SAFETY: the context is valid; the library copies the bytes.
    succeeded(unsafe {
        boring_sys::SSL_CTX_set_signed_cert_timestamp_list(
            builder.as_ptr(),
            list.as_ptr(),
            list.len(),
        )
    })
}

/// `SSL_get0_signed_cert_timestamp_list`: those that the server has given.
pub(crate) fn sct_list(ssl: &SslRef) -> Option<Vec<u8>> {
    let (mut list, mut len) = (ptr::null(), 0);
    // SAFETY: the connection is valid, and both are written.
    unsafe {
        boring_sys::SSL_get0_signed_cert_timestamp_list(ssl.as_ptr(), &raw mut list, &raw mut len);
    }
    if list.is_null() || len == 0 {
        return None;
    }
    // SAFETY: so many bytes, which the connection holds on to.
    Some(unsafe { slice::from_raw_parts(list, len) }.to_vec())
}

/// `SSL_get0_selected_credential`: the address of what this end shows in the handshake that goes on.
pub(crate) fn selected_credential(ssl: &SslRef) -> Option<usize> {
    // SAFETY: the connection is valid.
    let credential = unsafe { boring_sys::SSL_get0_selected_credential(ssl.as_ptr()) };
    (!credential.is_null()).then(|| credential.addr())
}

/// An `SSL_CREDENTIAL`, one reference of which is ours.
struct Credential(NonNull<boring_sys::SSL_CREDENTIAL>);

impl Credential {
    /// `SSL_CREDENTIAL_new_x509`.
    fn with_chain(leaf: &X509, identity: &Loaded) -> Result<Self, ErrorStack> {
        // SAFETY: has no preconditions.
        let raw = unsafe { boring_sys::SSL_CREDENTIAL_new_x509() };
        let credential = NonNull::new(raw).map(Self).ok_or_else(ErrorStack::get)?;
        let mut chain = Vec::with_capacity(1 + identity.issuers.len());
        for certificate in iter::once(leaf).chain(&identity.issuers) {
            chain.push(Buffer::new(&certificate.to_der()?)?);
        }
        let pointers: Vec<_> = chain.iter().map(|buffer| buffer.0.as_ptr()).collect();
        // SAFETY: all are valid; the library takes references of its own to the buffers.
        succeeded(unsafe {
            boring_sys::SSL_CREDENTIAL_set1_cert_chain(raw, pointers.as_ptr(), pointers.len())
        })?;
        match &identity.key {
            // SAFETY: both are valid; the library takes a reference of its own.
            native::Key::Private(key) => succeeded(unsafe {
                boring_sys::SSL_CREDENTIAL_set1_private_key(raw, key.as_ptr())
            })?,
            // SAFETY: the credential is valid; the table lives for ever.
            native::Key::External(_) => succeeded(unsafe {
                boring_sys::SSL_CREDENTIAL_set_private_key_method(raw, &raw const SIGNS_ELSEWHERE)
            })?,
        }
        Ok(credential)
    }

    /// `SSL_CREDENTIAL_new_raw_public_key`, or the like of it where the key is held elsewhere.
    fn with_public_key(identity: &Loaded) -> Result<Self, ErrorStack> {
        let credential = match &identity.key {
            // SAFETY: the key is valid; the library takes a reference of its own.
            native::Key::Private(key) => unsafe {
                boring_sys::SSL_CREDENTIAL_new_raw_public_key(key.as_ptr())
            },
            // SAFETY: as above; the table lives for ever.
            native::Key::External(key) => unsafe {
                boring_sys::SSL_CREDENTIAL_new_raw_public_key_custom(
                    key.public.as_ptr(),
                    &raw const SIGNS_ELSEWHERE,
                )
            },
        };
        NonNull::new(credential).map(Self).ok_or_else(ErrorStack::get)
    }
}

impl Drop for Credential {
    fn drop(&mut self) {
        // SAFETY: ours since `new`.
        unsafe { boring_sys::SSL_CREDENTIAL_free(self.0.as_ptr()) }
    }
}

/// A `CRYPTO_BUFFER`, one reference of which is ours.
struct Buffer(NonNull<boring_sys::CRYPTO_BUFFER>);

impl Buffer {
    fn new(bytes: &[u8]) -> Result<Self, ErrorStack> {
        // SAFETY: `bytes` is readable and is copied; without a pool.
        let buffer =
            unsafe { boring_sys::CRYPTO_BUFFER_new(bytes.as_ptr(), bytes.len(), ptr::null_mut()) };
        NonNull::new(buffer).map(Self).ok_or_else(ErrorStack::get)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: ours since `new`.
        unsafe { boring_sys::CRYPTO_BUFFER_free(self.0.as_ptr()) }
    }
}

/// `SSL_CTX_set_cert_cb`: before a client answers to a request for a certificate,
/// [`native::show_nothing_in_vain`].
pub(crate) fn set_certificate_callback(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid, and the callback needs no argument.
    unsafe {
        boring_sys::SSL_CTX_set_cert_cb(builder.as_ptr(), Some(on_certificate), ptr::null_mut());
    }
}

/// 1 to go on, 0 to fail.
unsafe extern "C" fn on_certificate(ssl: *mut boring_sys::SSL, _argument: *mut c_void) -> c_int {
    // SAFETY: the library calls with a valid connection, and looks at it again when this returns.
    let ssl = unsafe { SslRef::from_ptr_mut(ssl) };
    let done = catch_unwind(AssertUnwindSafe(|| native::show_nothing_in_vain(ssl)));
    c_int::from(matches!(done, Ok(Ok(()))))
}

/// `SSL_certs_clear`: the connection has nothing to show.
pub(crate) fn clear_certificates(ssl: &mut SslRef) {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_certs_clear(ssl.as_ptr()) }
}

/// `SSL_get0_peer_verify_algorithms`: what the peer accepts signatures by. For the callback above only.
pub(crate) fn peer_schemes(ssl: &SslRef) -> Vec<SignatureScheme> {
    let mut schemes = ptr::null();
    // SAFETY: the connection is valid and in its callback.
    let len =
        unsafe { boring_sys::SSL_get0_peer_verify_algorithms(ssl.as_ptr(), &raw mut schemes) };
    if schemes.is_null() {
        return Vec::new();
    }
    // SAFETY: so many, which the connection holds on to.
    let schemes = unsafe { slice::from_raw_parts(schemes, len) };
    schemes.iter().copied().map(SignatureScheme::new).collect()
}
