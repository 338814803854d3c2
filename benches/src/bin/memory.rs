//! How much memory a connection holds in each stage of its life, an end: one sample a line.

#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;

use tls_object_bench::drivers::{DRIVERS, LIBRARIES, Visit, visit};
use tls_object_bench::workload::carry;
use tls_object_bench::{
    Connection, Driver, End, RECORD, Sample, Setup, Terms, Version, heap_in_use, shake_hands,
};

const USAGE: &str = "usage: memory [<library> <driver> <connections> <records>]

  <connections>  how many, of two ends each, share a pair of contexts; 100 if not given
  <records>      how much goes through each before the last stage; 1024 if not given, which is 16 MiB";

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match args[..] {
        [] => {
            let live = Live { connections: 100, records: 1024 };
            let rows = LIBRARIES.into_iter().flat_map(|it| [(it, DRIVERS[0]), (it, DRIVERS[1])]);
            rows.for_each(|(library, driver)| live.report(library, driver).expect("a driver"));
            ExitCode::SUCCESS
        }
        [library, driver, connections, records] => {
            let live = || {
                let live =
                    Live { connections: connections.parse().ok()?, records: records.parse().ok()? };
                live.report(library, driver)
            };
            live().map_or_else(usage, |()| ExitCode::SUCCESS)
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::FAILURE
}

/// Connections live, and each stage is measured.
#[derive(Clone, Copy)]
struct Live {
    connections: usize,
    records: usize,
}

impl Live {
    /// With this driver; `None` if there is none.
    fn report(self, library: &str, driver: &str) -> Option<()> {
        let setup = Setup::new(Terms::new(Version::Tls13));
        for (stage, bytes) in visit(driver, library, &setup, self)? {
            let id = format!("mem/{stage}");
            Sample::new(id, library, driver, "bytes an end", bytes).print();
        }
        Some(())
    }
}

impl Visit for Live {
    type Output = Vec<(&'static str, f64)>;

    fn visit<D: Driver + Clone + Send + 'static>(
        self,
        mut make: impl FnMut() -> D,
    ) -> Self::Output {
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
        let mut connections = Vec::with_capacity(self.connections);
        let measure = || (heap_in_use() as f64 - before as f64) / (2 * self.connections) as f64;

        connections.extend((0..self.connections).map(|_| driver.wrap(false)));
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
            for _ in 0..self.records {
                carry(connection, End::Client, &data, &mut buffer);
            }
            connection.trim();
        }
        let after = measure();
        vec![("new", new), ("handshaken", handshaken), ("idle", idle), ("after-16m", after)]
    }
}
