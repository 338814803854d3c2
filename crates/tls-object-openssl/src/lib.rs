//! [OpenSSL](https://openssl-library.org) behind the contract of `tls-object`, through the
//! `openssl` crate.
//!
//! Runs on the system's OpenSSL, 3.0 or newer, or with the feature `vendored` on one built from source. What
//! the linked version can do is asked at run time: see [`OpenSsl`]'s `capabilities`.
//!
//! [`SslObject::native`](tls_object_core::SslObject::native) gives an [`openssl::ssl::SslRef`].
//!
//! To link it into one program with BoringSSL, read `docs/linking.md` in the repository first. A
//! program that is linked so that the `openssl` crate runs on another library than OpenSSL
//! gets [`ErrorKind::WrongLibrary`](tls_object_core::ErrorKind::WrongLibrary) instead of a context.

#![deny(unsafe_code)]

mod alpn;
mod backend;
mod capabilities;
#[cfg(test)]
mod cipher_strings;
mod context;
mod error;
mod facts;
#[allow(unsafe_code)] // the only place that calls C
mod ffi;
mod hooks;
mod identity;
mod judgement;
mod library;
mod native;
mod sct;
mod session;
mod settings;
mod signing;
mod suites;

pub use backend::OpenSsl;
pub use context::OpenSslContext;
pub use library::{Lib, OpenSslEngine, OpenSslObject};
