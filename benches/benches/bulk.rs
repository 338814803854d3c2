//! One MiB from client to server in full records: by hand, and through this project's API.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tls_object::boring::BoringSsl;
use tls_object::openssl::OpenSsl;
use tls_object::rustls::Rustls;
use tls_object_bench::obj::Static;
use tls_object_bench::workload::carry;
use tls_object_bench::{Connection, Driver, End, RECORD, Setup, Terms, Version, raw};

const MIB: usize = 1024 * 1024;

fn bench(criterion: &mut Criterion, library: &str, raw: &mut impl Driver, obj: &mut impl Driver) {
    let data = vec![0x5a; MIB];
    let mut raw = raw.connect(false);
    let mut obj = obj.connect(false);
    assert_eq!(obj.facts(), raw.facts());

    let mut group = criterion.benchmark_group(format!("bulk/tls1.3/1MiB/{library}"));
    group.throughput(Throughput::Bytes(MIB as u64));
    let ends: [(&str, &mut dyn Connection); 2] = [("raw", &mut raw), ("obj", &mut obj)];
    for (name, connection) in ends {
        let mut buffer = [0; RECORD];
        group.bench_function(name, |bench| {
            bench.iter(|| {
                for record in data.chunks(RECORD) {
                    carry(connection, End::Client, record, &mut buffer);
                }
            });
        });
    }
    group.finish();
}

fn bulk(criterion: &mut Criterion) {
    let setup = Setup::new(Terms::new(Version::Tls13));
    let mut rustls = raw::rustls::Rustls::new(&setup);
    bench(criterion, "rustls", &mut rustls, &mut Static::new(&Rustls::AWS_LC_RS, &setup));
    let mut openssl = raw::openssl::OpenSsl::new(&setup);
    bench(criterion, "openssl", &mut openssl, &mut Static::new(&OpenSsl, &setup));
    let mut boring = raw::boring::BoringSsl::new(&setup);
    bench(criterion, "boring", &mut boring, &mut Static::new(&BoringSsl, &setup));
}

criterion_group!(benches, bulk);
criterion_main!(benches);
