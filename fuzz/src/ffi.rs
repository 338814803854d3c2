//! What the crate `openssl` does not tell.

use openssl::ssl::{SslCipher, SslContextRef};
use openssl::stack::{StackRef, Stackable};
use tls_object::CipherSuite;

use core::ffi::c_void;

unsafe extern "C" {
    fn SSL_CTX_get_ciphers(context: *const c_void) -> *mut c_void;
}

/// The suites of a context, the best first.
pub fn suites(context: &SslContextRef) -> Vec<CipherSuite> {
    let context = foreign_types::ForeignTypeRef::as_ptr(context);
    // SAFETY: the context is valid, and keeps the stack.
    let stack = unsafe { SSL_CTX_get_ciphers(context.cast()) };
    if stack.is_null() {
        return Vec::new();
    }
    // SAFETY: a stack of ciphers, borrowed no longer than the context is.
    let stack: &StackRef<SslCipher> = unsafe {
        foreign_types::ForeignTypeRef::from_ptr(stack.cast::<<SslCipher as Stackable>::StackType>())
    };
    stack.iter().map(|cipher| CipherSuite::new(u16::from_be_bytes(cipher.protocol_id()))).collect()
}
