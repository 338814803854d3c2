//! A provider of OpenSSL whose keys are held elsewhere: the application signs with them.
//!
//! It lives in a library context of its own, so nothing else in the process ever meets it: a connection signs with
//! whatever its key's provider has, and takes everything else from where it takes it anyway. A key is made of the
//! certificate's public key and of what signs ([`External`]).

mod dispatch;
mod key;
mod signature;

use core::ffi::{c_int, c_void};
use core::ptr::{self, NonNull};
use std::ffi::CStr;
use std::sync::LazyLock;

use foreign_types_03::ForeignType as _;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl_sys::{EVP_PKEY_CTX, OSSL_LIB_CTX};
use tls_object_core::KeyKind;

use super::succeeded;
use crate::signing::External;

const NAME: &CStr = c"tls-object";

/// `EVP_PKEY_KEYPAIR`.
const KEYPAIR: c_int = 0x87;

// In libcrypto since 3.0, and not in `openssl-sys`.
unsafe extern "C" {
    fn OSSL_PROVIDER_add_builtin(
        libctx: *mut OSSL_LIB_CTX,
        name: *const core::ffi::c_char,
        init: Option<dispatch::Init>,
    ) -> c_int;
    fn OSSL_PROVIDER_load(libctx: *mut OSSL_LIB_CTX, name: *const core::ffi::c_char)
    -> *mut c_void;
}

/// A library context with nothing but the provider in it.
struct Library(NonNull<OSSL_LIB_CTX>);

// SAFETY: OpenSSL's library contexts are for all threads.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

/// Made when the first key is, and never freed.
static LIBRARY: LazyLock<Result<Library, ErrorStack>> = LazyLock::new(|| {
    // SAFETY: has no preconditions.
    let library = NonNull::new(unsafe { openssl_sys::OSSL_LIB_CTX_new() });
    let library = library.ok_or_else(ErrorStack::get)?;
    // SAFETY: the context is valid, and the tables behind the function live for ever.
    let added = unsafe {
        OSSL_PROVIDER_add_builtin(library.as_ptr(), NAME.as_ptr(), Some(dispatch::initialise))
    };
    succeeded(added.into())?;
    // SAFETY: as above.
    let provider = unsafe { OSSL_PROVIDER_load(library.as_ptr(), NAME.as_ptr()) };
    if provider.is_null() {
        return Err(ErrorStack::get());
    }
    Ok(Library(library))
});

/// A private key that the application signs with.
pub(crate) fn external_key(key: External) -> Result<PKey<Private>, ErrorStack> {
    let library = LIBRARY.as_ref().map_err(Clone::clone)?;
    let context = Context::new(library, key.kind)?;
    let own = key::Own::new(key)?;
    let mut params = [own.param(), key::END];
    let mut pkey = ptr::null_mut();
    // SAFETY: the context is valid.
    succeeded(unsafe { openssl_sys::EVP_PKEY_fromdata_init(context.0.as_ptr()) }.into())?;
    // SAFETY: as above; the parameters end with an empty one, and `own` outlives the call.
    let made = unsafe {
        openssl_sys::EVP_PKEY_fromdata(
            context.0.as_ptr(),
            &raw mut pkey,
            KEYPAIR,
            params.as_mut_ptr(),
        )
    };
    succeeded(made.into())?;
    // SAFETY: made above, and nobody else's.
    Ok(unsafe { PKey::from_ptr(pkey) })
}

/// An `EVP_PKEY_CTX` for making keys.
struct Context(NonNull<EVP_PKEY_CTX>);

impl Context {
    fn new(library: &Library, kind: KeyKind) -> Result<Self, ErrorStack> {
        let name = key::type_name(kind);
        // SAFETY: the library context and the name are valid.
        let context = unsafe {
            openssl_sys::EVP_PKEY_CTX_new_from_name(library.0.as_ptr(), name.as_ptr(), ptr::null())
        };
        NonNull::new(context).map(Self).ok_or_else(ErrorStack::get)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: ours since `new`.
        unsafe { openssl_sys::EVP_PKEY_CTX_free(self.0.as_ptr()) }
    }
}
