//! The tables by which OpenSSL finds what a provider has.

use core::ffi::{c_char, c_int, c_uint, c_void};
use core::{mem, ptr};

use openssl_sys::OSSL_PARAM;

use super::{key, signature};

/// `OSSL_DISPATCH`: the number of a function, and the function.
#[repr(C)]
pub(super) struct Dispatch {
    number: c_int,
    function: Option<unsafe extern "C" fn()>,
}

/// `OSSL_ALGORITHM`: its names between colons, and its functions.
#[repr(C)]
struct Algorithm {
    names: *const c_char,
    properties: *const c_char,
    functions: *const Dispatch,
    description: *const c_char,
}

/// `OSSL_PARAM_INTEGER` and the other types of parameters.
pub(super) const INTEGER: c_uint = 1;
pub(super) const UNSIGNED_INTEGER: c_uint = 2;
pub(super) const UTF8_STRING: c_uint = 4;
pub(super) const OCTET_STRING: c_uint = 5;

/// A table that never changes.
pub(super) struct Table<T>(pub(super) T);

// SAFETY: what it points to is static and never written.
unsafe impl<T> Sync for Table<T> {}

/// `OSSL_provider_init_fn`.
pub(super) type Init = unsafe extern "C" fn(
    *const c_void,
    *const Dispatch,
    *mut *const Dispatch,
    *mut *mut c_void,
) -> c_int;

/// Functions by their numbers in `openssl/core_dispatch.h`, each with the type that it has there.
macro_rules! dispatch {
    ($( $number:literal => $function:path as fn($($argument:ty),*) $(-> $ret:ty)?; )*) => {
        [
            $( Dispatch {
                number: $number,
                // SAFETY: OpenSSL calls it with the type that its number has.
                function: Some(unsafe {
                    mem::transmute::<
                        unsafe extern "C" fn($($argument),*) $(-> $ret)?,
                        unsafe extern "C" fn(),
                    >($function)
                }),
            }, )*
            Dispatch { number: 0, function: None },
        ]
    };
}

/// What the provider has.
static PROVIDER: Table<[Dispatch; 2]> = Table(dispatch! {
    1027 => query as fn(*mut c_void, c_int, *mut c_int) -> *const c_void;
});

static KEYS: Table<[Dispatch; 9]> = Table(dispatch! {
    1 => key::create as fn(*mut c_void) -> *mut c_void;
    10 => key::free as fn(*mut c_void);
    11 => key::get_params as fn(*const c_void, *mut OSSL_PARAM) -> c_int;
    12 => key::gettable_params as fn(*mut c_void) -> *const OSSL_PARAM;
    21 => key::has as fn(*const c_void, c_int) -> c_int;
    23 => key::matches as fn(*const c_void, *const c_void, c_int) -> c_int;
    40 => key::import as fn(*mut c_void, c_int, *const OSSL_PARAM) -> c_int;
    41 => key::import_types as fn(c_int) -> *const OSSL_PARAM;
});

/// The same for keys whose signatures have another name than they.
static CURVE_KEYS: Table<[Dispatch; 10]> = Table(dispatch! {
    1 => key::create as fn(*mut c_void) -> *mut c_void;
    10 => key::free as fn(*mut c_void);
    11 => key::get_params as fn(*const c_void, *mut OSSL_PARAM) -> c_int;
    12 => key::gettable_params as fn(*mut c_void) -> *const OSSL_PARAM;
    20 => key::operation_name as fn(c_int) -> *const c_char;
    21 => key::has as fn(*const c_void, c_int) -> c_int;
    23 => key::matches as fn(*const c_void, *const c_void, c_int) -> c_int;
    40 => key::import as fn(*mut c_void, c_int, *const OSSL_PARAM) -> c_int;
    41 => key::import_types as fn(c_int) -> *const OSSL_PARAM;
});

static SIGNATURES: Table<[Dispatch; 7]> = Table(dispatch! {
    1 => signature::create as fn(*mut c_void, *const c_char) -> *mut c_void;
    8 => signature::begin as fn(*mut c_void, *const c_char, *const c_void, *const OSSL_PARAM) -> c_int;
    11 => signature::sign as fn(*mut c_void, *mut u8, *mut usize, usize, *const u8, usize) -> c_int;
    16 => signature::free as fn(*mut c_void);
    20 => signature::set_params as fn(*mut c_void, *const OSSL_PARAM) -> c_int;
    21 => signature::settable_params as fn(*mut c_void, *mut c_void) -> *const OSSL_PARAM;
});

const fn algorithm<const N: usize>(
    names: &'static core::ffi::CStr,
    functions: &'static Table<[Dispatch; N]>,
) -> Algorithm {
    Algorithm {
        names: names.as_ptr(),
        properties: c"provider=tls-object".as_ptr(),
        functions: functions.0.as_ptr(),
        description: ptr::null(),
    }
}

const END: Algorithm = Algorithm {
    names: ptr::null(),
    properties: ptr::null(),
    functions: ptr::null(),
    description: ptr::null(),
};

/// By all the names that libssl asks for.
static KEY_TYPES: Table<[Algorithm; 4]> = Table([
    algorithm(c"RSA:rsaEncryption", &KEYS),
    algorithm(c"EC:id-ecPublicKey", &CURVE_KEYS),
    algorithm(c"ED25519", &KEYS),
    END,
]);

static SIGNATURE_TYPES: Table<[Algorithm; 4]> = Table([
    algorithm(c"RSA:rsaEncryption", &SIGNATURES),
    algorithm(c"ECDSA", &SIGNATURES),
    algorithm(c"ED25519", &SIGNATURES),
    END,
]);

/// `OSSL_OP_KEYMGMT` and `OSSL_OP_SIGNATURE`.
const KEY_MANAGEMENT: c_int = 10;
pub(super) const SIGNATURE: c_int = 12;

/// Called by OpenSSL when the provider is loaded.
pub(super) unsafe extern "C" fn initialise(
    handle: *const c_void,
    _core: *const Dispatch,
    out: *mut *const Dispatch,
    context: *mut *mut c_void,
) -> c_int {
    // SAFETY: OpenSSL lends a place for it.
    unsafe { *out = PROVIDER.0.as_ptr() };
    // SAFETY: as above. Given back to the functions, which have no use for it.
    unsafe { *context = handle.cast_mut() };
    1
}

/// Called by OpenSSL for what there is of an operation.
unsafe extern "C" fn query(
    _context: *mut c_void,
    operation: c_int,
    no_store: *mut c_int,
) -> *const c_void {
    // SAFETY: OpenSSL lends a place for it. What it is told may be kept.
    unsafe { *no_store = 0 };
    match operation {
        KEY_MANAGEMENT => KEY_TYPES.0.as_ptr().cast(),
        SIGNATURE => SIGNATURE_TYPES.0.as_ptr().cast(),
        _ => ptr::null(),
    }
}
