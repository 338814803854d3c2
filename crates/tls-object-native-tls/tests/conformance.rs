//! The conformance suite over native-tls.

use std::process::ExitCode;

use tls_object_native_tls::NativeTls;

fn main() -> ExitCode {
    tls_object_conformance::main(&[&NativeTls])
}
