//! Every scenario on every ordered pair of backends.

use std::process::ExitCode;

fn main() -> ExitCode {
    tls_object_conformance::main(tls_object::backends())
}
