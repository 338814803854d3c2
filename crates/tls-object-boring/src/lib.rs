//! [BoringSSL](https://boringssl.googlesource.com/boringssl) behind the contract of
//! `tls-object`, through the `boring` crate.
//!
//! [`SslObject::native`](tls_object_core::SslObject::native) gives a [`boring::ssl::SslRef`].
//!
//! To link it into one program with OpenSSL, read `docs/linking.md` in the repository first. A
//! program that is linked so that the `boring` crate runs on another library than BoringSSL
//! gets [`ErrorKind::WrongLibrary`](tls_object_core::ErrorKind::WrongLibrary) instead of a context.
//!
//! A server of BoringSSL does not notice early data that is sent again: whoever copies a client's first flight can have it
//! taken twice, for as long as the ticket in it is good.

#![deny(unsafe_code)]

mod alpn;
mod backend;
mod capabilities;
mod context;
mod error;
mod extensions;
mod facts;
#[allow(unsafe_code)] // the only place that calls C
mod ffi;
mod hooks;
mod identity;
mod issuers;
mod judgement;
mod library;
mod native;
mod session;
mod settings;
mod signing;
mod strength;
mod traffic_secrets;

pub use backend::BoringSsl;
pub use context::BoringContext;
pub use library::{BoringEngine, BoringObject, Lib};
