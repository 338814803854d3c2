//! To what the sessions of a server's connections belong.

use core::ffi::{c_int, c_uchar, c_uint};
use core::{ptr, slice};

use foreign_types_03::ForeignTypeRef as _;
use openssl::error::ErrorStack;
use openssl::ssl::{ClientHelloResponse, SslContextBuilder, SslRef};

use super::succeeded;

// In libssl since 1.1.1, and not in `openssl-sys`.
unsafe extern "C" {
    fn SSL_client_hello_get0_ext(
        ssl: *mut openssl_sys::SSL,
        kind: c_uint,
        body: *mut *const c_uchar,
        len: *mut usize,
    ) -> c_int;
    fn SSL_set_session_id_context(
        ssl: *mut openssl_sys::SSL,
        context: *const c_uchar,
        len: c_uint,
    ) -> c_int;
}

/// `SSL_CTX_set_client_hello_cb`: where a client sends the extension `server_name`, `context_of` its body is what the sessions
/// of the connection belong to. Called before a session is looked up, which the callback for that name is not.
pub(crate) fn bind_sessions(
    builder: &mut SslContextBuilder,
    context_of: impl Fn(&[u8]) -> [u8; 32] + Send + Sync + 'static,
) {
    builder.set_client_hello_callback(move |ssl, _alert| {
        if let Some(context) = server_name(ssl).map(&context_of) {
            set_session_id_context(ssl, &context)?;
        }
        Ok(ClientHelloResponse::SUCCESS)
    });
}

/// `SSL_client_hello_get0_ext` of `server_name`, in a callback for a ClientHello; `None` also of an empty one.
fn server_name(ssl: &SslRef) -> Option<&[u8]> {
    const SERVER_NAME: c_uint = 0;
    let (mut body, mut len) = (ptr::null(), 0);
    // SAFETY: the connection is valid, and so are both places.
    let ret = unsafe {
        SSL_client_hello_get0_ext(ssl.as_ptr(), SERVER_NAME, &raw mut body, &raw mut len)
    };
    if ret != 1 || body.is_null() {
        return None;
    }
    // SAFETY: `len` bytes of the ClientHello, which the connection keeps at least until it is borrowed anew.
    Some(unsafe { slice::from_raw_parts(body, len) })
}

/// `SSL_set_session_id_context`.
fn set_session_id_context(ssl: &mut SslRef, context: &[u8; 32]) -> Result<(), ErrorStack> {
    // As long as may be: `SSL_MAX_SID_CTX_LENGTH`.
    const LEN: c_uint = 32;
    // SAFETY: the connection is valid; the library copies so many bytes.
    let ret = unsafe { SSL_set_session_id_context(ssl.as_ptr(), context.as_ptr(), LEN) };
    succeeded(ret.into())
}
