//! How much memory a connection holds in each stage of its life, an end: one sample a line.

#![forbid(unsafe_code)]

use tls_object_bench::drivers::{DRIVERS, LIBRARIES, Visit, visit};
use tls_object_bench::workload::carry;
use tls_object_bench::{
    Connection, Driver, End, RECORD, Sample, Setup, Terms, Version, heap_in_use, shake_hands,
};

/// How many connections, of two ends each, share a pair of contexts.
const CONNECTIONS: usize = 100;
/// How much goes through each connection before the last stage, in records: 16 MiB.
const RECORDS: usize = 1024;

fn main() {
    for library in LIBRARIES {
        let setup = Setup::new(Terms::new(Version::Tls13));
        for driver in &DRIVERS[..2] {
            let stages = visit(driver, library, &setup, Live).expect("such a driver");
            for (stage, bytes) in stages {
                Sample::new(format_args!("mem/{stage}"), library, driver, "bytes an end", bytes)
                    .print();
            }
        }
    }
}

/// Connections live, and each stage is measured.
struct Live;

impl Visit for Live {
    type Output = Vec<(&'static str, f64)>;

    fn visit<D: Driver + 'static>(self, mut make: impl FnMut() -> D) -> Self::Output {
        let mut driver = make();
        let mut buffer = vec![0; RECORD];
        let data = vec![0x5a; RECORD];
        // What is only made once is made now.
        for _ in 0..8 {
            let mut connection = driver.connect(false);
            carry(&mut connection, End::Server, b"!", &mut buffer);
            driver.remember(&mut connection);
        }
        let before = heap_in_use();
        let mut connections = Vec::with_capacity(CONNECTIONS);
        let measure = || (heap_in_use() as f64 - before as f64) / (2 * CONNECTIONS) as f64;

        connections.extend((0..CONNECTIONS).map(|_| driver.wrap(false)));
        let new = measure();
        for connection in &mut connections {
            shake_hands(connection, usize::MAX, &mut |_| {});
        }
        let handshaken = measure();
        for connection in &mut connections {
            carry(connection, End::Client, &data[..1024], &mut buffer);
            carry(connection, End::Server, &data[..1024], &mut buffer);
            connection.trim();
        }
        let idle = measure();
        for connection in &mut connections {
            for _ in 0..RECORDS {
                carry(connection, End::Client, &data, &mut buffer);
            }
            connection.trim();
        }
        let after = measure();
        vec![("new", new), ("handshaken", handshaken), ("idle", idle), ("after-16m", after)]
    }
}
