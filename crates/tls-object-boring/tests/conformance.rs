//! The conformance suite over BoringSSL.

use std::process::ExitCode;

use tls_object_boring::BoringSsl;

fn main() -> ExitCode {
    tls_object_conformance::main(&[&BoringSsl])
}
