//! What a connection shows, chosen when the peer has said what it can verify.

use core::ffi::{c_int, c_void};
use core::{ptr, slice};
use std::panic::{AssertUnwindSafe, catch_unwind};

use foreign_types_03::ForeignTypeRef as _;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::ssl::{SslCipher, SslContextBuilder, SslRef};
use openssl::stack::StackRef;
use openssl::x509::X509;
use tls_object_core::{CipherSuite, SignatureScheme};

use super::{SSL_get_ciphers, client_ciphers, succeeded};
use crate::native;

// In libssl since 1.1.0, and not in `openssl-sys`.
unsafe extern "C" {
    fn SSL_CTX_set_cert_cb(
        ctx: *mut openssl_sys::SSL_CTX,
        callback: Option<unsafe extern "C" fn(*mut openssl_sys::SSL, *mut c_void) -> c_int>,
        argument: *mut c_void,
    );
    fn SSL_certs_clear(ssl: *mut openssl_sys::SSL);
    /// How many there are, whatever the index; writes of the one at it what is not null.
    fn SSL_get_sigalgs(
        ssl: *mut openssl_sys::SSL,
        index: c_int,
        sign: *mut c_int,
        hash: *mut c_int,
        both: *mut c_int,
        low_byte: *mut u8,
        high_byte: *mut u8,
    ) -> c_int;
    /// These two since 1.1.1, which has brought TLS 1.3.
    fn SSL_SESSION_set1_ticket_appdata(
        session: *mut openssl_sys::SSL_SESSION,
        data: *const c_void,
        len: usize,
    ) -> c_int;
    fn SSL_SESSION_get0_ticket_appdata(
        session: *mut openssl_sys::SSL_SESSION,
        data: *mut *mut c_void,
        len: *mut usize,
    ) -> c_int;
    fn SSL_CIPHER_get_auth_nid(cipher: *const openssl_sys::SSL_CIPHER) -> c_int;
    fn SSL_CIPHER_get_kx_nid(cipher: *const openssl_sys::SSL_CIPHER) -> c_int;
}

/// Macros of `ssl.h` over `SSL_ctrl` and `SSL_CTX_ctrl`.
const SSL_CTRL_CHAIN_CERT: c_int = 89;
const SSL_CTRL_GET_GROUPS: c_int = 90;

/// How a cipher suite authenticates the server, and how it exchanges keys.
const NID_AUTH_RSA: c_int = 1046;
const NID_AUTH_ECDSA: c_int = 1047;
const NID_KX_RSA: c_int = 1037;

/// `SSL_CTX_add1_chain_cert`: an issuer of the certificate that was set last.
pub(crate) fn add_chain_certificate(
    builder: &mut SslContextBuilder,
    issuer: &X509,
) -> Result<(), ErrorStack> {
    let issuer = issuer.as_ptr().cast::<c_void>();
    // SAFETY: both are valid; with 1 the library takes a reference of its own.
    succeeded(unsafe {
        openssl_sys::SSL_CTX_ctrl(builder.as_ptr(), SSL_CTRL_CHAIN_CERT, 1, issuer)
    })
}

/// `SSL_CTX_set_cert_cb`: before a connection shows a certificate, [`native::choose_identity`].
pub(crate) fn set_certificate_callback(builder: &mut SslContextBuilder) {
    // SAFETY: the context is valid, and the callback needs no argument.
    unsafe { SSL_CTX_set_cert_cb(builder.as_ptr(), Some(on_certificate), ptr::null_mut()) }
}

/// 1 to go on, 0 to fail.
unsafe extern "C" fn on_certificate(ssl: *mut openssl_sys::SSL, _argument: *mut c_void) -> c_int {
    // SAFETY: the library calls with a valid connection, and looks at it again when this returns.
    let ssl = unsafe { SslRef::from_ptr_mut(ssl) };
    let chosen = catch_unwind(AssertUnwindSafe(|| native::choose_identity(ssl)));
    c_int::from(matches!(chosen, Ok(Ok(()))))
}

/// `SSL_certs_clear`: the connection has nothing to show.
pub(crate) fn clear_certificates(ssl: &mut SslRef) {
    // SAFETY: the connection is valid.
    unsafe { SSL_certs_clear(ssl.as_ptr()) }
}

/// `SSL_get_sigalgs`: what the peer accepts signatures by.
pub(crate) fn peer_schemes(ssl: &SslRef) -> Vec<SignatureScheme> {
    let null = ptr::null_mut();
    let scheme = |index| {
        let (mut low, mut high) = (0, 0);
        // SAFETY: the connection is valid; two bytes are written, the null ones are not.
        unsafe {
            SSL_get_sigalgs(ssl.as_ptr(), index, null, null, null, &raw mut low, &raw mut high)
        };
        SignatureScheme::new(u16::from_be_bytes([high, low]))
    };
    let no_byte = ptr::null_mut();
    // SAFETY: the connection is valid, and nothing is written.
    let count = unsafe { SSL_get_sigalgs(ssl.as_ptr(), -1, null, null, null, no_byte, no_byte) };
    (0..count).map(scheme).collect()
}

/// `SSL_get1_groups`: those of the peer that have a NID.
pub(crate) fn peer_groups(ssl: &SslRef) -> Vec<Nid> {
    let ask = |out: *mut c_int| {
        // SAFETY: the connection is valid; null, or room for as many as there are.
        unsafe { openssl_sys::SSL_ctrl(ssl.as_ptr(), SSL_CTRL_GET_GROUPS, 0, out.cast()) }
    };
    let count = usize::try_from(ask(ptr::null_mut())).unwrap_or(0);
    let mut groups: Vec<c_int> = vec![0; count];
    if count > 0 {
        ask(groups.as_mut_ptr());
    }
    groups.into_iter().map(Nid::from_raw).collect()
}

/// `SSL_SESSION_set1_ticket_appdata`: what the tickets of this session carry besides.
pub(crate) fn set_ticket_data(ssl: &mut SslRef, data: &[u8]) -> Result<(), ErrorStack> {
    // SAFETY: the connection is valid, and keeps the session.
    let session = unsafe { openssl_sys::SSL_get_session(ssl.as_ptr()) };
    if session.is_null() {
        return Ok(());
    }
    // SAFETY: the session is valid, and `data` is readable and copied.
    let ret = unsafe { SSL_SESSION_set1_ticket_appdata(session, data.as_ptr().cast(), data.len()) };
    succeeded(ret.into())
}

/// `SSL_SESSION_get0_ticket_appdata`: what [`set_ticket_data`] has put in when the session began.
pub(crate) fn ticket_data(ssl: &SslRef) -> Vec<u8> {
    // SAFETY: the connection is valid, and keeps the session.
    let session = unsafe { openssl_sys::SSL_get_session(ssl.as_ptr()) };
    if session.is_null() {
        return Vec::new();
    }
    let (mut data, mut len) = (ptr::null_mut(), 0);
    // SAFETY: the session is valid, and both are written.
    let ret = unsafe { SSL_SESSION_get0_ticket_appdata(session, &raw mut data, &raw mut len) };
    if ret != 1 || data.is_null() {
        return Vec::new();
    }
    // SAFETY: so many bytes, which the session holds on to.
    unsafe { slice::from_raw_parts(data.cast::<u8>(), len) }.to_vec()
}

/// What the suites of TLS 1.2 that both ends have make of the server's key.
#[derive(Default)]
pub(crate) struct Uses {
    /// It signs, being RSA.
    pub(crate) rsa: bool,
    /// It signs, being elliptic.
    pub(crate) ecdsa: bool,
    /// The client encrypts to it, being RSA.
    pub(crate) key_transport: bool,
}

/// What the suites that are this server's and its client's make of the server's key.
pub(crate) fn shared_uses(ssl: &SslRef) -> Uses {
    let mut uses = Uses::default();
    // SAFETY: the connection is valid.
    let ours = unsafe { SSL_get_ciphers(ssl.as_ptr()) };
    if ours.is_null() {
        return uses;
    }
    // SAFETY: valid, and borrowed no longer than this function runs.
    let ours = unsafe { StackRef::<SslCipher>::from_ptr(ours) };
    let theirs = client_ciphers(ssl);
    for cipher in ours {
        if !theirs.contains(&CipherSuite::new(u16::from_be_bytes(cipher.protocol_id()))) {
            continue;
        }
        // SAFETY: the suite is valid.
        let authentication = unsafe { SSL_CIPHER_get_auth_nid(cipher.as_ptr()) };
        // SAFETY: as above.
        let exchange = unsafe { SSL_CIPHER_get_kx_nid(cipher.as_ptr()) };
        uses.rsa |= authentication == NID_AUTH_RSA;
        uses.ecdsa |= authentication == NID_AUTH_ECDSA;
        uses.key_transport |= exchange == NID_KX_RSA;
    }
    uses
}
