//! To what the sessions of a server's connections belong.

use boring::error::ErrorStack;
use boring::ssl::{ExtensionType, SelectCertError, SslContextBuilder, SslRef};
use foreign_types_05::ForeignTypeRef as _;

use super::succeeded;

/// `SSL_CTX_set_select_certificate_cb`: where a client sends the extension `server_name`, `context_of` its body is what the
/// sessions of the connection belong to. Called before a session is looked up.
pub(crate) fn bind_sessions(
    builder: &mut SslContextBuilder,
    context_of: impl Fn(&[u8]) -> [u8; 32] + Send + Sync + 'static,
) {
    builder.set_select_certificate_callback(move |mut hello| {
        let context = hello.get_extension(ExtensionType::SERVER_NAME).map(&context_of);
        match context {
            None => Ok(()),
            Some(context) => set_session_id_context(hello.ssl_mut(), &context)
                .map_err(|_| SelectCertError::ERROR),
        }
    });
}

/// `SSL_set_session_id_context`.
fn set_session_id_context(ssl: &mut SslRef, context: &[u8; 32]) -> Result<(), ErrorStack> {
    // SAFETY: the connection is valid; the library copies so many bytes.
    succeeded(unsafe {
        boring_sys::SSL_set_session_id_context(ssl.as_ptr(), context.as_ptr(), context.len())
    })
}
