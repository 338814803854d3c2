//! Private keys that are kept under a passphrase, and PKCS#12 files, made into what `tls-object` takes.
//!
//! | what | where |
//! |---|---|
//! | `BEGIN ENCRYPTED PRIVATE KEY` (RFC 5958 with PBES2 of RFC 8018): PBKDF2 or scrypt, AES or triple DES | [`private_key_from_pem`] |
//! | `Proc-Type: 4,ENCRYPTED` (RFC 1421), as OpenSSL has long written keys: AES or (triple) DES | [`private_key_from_pem`] |
//! | the same without encryption | [`private_key_from_pem`] |
//! | any of these, or DER: PKCS#8, encrypted or not, PKCS#1 or SEC 1 | [`private_key`] |
//! | a chain and its key from two PEM texts | [`identity_from_pem`] |
//! | PKCS#12 (RFC 7292), with today's algorithms and those of older files | [`identity_from_pkcs12`] |
//!
//! What deriving a key costs is for the file to say; one that asks for more than the time of ten million rounds or 64 MiB
//! is refused before anything is derived. Nothing in a file makes this crate panic.
//!
//! ```
//! use tls_object_keys::{Passphrase, private_key_from_pem};
//!
//! # let pem = include_bytes!("../tests/aes-256.pem");
//! let key = private_key_from_pem(pem, Passphrase::ask(|| Ok(b"secret words".to_vec())))?;
//! # Ok::<(), tls_object_core::Error>(())
//! ```

#![forbid(unsafe_code)]

mod cost;
mod legacy;
mod passphrase;
mod pkcs12;
mod private_key;

pub use passphrase::{MAX_PASSPHRASE, Passphrase};
pub use pkcs12::identity_from_pkcs12;
pub use private_key::{identity_from_pem, private_key, private_key_from_pem};
