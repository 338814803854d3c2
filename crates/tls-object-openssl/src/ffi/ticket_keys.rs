//! Session tickets under keys of the application.

use core::ffi::{c_char, c_int, c_uchar, c_void};
use core::{ptr, slice};
use std::sync::LazyLock;

use foreign_types_03::ForeignTypeRef as _;
use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::rand::rand_bytes;
use openssl::ssl::{SslContext, SslContextBuilder, SslRef, SslVersion};
use openssl::symm::Cipher;
use openssl_sys::{EVP_CIPHER_CTX, EVP_MAC_CTX, OSSL_PARAM, SSL, SSL_CTX};
use tls_object_core::TicketKey;
use tls_object_libssl::{TicketKeyUse, TicketKeys};

const NAME_LEN: usize = TicketKey::NAME_LEN;
const IV_LEN: usize = 16;

type TicketKeyCallback = unsafe extern "C" fn(
    ssl: *mut SSL,
    name: *mut c_uchar,
    iv: *mut c_uchar,
    cipher: *mut EVP_CIPHER_CTX,
    mac: *mut EVP_MAC_CTX,
    sealing: c_int,
) -> c_int;

// In libssl and libcrypto since 3.0.0, and not in `openssl-sys`.
unsafe extern "C" {
    fn SSL_CTX_set_tlsext_ticket_key_evp_cb(
        context: *mut SSL_CTX,
        callback: Option<TicketKeyCallback>,
    ) -> c_int;
    fn OSSL_PARAM_construct_utf8_string(
        key: *const c_char,
        text: *mut c_char,
        len: usize,
    ) -> OSSL_PARAM;
}

/// Where a context keeps its keys.
static INDEX: LazyLock<Result<Index<SslContext, TicketKeys>, ErrorStack>> =
    LazyLock::new(SslContext::new_ex_index);

/// `SSL_CTX_set_tlsext_ticket_key_evp_cb` with these keys: AES-256-CBC and HMAC-SHA256 (RFC 5077 section 4).
pub(crate) fn set_ticket_keys(
    builder: &mut SslContextBuilder,
    keys: TicketKeys,
) -> Result<(), ErrorStack> {
    builder.set_ex_data(*INDEX.as_ref().map_err(Clone::clone)?, keys);
    // SAFETY: the context is valid, and keeps what the callback looks for.
    let ret = unsafe { SSL_CTX_set_tlsext_ticket_key_evp_cb(builder.as_ptr(), Some(on_ticket)) };
    super::succeeded(ret.into())
}

/// Sets key and IV for one ticket.
unsafe extern "C" fn on_ticket(
    ssl: *mut SSL,
    name: *mut c_uchar,
    iv: *mut c_uchar,
    cipher: *mut EVP_CIPHER_CTX,
    mac: *mut EVP_MAC_CTX,
    sealing: c_int,
) -> c_int {
    // SAFETY: the library passes the `SSL` that the ticket is for.
    let ssl = unsafe { SslRef::from_ptr(ssl) };
    let index = INDEX.as_ref().ok();
    let Some(keys) = index.and_then(|&index| ssl.ssl_context().ex_data(index)) else {
        return TicketKeyUse::Failed as c_int;
    };
    // SAFETY: the library gives 16 bytes for the name, behind which the IV stands, and lends them to nobody else.
    let name = unsafe { slice::from_raw_parts_mut(name, NAME_LEN) };
    // SAFETY: and at least 16 for the IV; those of a ticket that arrived it has counted.
    let iv = unsafe { slice::from_raw_parts_mut(iv, IV_LEN) };
    let (key, answer) = if sealing == 1 {
        let Some((known, key)) = keys.newest() else { return TicketKeyUse::Failed as c_int };
        name.copy_from_slice(known);
        if rand_bytes(iv).is_err() {
            return TicketKeyUse::Failed as c_int;
        }
        (key, TicketKeyUse::Ready)
    } else {
        let is_tls13 = ssl.version2() == Some(SslVersion::TLS1_3);
        let Some(known) = keys.named(name, is_tls13) else { return TicketKeyUse::Unknown as c_int };
        known
    };
    // SAFETY: the library's, made for this ticket.
    let ciphered = unsafe { set_cipher(cipher, key, iv, sealing) };
    // SAFETY: as above, for HMAC.
    let authenticated = unsafe { set_mac(mac, key) };
    let answer = if ciphered && authenticated { answer } else { TicketKeyUse::Failed };
    answer as c_int
}

/// # Safety
/// `cipher` is valid.
unsafe fn set_cipher(
    cipher: *mut EVP_CIPHER_CTX,
    key: &TicketKey,
    iv: &[u8],
    sealing: c_int,
) -> bool {
    let (aes, secret) = (Cipher::aes_256_cbc().as_ptr(), key.cipher_secret().as_ptr());
    let engine = ptr::null_mut();
    // SAFETY: the cipher takes a key of 32 bytes and an IV of 16, and both are copied.
    let ret = unsafe {
        openssl_sys::EVP_CipherInit_ex(cipher, aes, engine, secret, iv.as_ptr(), sealing)
    };
    ret == 1
}

/// # Safety
/// `mac` is valid, for HMAC.
unsafe fn set_mac(mac: *mut EVP_MAC_CTX, key: &TicketKey) -> bool {
    let mut digest = *b"SHA256\0";
    let digest_len = digest.len() - 1;
    let digest = digest.as_mut_ptr().cast();
    // SAFETY: both point to bytes that live longer than the array below.
    let digest =
        unsafe { OSSL_PARAM_construct_utf8_string(c"digest".as_ptr(), digest, digest_len) };
    let secret = key.mac_secret();
    let data = secret.as_ptr().cast_mut().cast::<c_void>();
    // SAFETY: as above; setting a parameter only reads from it.
    let secret = unsafe {
        openssl_sys::OSSL_PARAM_construct_octet_string(c"key".as_ptr(), data, secret.len())
    };
    // SAFETY: has no preconditions.
    let end = unsafe { openssl_sys::OSSL_PARAM_construct_end() };
    let params = [digest, secret, end];
    // SAFETY: `mac` is valid, the array has its end, and all of it is copied.
    unsafe { openssl_sys::EVP_MAC_CTX_set_params(mac, params.as_ptr()) == 1 }
}
