//! Why a chain of certificates is refused, in OpenSSL's words, for backends of `tls-object` whose library has
//! fewer.
//!
//! Internal: no promise of stability. Nothing here makes a chain trusted. A library looks for a path and
//! verifies its signatures; then [`Rules::allow`] says whether the path keeps to what OpenSSL asks besides, and
//! [`Rules::refusal`] finds the words for a chain that the library has refused, by going the way that OpenSSL goes:
//! the issuers by their names, the extensions, the name asked for, revocation, the signatures and dates, the
//! constraints on names.
//!
//! | what | where |
//! |---|---|
//! | one certificate, and what is read out of it | `certificate` |
//! | the path that OpenSSL would build | `chain` |
//! | what each certificate of a path must be like | `extensions` |
//! | names and addresses, asked for and constrained | `names` |
//! | revocation lists | `crl` |

#![forbid(unsafe_code)]

mod certificate;
mod chain;
mod crl;
mod extensions;
mod names;
mod rules;

pub use certificate::{is_self_signed, is_weak_public_key};
pub use crl::Lists;
pub use names::{matches_common_name, matches_host_name};
pub use rules::{Refusal, Rules, SignatureCheck};
