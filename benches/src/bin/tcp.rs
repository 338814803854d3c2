//! Compares stacks over loopback TCP, and prints a [`Sample`] on each line.

#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;

use tls_object_bench::tcp::{ALONE, EVENTS, Entrant};
use tls_object_bench::{Sample, Setup, Terms, Version};

const USAGE: &str = "usage: tcp [alone] [<times> [<stack>]]

  alone    only what both ends do in one thread, which nothing else on the machine disturbs
  <times>  how often each stack does each work; 25 if not given, which takes three minutes
  <stack>  which stacks do it: a library such as openssl, or one stack such as openssl/obj";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let args: Vec<_> = env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let (alone, args) = match args.split_first() {
        Some((&"alone", rest)) => (true, rest),
        _ => (false, &args[..]),
    };
    let (times, wanted) = match *args {
        [] => ("25", None),
        [times] => (times, None),
        [times, wanted] => (times, Some(wanted)),
        _ => return Err("too many arguments".to_owned()),
    };
    let times: usize = times.parse().map_err(|_| format!("not a number: {times:?}"))?;
    if times == 0 {
        return Err("nothing is to be done".to_owned());
    }
    let setup = Setup::new(Terms::new(Version::Tls13));
    let is_wanted = |&&(library, driver): &&(&str, &str)| match wanted {
        Some(wanted) => wanted == library || wanted.split_once('/') == Some((library, driver)),
        None => true,
    };
    let entrants = Entrant::ALL.iter().filter(is_wanted);
    let entrants: Vec<_> =
        entrants.filter_map(|(library, driver)| Entrant::new(library, driver, &setup)).collect();
    if entrants.is_empty() {
        return Err(format!("no stack goes by {:?}", wanted.unwrap_or_default()));
    }
    for event in ALONE {
        // Short turns, so several for each of the others'.
        let times = 4 * times;
        let samples = event.hold_alone(&entrants, times, |time| {
            eprintln!("{}: {} of {times}", event.id, time + 1);
        });
        samples.iter().for_each(Sample::print);
    }
    for event in EVENTS.into_iter().filter(|_| !alone) {
        let samples = event.hold(&entrants, times, |time| {
            eprintln!("{}: {} of {times}", event.id, time + 1);
        });
        samples.iter().for_each(Sample::print);
    }
    Ok(())
}
