//! The provider's signatures: OpenSSL says how, and the application signs.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;
use std::ffi::CStr;
use std::sync::Arc;

use openssl_sys::OSSL_PARAM;
use tls_object_core::{KeyKind, SignatureScheme};
use tls_object_libssl::Signed;

use super::dispatch::{INTEGER, Table, UTF8_STRING};
use super::key::{self, END, Own, bytes, find, param};

const PADDING: &CStr = c"pad-mode";
const SALT: &CStr = c"saltlen";

#[derive(Clone, Copy)]
enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    fn named(name: &CStr) -> Option<Self> {
        match name.to_bytes() {
            b"SHA256" | b"SHA2-256" | b"SHA-256" => Some(Self::Sha256),
            b"SHA384" | b"SHA2-384" | b"SHA-384" => Some(Self::Sha384),
            b"SHA512" | b"SHA2-512" | b"SHA-512" => Some(Self::Sha512),
            _ => None,
        }
    }
}

/// One signature that is being made.
#[derive(Default)]
struct Signing {
    key: Option<Arc<Own>>,
    digest: Option<Digest>,
    pss: bool,
}

impl Signing {
    /// TLS' name for what OpenSSL wants.
    fn scheme(&self, pss: bool) -> Option<SignatureScheme> {
        use SignatureScheme as S;
        let kind = self.key.as_ref()?.external.kind;
        Some(match (kind, self.digest) {
            (KeyKind::Ed25519, None) => S::ED25519,
            (KeyKind::Ed25519, Some(_)) | (_, None) => return None,
            (KeyKind::Rsa, Some(Digest::Sha256)) if pss => S::RSA_PSS_RSAE_SHA256,
            (KeyKind::Rsa, Some(Digest::Sha384)) if pss => S::RSA_PSS_RSAE_SHA384,
            (KeyKind::Rsa, Some(Digest::Sha512)) if pss => S::RSA_PSS_RSAE_SHA512,
            (KeyKind::Rsa, Some(Digest::Sha256)) => S::RSA_PKCS1_SHA256,
            (KeyKind::Rsa, Some(Digest::Sha384)) => S::RSA_PKCS1_SHA384,
            (KeyKind::Rsa, Some(Digest::Sha512)) => S::RSA_PKCS1_SHA512,
            (_, Some(Digest::Sha256)) => S::ECDSA_SECP256R1_SHA256,
            (_, Some(Digest::Sha384)) => S::ECDSA_SECP384R1_SHA384,
            (_, Some(Digest::Sha512)) => S::ECDSA_SECP521R1_SHA512,
        })
    }

    /// Whether the key signs with the digest, by one padding or another.
    fn is_possible(&self) -> bool {
        let Some(key) = &self.key else { return false };
        let schemes = [false, true].into_iter().filter_map(|pss| self.scheme(pss));
        schemes.into_iter().any(|scheme| key.external.key.schemes().contains(&scheme))
    }
}

pub(super) unsafe extern "C" fn create(
    _provider: *mut c_void,
    _properties: *const c_char,
) -> *mut c_void {
    Box::into_raw(Box::<Signing>::default()).cast()
}

pub(super) unsafe extern "C" fn free(signing: *mut c_void) {
    if !signing.is_null() {
        // SAFETY: made by `create`, and freed here only.
        drop(unsafe { Box::from_raw(signing.cast::<Signing>()) });
    }
}

/// `OSSL_FUNC_signature_digest_sign_init`: says with which key and digest.
pub(super) unsafe extern "C" fn begin(
    signing: *mut c_void,
    digest: *const c_char,
    key: *const c_void,
    params: *const OSSL_PARAM,
) -> c_int {
    // SAFETY: made by `create`, and used by one thread at a time.
    let Some(state) = (unsafe { signing.cast::<Signing>().as_mut() }) else { return 0 };
    // Without one, it is the one of before.
    if !key.is_null() {
        // SAFETY: OpenSSL signs with keys of this provider.
        state.key = unsafe { key::own(key) }.cloned();
    }
    state.pss = false;
    state.digest = None;
    if !digest.is_null() {
        // SAFETY: OpenSSL lends a string.
        let name = unsafe { CStr::from_ptr(digest) };
        state.digest = Digest::named(name);
        if state.digest.is_none() && !name.is_empty() {
            return 0;
        }
    }
    if !state.is_possible() {
        return 0;
    }
    // SAFETY: passed on as they came.
    unsafe { set_params(signing, params) }
}

/// Which padding RSA has. PSS has a salt as long as the digest, or it is not TLS.
pub(super) unsafe extern "C" fn set_params(
    signing: *mut c_void,
    params: *const OSSL_PARAM,
) -> c_int {
    const PKCS1: i32 = 1;
    const PSS: i32 = 6;
    if params.is_null() {
        return 1;
    }
    // SAFETY: made by `create`, and used by one thread at a time.
    let Some(state) = (unsafe { signing.cast::<Signing>().as_mut() }) else { return 0 };
    // SAFETY: OpenSSL lends the parameters.
    if let Some(padding) = unsafe { find(params, PADDING) } {
        // SAFETY: as above.
        state.pss = match unsafe { text_or_number(padding) } {
            Some(Value::Number(PKCS1) | Value::Text(b"pkcs1")) => false,
            Some(Value::Number(PSS) | Value::Text(b"pss")) => true,
            _ => return 0,
        };
    }
    // SAFETY: as above.
    if let Some(salt) = unsafe { find(params, SALT) } {
        // SAFETY: as above.
        match unsafe { text_or_number(salt) } {
            Some(Value::Number(-1) | Value::Text(b"digest" | b"-1")) => {}
            _ => return 0,
        }
    }
    1
}

enum Value<'a> {
    Number(i32),
    Text(&'a [u8]),
}

/// # Safety
/// It is a parameter that OpenSSL hands over to be read.
unsafe fn text_or_number(param: &OSSL_PARAM) -> Option<Value<'_>> {
    // SAFETY: passed on as it came.
    let bytes = unsafe { bytes(param) }?;
    match param.data_type {
        INTEGER => Some(Value::Number(i32::from_ne_bytes(bytes.try_into().ok()?))),
        UTF8_STRING => Some(Value::Text(bytes.split(|&byte| byte == 0).next()?)),
        _ => None,
    }
}

pub(super) unsafe extern "C" fn settable_params(
    _signing: *mut c_void,
    _provider: *mut c_void,
) -> *const OSSL_PARAM {
    static TYPES: Table<[OSSL_PARAM; 3]> =
        Table([param(PADDING, UTF8_STRING), param(SALT, UTF8_STRING), END]);
    TYPES.0.as_ptr()
}

/// `OSSL_FUNC_signature_digest_sign`: the signature of a message, or how long it is at most where there is no place for it.
pub(super) unsafe extern "C" fn sign(
    signing: *mut c_void,
    out: *mut u8,
    out_len: *mut usize,
    room: usize,
    message: *const u8,
    len: usize,
) -> c_int {
    // SAFETY: made by `create`, and used by one thread at a time.
    let Some(state) = (unsafe { signing.cast::<Signing>().as_ref() }) else { return 0 };
    let (Some(key), Some(scheme)) = (&state.key, state.scheme(state.pss)) else { return 0 };
    if out.is_null() {
        // SAFETY: OpenSSL lends a place for it.
        unsafe { *out_len = key.max_size };
        return 1;
    }
    if message.is_null() {
        return 0;
    }
    // SAFETY: OpenSSL lends so many bytes.
    let message = unsafe { core::slice::from_raw_parts(message, len) };
    // Code of the application does not unwind out of this: see `tls_object_libssl::sign`.
    // OpenSSL waits for no signature; the check has seen to it that none is late.
    let Signed::Done(signature) = key.external.sign(scheme, message) else { return 0 };
    if signature.len() > room {
        return 0;
    }
    // SAFETY: there is room for as many.
    unsafe { ptr::copy_nonoverlapping(signature.as_ptr(), out, signature.len()) };
    // SAFETY: OpenSSL lends a place for it.
    unsafe { *out_len = signature.len() };
    1
}
