//! Raw public keys of peers.

use boring::error::ErrorStack;
use boring::pkey::{PKeyRef, Public};
use boring::ssl::{SslContextBuilder, SslRef};
use foreign_types_05::ForeignTypeRef as _;
use tls_object_core::PublicKey;

use super::succeeded;

/// `SSL_CTX_set1_accepted_peer_cert_types`.
pub(crate) fn set_accepted_peer_types(
    builder: &mut SslContextBuilder,
    types: &[u8],
) -> Result<(), ErrorStack> {
    // SAFETY: the context is valid; the library copies the list.
    succeeded(unsafe {
        boring_sys::SSL_CTX_set1_accepted_peer_cert_types(
            builder.as_ptr(),
            types.as_ptr(),
            types.len(),
        )
    })
}

/// `SSL_get0_peer_rpk`.
pub(crate) fn peer_public_key(ssl: &SslRef) -> Option<&PKeyRef<Public>> {
    // SAFETY: the connection is valid.
    let key = unsafe { boring_sys::SSL_get0_peer_rpk(ssl.as_ptr()) };
    if key.is_null() {
        return None;
    }
    // SAFETY: valid, as the session holds on to it, which no call through a shared connection ends.
    Some(unsafe { PKeyRef::from_ptr(key) })
}

/// A key in DER.
pub(crate) fn encoded(key: &PKeyRef<Public>) -> Option<PublicKey> {
    PublicKey::from_der(key.public_key_to_der().ok()?).ok()
}
