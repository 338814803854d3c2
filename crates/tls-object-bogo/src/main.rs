//! The shim that BoringSSL's test suite BoGo drives: a client or a server over any backend, that does what flags say.
//!
//! BoGo's runner plays the other end, of which it makes what a test needs, and starts this program once for each test.
//! Here is no TLS but that of the backend that `-backend` names: flags are read ([`flags`]), made into a configuration
//! ([`config`]), connections are made one after another ([`shim`]), words are exchanged ([`exchange`]), and what comes
//! of it is compared with what the flags say ([`expect`]).
//!
//! `ssl/test/PORTING.md` in BoringSSL says what a shim must do. It exits with 89 where it or the backend does not have what
//! a test needs, which the runner then leaves out; with 1 where the connection fails, which some tests want; with 90 where
//! something is not as the flags say, which none wants; and with 0 otherwise.

#![forbid(unsafe_code)]

mod config;
mod connection;
mod exchange;
mod expect;
mod failure;
mod flags;
mod hello;
mod hooks;
mod old_version;
mod policy;
mod settings;
mod shim;
mod transport;

use std::env;
use std::process::ExitCode;

use failure::Failure;
use flags::Scopes;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            match failure.write_down() {
                Ok(()) => failure.exit_code(),
                Err(error) => {
                    eprintln!("what is unimplemented cannot be written down: {error}");
                    ExitCode::FAILURE
                }
            }
        }
    }
}

fn run() -> Result<(), Failure> {
    let args = env::args_os().skip(1).map(|arg| arg.into_encoded_bytes());
    let mut scopes = Scopes::parse(args)?;
    if scopes.initial.is_handshaker_supported {
        println!("No");
        return Ok(());
    }
    let backend = tls_object::backend(&scopes.initial.backend)?;
    for settings in [&mut scopes.initial, &mut scopes.resume, &mut scopes.retry] {
        policy::apply(settings, backend)?;
    }
    shim::run(&scopes, backend).map_err(|failure| failure.against(&backend.capabilities()))
}
