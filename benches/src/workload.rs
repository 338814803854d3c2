//! The work that every driver is given.

use core::hint::black_box;

use crate::{Connection, Driver, End, RECORD, Terms, shake_hands};

/// How much data is written at a time where an outgoing buffer has a limit, in bytes.
pub const STEP: usize = 64 * 1024;
/// What such a limit is, in bytes: the data in its records.
pub const LIMIT: usize = STEP + 4 * 128;
/// The size of a record of a backlog, in bytes.
const QUEUED: usize = 1024;

/// The size of the header of a message, in bytes.
pub const HEADER: usize = 40;

/// How the header and the body of a message are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum How {
    /// By two calls, each a record.
    Apart,
    /// By one call, from where they lie.
    Vectored,
    /// By one call, from one slice in which they lie together: nothing can be cheaper.
    Together,
}

/// One kind of work. One operation of it is:
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Workload {
    /// A connection is made, used for one byte from the server, asked for its facts, and dropped. The byte
    /// comes after the server's tickets, so these are processed too.
    Full,
    /// The same with the session of the connection before.
    Resumed,
    /// The contexts of both ends are made and dropped.
    Contexts,
    /// Two ends are made and dropped.
    Objects,
    /// So many bytes go from client to server at once.
    Bulk {
        /// How many.
        size: usize,
    },
    /// The client's part of that, with the records thrown away.
    Send {
        /// How many.
        size: usize,
    },
    /// The same as in bulk through an outgoing buffer of [`LIMIT`], which is drained when it takes no more.
    Late {
        /// How many.
        size: usize,
    },
    /// A message goes from client to server and back.
    Echo {
        /// Its size in bytes, a record's at most.
        size: usize,
    },
    /// A header of [`HEADER`] bytes and a body go from client to server.
    Message {
        /// How the two are written.
        how: How,
        /// The size of the body in bytes; with the header, a record's at most.
        size: usize,
    },
    /// So many bytes go from client to server at once, and are read where they lie.
    Lent {
        /// How many.
        size: usize,
    },
    /// A read finds nothing.
    Probe,
    /// Small records are written, then moved all at once, then read.
    Backlog {
        /// How many.
        records: usize,
    },
}

impl Workload {
    /// Does everything that is only done at first, and then the work `n` times, [`measured`].
    ///
    /// # Panics
    /// If anything goes wrong.
    pub fn run<D: Driver>(self, terms: Terms, mut make: impl FnMut() -> D, n: usize) {
        if self == Self::Contexts {
            drop(make());
            return measured(n, || drop(black_box(make())));
        }
        let mut driver = make();
        let chunk = if terms.chunk == 0 { usize::MAX } else { terms.chunk };
        let mut buffer = [0; RECORD];
        match self {
            Self::Contexts => {}
            Self::Full | Self::Resumed => {
                let resume = self == Self::Resumed;
                meet(&mut driver, false, chunk, &mut buffer);
                meet(&mut driver, resume, chunk, &mut buffer);
                measured(n, || meet(&mut driver, resume, chunk, &mut buffer));
            }
            Self::Objects => {
                drop(driver.wrap(false));
                measured(n, || drop(black_box(driver.wrap(false))));
            }
            _ => {
                let mut connection = driver.connect(false);
                let data = vec![0x5a; self.size()];
                for _ in 0..4 {
                    self.once(&mut connection, &data, &mut buffer);
                }
                measured(n, || self.once(&mut connection, &data, &mut buffer));
            }
        }
    }

    /// How much data one operation is about, in bytes.
    pub const fn size(self) -> usize {
        match self {
            Self::Bulk { size }
            | Self::Send { size }
            | Self::Late { size }
            | Self::Echo { size }
            | Self::Lent { size } => size,
            Self::Message { size, .. } => HEADER + size,
            Self::Backlog { records } => records * QUEUED,
            _ => 0,
        }
    }

    /// Does the work once on a connection that is made.
    ///
    /// # Panics
    /// If anything goes wrong, or the work is not about one connection.
    pub fn once(self, connection: &mut (impl Connection + ?Sized), data: &[u8], buffer: &mut [u8]) {
        match self {
            Self::Bulk { .. } => carry(connection, End::Client, data, buffer),
            Self::Send { .. } => {
                connection.write(End::Client, black_box(data));
                connection.discard(End::Client);
            }
            Self::Late { .. } => {
                let mut left = data;
                while !left.is_empty() {
                    let taken = connection.write_some(End::Client, black_box(left));
                    left = &left[taken..];
                    connection.deliver(End::Client, usize::MAX);
                    drain(connection, End::Server, taken, buffer);
                }
            }
            Self::Echo { .. } => {
                carry(connection, End::Client, data, buffer);
                carry(connection, End::Server, data, buffer);
            }
            Self::Message { how, .. } => {
                let (header, body) = black_box(data).split_at(HEADER);
                match how {
                    How::Apart => {
                        connection.write(End::Client, header);
                        connection.write(End::Client, body);
                    }
                    How::Vectored => connection.write_parts(End::Client, [header, body]),
                    How::Together => connection.write(End::Client, data),
                }
                connection.deliver(End::Client, usize::MAX);
                drain(connection, End::Server, data.len(), buffer);
            }
            Self::Lent { .. } => {
                connection.write(End::Client, black_box(data));
                connection.deliver(End::Client, usize::MAX);
                let mut left = data.len();
                while left > 0 {
                    left -= connection.read_lent(End::Server).expect("more records");
                }
            }
            Self::Probe => assert_eq!(connection.read(End::Server, buffer), None),
            Self::Backlog { .. } => {
                for record in data.chunks(QUEUED) {
                    connection.write(End::Client, black_box(record));
                }
                connection.deliver(End::Client, usize::MAX);
                drain(connection, End::Server, data.len(), buffer);
            }
            other => panic!("{other:?} needs more than a connection"),
        }
    }
}

/// Does `once` so often. Whoever counts instructions counts those in here and below.
#[inline(never)]
pub fn measured(n: usize, mut once: impl FnMut()) {
    for _ in 0..n {
        once();
    }
}

/// Makes a connection, uses and drops it.
fn meet<D: Driver>(driver: &mut D, resume: bool, chunk: usize, buffer: &mut [u8]) {
    let mut connection = driver.wrap(resume);
    shake_hands(&mut connection, chunk, &mut |_| {});
    carry(&mut connection, End::Server, b"!", buffer);
    let facts = black_box(connection.facts());
    assert_eq!(facts.resumed, resume);
    driver.remember(&mut connection);
}

/// Brings data from one end to the other.
///
/// # Panics
/// If it does not arrive whole.
pub fn carry(
    connection: &mut (impl Connection + ?Sized),
    from: End,
    data: &[u8],
    buffer: &mut [u8],
) {
    connection.write(from, black_box(data));
    connection.deliver(from, usize::MAX);
    drain(connection, from.other(), data.len(), buffer);
}

/// Reads so many bytes: rustls by hand may give those of several records at once.
///
/// # Panics
/// If they are not there.
pub fn drain(
    connection: &mut (impl Connection + ?Sized),
    at: End,
    mut left: usize,
    buffer: &mut [u8],
) {
    while left > 0 {
        left -= connection.read(at, buffer).expect("more records");
        black_box(&mut *buffer);
    }
}
