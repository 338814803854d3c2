//! What the keys of a connection are made of.

use boring::error::ErrorStack;
use boring::ssl::SslRef;
use foreign_types_05::ForeignTypeRef as _;
use zeroize::Zeroizing;

use super::succeeded;

/// `SSL_has_pending`: whether there is something decrypted, or part of a record.
pub(crate) fn has_pending(ssl: &SslRef) -> bool {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_has_pending(ssl.as_ptr()) == 1 }
}

/// `SSL_get_write_sequence`: the number of the next record that is written.
pub(crate) fn write_sequence(ssl: &SslRef) -> u64 {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_get_write_sequence(ssl.as_ptr()) }
}

/// `SSL_get_read_sequence`: the number of the next record that is read.
pub(crate) fn read_sequence(ssl: &SslRef) -> u64 {
    // SAFETY: the connection is valid.
    unsafe { boring_sys::SSL_get_read_sequence(ssl.as_ptr()) }
}

/// `SSL_generate_key_block`, all of it. Not under TLS 1.3.
pub(crate) fn key_block(ssl: &SslRef) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    // SAFETY: the connection is valid.
    let len = unsafe { boring_sys::SSL_get_key_block_len(ssl.as_ptr()) };
    let mut block = Zeroizing::new(vec![0; len]);
    let out = block.as_mut_ptr();
    // SAFETY: the connection is valid, and `out` has `len` writable bytes.
    succeeded(unsafe { boring_sys::SSL_generate_key_block(ssl.as_ptr(), out, len) })?;
    Ok(block)
}

/// `HKDF_expand` with SHA-256 or SHA-384.
pub(crate) fn hkdf_expand(
    is_sha384: bool,
    secret: &[u8],
    info: &[u8],
    out: &mut [u8],
) -> Result<(), ErrorStack> {
    let digest = if is_sha384 {
        // SAFETY: has no preconditions.
        unsafe { boring_sys::EVP_sha384() }
    } else {
        // SAFETY: has no preconditions.
        unsafe { boring_sys::EVP_sha256() }
    };
    // SAFETY: the digest is static, and each pointer has as many bytes as are said behind it.
    succeeded(unsafe {
        boring_sys::HKDF_expand(
            out.as_mut_ptr(),
            out.len(),
            digest,
            secret.as_ptr(),
            secret.len(),
            info.as_ptr(),
            info.len(),
        )
    })
}
