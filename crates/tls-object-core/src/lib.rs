//! The contract of `tls-object`: TLS connections between memory buffers, on any TLS library.
//!
//! Ciphertext goes in through an *incoming* [`MemoryBio`] and comes out through an
//! *outgoing* one. Nothing else moves: no socket, no thread, and the system's clock is looked at only
//! where a configuration names no other time. The shape is that of Python's `ssl.SSLObject`, `ssl.MemoryBIO` and
//! `ssl.SSLContext.wrap_bio`, and the names are kept.
//!
//! This crate holds traits, plain data and the rules; it sees no TLS library. Backends are
//! crates of their own; the facade `tls-object` gathers them.
//!
//! | what | where |
//! |---|---|
//! | a connection | [`SslObject`]; its facts, [`Negotiated`]; how it ends, [`Closure`] |
//! | its buffers | [`MemoryBio`], [`VecBio`], [`SharedBio`] |
//! | what it is made from | [`Config`] and [`Wrap`], through a [`Context`] of a [`Backend`] |
//! | what a library can do | [`Capabilities`], and [`Report`] for one configuration |
//! | what went wrong | [`Error`], [`ErrorKind`], [`VerifyCode`], [`Alert`] |
//! | for those who write a backend | [`Engine`], [`Object`], [`Bios`], [`RecordCursor`] |
//!
//! # The pump
//!
//! After **every** call that takes `&mut` the object, also after one that failed:
//!
//! 1. write out what [`outgoing`](SslObject::outgoing) holds;
//! 2. act on what the call returned: on `WantRead` put more bytes into
//!    [`incoming`](SslObject::incoming), or [`write_eof`](MemoryBio::write_eof) when the
//!    transport has ended;
//! 3. only then call again.
//!
//! Errors do not excuse the first step: the alert that tells the peer why waits there.
//! Where the outgoing BIO is over fixed memory, [`flush`](SslObject::flush) says whether all of
//! it got there.
//!
//! Here is the whole of it for a blocking transport, a client that sends one request and
//! reads the answer to its end:
//!
//! ```
//! use std::io::{self, Read as _, Write};
//! use tls_object_core::{Closure, Error, Read, SslObject, Status};
//!
//! /// Step 1.
//! fn flush(tls: &mut dyn SslObject, transport: &mut impl Write) -> io::Result<()> {
//!     while tls.outgoing().pending() > 0 {
//!         let mut result = Ok(());
//!         tls.outgoing().lend(&mut |bytes| match transport.write(bytes) {
//!             Ok(0) => {
//!                 result = Err(io::ErrorKind::WriteZero.into());
//!                 0
//!             }
//!             Ok(n) => n,
//!             Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
//!             Err(error) => {
//!                 result = Err(error);
//!                 0
//!             }
//!         });
//!         result?;
//!     }
//!     Ok(())
//! }
//!
//! /// Step 2, when the call wants to read.
//! fn feed(tls: &mut dyn SslObject, transport: &mut impl io::Read) -> io::Result<()> {
//!     // Stays as it is if the incoming BIO has a limit and no room: then there is enough to go on with.
//!     let mut result = Ok(1);
//!     let filled = tls.incoming().fill(16 * 1024, &mut |spare| {
//!         result = transport.read(spare);
//!         *result.as_ref().unwrap_or(&0)
//!     });
//!     filled.map_err(io::Error::other)?;
//!     match result {
//!         Ok(0) => tls.incoming().write_eof(),
//!         Ok(_) => {}
//!         Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
//!         Err(error) => return Err(error),
//!     }
//!     Ok(())
//! }
//!
//! fn fetch<T: io::Read + Write>(
//!     tls: &mut dyn SslObject,
//!     transport: &mut T,
//!     request: &[u8],
//! ) -> io::Result<Vec<u8>> {
//!     let fail = |error: Error| io::Error::other(error);
//!     loop {
//!         let step = tls.do_handshake();
//!         flush(tls, transport)?;
//!         match step.map_err(fail)? {
//!             Status::Done(()) => break,
//!             Status::WantRead => feed(tls, transport)?,
//!             Status::WantWrite | Status::Suspended => {}
//!         }
//!     }
//!     let mut rest = request;
//!     while !rest.is_empty() {
//!         let step = tls.write(rest);
//!         flush(tls, transport)?;
//!         match step.map_err(fail)? {
//!             Status::Done(n) => rest = &rest[n..],
//!             Status::WantRead => feed(tls, transport)?,
//!             Status::WantWrite | Status::Suspended => {}
//!         }
//!     }
//!     let mut answer = Vec::new();
//!     let mut buffer = [0; 16 * 1024];
//!     loop {
//!         let step = tls.read(&mut buffer);
//!         flush(tls, transport)?;
//!         match step.map_err(fail)? {
//!             Read::Data(n) => answer.extend_from_slice(&buffer[..n]),
//!             Read::WantRead => feed(tls, transport)?,
//!             Read::WantWrite | Read::Suspended => {}
//!             Read::Closed(Closure::Clean) => break,
//!             Read::Closed(Closure::Truncated) => return Err(io::ErrorKind::UnexpectedEof.into()),
//!         }
//!     }
//!     tls.close().map_err(fail)?;
//!     flush(tls, transport)?;
//!     Ok(answer)
//! }
//! ```
//!
//! # Promises
//!
//! Every backend keeps them, and the conformance suite holds each to them:
//!
//! * Records are taken from the incoming BIO one at a time and never a byte beyond: what
//!   follows the peer's `close_notify` is left there.
//! * One `read` returns data of one record.
//! * Closing is one direction at a time; [`unwrap`](SslObject::unwrap) never throws away data that was not read.
//! * A transport that ends without `close_notify` is [`Closure::Truncated`], always.
//! * An error that ended a connection is returned by every later call, a truncated stream being an end to
//!   `read` each time; facts once known stay.
//! * A client that verifies refuses to begin without a server name, and a session is
//!   refused where it does not belong.
//! * A configuration that a library cannot honour is refused, never honoured in part.

#![forbid(unsafe_code)]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod alert;
mod answer;
mod awaited;
mod backend;
mod bios;
mod capability;
mod certificate;
mod check;
mod cipher_string;
mod cipher_suite;
mod client_hello;
mod config;
mod der;
mod dynamic;
mod early_data;
mod end_point;
mod engine;
mod error;
mod error_kind;
mod external_key;
mod hook;
mod identity;
mod key_kind;
mod key_log;
mod memory_bio;
mod message;
mod name_list;
mod named_group;
mod negotiated;
mod object;
mod parts;
mod peer_verifier;
mod pem;
mod plain_handshake;
mod psk;
mod public_key;
mod record;
mod registry;
mod reloadable;
mod sct;
mod server_name;
mod session;
mod session_cache;
mod session_store;
mod shared_bio;
mod signature_scheme;
mod ssl_object;
mod status;
mod traffic_secrets;
mod trust_store;
mod vec_bio;
mod verify;
mod version;

pub use alert::Alert;
pub use answer::{Answer, OnClientHello};
pub use awaited::{Awaited, Decision};
pub use backend::{Backend, Context, Library};
pub use bios::Bios;
pub use capability::{Capabilities, Capability, Support};
pub use certificate::{Certificate, Crl};
pub use check::{Report, check};
pub use cipher_string::{CipherRules, CipherString, SuiteB};
pub use cipher_suite::{CipherInfo, CipherSuite};
pub use client_hello::ClientHello;
pub use config::{
    AlpnMismatch, AlpnProtocol, Config, CrlScope, NamedFingerprint, Purpose, Setting, Side, Suites,
    TicketKey, VerifyMode, VerifyTime, Wrap,
};
pub use der::split_der;
pub use dynamic::{DynBackend, DynContext};
pub use early_data::EarlyData;
pub use end_point::HashAlgorithm;
pub use engine::{Engine, Received};
pub use error::Error;
pub use error_kind::{ErrorKind, Origin};
pub use external_key::{ExternalKey, Signer, SignerError};
pub use hook::Hook;
pub use identity::{Identity, IdentityKey, KeyFormat, PrivateKey};
pub use key_kind::KeyKind;
pub use key_log::{KeyLog, KeyLogFile};
pub use memory_bio::MemoryBio;
pub use message::{Direction, Message, MessageKind, OnMessage};
pub use named_group::NamedGroup;
pub use negotiated::{HandshakeKind, Negotiated};
pub use object::Object;
pub use peer_verifier::{PeerVerifier, PresentedPeer, VerifierRole};
pub use plain_handshake::PlainHandshake;
pub use psk::{PreSharedKey, PskClient, PskOffer, PskServer};
pub use public_key::{CertificateType, PublicKey};
pub use record::{MAX_PLAINTEXT, RecordCursor};
pub use reloadable::Reloadable;
pub use sct::is_sct_list;
pub use server_name::{DnsName, ServerName};
pub use session::{
    ContextId, SavedSession, Session, SessionCounters, SessionDetails, SessionSink, SessionStats,
};
pub use session_cache::SessionCache;
pub use session_store::{BoundSessionStore, SessionStore};
pub use shared_bio::SharedBio;
pub use signature_scheme::SignatureScheme;
pub use ssl_object::{ChannelBinding, Cipher, SslObject};
pub use status::{Closure, Read, Status};
pub use traffic_secrets::{TrafficKeys, TrafficSecrets};
pub use trust_store::{TrustStore, TrustStoreStats};
pub use vec_bio::VecBio;
pub use verify::VerifyCode;
pub use version::ProtocolVersion;
