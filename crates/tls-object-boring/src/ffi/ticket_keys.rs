//! Session tickets under keys of the application.

use boring::error::ErrorStack;
use boring::hash::MessageDigest;
use boring::hmac::HmacCtxRef;
use boring::rand::rand_bytes;
use boring::ssl::{SslContextBuilder, SslRef, SslVersion, TicketKeyCallbackResult};
use boring::symm::{Cipher, CipherCtxRef};
use tls_object_libssl::{TicketKeyUse, TicketKeys};

/// `SSL_CTX_set_tlsext_ticket_key_cb` with these keys: AES-256-CBC and HMAC-SHA256 (RFC 5077 section 4).
pub(crate) fn set_ticket_keys(
    builder: &mut SslContextBuilder,
    keys: TicketKeys,
) -> Result<(), ErrorStack> {
    let callback = move |ssl: &SslRef,
                         name: &mut [u8; 16],
                         iv: &mut [u8; 16],
                         cipher: &mut CipherCtxRef,
                         mac: &mut HmacCtxRef,
                         sealing: bool| {
        let is_tls13 = ssl.version2() == Some(SslVersion::TLS1_3);
        let set = if sealing {
            seal_with(&keys, name, iv, cipher, mac)
        } else {
            open_with(&keys, name, is_tls13, iv, cipher, mac)
        };
        match set {
            Ok(TicketKeyUse::Unknown) => TicketKeyCallbackResult::Noop,
            Ok(TicketKeyUse::Ready) => TicketKeyCallbackResult::Success,
            Ok(TicketKeyUse::ReadyAndRenew) => TicketKeyCallbackResult::DecryptSuccessRenew,
            Ok(TicketKeyUse::Failed) | Err(_) => TicketKeyCallbackResult::Error,
        }
    };
    // SAFETY: the callback sets name, IV and both contexts whenever it says that it has.
    unsafe { builder.set_ticket_key_callback(callback) };
    Ok(())
}

fn seal_with(
    keys: &TicketKeys,
    name: &mut [u8; 16],
    iv: &mut [u8; 16],
    cipher: &mut CipherCtxRef,
    mac: &mut HmacCtxRef,
) -> Result<TicketKeyUse, ErrorStack> {
    let Some((known, key)) = keys.newest() else { return Ok(TicketKeyUse::Failed) };
    *name = *known;
    rand_bytes(iv)?;
    cipher.init_encrypt(&Cipher::aes_256_cbc(), key.cipher_secret(), iv)?;
    mac.init(key.mac_secret(), &MessageDigest::sha256())?;
    Ok(TicketKeyUse::Ready)
}

fn open_with(
    keys: &TicketKeys,
    name: &[u8; 16],
    is_tls13: bool,
    iv: &[u8; 16],
    cipher: &mut CipherCtxRef,
    mac: &mut HmacCtxRef,
) -> Result<TicketKeyUse, ErrorStack> {
    let Some((key, answer)) = keys.named(name, is_tls13) else { return Ok(TicketKeyUse::Unknown) };
    cipher.init_decrypt(&Cipher::aes_256_cbc(), key.cipher_secret(), iv)?;
    mac.init(key.mac_secret(), &MessageDigest::sha256())?;
    Ok(answer)
}
