//! What the tests of this package share: certificates, processes that end with the test, the
//! `tlsobj` binary, objects over a socket, and servers that are not ours.

#![allow(clippy::missing_panics_doc)] // to panic is how a test fails

pub mod capture;
pub mod endpoint;
pub mod faults;
pub mod openssl;
pub mod peers;
pub mod pki;
pub mod process;
pub mod tlsobj;
