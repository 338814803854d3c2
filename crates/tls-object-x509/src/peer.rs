//! The peer's certificate as a connection tells of it.

use tls_object_core::{Error, SslObject};

use crate::dictionary::Dictionary;

/// What Python's `getpeercert()` gives of a connection.
///
/// With the feature `serde`: `null`, `{}` or the [`Dictionary`].
#[allow(clippy::exhaustive_enums)] // the three answers there are
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum PeerCertificate {
    /// The peer has shown none, or the handshake is not done. Python: `None`.
    Absent,
    /// The peer has shown one, which nobody has verified: what it says is worth nothing. Python: `{}`.
    Unverified {},
    /// The peer has shown one, and it was accepted. Python: the dictionary.
    Verified(Box<Dictionary>),
}

impl PeerCertificate {
    /// The peer's certificate on this connection. Where Python looks at the context's settings, which may have changed
    /// since the handshake, this goes by what was done.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`](tls_object_core::ErrorKind::InvalidCertificate) as of [`Dictionary::of`]; one that
    /// was not verified is not looked at.
    pub fn of<T: SslObject + ?Sized>(tls: &T) -> Result<Self, Error> {
        match tls.getpeercert() {
            None => Ok(Self::Absent),
            Some(_) if !tls.peer_is_verified() => Ok(Self::Unverified {}),
            Some(certificate) => Ok(Self::Verified(Box::new(Dictionary::of(certificate)?))),
        }
    }
}
