//! Early data. BoringSSL has it in the calls that everything else goes through, and lets the caller find out which is which;
//! OpenSSL has calls of its own. Here these are made of those.

use core::ffi::{c_int, c_void};

use boring::error::ErrorStack;
use boring::ssl::{SslContextBuilder, SslRef};
use boring_sys::SSL;
use foreign_types_05::ForeignTypeRef as _;
use tls_object_core::Config;

/// What OpenSSL's `SSL_read_early_data` returns beside errors.
const SSL_READ_EARLY_DATA_SUCCESS: c_int = 1;
const SSL_READ_EARLY_DATA_FINISH: c_int = 2;

/// `SSL_CTX_set_early_data_enabled`. The limit is BoringSSL's own; the check has seen to that.
pub(crate) fn take_early_data(builder: &mut SslContextBuilder, max: u32) -> Result<(), ErrorStack> {
    debug_assert_eq!(max, Config::EARLY_DATA);
    // SAFETY: the context is valid.
    unsafe { boring_sys::SSL_CTX_set_early_data_enabled(builder.as_ptr(), 1) };
    Ok(())
}

/// `SSL_set_early_data_enabled`.
pub(crate) fn offer_early_data(ssl: &mut SslRef) {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_set_early_data_enabled(ssl.as_ptr(), 1) };
}

/// How much early data the offered session allows, as far as it can be asked: none, or some.
pub(crate) fn early_data_limit(ssl: &SslRef) -> u32 {
    let Some(session) = ssl.session() else { return 0 };
    // SAFETY: the session is valid.
    let capable = unsafe { boring_sys::SSL_SESSION_early_data_capable(session.as_ptr()) };
    if capable == 1 { u32::MAX } else { 0 }
}

/// `SSL_early_data_accepted`.
pub(crate) fn early_data_accepted(ssl: &SslRef) -> bool {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_early_data_accepted(ssl.as_ptr()) == 1 }
}

/// `SSL_do_handshake`, which is not done before the handshake is: a client that has begun to send early data goes on,
/// and so does one whose early data was rejected.
///
/// # Safety
/// As for `SSL_do_handshake`.
pub(super) unsafe fn do_handshake(ssl: *mut SSL) -> c_int {
    loop {
        // SAFETY: passed on as it came.
        let ret = unsafe { boring_sys::SSL_do_handshake(ssl) };
        if ret == 1 {
            // SAFETY: `ssl` is valid.
            let is_early = unsafe { boring_sys::SSL_in_early_data(ssl) == 1 };
            // SAFETY: as above. A server goes on by reading.
            if !is_early || unsafe { boring_sys::SSL_is_server(ssl) == 1 } {
                return ret;
            }
            continue;
        }
        // SAFETY: `ssl` is valid and `ret` is of the call just made.
        let error = unsafe { boring_sys::SSL_get_error(ssl, ret) };
        if error != boring_sys::SSL_ERROR_EARLY_DATA_REJECTED {
            return ret;
        }
        // SAFETY: has no preconditions.
        unsafe { boring_sys::ERR_clear_error() };
        // SAFETY: `ssl` is valid, and its early data was rejected just now.
        unsafe { boring_sys::SSL_reset_early_data_reject(ssl) };
    }
}

/// OpenSSL's `SSL_write_early_data`, but for the limit: at that, nothing is written.
///
/// # Safety
/// `ssl` is valid and has nothing to read, `buf` has `len` readable bytes, and `written` is writable.
pub(super) unsafe fn write_early_data(
    ssl: *mut SSL,
    buf: *const c_void,
    len: usize,
    written: *mut usize,
) -> c_int {
    // SAFETY: `ssl` is valid.
    if unsafe { boring_sys::SSL_in_early_data(ssl) } == 0 {
        // SAFETY: as above.
        let ret = unsafe { boring_sys::SSL_do_handshake(ssl) };
        if ret != 1 {
            return ret;
        }
    }
    let len = c_int::try_from(len).unwrap_or(c_int::MAX);
    // SAFETY: `ssl` is valid, and `buf` has as many bytes at least.
    let ret = unsafe { boring_sys::SSL_write(ssl, buf, len) };
    if ret <= 0 {
        return ret;
    }
    // SAFETY: writable, as the caller promises. Not negative.
    unsafe { *written = ret as usize };
    1
}

/// OpenSSL's `SSL_read_early_data`.
///
/// # Safety
/// `ssl` is valid, `buf` has `len` writable bytes, and `read` is writable.
pub(super) unsafe fn read_early_data(
    ssl: *mut SSL,
    buf: *mut c_void,
    len: usize,
    read: *mut usize,
) -> c_int {
    // Done at once where early data was accepted.
    // SAFETY: `ssl` is valid.
    let ret = unsafe { boring_sys::SSL_do_handshake(ssl) };
    if ret != 1 {
        return ret;
    }
    // SAFETY: `ssl` is valid.
    let is_early = || unsafe { boring_sys::SSL_in_early_data(ssl) == 1 };
    if !is_early() {
        return SSL_READ_EARLY_DATA_FINISH;
    }
    let mut byte = 0_u8;
    let peeked = (&raw mut byte).cast::<c_void>();
    // What is behind the end of the early data may come into sight, and must stay there.
    // SAFETY: `peeked` is one writable byte.
    let ret = unsafe { boring_sys::SSL_peek(ssl, peeked, 1) };
    if !is_early() {
        return SSL_READ_EARLY_DATA_FINISH;
    }
    if ret <= 0 {
        return ret;
    }
    let len = c_int::try_from(len).unwrap_or(c_int::MAX);
    // SAFETY: `ssl` is valid, and `buf` has as many writable bytes at least.
    let ret = unsafe { boring_sys::SSL_read(ssl, buf, len) };
    if ret <= 0 {
        return ret;
    }
    // SAFETY: writable, as the caller promises. Not negative.
    unsafe { *read = ret as usize };
    SSL_READ_EARLY_DATA_SUCCESS
}
