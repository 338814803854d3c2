//! Keys as OpenSSL has long encrypted them: the algorithm and the initial vector in a header of the PEM (RFC 1421 section
//! 4.6.1.3), the key made of the passphrase by one round of MD5.

use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyIvInit};
use des::{Des, TdesEde3};
use md5::{Digest, Md5};
use tls_object_core::{Error, ErrorKind};
use zeroize::Zeroizing;

use crate::passphrase::refused;

/// Decrypts what follows the header `DEK-Info`, which says `info`.
///
/// # Errors
/// [`ErrorKind::InvalidPem`], [`ErrorKind::InvalidPrivateKey`].
pub(crate) fn decrypt(
    info: &str,
    encrypted: &[u8],
    passphrase: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (algorithm, iv) = info.split_once(',').ok_or_else(|| malformed(info))?;
    let iv = unhex(iv.trim()).ok_or_else(|| malformed(info))?;
    match algorithm.trim() {
        "AES-128-CBC" => cbc::<Aes128>(16, &iv, encrypted, passphrase),
        "AES-192-CBC" => cbc::<Aes192>(24, &iv, encrypted, passphrase),
        "AES-256-CBC" => cbc::<Aes256>(32, &iv, encrypted, passphrase),
        "DES-EDE3-CBC" => cbc::<TdesEde3>(24, &iv, encrypted, passphrase),
        "DES-CBC" => cbc::<Des>(8, &iv, encrypted, passphrase),
        other => Err(Error::new(ErrorKind::InvalidPrivateKey)
            .with_detail(format!("it is encrypted with {other:?}, which is not known here"))),
    }
}

fn malformed(info: &str) -> Error {
    Error::new(ErrorKind::InvalidPem).with_detail(format!("the header DEK-Info says {info:?}"))
}

fn cbc<C>(
    key_len: usize,
    iv: &[u8],
    encrypted: &[u8],
    passphrase: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error>
where
    C: BlockCipherDecrypt,
    Decryptor<C>: KeyIvInit + BlockModeDecrypt,
{
    let key = derive(key_len, iv, passphrase);
    let decryptor = Decryptor::<C>::new_from_slices(&key, iv).map_err(|_| {
        Error::new(ErrorKind::InvalidPem).with_detail("the initial vector has another length")
    })?;
    decryptor.decrypt_padded_vec::<Pkcs7>(encrypted).map(Zeroizing::new).map_err(|_| refused())
}

/// `EVP_BytesToKey` with MD5 and one round: each block is the hash of the one before, the passphrase, and the
/// first 8 bytes of the vector.
fn derive(len: usize, iv: &[u8], passphrase: &[u8]) -> Zeroizing<Vec<u8>> {
    let salt = &iv[..iv.len().min(8)];
    let mut key = Zeroizing::new(Vec::with_capacity(len + 16));
    let mut block: Option<[u8; 16]> = None;
    while key.len() < len {
        let mut hash = Md5::new();
        if let Some(block) = &block {
            hash.update(block);
        }
        hash.update(passphrase);
        hash.update(salt);
        let next: [u8; 16] = hash.finalize().into();
        key.extend_from_slice(&next);
        block = Some(next);
    }
    key.truncate(len);
    key
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok());
    digits.chunks(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}
