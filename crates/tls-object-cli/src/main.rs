//! `tlsobj`: try, compare and test the TLS libraries behind `tls-object`.

#![forbid(unsafe_code)]

mod address;
mod backends;
mod cli;
mod client;
mod facts;
mod failure;
mod handshake;
mod key_log;
mod material;
mod matrix;
mod pump;
mod server;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Backends(args) => backends::run(&args),
        Command::Handshake(args) => handshake::run(&args),
        Command::Matrix(args) => matrix::run(&args),
        Command::Client(args) => client::run(&args),
        Command::Server(args) => server::run(&args),
    };
    result.unwrap_or_else(|failure| {
        eprintln!("tlsobj: {failure}");
        failure.exit_code()
    })
}
