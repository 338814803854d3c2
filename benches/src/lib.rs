//! What tls-object costs over driving each library by hand: the same work, done several ways.
//!
//! | driver | what it is |
//! |---|---|
//! | `raw` | what one would write by hand on that library: [`raw`] |
//! | `obj` | this project's API with static types: [`obj::Static`] |
//! | `dyn` | this project's API with the library chosen by name: [`obj::Named`] |
//!
//! A [`Driver`] makes [`Connection`]s: client and server in one thread, an outgoing and an
//! incoming buffer on either side, and a copy in between where the network would be. The
//! [`workload`]s know nothing else. Settings that cost are the same for every driver of a
//! library: see [`Setup`].

#![deny(unsafe_code)]

#[allow(unsafe_code)] // the only place for it
pub mod ffi;
pub mod obj;
pub mod raw;
mod setup;
pub mod workload;

pub use setup::{Setup, Version};

/// The most plaintext that one record carries, in bytes.
pub const RECORD: usize = 16 * 1024;

/// Which end of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// The end that begins.
    Client,
    /// The end that answers.
    Server,
}

/// What both ends agreed on, as far as every driver can tell without copying.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Facts {
    /// The version of the protocol, by its code point.
    pub version: u16,
    /// The cipher suite, by its code point.
    pub cipher_suite: u16,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
    /// How long the server's chain is, as the client sees it.
    pub certificates: usize,
}

/// One library, driven one way, with the contexts of both ends ready.
pub trait Driver {
    /// What it makes.
    type Connection: Connection;

    /// Makes two new ends, and shakes their hands. With `resume` the client offers the session
    /// that it [remembers](Self::remember).
    fn connect(&mut self, resume: bool) -> Self::Connection;

    /// Remembers the client's newest session, unless the library sees to that itself.
    fn remember(&mut self, _connection: &mut Self::Connection) {}
}

/// A client and a server after their handshake. Each method panics where it cannot do what it says.
pub trait Connection {
    /// What the client says was agreed on.
    fn facts(&self) -> Facts;

    /// Encrypts `data`, at most [`RECORD`] bytes, into the outgoing buffer of this end.
    fn write(&mut self, from: End, data: &[u8]);

    /// Moves what waits in the outgoing buffer of this end to the incoming one of the other.
    fn deliver(&mut self, from: End);

    /// Decrypts from one record in the incoming buffer of this end; `None` if there is none.
    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use Version::{Tls12, Tls13};
    use obj::{Named, Static};

    /// What a driver agrees on at first and when it resumes.
    fn facts(mut driver: impl Driver) -> [Facts; 2] {
        let mut buffer = [0; RECORD];
        let mut connection = driver.connect(false);
        for (end, other) in [(End::Client, End::Server), (End::Server, End::Client)] {
            for size in [1, 100, RECORD] {
                let data = vec![size as u8; size];
                connection.write(end, &data);
                connection.deliver(end);
                assert_eq!(connection.read(other, &mut buffer), Some(size));
                assert_eq!(buffer[..size], data);
                assert_eq!(connection.read(other, &mut buffer), None);
            }
        }
        driver.remember(&mut connection);
        let first = connection.facts();
        drop(connection);
        [first, driver.connect(true).facts()]
    }

    /// `raw` must not be cheaper, or dearer, for doing something else.
    fn assert_same(version: Version, raw: [Facts; 2], obj: [Facts; 2], named: [Facts; 2]) {
        assert_eq!(raw[0].version, version.code());
        assert_eq!(raw[0].certificates, 2);
        assert_eq!(raw.map(|facts| facts.resumed), [false, true]);
        for other in [obj, named] {
            // On a resumed connection each remembers of the chain what it can.
            assert_eq!(other[0], raw[0]);
            assert_eq!(other[1].cipher_suite, raw[1].cipher_suite);
            assert!(other[1].resumed);
        }
    }

    #[test]
    fn rustls_does_the_same_work_however_driven() {
        let backend = tls_object::rustls::Rustls::AWS_LC_RS;
        for version in [Tls12, Tls13] {
            let setup = Setup::new(version);
            let raw = facts(raw::rustls::Rustls::new(&setup));
            assert_same(
                version,
                raw,
                facts(Static::new(&backend, &setup)),
                facts(Named::new("rustls", &setup)),
            );
        }
    }

    #[test]
    fn openssl_does_the_same_work_however_driven() {
        let backend = tls_object::openssl::OpenSsl;
        for version in [Tls12, Tls13] {
            let setup = Setup::new(version);
            let raw = facts(raw::openssl::OpenSsl::new(&setup));
            assert_same(
                version,
                raw,
                facts(Static::new(&backend, &setup)),
                facts(Named::new("openssl", &setup)),
            );
        }
    }

    #[test]
    fn boring_does_the_same_work_however_driven() {
        let backend = tls_object::boring::BoringSsl;
        for version in [Tls12, Tls13] {
            let setup = Setup::new(version);
            let raw = facts(raw::boring::BoringSsl::new(&setup));
            assert_same(
                version,
                raw,
                facts(Static::new(&backend, &setup)),
                facts(Named::new("boring", &setup)),
            );
        }
    }
}
