//! Raw public keys, which OpenSSL has since 3.2.

use core::ffi::c_int;

use foreign_types_03::ForeignTypeRef as _;
use openssl::error::ErrorStack;
use openssl::pkey::{PKeyRef, Public};
use openssl::ssl::{SslContextBuilder, SslRef};
use openssl::x509::X509StoreContextRef;
use tls_object_core::{CertificateType, PublicKey};

use super::succeeded;

/// Whether the library has them.
pub(crate) const HAS_RAW_PUBLIC_KEYS: bool = true;

// In libssl and libcrypto since 3.2, and not in `openssl-sys`.
unsafe extern "C" {
    fn SSL_CTX_set1_client_cert_type(
        context: *mut openssl_sys::SSL_CTX,
        types: *const u8,
        len: usize,
    ) -> c_int;
    fn SSL_CTX_set1_server_cert_type(
        context: *mut openssl_sys::SSL_CTX,
        types: *const u8,
        len: usize,
    ) -> c_int;
    fn SSL_get_negotiated_client_cert_type(ssl: *const openssl_sys::SSL) -> c_int;
    fn SSL_get_negotiated_server_cert_type(ssl: *const openssl_sys::SSL) -> c_int;
    /// Null where the peer has shown none.
    fn SSL_get0_peer_rpk(ssl: *const openssl_sys::SSL) -> *mut openssl_sys::EVP_PKEY;
    /// Null where a chain is judged.
    fn X509_STORE_CTX_get0_rpk(
        judgement: *const openssl_sys::X509_STORE_CTX,
    ) -> *mut openssl_sys::EVP_PKEY;
}

/// `SSL_CTX_set1_client_cert_type` and `SSL_CTX_set1_server_cert_type`; an empty list leaves the library's own, which is
/// certificates.
pub(crate) fn set_certificate_types(
    builder: &mut SslContextBuilder,
    client: &[u8],
    server: &[u8],
) -> Result<(), ErrorStack> {
    let context = builder.as_ptr();
    if !client.is_empty() {
        // SAFETY: the context is valid; the library copies the list.
        let ret = unsafe { SSL_CTX_set1_client_cert_type(context, client.as_ptr(), client.len()) };
        succeeded(ret.into())?;
    }
    if !server.is_empty() {
        // SAFETY: as above.
        let ret = unsafe { SSL_CTX_set1_server_cert_type(context, server.as_ptr(), server.len()) };
        succeeded(ret.into())?;
    }
    Ok(())
}

/// Whether this end is to show a raw public key: `SSL_get_negotiated_server_cert_type` of a server, and the other of a client.
pub(crate) fn shows_public_key(ssl: &SslRef) -> bool {
    let negotiated = if ssl.is_server() {
        // SAFETY: the connection is valid.
        unsafe { SSL_get_negotiated_server_cert_type(ssl.as_ptr()) }
    } else {
        // SAFETY: as above.
        unsafe { SSL_get_negotiated_client_cert_type(ssl.as_ptr()) }
    };
    negotiated == CertificateType::RawPublicKey.code().into()
}

/// `SSL_get0_peer_rpk`.
pub(crate) fn peer_public_key(ssl: &SslRef) -> Option<PublicKey> {
    // SAFETY: the connection is valid.
    let key = unsafe { SSL_get0_peer_rpk(ssl.as_ptr()) };
    // SAFETY: null, or a key that the session of the connection holds on to.
    unsafe { encoded(key) }
}

/// `X509_STORE_CTX_get0_rpk`.
pub(crate) fn public_key_to_judge(judgement: &X509StoreContextRef) -> Option<PublicKey> {
    // SAFETY: valid.
    let key = unsafe { X509_STORE_CTX_get0_rpk(judgement.as_ptr()) };
    // SAFETY: null, or a key that outlives the judgement.
    unsafe { encoded(key) }
}

/// A key in DER.
///
/// # Safety
/// `key` is null or valid.
unsafe fn encoded(key: *mut openssl_sys::EVP_PKEY) -> Option<PublicKey> {
    if key.is_null() {
        return None;
    }
    // SAFETY: valid, and borrowed no longer than this function runs.
    let key = unsafe { PKeyRef::<Public>::from_ptr(key) };
    PublicKey::from_der(key.public_key_to_der().ok()?).ok()
}
