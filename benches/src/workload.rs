//! The work that every driver is given.

use core::hint::black_box;
use core::str::FromStr;

use crate::setup::Version;
use crate::{Connection, Driver, End, RECORD};

/// The size of a message that is echoed, in bytes.
const MESSAGE: usize = 64;
/// The size of a record of a backlog, in bytes.
const QUEUED: usize = 1024;

/// One kind of work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Workload {
    /// A connection is made, used for one byte from the server, and dropped. The byte comes
    /// after the server's tickets, so these are processed too.
    Handshake {
        /// The version of the protocol.
        version: Version,
        /// Whether the session of the connection before is resumed.
        resumed: bool,
    },
    /// A full record goes from client to server.
    Bulk,
    /// A small message goes from client to server and back.
    Echo,
    /// A read finds nothing.
    Probe,
    /// Small records are written, then moved all at once, then read.
    Backlog {
        /// How many.
        records: usize,
    },
}

impl Workload {
    /// The version of the protocol that it is done with.
    pub const fn version(self) -> Version {
        match self {
            Self::Handshake { version, .. } => version,
            _ => Version::Tls13,
        }
    }

    /// Does it once for everything that is only done at first, then `n` times between two calls of
    /// `mark`.
    ///
    /// # Panics
    /// If anything goes wrong.
    pub fn run<D: Driver>(self, mut driver: D, n: usize, mut mark: impl FnMut()) {
        let mut buffer = [0; RECORD];
        if let Self::Handshake { resumed, .. } = self {
            shake_hands(&mut driver, false, &mut buffer);
            shake_hands(&mut driver, resumed, &mut buffer);
            mark();
            for _ in 0..n {
                shake_hands(&mut driver, resumed, &mut buffer);
            }
            mark();
            return;
        }
        let mut connection = driver.connect(false);
        let data = vec![0x5a; RECORD];
        for _ in 0..4 {
            self.once(&mut connection, &data, &mut buffer);
        }
        mark();
        for _ in 0..n {
            self.once(&mut connection, &data, &mut buffer);
        }
        mark();
    }

    fn once(self, connection: &mut impl Connection, data: &[u8], buffer: &mut [u8]) {
        match self {
            Self::Handshake { .. } => unreachable!("needs more than a connection"),
            Self::Bulk => carry(connection, End::Client, data, buffer),
            Self::Echo => {
                carry(connection, End::Client, &data[..MESSAGE], buffer);
                carry(connection, End::Server, &data[..MESSAGE], buffer);
            }
            Self::Probe => assert_eq!(connection.read(End::Server, buffer), None),
            Self::Backlog { records } => {
                for _ in 0..records {
                    connection.write(End::Client, black_box(&data[..QUEUED]));
                }
                connection.deliver(End::Client);
                // rustls by hand may give several records at once.
                let mut left = records * QUEUED;
                while left > 0 {
                    left -= connection.read(End::Server, buffer).expect("more records");
                    black_box(&mut *buffer);
                }
            }
        }
    }
}

fn shake_hands<D: Driver>(driver: &mut D, resume: bool, buffer: &mut [u8]) {
    let mut connection = driver.connect(resume);
    carry(&mut connection, End::Server, b"!", buffer);
    let facts = black_box(connection.facts());
    assert_eq!(facts.resumed, resume);
    driver.remember(&mut connection);
}

/// One record from one end to the other.
///
/// # Panics
/// If it does not arrive whole.
pub fn carry(
    connection: &mut (impl Connection + ?Sized),
    from: End,
    data: &[u8],
    buffer: &mut [u8],
) {
    let to = match from {
        End::Client => End::Server,
        End::Server => End::Client,
    };
    connection.write(from, black_box(data));
    connection.deliver(from);
    assert_eq!(connection.read(to, buffer), Some(data.len()));
    black_box(buffer);
}

impl FromStr for Workload {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let handshake = |version, resumed| Self::Handshake { version, resumed };
        Ok(match name {
            "full-1.2" => handshake(Version::Tls12, false),
            "full-1.3" => handshake(Version::Tls13, false),
            "resumed-1.2" => handshake(Version::Tls12, true),
            "resumed-1.3" => handshake(Version::Tls13, true),
            "bulk" => Self::Bulk,
            "echo" => Self::Echo,
            "probe" => Self::Probe,
            _ => match name.strip_prefix("backlog-").and_then(|records| records.parse().ok()) {
                Some(records) => Self::Backlog { records },
                None => return Err(format!("no workload has the name {name:?}")),
            },
        })
    }
}
