//! Does one workload with one driver, for valgrind to count: `cargo xtask bench gate` runs it.
//!
//! Prints how often Rust code asked for memory meanwhile, and which library it was done with.

#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;

use tls_object::boring::BoringSsl;
use tls_object::openssl::OpenSsl;
use tls_object::rustls::Rustls;
use tls_object_bench::Setup;
use tls_object_bench::ffi::{Counting, allocations};
use tls_object_bench::obj::{Named, Static};
use tls_object_bench::raw;
use tls_object_bench::workload::Workload;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}\nusage: gate <workload> <driver> <library> <n>");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let args: Vec<_> = env::args().skip(1).collect();
    let [workload, driver, library, n] = &args[..] else { return Err("four arguments".into()) };
    let workload: Workload = workload.parse()?;
    let n = n.parse().map_err(|_| format!("not a number: {n:?}"))?;
    let setup = Setup::new(workload.version());

    let mut marks = Vec::with_capacity(2);
    let mark = || marks.push(allocations());
    match (&**driver, &**library) {
        ("raw", "rustls") => workload.run(raw::rustls::Rustls::new(&setup), n, mark),
        ("raw", "openssl") => workload.run(raw::openssl::OpenSsl::new(&setup), n, mark),
        ("raw", "boring") => workload.run(raw::boring::BoringSsl::new(&setup), n, mark),
        ("obj", "rustls") => workload.run(Static::new(&Rustls::AWS_LC_RS, &setup), n, mark),
        ("obj", "openssl") => workload.run(Static::new(&OpenSsl, &setup), n, mark),
        ("obj", "boring") => workload.run(Static::new(&BoringSsl, &setup), n, mark),
        ("dyn", library) => workload.run(Named::new(library, &setup), n, mark),
        _ => return Err(format!("no driver {driver:?} of {library:?}")),
    }
    let library = tls_object::backend(library).map_err(|error| error.to_string())?.library();
    println!("{}\n{library}", marks[1] - marks[0]);
    Ok(())
}
