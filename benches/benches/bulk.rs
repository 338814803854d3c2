//! One MiB from client to server in full records: through `obj`, and `raw`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tls_object_bench::{Connection, RECORD, certificate, obj, raw};

const MIB: usize = 1024 * 1024;

/// One MiB, record by record.
fn send(connection: &mut dyn Connection, data: &[u8], buffer: &mut [u8]) {
    for record in data.chunks(RECORD) {
        assert_eq!(connection.transfer(black_box(record), buffer), record.len());
        black_box(&mut *buffer);
    }
}

fn bulk(criterion: &mut Criterion) {
    let made = certificate();
    let data = vec![0x5a; MIB];
    let mut buffer = [0; RECORD];
    let mut obj = obj::Pair::new("rustls", &made);
    let mut raw = raw::Pair::new(&made);
    assert_eq!(obj.cipher_suite(), raw.cipher_suite());

    let mut group = criterion.benchmark_group("bulk/tls1.3/1MiB/rustls");
    group.throughput(Throughput::Bytes(MIB as u64));
    group.bench_function("raw", |bench| bench.iter(|| send(&mut raw, &data, &mut buffer)));
    group.bench_function("obj", |bench| bench.iter(|| send(&mut obj, &data, &mut buffer)));
    group.finish();
}

criterion_group!(benches, bulk);
criterion_main!(benches);
