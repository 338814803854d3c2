//! The raw calls that both libraries have.

use core::ffi::{c_char, c_int, c_long, c_void};
use std::sync::OnceLock;

/// The callback of a `BIO_METHOD` that reads.
pub type BioRead<B> = unsafe extern "C" fn(*mut B, *mut c_char, c_int) -> c_int;
/// The callback of a `BIO_METHOD` that writes.
pub type BioWrite<B> = unsafe extern "C" fn(*mut B, *const c_char, c_int) -> c_int;
/// The callback of a `BIO_METHOD` for everything else.
pub type BioCtrl<B> = unsafe extern "C" fn(*mut B, c_int, c_long, *mut c_void) -> c_long;
/// The callback of `SSL_set_info_callback`.
pub type InfoCallback<S> = unsafe extern "C" fn(*const S, c_int, c_int);
/// The callback of `SSL_set_msg_callback`: whether it was sent, version, content type, bytes and how many.
pub type MessageCallback<S> =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut S, *mut c_void);

/// The calls of one library, each under its own name in lower case.
///
/// # Safety
/// Each method must do what the function of its name does in OpenSSL 1.1.1 and BoringSSL, for
/// the same library. [`impl_calls!`](crate::impl_calls) sees to it.
#[allow(missing_docs)] // each is the function of its name; the library's manual documents it
#[allow(clippy::missing_safety_doc)]
#[allow(unsafe_code)]
pub unsafe trait Calls: 'static {
    type Ssl: 'static;
    type Bio: 'static;
    type BioMethod: 'static;

    /// Where the address of the library's one `BIO_METHOD` of ours is kept.
    fn bio_method() -> &'static OnceLock<usize>;

    unsafe fn err_clear_error();
    /// Whether `ERR_peek_last_error` finds the queue empty.
    unsafe fn err_is_empty() -> bool;

    unsafe fn bio_meth_new(kind: c_int, name: *const c_char) -> *mut Self::BioMethod;
    unsafe fn bio_meth_set_read(method: *mut Self::BioMethod, read: BioRead<Self::Bio>) -> c_int;
    unsafe fn bio_meth_set_write(method: *mut Self::BioMethod, write: BioWrite<Self::Bio>)
    -> c_int;
    unsafe fn bio_meth_set_ctrl(method: *mut Self::BioMethod, ctrl: BioCtrl<Self::Bio>) -> c_int;
    unsafe fn bio_new(method: *const Self::BioMethod) -> *mut Self::Bio;
    unsafe fn bio_set_data(bio: *mut Self::Bio, data: *mut c_void);
    unsafe fn bio_get_data(bio: *mut Self::Bio) -> *mut c_void;
    unsafe fn bio_set_init(bio: *mut Self::Bio, init: c_int);
    unsafe fn bio_set_retry_read(bio: *mut Self::Bio);
    unsafe fn bio_clear_retry_flags(bio: *mut Self::Bio);

    unsafe fn ssl_set_bio(ssl: *mut Self::Ssl, read: *mut Self::Bio, write: *mut Self::Bio);
    unsafe fn ssl_get_rbio(ssl: *const Self::Ssl) -> *mut Self::Bio;
    unsafe fn ssl_set_info_callback(ssl: *mut Self::Ssl, callback: InfoCallback<Self::Ssl>);
    unsafe fn ssl_set_msg_callback(
        ssl: *mut Self::Ssl,
        callback: Option<MessageCallback<Self::Ssl>>,
    );
    unsafe fn ssl_set_connect_state(ssl: *mut Self::Ssl);
    unsafe fn ssl_set_accept_state(ssl: *mut Self::Ssl);
    unsafe fn ssl_do_handshake(ssl: *mut Self::Ssl) -> c_int;
    unsafe fn ssl_write_early_data(
        ssl: *mut Self::Ssl,
        buf: *const c_void,
        len: usize,
        written: *mut usize,
    ) -> c_int;
    unsafe fn ssl_read_early_data(
        ssl: *mut Self::Ssl,
        buf: *mut c_void,
        len: usize,
        read: *mut usize,
    ) -> c_int;
    unsafe fn ssl_read(ssl: *mut Self::Ssl, buf: *mut c_void, len: c_int) -> c_int;
    unsafe fn ssl_peek(ssl: *mut Self::Ssl, buf: *mut c_void, len: c_int) -> c_int;
    unsafe fn ssl_write(ssl: *mut Self::Ssl, buf: *const c_void, len: c_int) -> c_int;
    unsafe fn ssl_shutdown(ssl: *mut Self::Ssl) -> c_int;
    unsafe fn ssl_set_shutdown(ssl: *mut Self::Ssl, mode: c_int);
    unsafe fn ssl_key_update(ssl: *mut Self::Ssl, kind: c_int) -> c_int;
    unsafe fn ssl_get_error(ssl: *const Self::Ssl, ret: c_int) -> c_int;
    unsafe fn ssl_pending(ssl: *const Self::Ssl) -> c_int;
}

/// Implements [`Calls`] for `$Library` with the functions of the bindings crate `$sys`, in which the three
/// setters of a `BIO_METHOD` that take an `Option` have the names given.
#[macro_export]
macro_rules! impl_calls {
    (
        $Library:ty, $sys:ident,
        $bio_meth_set_read:ident, $bio_meth_set_write:ident, $bio_meth_set_ctrl:ident,
        $ssl_set_info_callback:path, $ssl_set_msg_callback:path, $ssl_key_update:path, $ssl_do_handshake:path,
        $ssl_write_early_data:path, $ssl_read_early_data:path
    ) => {
        // SAFETY: each method is the function of its name.
        unsafe impl $crate::Calls for $Library {
            type Ssl = $sys::SSL;
            type Bio = $sys::BIO;
            type BioMethod = $sys::BIO_METHOD;

            fn bio_method() -> &'static std::sync::OnceLock<usize> {
                static ADDRESS: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
                &ADDRESS
            }

            $crate::impl_calls! { @forward $sys
                err_clear_error = ERR_clear_error();
                bio_meth_new = BIO_meth_new(kind: core::ffi::c_int, name: *const core::ffi::c_char) -> *mut $sys::BIO_METHOD;
                bio_new = BIO_new(method: *const $sys::BIO_METHOD) -> *mut $sys::BIO;
                bio_set_data = BIO_set_data(bio: *mut $sys::BIO, data: *mut core::ffi::c_void);
                bio_get_data = BIO_get_data(bio: *mut $sys::BIO) -> *mut core::ffi::c_void;
                bio_set_init = BIO_set_init(bio: *mut $sys::BIO, init: core::ffi::c_int);
                bio_set_retry_read = BIO_set_retry_read(bio: *mut $sys::BIO);
                bio_clear_retry_flags = BIO_clear_retry_flags(bio: *mut $sys::BIO);
                ssl_set_bio = SSL_set_bio(ssl: *mut $sys::SSL, read: *mut $sys::BIO, write: *mut $sys::BIO);
                ssl_get_rbio = SSL_get_rbio(ssl: *const $sys::SSL) -> *mut $sys::BIO;
                ssl_set_connect_state = SSL_set_connect_state(ssl: *mut $sys::SSL);
                ssl_set_accept_state = SSL_set_accept_state(ssl: *mut $sys::SSL);
                ssl_read = SSL_read(ssl: *mut $sys::SSL, buf: *mut core::ffi::c_void, len: core::ffi::c_int) -> core::ffi::c_int;
                ssl_peek = SSL_peek(ssl: *mut $sys::SSL, buf: *mut core::ffi::c_void, len: core::ffi::c_int) -> core::ffi::c_int;
                ssl_write = SSL_write(ssl: *mut $sys::SSL, buf: *const core::ffi::c_void, len: core::ffi::c_int) -> core::ffi::c_int;
                ssl_shutdown = SSL_shutdown(ssl: *mut $sys::SSL) -> core::ffi::c_int;
                ssl_set_shutdown = SSL_set_shutdown(ssl: *mut $sys::SSL, mode: core::ffi::c_int);
                ssl_get_error = SSL_get_error(ssl: *const $sys::SSL, ret: core::ffi::c_int) -> core::ffi::c_int;
                ssl_pending = SSL_pending(ssl: *const $sys::SSL) -> core::ffi::c_int;
            }

            unsafe fn ssl_do_handshake(ssl: *mut $sys::SSL) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $ssl_do_handshake(ssl) }
            }

            unsafe fn ssl_write_early_data(
                ssl: *mut $sys::SSL,
                buf: *const core::ffi::c_void,
                len: usize,
                written: *mut usize,
            ) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $ssl_write_early_data(ssl, buf, len, written) }
            }

            unsafe fn ssl_read_early_data(
                ssl: *mut $sys::SSL,
                buf: *mut core::ffi::c_void,
                len: usize,
                read: *mut usize,
            ) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $ssl_read_early_data(ssl, buf, len, read) }
            }

            unsafe fn err_is_empty() -> bool {
                // SAFETY: has no preconditions.
                unsafe { $sys::ERR_peek_last_error() == 0 }
            }

            unsafe fn bio_meth_set_read(
                method: *mut $sys::BIO_METHOD,
                read: $crate::BioRead<$sys::BIO>,
            ) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $sys::$bio_meth_set_read(method, Some(read)) }
            }

            unsafe fn bio_meth_set_write(
                method: *mut $sys::BIO_METHOD,
                write: $crate::BioWrite<$sys::BIO>,
            ) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $sys::$bio_meth_set_write(method, Some(write)) }
            }

            unsafe fn bio_meth_set_ctrl(
                method: *mut $sys::BIO_METHOD,
                ctrl: $crate::BioCtrl<$sys::BIO>,
            ) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $sys::$bio_meth_set_ctrl(method, Some(ctrl)) }
            }

            unsafe fn ssl_set_msg_callback(
                ssl: *mut $sys::SSL,
                callback: Option<$crate::MessageCallback<$sys::SSL>>,
            ) {
                // SAFETY: passed on as it came.
                unsafe { $ssl_set_msg_callback(ssl, callback) }
            }

            unsafe fn ssl_key_update(
                ssl: *mut $sys::SSL,
                kind: core::ffi::c_int,
            ) -> core::ffi::c_int {
                // SAFETY: passed on as it came.
                unsafe { $ssl_key_update(ssl, kind) }
            }

            unsafe fn ssl_set_info_callback(
                ssl: *mut $sys::SSL,
                callback: $crate::InfoCallback<$sys::SSL>,
            ) {
                // SAFETY: passed on as it came.
                unsafe { $ssl_set_info_callback(ssl, Some(callback)) }
            }
        }
    };
    (@forward $sys:ident $(
        $method:ident = $function:ident($($arg:ident: $type:ty),*) $(-> $ret:ty)?;
    )*) => {
        $(
            unsafe fn $method($($arg: $type),*) $(-> $ret)? {
                // SAFETY: passed on as it came.
                unsafe { $sys::$function($($arg),*) }
            }
        )*
    };
}
