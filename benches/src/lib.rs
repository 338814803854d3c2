//! What tls-object costs over driving each library by hand: the same work, done twice.
//!
//! Each module holds a [`Connection`]: client and server in one thread, the handshake done, with
//! an outgoing and an incoming buffer on either side and a copy in between where the
//! network would be. `obj` is this project's API, chosen at run time; `raw` is what one
//! would write by hand.

#![forbid(unsafe_code)]

pub mod obj;
pub mod raw;

use rcgen::{CertifiedKey, KeyPair};

/// The most plaintext that one record carries, in bytes.
pub const RECORD: usize = 16 * 1024;

/// A client and a server after their handshake.
pub trait Connection {
    /// The cipher suite in use, by its IANA code point.
    fn cipher_suite(&self) -> u16;

    /// Sends up to [`RECORD`] bytes from the client to the server as one record, and
    /// reads them there into `buffer`. Returns how many arrived.
    fn transfer(&mut self, data: &[u8], buffer: &mut [u8]) -> usize;
}

/// A certificate for `localhost` that vouches for itself.
///
/// # Panics
/// If it cannot be made.
pub fn certificate() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_do_the_same_work() {
        let made = certificate();
        let mut obj = obj::Pair::new("rustls", &made);
        let mut raw = raw::Pair::new(&made);
        assert_eq!(obj.cipher_suite(), raw.cipher_suite());
        let connections: [&mut dyn Connection; 2] = [&mut obj, &mut raw];
        for connection in connections {
            let mut buffer = [0; RECORD];
            for size in [1, 100, RECORD] {
                let data = vec![size as u8; size];
                assert_eq!(connection.transfer(&data, &mut buffer), size);
                assert_eq!(buffer[..size], data);
            }
        }
    }
}
