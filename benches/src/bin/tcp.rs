//! Compares stacks over loopback TCP, and prints a [`Sample`] on each line.

#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;

use tls_object::boring::BoringSsl;
use tls_object::openssl::OpenSsl;
use tls_object::rustls::Rustls;
use tls_object_bench::obj::{Named, Static};
#[cfg(feature = "rivals")]
use tls_object_bench::tcp::rivals;
use tls_object_bench::tcp::{EVENTS, Entrant};
use tls_object_bench::{Sample, Setup, Terms, Version};

const USAGE: &str = "usage: tcp [<times> [<stack>]]

  <times>  how often each stack does each work; 8 if not given, which takes two minutes
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
    let (times, wanted) = match args[..] {
        [] => ("8", None),
        [times] => (times, None),
        [times, wanted] => (times, Some(wanted)),
        _ => return Err("too many arguments".to_owned()),
    };
    let times: usize = times.parse().map_err(|_| format!("not a number: {times:?}"))?;
    if times == 0 {
        return Err("nothing is to be done".to_owned());
    }
    let mut entrants = entrants(&Setup::new(Terms::new(Version::Tls13)));
    if let Some(wanted) = wanted {
        entrants.retain(|entrant| entrant.goes_by(wanted));
    }
    if entrants.is_empty() {
        return Err(format!("no stack goes by {:?}", wanted.unwrap_or_default()));
    }
    for event in EVENTS {
        let samples = event.hold(&entrants, times, |time| {
            eprintln!("{}: {} of {times}", event.id, time + 1);
        });
        samples.iter().for_each(Sample::print);
    }
    Ok(())
}

/// Everyone there is, those of one library one after another.
fn entrants(setup: &Setup) -> Vec<Entrant> {
    vec![
        Entrant::new("rustls", "obj", Static::new(&Rustls::AWS_LC_RS, setup)),
        Entrant::new("rustls", "dyn", Named::new("rustls", setup)),
        #[cfg(feature = "rivals")]
        Entrant::new("rustls", "tokio-rustls", rivals::rustls::Rustls::new(setup)),
        Entrant::new("openssl", "obj", Static::new(&OpenSsl, setup)),
        Entrant::new("openssl", "dyn", Named::new("openssl", setup)),
        #[cfg(feature = "rivals")]
        Entrant::new("openssl", "tokio-openssl", rivals::openssl::OpenSsl::new(setup)),
        Entrant::new("boring", "obj", Static::new(&BoringSsl, setup)),
        Entrant::new("boring", "dyn", Named::new("boring", setup)),
        #[cfg(feature = "rivals")]
        Entrant::new("boring", "tokio-boring", rivals::boring::BoringSsl::new(setup)),
        #[cfg(feature = "rivals")]
        Entrant::new("native-tls", "tokio-native-tls", rivals::native_tls::NativeTls::new(setup)),
        #[cfg(feature = "rivals")]
        Entrant::new("s2n", "s2n-tls-tokio", rivals::s2n::S2n::new(setup)),
    ]
}
