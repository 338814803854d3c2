//! Compares this project's OpenSSL backend with Python's `ssl`, and prints a [`Sample`] on each line.
//!
//! The two take turns, and the best of each counts. For the same library below both:
//!
//! ```console
//! $ cargo build --release -p tls-object-bench --no-default-features --features openssl --bin versus_python
//! ```

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, io};

use tls_object::openssl::OpenSsl;
use tls_object_bench::obj::Static;
use tls_object_bench::{Sample, Setup, peer::Case};

const USAGE: &str = "usage: versus_python [<turns> [<case>]]

  <turns>  how often Python and the backend take turns; 5 if not given, which takes a minute
  <case>   the beginning of the names of the cases to be done, such as bulk/64k

The variable PYTHON names the interpreter; /usr/bin/python3 if not set.";

/// How often one turn measures.
const TIMES: usize = 3;

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
    let (turns, prefix) = match args[..] {
        [] => ("5", ""),
        [turns] => (turns, ""),
        [turns, prefix] => (turns, prefix),
        _ => return Err("too many arguments".to_owned()),
    };
    let turns: usize = turns.parse().map_err(|_| format!("not a number: {turns:?}"))?;
    let cases: Vec<_> = Case::ALL.into_iter().filter(|case| case.id.starts_with(prefix)).collect();
    if turns == 0 || cases.is_empty() {
        return Err("nothing is to be done".to_owned());
    }
    for case in cases {
        let setup = Setup::new(case.terms());
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let files = Files::new(folder.path(), &setup).map_err(|error| error.to_string())?;
        let mut driver = Static::new(&OpenSsl, &setup);
        let mut best = BTreeMap::new();
        for turn in 1..=turns {
            eprintln!("{}: {turn} of {turns}", case.id);
            for sample in files.python(case)? {
                keep(&mut best, sample);
            }
            for sample in case.run(&mut driver, "openssl", "obj", TIMES) {
                keep(&mut best, sample);
            }
        }
        best.values().for_each(Sample::print);
    }
    Ok(())
}

/// Keeps the best figure of each name and driver.
fn keep(best: &mut BTreeMap<(String, String), Sample>, sample: Sample) {
    let key = (sample.id.clone(), sample.driver.clone());
    let kept = best.entry(key).or_insert_with(|| sample.clone());
    if sample.value > kept.value {
        *kept = sample;
    }
}

/// What Python is given.
struct Files {
    cert: PathBuf,
    key: PathBuf,
    ca: PathBuf,
}

impl Files {
    /// Writes the server's identity and the client's trust anchor into a folder.
    fn new(folder: &Path, setup: &Setup) -> io::Result<Self> {
        let [cert, key, ca] = ["cert.pem", "key.pem", "ca.pem"].map(|name| folder.join(name));
        let pem = |tag, der: &Vec<u8>| pem::encode(&pem::Pem::new(tag, der.as_slice()));
        let identity = &setup.pki.server;
        let chain: String = identity.chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
        fs::write(&cert, chain)?;
        fs::write(&key, pem("PRIVATE KEY", &identity.key))?;
        fs::write(&ca, pem("CERTIFICATE", &setup.pki.root))?;
        Ok(Self { cert, key, ca })
    }

    /// Has Python do a case.
    fn python(&self, case: Case) -> Result<Vec<Sample>, String> {
        let python = env::var_os("PYTHON").unwrap_or_else(|| "/usr/bin/python3".into());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/sslobject.py");
        let output = Command::new(&python)
            .arg(script)
            .args(["--times", &TIMES.to_string()])
            .arg("--cert")
            .arg(&self.cert)
            .arg("--key")
            .arg(&self.key)
            .arg("--ca")
            .arg(&self.ca)
            .arg(case.id)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("{}: {error}", python.display()))?;
        if !output.status.success() {
            return Err(format!("Python: {}", output.status));
        }
        let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
        let samples = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        samples.map_err(|error| error.to_string())
    }
}
