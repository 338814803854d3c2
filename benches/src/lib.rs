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

mod args;
mod case;
#[cfg(all(feature = "boring", feature = "native-tls", feature = "openssl", feature = "rustls"))]
pub mod drivers;
#[allow(unsafe_code)] // the only place for it
mod ffi;
#[cfg(all(feature = "boring", feature = "openssl", feature = "rustls"))]
pub mod floor;
pub mod obj;
pub mod peer;
mod pki;
pub mod raw;
mod sample;
mod setup;
pub mod stopwatch;
pub mod tcp;
pub mod workload;

pub use args::case_filter;
pub use case::Case;
pub use ffi::heap_in_use;
pub use pki::{Identity, Pki};
pub use sample::Sample;
pub use setup::{Group, Key, Setup, Suite, Terms, Version};

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

impl End {
    /// The one it talks to.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
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

    /// Makes two new ends. With `resume` the client offers the session that it [remembers](Self::remember).
    fn wrap(&mut self, resume: bool) -> Self::Connection;

    /// Remembers the client's newest session, unless the library sees to that itself.
    fn remember(&mut self, _connection: &mut Self::Connection) {}

    /// Makes two new ends, and shakes their hands.
    fn connect(&mut self, resume: bool) -> Self::Connection {
        let mut connection = self.wrap(resume);
        shake_hands(&mut connection, usize::MAX, &mut |_| {});
        connection
    }
}

/// A client and a server. Each method panics where it cannot do what it says.
pub trait Connection {
    /// Goes on with the handshake at this end; whether it is done.
    fn step(&mut self, end: End) -> bool;

    /// What the client says was agreed on.
    fn facts(&self) -> Facts;

    /// Encrypts `data` into the outgoing buffer of this end.
    fn write(&mut self, from: End, data: &[u8]);

    /// Encrypts as much of `data` as the outgoing buffer of this end has room for, whose limit is
    /// [`LIMIT`](workload::LIMIT); how much that was.
    fn write_some(&mut self, from: End, data: &[u8]) -> usize;

    /// Encrypts two slices into the outgoing buffer of this end, as if they were one.
    fn write_parts(&mut self, from: End, parts: [&[u8]; 2]);

    /// Moves up to `most` of the bytes that wait in the outgoing buffer of this end to the incoming one
    /// of the other; how many that were.
    fn deliver(&mut self, from: End, most: usize) -> usize;

    /// Throws away what waits in the outgoing buffer of this end, as if it were delivered.
    fn discard(&mut self, from: End);

    /// Decrypts from one record in the incoming buffer of this end; `None` if there is none.
    fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize>;

    /// Decrypts one record in the incoming buffer of this end and looks at its plaintext where the library keeps
    /// it; `None` if there is none. A library that lends nothing is not asked.
    fn read_lent(&mut self, at: End) -> Option<usize>;

    /// Gives back the memory of buffers that are empty, at both ends.
    fn trim(&mut self);
}

/// Does the handshake, with `chunk` bytes arriving at a time. `turn` is told which end works next.
///
/// # Panics
/// If both ends wait for each other.
pub fn shake_hands(
    connection: &mut (impl Connection + ?Sized),
    chunk: usize,
    turn: &mut impl FnMut(End),
) {
    let mut done = [false; 2];
    let mut from = End::Client;
    turn(from);
    done[from as usize] = connection.step(from);
    loop {
        let to = from.other();
        let mut moved = false;
        turn(to);
        while connection.deliver(from, chunk) > 0 {
            moved = true;
            done[to as usize] = connection.step(to);
        }
        if !moved {
            assert_eq!(done, [true; 2], "both ends wait");
            return;
        }
        from = to;
    }
}

#[cfg(all(
    test,
    feature = "boring",
    feature = "native-tls",
    feature = "openssl",
    feature = "rustls"
))]
mod tests {
    use super::*;
    use drivers::{Visit, visit};

    /// What a driver agrees on at first and when it resumes.
    struct Agree;

    impl Visit for Agree {
        type Output = [Facts; 2];

        fn visit<D: Driver + Clone + Send + 'static>(
            self,
            mut make: impl FnMut() -> D,
        ) -> [Facts; 2] {
            let mut driver = make();
            let mut buffer = [0; RECORD];
            let mut connection = driver.connect(false);
            for end in [End::Client, End::Server] {
                for size in [1, 100, RECORD] {
                    let data = vec![size as u8; size];
                    connection.write(end, &data);
                    connection.deliver(end, usize::MAX);
                    assert_eq!(connection.read(end.other(), &mut buffer), Some(size));
                    assert_eq!(buffer[..size], data);
                    assert_eq!(connection.read(end.other(), &mut buffer), None);
                }
            }
            driver.remember(&mut connection);
            let first = connection.facts();
            drop(connection);
            [first, driver.connect(true).facts()]
        }
    }

    /// `raw` must not be cheaper, or dearer, for doing something else.
    fn does_the_same_work_however_driven(library: &str) {
        let [tls12, tls13] = [Version::Tls12, Version::Tls13].map(Terms::new);
        let hybrid = Group::X25519MlKem768;
        for terms in [
            tls12,
            tls13,
            Terms { mutual: true, ..tls12 },
            Terms { key: Key::Rsa2048, suite: Suite::ChaCha20, mutual: true, ..tls12 },
            Terms { key: Key::Rsa2048, suite: Suite::Aes128, group: hybrid, ..tls13 },
        ] {
            let setup = Setup::new(terms);
            let [raw, obj, named] = ["raw", "obj", "dyn"]
                .map(|driver| visit(driver, library, &setup, Agree).expect("such a driver"));
            assert_eq!(raw[0].version, terms.version.code());
            assert_eq!(raw[0].certificates, 2);
            assert_eq!(raw.map(|facts| facts.resumed), [false, true]);
            for other in [obj, named] {
                // On a resumed connection each remembers of the chain what it can.
                assert_eq!(other[0], raw[0], "{terms:?}");
                assert_eq!(other[1].cipher_suite, raw[1].cipher_suite, "{terms:?}");
                assert!(other[1].resumed, "{terms:?}");
            }
        }
    }

    #[test]
    fn rustls_does_the_same_work_however_driven() {
        does_the_same_work_however_driven("rustls");
    }

    #[test]
    fn openssl_does_the_same_work_however_driven() {
        does_the_same_work_however_driven("openssl");
    }

    #[test]
    fn boring_does_the_same_work_however_driven() {
        does_the_same_work_however_driven("boring");
    }
}
