//! One case of each kind with every driver, under criterion, in time of the processor.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tls_object_bench::drivers::{Begin, DRIVERS, LIBRARIES, visit};
use tls_object_bench::{Case, Setup};

const CASES: &[&str] = &[
    "hs/full/1.2/p256",
    "hs/full/1.3/p256",
    "hs/resumed/1.2/p256",
    "hs/resumed/1.3/p256",
    "bulk/64k/aes256",
    "late/1m",
    "echo/64",
    "probe",
];

fn cases(criterion: &mut Criterion) {
    for name in CASES {
        let case: Case = name.parse().expect("a case of the list");
        let setup = Setup::new(case.terms);
        for library in LIBRARIES {
            let mut group = criterion.benchmark_group(format!("{name}/{library}"));
            if case.workload.size() > 0 {
                group.throughput(Throughput::Bytes(case.workload.size() as u64));
            }
            for driver in DRIVERS {
                let mut work = visit(driver, library, &setup, Begin(case)).expect("such a driver");
                group.bench_function(driver, |bench| {
                    bench.iter_custom(|times| {
                        let ends = (0..times).map(|_| work.once());
                        ends.map(|ends| ends.client + ends.server).sum()
                    });
                });
            }
            group.finish();
        }
    }
}

criterion_group!(benches, cases);
criterion_main!(benches);
