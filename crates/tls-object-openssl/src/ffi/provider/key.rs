//! The provider's keys: what OpenSSL asks of them, and compares.

use core::ffi::{c_char, c_int, c_uint, c_void};
use core::{ptr, slice};
use std::ffi::CStr;
use std::sync::Arc;

use foreign_types_03::ForeignType as _;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};
use openssl_sys::OSSL_PARAM;
use tls_object_core::KeyKind;

use super::dispatch::{INTEGER, OCTET_STRING, SIGNATURE, Table, UNSIGNED_INTEGER, UTF8_STRING};
use crate::ffi::succeeded;
use crate::signing::External;

/// `EVP_PKEY_PUBLIC_KEY`, and of it `OSSL_KEYMGMT_SELECT_PRIVATE_KEY` and `OSSL_KEYMGMT_SELECT_PUBLIC_KEY`.
const PUBLIC_KEY: c_int = 0x86;
const SELECT_PRIVATE: c_int = 0x01;
const SELECT_PUBLIC: c_int = 0x02;

// In libcrypto since 3.0.
unsafe extern "C" {
    fn OSSL_PARAM_free(params: *mut OSSL_PARAM);
    fn OSSL_PARAM_locate(params: *mut OSSL_PARAM, key: *const c_char) -> *mut OSSL_PARAM;
    fn OSSL_PARAM_set_int(param: *mut OSSL_PARAM, value: c_int) -> c_int;
    fn OSSL_PARAM_set_utf8_string(param: *mut OSSL_PARAM, value: *const c_char) -> c_int;
}

/// What there is of a public key: modulus and exponent, or a point.
const NUMBERS: [&CStr; 3] = [c"n", c"e", c"pub"];
type Numbers = [Option<Vec<u8>>; NUMBERS.len()];

/// By which a key of ours is handed over.
const OWN: &CStr = c"tls-object-key";

/// A key as OpenSSL has it of this provider: one of ours, or the public key of a certificate that it is compared with.
#[derive(Default)]
pub(super) struct Key {
    numbers: Numbers,
    own: Option<Arc<Own>>,
}

/// A key that the application signs with.
pub(super) struct Own {
    pub(super) external: External,
    numbers: Numbers,
    bits: c_int,
    security_bits: c_int,
    /// The longest signature in bytes.
    pub(super) max_size: usize,
}

impl Own {
    pub(super) fn new(external: External) -> Result<Arc<Self>, ErrorStack> {
        let public = &external.public;
        let numbers = numbers_of(public)?;
        let number = |value: u32| c_int::try_from(value).unwrap_or(c_int::MAX);
        let (bits, security_bits) = (number(public.bits()), number(public.security_bits()));
        let max_size = public.size();
        Ok(Arc::new(Self { numbers, bits, security_bits, max_size, external }))
    }

    /// Hands a key of ours to [`import`]; good for as long as the reference is.
    pub(super) fn param(self: &Arc<Self>) -> OSSL_PARAM {
        let data = ptr::from_ref(self).cast_mut().cast::<c_void>();
        OSSL_PARAM { data, data_size: size_of::<Arc<Self>>(), ..param(OWN, OCTET_STRING) }
    }
}

/// OpenSSL's name of a type of key.
pub(super) const fn type_name(kind: KeyKind) -> &'static CStr {
    match kind {
        KeyKind::Rsa => c"RSA",
        KeyKind::Ed25519 => c"ED25519",
        _ => c"EC",
    }
}

fn group_name(kind: KeyKind) -> Option<&'static CStr> {
    match kind {
        KeyKind::P256 => Some(c"prime256v1"),
        KeyKind::P384 => Some(c"secp384r1"),
        KeyKind::P521 => Some(c"secp521r1"),
        _ => None,
    }
}

/// `EVP_PKEY_todata`.
fn numbers_of(key: &PKey<Public>) -> Result<Numbers, ErrorStack> {
    let mut params = ptr::null_mut();
    // SAFETY: the key is valid, and a place for the parameters is lent.
    let done = unsafe { openssl_sys::EVP_PKEY_todata(key.as_ptr(), PUBLIC_KEY, &raw mut params) };
    succeeded(done.into())?;
    // SAFETY: OpenSSL has just made them.
    let numbers = unsafe { read_numbers(params) };
    // SAFETY: ours, and not used any more.
    unsafe { OSSL_PARAM_free(params) };
    Ok(numbers)
}

/// # Safety
/// `params` is valid up to the empty one at its end.
unsafe fn read_numbers(params: *const OSSL_PARAM) -> Numbers {
    NUMBERS.map(|name| {
        // SAFETY: passed on as it came.
        let found = unsafe { find(params, name) }?;
        // SAFETY: of these names all have so many bytes.
        let bytes = unsafe { bytes(found) }?;
        Some(bytes.to_vec())
    })
}

/// The parameter of this name.
///
/// # Safety
/// `params` is null, or valid for the time of the result up to the empty one at its end.
pub(super) unsafe fn find<'a>(params: *const OSSL_PARAM, name: &CStr) -> Option<&'a OSSL_PARAM> {
    // SAFETY: passed on as it came; nothing is written.
    let found = unsafe { OSSL_PARAM_locate(params.cast_mut(), name.as_ptr()) };
    // SAFETY: null or one of those.
    unsafe { found.as_ref() }
}

/// What a parameter holds.
///
/// # Safety
/// It is one that OpenSSL hands over to be read.
pub(super) unsafe fn bytes(param: &OSSL_PARAM) -> Option<&[u8]> {
    if param.data.is_null() {
        return None;
    }
    // SAFETY: so many bytes are there to be read.
    Some(unsafe { slice::from_raw_parts(param.data.cast::<u8>(), param.data_size) })
}

/// A parameter without a value.
pub(super) const fn param(name: &'static CStr, data_type: c_uint) -> OSSL_PARAM {
    OSSL_PARAM {
        key: name.as_ptr(),
        data_type,
        data: ptr::null_mut(),
        data_size: 0,
        return_size: usize::MAX,
    }
}

/// What parameters end with.
pub(super) const END: OSSL_PARAM = OSSL_PARAM { key: ptr::null(), ..param(c"", 0) };

/// An empty key, to be filled by [`import`].
pub(super) unsafe extern "C" fn create(_provider: *mut c_void) -> *mut c_void {
    Box::into_raw(Box::<Key>::default()).cast()
}

pub(super) unsafe extern "C" fn free(key: *mut c_void) {
    if !key.is_null() {
        // SAFETY: made by `create`, and freed here only.
        drop(unsafe { Box::from_raw(key.cast::<Key>()) });
    }
}

/// # Safety
/// `key` is null or one of this provider's.
pub(super) unsafe fn own<'a>(key: *const c_void) -> Option<&'a Arc<Own>> {
    // SAFETY: as above, and OpenSSL holds on to it while it calls.
    unsafe { key.cast::<Key>().as_ref() }?.own.as_ref()
}

/// Fills a key with what there is: a key of ours, or the numbers of a public one.
pub(super) unsafe extern "C" fn import(
    key: *mut c_void,
    _selection: c_int,
    params: *const OSSL_PARAM,
) -> c_int {
    // SAFETY: made by `create`, and nobody else has it yet.
    let Some(key) = (unsafe { key.cast::<Key>().as_mut() }) else { return 0 };
    // SAFETY: OpenSSL lends the parameters.
    match unsafe { find(params, OWN) } {
        Some(param) => {
            // SAFETY: of `Own::param`: nobody else makes keys in this library context.
            let own = unsafe { param.data.cast::<Arc<Own>>().as_ref() };
            key.numbers = own.map(|own| own.numbers.clone()).unwrap_or_default();
            key.own = own.cloned();
        }
        // SAFETY: as above.
        None => key.numbers = unsafe { read_numbers(params) },
    }
    c_int::from(key.numbers.iter().any(Option::is_some))
}

pub(super) unsafe extern "C" fn import_types(_selection: c_int) -> *const OSSL_PARAM {
    static TYPES: Table<[OSSL_PARAM; 5]> = Table([
        param(NUMBERS[0], UNSIGNED_INTEGER),
        param(NUMBERS[1], UNSIGNED_INTEGER),
        param(NUMBERS[2], OCTET_STRING),
        param(OWN, OCTET_STRING),
        END,
    ]);
    TYPES.0.as_ptr()
}

/// Whether a key has what is selected. All have a public key.
pub(super) unsafe extern "C" fn has(key: *const c_void, selection: c_int) -> c_int {
    // SAFETY: OpenSSL asks for keys of this provider.
    let is_own = unsafe { own(key) }.is_some();
    c_int::from(is_own || selection & SELECT_PRIVATE == 0)
}

/// Whether two keys have the same public key.
pub(super) unsafe extern "C" fn matches(
    one: *const c_void,
    other: *const c_void,
    selection: c_int,
) -> c_int {
    // SAFETY: OpenSSL compares keys of this provider.
    let one = unsafe { one.cast::<Key>().as_ref() };
    // SAFETY: as above.
    let other = unsafe { other.cast::<Key>().as_ref() };
    let (Some(one), Some(other)) = (one, other) else { return 0 };
    // Keys of which nothing is known are no match.
    let is_known = one.numbers.iter().any(Option::is_some);
    c_int::from(selection & SELECT_PUBLIC == 0 || is_known && one.numbers == other.numbers)
}

/// The size of a key, and the group that it is of.
pub(super) unsafe extern "C" fn get_params(key: *const c_void, params: *mut OSSL_PARAM) -> c_int {
    // SAFETY: OpenSSL asks for keys of this provider.
    let Some(own) = (unsafe { own(key) }) else { return 1 };
    let max_size = c_int::try_from(own.max_size).unwrap_or(c_int::MAX);
    let numbers =
        [(c"bits", own.bits), (c"security-bits", own.security_bits), (c"max-size", max_size)];
    for (name, value) in numbers {
        // SAFETY: OpenSSL lends the parameters to be written.
        let param = unsafe { OSSL_PARAM_locate(params, name.as_ptr()) };
        // SAFETY: as above.
        if !param.is_null() && unsafe { OSSL_PARAM_set_int(param, value) } != 1 {
            return 0;
        }
    }
    let Some(group) = group_name(own.external.kind) else { return 1 };
    // SAFETY: as above.
    let param = unsafe { OSSL_PARAM_locate(params, c"group".as_ptr()) };
    if param.is_null() {
        return 1;
    }
    // SAFETY: as above; the name is copied.
    unsafe { OSSL_PARAM_set_utf8_string(param, group.as_ptr()) }
}

pub(super) unsafe extern "C" fn gettable_params(_provider: *mut c_void) -> *const OSSL_PARAM {
    static TYPES: Table<[OSSL_PARAM; 5]> = Table([
        param(c"bits", INTEGER),
        param(c"security-bits", INTEGER),
        param(c"max-size", INTEGER),
        param(c"group", UTF8_STRING),
        END,
    ]);
    TYPES.0.as_ptr()
}

/// By what a key on a curve signs.
pub(super) unsafe extern "C" fn operation_name(operation: c_int) -> *const c_char {
    if operation == SIGNATURE { c"ECDSA".as_ptr() } else { ptr::null() }
}
