//! Certificates as data, the same whatever TLS library they came through.
//!
//! A connection gives certificates as the bytes they are
//! ([`SslObject::getpeercert`](tls_object_core::SslObject::getpeercert)). Here they are taken apart:
//!
//! | what | where |
//! |---|---|
//! | a certificate's fields | [`ParsedCertificate`], with [`Name`], [`GeneralName`], [`Serial`], [`Time`], [`Oid`] |
//! | what Python's `getpeercert()` gives of a connection | [`PeerCertificate`] |
//! | that dictionary, of any certificate | [`Dictionary`] |
//!
//! The dictionary is CPython's to the letter, which is to say OpenSSL's: names of attributes, spelling of dates and
//! addresses, what is left out and what is refused. The feature `serde` makes it JSON.
//!
//! Nothing is judged here. Whether a certificate can be believed is what the handshake has found out, and
//! [`PeerCertificate`] heeds that.
//!
//! ```
//! use tls_object_core::{Error, SslObject};
//! use tls_object_x509::PeerCertificate;
//!
//! fn common_name(tls: &dyn SslObject) -> Result<Option<String>, Error> {
//!     let PeerCertificate::Verified(peer) = PeerCertificate::of(tls)? else { return Ok(None) };
//!     let attributes = peer.subject.iter().flatten();
//!     let named = |(name, _): &&(String, _)| name == "commonName";
//!     Ok(attributes.rev().find(named).and_then(|(_, value)| value.text()).map(str::to_owned))
//! }
//! ```

#![forbid(unsafe_code)]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod certificate;
mod der;
mod dictionary;
mod extensions;
mod general_name;
mod name;
mod oid;
mod peer;
mod serial;
mod time;

pub use certificate::ParsedCertificate;
pub use dictionary::{AltName, Dictionary, RelativeNames};
pub use general_name::GeneralName;
pub use name::{Attribute, AttributeValue, Name};
pub use oid::Oid;
pub use peer::PeerCertificate;
pub use serial::Serial;
pub use time::Time;
