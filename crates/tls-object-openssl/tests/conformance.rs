//! The conformance suite over OpenSSL.

use std::process::ExitCode;

use tls_object_openssl::OpenSsl;

fn main() -> ExitCode {
    tls_object_conformance::main(&[&OpenSsl])
}
