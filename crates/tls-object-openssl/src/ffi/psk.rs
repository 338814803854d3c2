//! Pre-shared keys that a server finds.
//!
//! `SslContextBuilder::set_psk_server_callback` makes a length that is too long 0, which is an unknown identity; OpenSSL ends the
//! handshake with `internal_error`, as is due after a panic.

use core::ffi::{CStr, c_char, c_uchar, c_uint};
use core::{ptr, slice};

use foreign_types_03::ForeignTypeRef as _;
use openssl::ssl::{SslContextBuilder, SslRef};

use crate::hooks;

/// `SSL_CTX_set_psk_server_callback`: a server asks its hook for keys.
pub(crate) fn find_psks(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid, and the callback is of the type that it takes.
    unsafe { openssl_sys::SSL_CTX_set_psk_server_callback(builder.as_ptr(), Some(on_identity)) };
}

/// Called by the library for the key of `identity`, which goes to the `room` bytes at `key`; its length, 0 for none.
extern "C" fn on_identity(
    ssl: *mut openssl_sys::SSL,
    identity: *const c_char,
    key: *mut c_uchar,
    room: c_uint,
) -> c_uint {
    if identity.is_null() {
        return 0;
    }
    // SAFETY: the library passes its connection, which nobody else uses meanwhile.
    let ssl = unsafe { SslRef::from_ptr_mut(ssl) };
    // SAFETY: not null, and ends with a zero.
    let identity = unsafe { CStr::from_ptr(identity) };
    // SAFETY: the library's own buffer, of so many bytes.
    unsafe { ptr::write_bytes(key, 0, room as usize) };
    // SAFETY: as above, and all of them are set.
    let key = unsafe { slice::from_raw_parts_mut(key, room as usize) };
    // Code of the application does not unwind out of this: see `Hooks`.
    let found = hooks::find_psk(ssl, Some(identity.to_bytes()), key);
    // A key is no longer than a `c_uint` says.
    found.map_or(0, |len| len as c_uint)
}
