//! The command line of the programs that measure cases.

use std::env;

/// The part of a case's name that the one argument is; all of them without it. `None`, and a line on standard error, where
/// the arguments are others.
pub fn case_filter(program: &str) -> Option<String> {
    let mut args = env::args().skip(1);
    match (args.next(), args.next()) {
        (None, _) => Some(String::new()),
        (Some(filter), None) if !filter.starts_with('-') => Some(filter),
        _ => {
            eprintln!("usage: {program} [part of a case's name]");
            None
        }
    }
}
