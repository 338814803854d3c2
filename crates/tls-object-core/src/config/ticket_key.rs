//! What servers seal session tickets with.

use core::{array, fmt};
use std::sync::Arc;

use zeroize::Zeroizing;

/// A key that a server seals session tickets with (RFC 5077, RFC 8446 section 4.6.1). Cheap to clone; the bytes are
/// overwritten when the last clone goes.
///
/// Whoever knows it reads all that was ever said on connections of TLS 1.2 whose tickets it sealed, and the early
/// data of TLS 1.3. So it is random, never leaves the servers that share it, and is replaced after hours or days: put
/// the new key in front of [`Config::ticket_keys`](crate::Config::ticket_keys), leave the old one behind it for as
/// long as its tickets are to be taken, and make a new context.
#[derive(Clone, Eq, PartialEq)]
pub struct TicketKey(Arc<Zeroizing<[u8; Self::LEN]>>);

impl TicketKey {
    /// How many bytes a key is made of.
    pub const LEN: usize = 80;
    /// How many of them are its name.
    pub const NAME_LEN: usize = 16;

    /// A key from random bytes: 16 that name it, which go over the wire in every ticket, and 64 secret ones. nginx and
    /// OpenSSL have them in the same order.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }

    /// For backends: the name as it stands in tickets of the library `library`. No library knows those of another:
    /// what is sealed is each one's own.
    pub fn name(&self, library: &str) -> [u8; Self::NAME_LEN] {
        let library = library.as_bytes();
        array::from_fn(|at| self.0[at] ^ library.get(at).unwrap_or(&0))
    }

    /// For backends: the secret that tickets are authenticated with, unless the library wants one for both.
    pub fn mac_secret(&self) -> &[u8; 32] {
        self.part(Self::NAME_LEN)
    }

    /// For backends: the secret that tickets are encrypted with.
    pub fn cipher_secret(&self) -> &[u8; 32] {
        self.part(Self::NAME_LEN + 32)
    }

    fn part(&self, from: usize) -> &[u8; 32] {
        self.0[from..].first_chunk().expect("80 bytes: a name of 16 and two parts of 32")
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_where_they_belong() {
        let key = TicketKey::from_bytes(array::from_fn(|at| at as u8));
        assert_eq!(key.name("")[..], (0..16).collect::<Vec<u8>>());
        assert_eq!(key.mac_secret()[..], (16..48).collect::<Vec<u8>>());
        assert_eq!(key.cipher_secret()[..], (48..80).collect::<Vec<u8>>());
        assert_ne!(key.name("openssl"), key.name("boring"));
        assert_eq!(format!("{key:?}"), "TicketKey { .. }");
    }
}
