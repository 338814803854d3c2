//! Does the work of one case with one driver, for valgrind to count: `cargo xtask bench` runs it.
//!
#![forbid(unsafe_code)]

use std::env;
use std::path::Path;
use std::process::ExitCode;

use tls_object_bench::drivers::{Visit, visit};
use tls_object_bench::tcp::{Entrant, Work};
use tls_object_bench::{Case, Driver, Key, Pki, Setup, Terms, Version};

const USAGE: &str = "usage: gate libraries
       gate pki <folder>
       gate <folder> <case> <driver> <library> <n>";

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
    match args[..] {
        ["libraries"] => {
            for backend in tls_object::backends() {
                println!("{}", backend.library());
            }
            Ok(())
        }
        ["pki", folder] => {
            for key in [Key::P256, Key::Rsa2048] {
                let saved = Pki::new(key).save(&Path::new(folder).join(file_name(key)));
                saved.map_err(|error| format!("{folder}: {error}"))?;
            }
            Ok(())
        }
        [folder, case, driver, library, n] => {
            let n = n.parse().map_err(|_| format!("not a number: {n:?}"))?;
            let nobody = || format!("no driver {driver:?} of {library:?}");
            if case.starts_with("tcp/") {
                let work: Work = case.parse()?;
                let setup = load(folder, Terms::new(Version::Tls13))?;
                Entrant::new(library, driver, &setup).ok_or_else(nobody)?.count(work, n);
            } else {
                let case: Case = case.parse()?;
                let setup = load(folder, case.terms)?;
                visit(driver, library, &setup, Run { case, n }).ok_or_else(nobody)?;
            }
            Ok(())
        }
        _ => Err("wrong arguments".to_owned()),
    }
}

/// These terms with the keys that are kept in this folder.
fn load(folder: &str, terms: Terms) -> Result<Setup, String> {
    let pki = Pki::load(&Path::new(folder).join(file_name(terms.key)));
    Ok(Setup { terms, pki: pki.map_err(|error| format!("{folder}: {error}"))? })
}

const fn file_name(key: Key) -> &'static str {
    match key {
        Key::P256 => "p256.json",
        Key::Rsa2048 => "rsa2048.json",
    }
}

struct Run {
    case: Case,
    n: usize,
}

impl Visit for Run {
    type Output = ();

    fn visit<D: Driver + Clone + Send + 'static>(self, make: impl FnMut() -> D) {
        self.case.workload.run(self.case.terms, make, self.n);
    }
}
