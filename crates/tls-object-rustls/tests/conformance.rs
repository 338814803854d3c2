//! The conformance suite over rustls with each of its providers.

use std::process::ExitCode;

fn main() -> ExitCode {
    tls_object_conformance::main(&[
        #[cfg(feature = "aws-lc-rs")]
        &tls_object_rustls::Rustls::AWS_LC_RS,
        #[cfg(feature = "ring")]
        &tls_object_rustls::Rustls::RING,
    ])
}
