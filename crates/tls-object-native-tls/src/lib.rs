//! The platform's own TLS library behind the contract of `tls-object`, through the
//! [`native-tls`](https://docs.rs/native-tls) crate.
//!
//! What the platform's own library is depends on the platform:
//!
//! | platform | library | this backend |
//! |---|---|---|
//! | Linux, the BSDs, Android | OpenSSL | works, and is held to its promises by the conformance suite |
//! | Windows | SChannel | refuses every context |
//! | Apple's | Secure Transport | refuses every context |
//!
//! The last two compile and say `No` to [`Capability::Client`](tls_object_core::Capability::Client) and
//! [`Capability::Server`](tls_object_core::Capability::Server): nothing is promised that was never tried.
//!
//! On OpenSSL this is the same library as the backend `openssl`, with less to choose: a pair of the two says nothing about
//! other implementations, and [`Library::is_same_as`](tls_object_core::Library::is_same_as) tells so. The crate has neither
//! cipher suites nor groups to choose, takes no session along, asks no client for a certificate, and its
//! server does not speak TLS 1.3. What it does not tell of a connection (version, suite, group, server name, resumption,
//! alerts) is heard on the wire.
//!
//! # What is native-tls' own way
//!
//! * Why a certificate was refused is told in words only, which are not parsed: the code is
//!   [`VerifyCode::Unspecified`](tls_object_core::VerifyCode::Unspecified). The words are in the error's source.
//! * A certificate that has the server's name in its subject alone is refused when the handshake is done, since OpenSSL, as it is
//!   set up there, accepts it; the server is told nothing.
//! * A server issues tickets, always, and resumes a session for any server name, where RFC 6066 section 3 wants the one that it
//!   began with: nothing can be said to OpenSSL about it through native-tls. A context has one certificate, so it shows no
//!   client another than it would have without.
//! * Connections with application protocols of their own ([`Wrap::alpn`](tls_object_core::Wrap::alpn)) make a connector of
//!   their own each, and a server's tickets are good for none of the others.
//!
//! # The library's own connection
//!
//! [`SslObject::native`](tls_object_core::SslObject::native) gives a `native_tls::TlsStream<Wire>` when the handshake is done, and
//! before that a `native_tls::MidHandshakeTlsStream<Wire>`; a connection that has not begun or has failed
//! in its handshake has neither, and gives `()`.

#![forbid(unsafe_code)]

mod alpn;
mod backend;
mod capabilities;
mod context;
mod engine;
mod error;
mod identity;
mod platform;
mod wire;

pub use backend::NativeTls;
pub use context::NativeTlsContext;
pub use engine::{NativeTlsEngine, NativeTlsObject};
pub use wire::Wire;
