//! [rustls](https://docs.rs/rustls) as a backend of `tls-object`.
//!
//! | feature | backend | cryptography |
//! |---|---|---|
//! | `aws-lc-rs` (default) | `Rustls::AWS_LC_RS`, named `rustls` | aws-lc-rs, with ML-KEM |
//! | `ring` | `Rustls::RING`, named `rustls-ring` | ring |
//!
//! Both may be on. With neither the crate compiles and offers no backend.
//!
//! ```
//! # #[cfg(feature = "aws-lc-rs")] {
//! use tls_object_core::{
//!     Backend, Config, Context, MemoryBio, ServerName, SslObject, Status, VecBio, Wrap,
//! };
//! use tls_object_rustls::Rustls;
//!
//! let context = Rustls::AWS_LC_RS.context(&Config::client())?;
//! let wrap = Wrap::client(ServerName::new("server.example")?);
//! let mut tls = context.wrap_bio(Box::new(VecBio::new()), Box::new(VecBio::new()), wrap)?;
//!
//! assert_eq!(tls.do_handshake()?, Status::WantRead);
//! assert!(tls.outgoing().pending() > 0, "the ClientHello waits to be sent");
//! # }
//! # Ok::<(), tls_object_core::Error>(())
//! ```
//!
//! # What is rustls' own way
//!
//! * TLS 1.2 only with ECDHE and authenticated encryption; no renegotiation.
//! * Certificates are judged by webpki, and each path that it finds by what OpenSSL asks besides, so
//!   that both accept the same chains; but a leaf must not be an authority, unless it is an anchor
//!   itself.
//! * A server takes the key exchange group by the client's order. It takes the cipher suite by
//!   the client's order too, unless the configuration lists suites.
//! * Sessions are resumed by ticket, unless the configuration has the server keep them. A ticket of
//!   TLS 1.3 is used once, so a session is good for as many connections as the server had issued
//!   tickets.
//! * An encrypted record of TLS 1.3 is read whatever its outer type and version say.
//! * Whoever changes keys asks the peer to change its own, too.
//! * An alert that is sent encrypted cannot be seen, so
//!   [`Error::alert_sent`](tls_object_core::Error::alert_sent) is then derived from rustls' error.
//! * With debug assertions rustls panics when a bad record follows our `close_notify`
//!   ([rustls#959](https://github.com/rustls/rustls/issues/959)). The panic ends the connection
//!   with [`ErrorKind::Library`](tls_object_core::ErrorKind::Library) and leaves its message on
//!   standard error. To have the record's own error instead:
//!
//! ```toml
//! [profile.dev.package.rustls]
//! debug-assertions = false
//! ```
//!
//! # The library's own connection
//!
//! [`SslObject::native`](tls_object_core::SslObject::native) gives a [`rustls::Connection`], until that was handed over. A
//! server that has not yet seen the whole ClientHello has none, and gives a
//! [`rustls::server::Acceptor`].

#![forbid(unsafe_code)]

mod backend;
mod capabilities;
mod context;
mod engine;
mod error;
mod external_key;
mod hooks;
mod identity;
mod notes;
mod path;
mod refusal;
mod server_sessions;
mod session;
mod signature;
mod signed;
mod tickets;
mod traffic_secrets;
mod trusted;
mod validity;
mod verify;
mod wire;

pub use backend::Rustls;
pub use context::RustlsContext;
pub use engine::{RustlsEngine, RustlsObject};
