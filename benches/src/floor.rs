//! The least that encryption costs: records sealed and opened by each library's own cipher, with no TLS
//! around it.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use boring::aead::{AeadCtx, Algorithm};
use openssl::cipher::{Cipher, CipherRef};
use openssl::cipher_ctx::CipherCtx;

use crate::RECORD;
use crate::setup::Suite;

const KEY: [u8; 32] = [1; 32];
const NONCE: [u8; 12] = [2; 12];
/// The length of a tag.
const TAG: usize = 16;
/// The header of a record, which is authenticated too.
const HEADER: [u8; 5] = [23, 3, 3, 0x40, 0x11];

/// The cipher of a library.
pub trait Aead {
    /// Encrypts a full record where it lies, and appends the tag.
    fn seal(&mut self, record: &mut Vec<u8>);

    /// Decrypts where it lies what [`seal`](Self::seal) has made, and takes the tag off.
    fn open(&mut self, record: &mut Vec<u8>);
}

/// The cipher of the library of this name; `None` if there is no such library.
pub fn aead(library: &str, suite: Suite) -> Option<Box<dyn Aead>> {
    Some(match library {
        "rustls" => Box::new(AwsLc::new(suite)),
        "openssl" => Box::new(OpenSsl::new(suite)),
        "boring" => Box::new(BoringSsl::new(suite)),
        _ => return None,
    })
}

struct AwsLc(LessSafeKey);

impl AwsLc {
    fn new(suite: Suite) -> Self {
        let algorithm = match suite {
            Suite::Aes128 => &aead::AES_128_GCM,
            Suite::Aes256 => &aead::AES_256_GCM,
            Suite::ChaCha20 => &aead::CHACHA20_POLY1305,
        };
        let key = UnboundKey::new(algorithm, &KEY[..algorithm.key_len()]).expect("a key");
        Self(LessSafeKey::new(key))
    }
}

impl Aead for AwsLc {
    fn seal(&mut self, record: &mut Vec<u8>) {
        let nonce = Nonce::assume_unique_for_key(NONCE);
        let sealed = self.0.seal_in_place_append_tag(nonce, Aad::from(HEADER), record);
        sealed.expect("a sealed record");
    }

    fn open(&mut self, record: &mut Vec<u8>) {
        let nonce = Nonce::assume_unique_for_key(NONCE);
        let opened = self.0.open_in_place(nonce, Aad::from(HEADER), record);
        let len = opened.expect("a record that was sealed").len();
        record.truncate(len);
    }
}

struct OpenSsl {
    seal: CipherCtx,
    open: CipherCtx,
}

impl OpenSsl {
    fn new(suite: Suite) -> Self {
        let cipher: &CipherRef = match suite {
            Suite::Aes128 => Cipher::aes_128_gcm(),
            Suite::Aes256 => Cipher::aes_256_gcm(),
            Suite::ChaCha20 => Cipher::chacha20_poly1305(),
        };
        let key = &KEY[..cipher.key_length()];
        let context = || CipherCtx::new().expect("a context");
        let (mut seal, mut open) = (context(), context());
        seal.encrypt_init(Some(cipher), Some(key), Some(&NONCE)).expect("a key");
        open.decrypt_init(Some(cipher), Some(key), Some(&NONCE)).expect("a key");
        Self { seal, open }
    }
}

impl Aead for OpenSsl {
    fn seal(&mut self, record: &mut Vec<u8>) {
        let context = &mut self.seal;
        context.encrypt_init(None, None, Some(&NONCE)).expect("a nonce");
        context.cipher_update(&HEADER, None).expect("a header");
        context.cipher_update_inplace(record, RECORD).expect("a record");
        context.cipher_final(&mut []).expect("an end");
        let mut tag = [0; TAG];
        context.tag(&mut tag).expect("a tag");
        record.extend_from_slice(&tag);
    }

    fn open(&mut self, record: &mut Vec<u8>) {
        let context = &mut self.open;
        context.decrypt_init(None, None, Some(&NONCE)).expect("a nonce");
        context.cipher_update(&HEADER, None).expect("a header");
        context.cipher_update_inplace(record, RECORD).expect("a record");
        context.set_tag(&record[RECORD..]).expect("a tag");
        context.cipher_final(&mut []).expect("a record that was sealed");
        record.truncate(RECORD);
    }
}

struct BoringSsl(AeadCtx);

impl BoringSsl {
    fn new(suite: Suite) -> Self {
        let algorithm = match suite {
            Suite::Aes128 => Algorithm::aes_128_gcm(),
            Suite::Aes256 => Algorithm::aes_256_gcm(),
            Suite::ChaCha20 => Algorithm::chacha20_poly1305(),
        };
        let context = AeadCtx::new_default_tag(&algorithm, &KEY[..algorithm.key_length()]);
        Self(context.expect("a key"))
    }
}

impl Aead for BoringSsl {
    fn seal(&mut self, record: &mut Vec<u8>) {
        let mut tag = [0; TAG];
        let sealed = self.0.seal_in_place_mut(&NONCE, record, &mut tag, &HEADER);
        sealed.expect("a sealed record");
        record.extend_from_slice(&tag);
    }

    fn open(&mut self, record: &mut Vec<u8>) {
        let (data, tag) = record.split_at_mut(RECORD);
        let opened = self.0.open_in_place_mut(&NONCE, data, tag, &HEADER);
        opened.expect("a record that was sealed");
        record.truncate(RECORD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_can_be_opened() {
        for library in ["rustls", "openssl", "boring"] {
            for suite in [Suite::Aes128, Suite::Aes256, Suite::ChaCha20] {
                let mut aead = aead(library, suite).unwrap();
                let mut record = vec![7; RECORD];
                for _ in 0..2 {
                    aead.seal(&mut record);
                    assert_ne!(record, [7; RECORD]);
                    aead.open(&mut record);
                    assert_eq!(record, [7; RECORD]);
                }
            }
        }
    }
}
