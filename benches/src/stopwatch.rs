//! How long each end of a connection works.

use std::time::Duration;

use cpu_time::ThreadTime;

use crate::workload::{Workload, carry};
use crate::{Connection, Driver, End, RECORD, Terms, Version, shake_hands};

/// How long each end worked, in time of the processor.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ends {
    /// The client.
    pub client: Duration,
    /// The server.
    pub server: Duration,
}

/// Does the work of a case over and over, and measures it.
pub trait Timed {
    /// Does it once. The client sends in bulk, the server receives, and who receives also moves the bytes.
    fn once(&mut self) -> Ends;
}

/// The work of a case with one driver.
pub struct Work<D: Driver> {
    workload: Workload,
    terms: Terms,
    driver: D,
    connection: Option<D::Connection>,
    data: Vec<u8>,
    buffer: Vec<u8>,
}

impl<D: Driver> core::fmt::Debug for Work<D> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Work").field("workload", &self.workload).finish_non_exhaustive()
    }
}

impl<D: Driver> Work<D> {
    /// Makes everything that is made once.
    pub fn new(workload: Workload, terms: Terms, mut driver: D) -> Self {
        let connection = match workload {
            Workload::Resumed => {
                let mut connection = driver.connect(false);
                carry(&mut connection, End::Server, b"!", &mut [0; RECORD]);
                driver.remember(&mut connection);
                None
            }
            Workload::Full | Workload::Contexts | Workload::Objects => None,
            _ => Some(driver.connect(false)),
        };
        let (data, buffer) = (vec![0x5a; workload.size()], vec![0; RECORD]);
        Self { workload, terms, driver, connection, data, buffer }
    }

    fn meet(&mut self, resume: bool) -> Ends {
        let mut ends = Ends::default();
        let mut at = End::Client;
        let mut since = ThreadTime::now();
        let mut turn = |to: End| {
            let now = ThreadTime::now();
            *ends.of(at) += now.duration_since(since);
            (at, since) = (to, now);
        };
        let mut connection = self.driver.wrap(resume);
        let chunk = if self.terms.chunk == 0 { usize::MAX } else { self.terms.chunk };
        shake_hands(&mut connection, chunk, &mut turn);
        turn(End::Server);
        connection.write(End::Server, b"!");
        turn(End::Client);
        connection.deliver(End::Server, usize::MAX);
        assert_eq!(connection.read(End::Client, &mut self.buffer), Some(1));
        assert!(self.terms.version == Version::Tls13 || connection.facts().resumed == resume);
        self.driver.remember(&mut connection);
        drop(connection);
        turn(End::Server);
        ends
    }
}

impl Ends {
    fn of(&mut self, end: End) -> &mut Duration {
        match end {
            End::Client => &mut self.client,
            End::Server => &mut self.server,
        }
    }
}

impl<D: Driver> Timed for Work<D> {
    fn once(&mut self) -> Ends {
        match self.workload {
            Workload::Full => return self.meet(false),
            Workload::Resumed => return self.meet(true),
            _ => {}
        }
        let connection = self.connection.as_mut().expect("a workload that can be timed");
        let begun = ThreadTime::now();
        let Workload::Bulk { .. } = self.workload else {
            self.workload.once(connection, &self.data, &mut self.buffer);
            return Ends { client: begun.elapsed(), ..Ends::default() };
        };
        connection.write(End::Client, &self.data);
        let client = begun.elapsed();
        let begun = ThreadTime::now();
        connection.deliver(End::Client, usize::MAX);
        let mut left = self.data.len();
        while left > 0 {
            left -= connection.read(End::Server, &mut self.buffer).expect("more records");
        }
        Ends { client, server: begun.elapsed() }
    }
}
