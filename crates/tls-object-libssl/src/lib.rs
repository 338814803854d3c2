//! What the OpenSSL and the BoringSSL backend of `tls-object` share: the two libraries have
//! the same calls for driving a connection, so this is written once.
//!
//! Internal: no promise of stability. A backend implements [`Calls`] with
//! [`impl_calls!`] and [`Library`] by hand, and gets [`LibsslEngine`].
//!
//! | what | where |
//! |---|---|
//! | the raw calls, one method for each | [`Calls`] |
//! | a `BIO` over the core's BIOs, which copies once and buffers nothing | `ffi::bio` |
//! | one `SSL` with its `BIO`, safe to use | [`Connection`] |
//! | where a chain failed | [`Refused`] |
//! | keys that are held elsewhere | [`sign`], [`Signed`] |
//! | the sessions of a client | [`Capture`] |
//! | second hellos and signature schemes, read off the handshake's messages | `messages` |
//! | code of the application that the library calls back | [`Hooks`] |
//! | secrets that the library tells in its key log only | [`FirstSecret`] |
//! | what goes through the two crates of bindings, as macros | [`shared_settings!`], [`shared_identity!`], [`shared_signing!`], [`shared_alpn!`], [`shared_context!`], [`shared_session!`], [`shared_hooks!`], [`shared_facts!`] |
//! | the engine, and which error is told | [`LibsslEngine`], [`Library`] |

#![deny(unsafe_code)]

mod aside;
mod calls;
mod capture;
mod engine;
#[allow(unsafe_code)] // the only place that calls C
mod ffi;
mod hooks;
mod library;
mod messages;
pub mod openssl_reasons;
mod pause;
mod pkcs8;
mod refusal;
mod shared;
mod signing;
mod ticket_keys;
mod traffic;

pub use calls::{BioCtrl, BioRead, BioWrite, Calls, InfoCallback, MessageCallback};
pub use capture::Capture;
pub use engine::{LibsslEngine, told_by};
pub use ffi::connection::{Connection, Outcome};
pub use hooks::{Hooks, Sent};
pub use library::{Failure, Library, PSK_TLS13_SUITES, chosen, cipher_list, default_tls12_suites};
pub use pkcs8::without_public_key;
pub use refusal::{
    Refused, VERDICT, Verdict, forget_refusal, leave_refusal, left_code, name_refusal,
};
pub use signing::{Signed, sign, signed_meanwhile};
pub use ticket_keys::{TicketKeyUse, TicketKeys};
pub use traffic::FirstSecret;
