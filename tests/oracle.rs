//! Every backend against what stock CPython's `ssl` does, call by call.

use std::process::ExitCode;

fn main() -> ExitCode {
    tls_object_conformance::oracle::main(tls_object::backends())
}
