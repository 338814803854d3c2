//! The `tlsobj` binary with every backend in it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::peers::{Server, Version};
use crate::pki::Pki;
use crate::process::{DEADLINE, Process};

/// A command line of `tlsobj`, whose binary is built when it is first asked for; the variable
/// `TLSOBJ` names another one.
pub fn tlsobj() -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    Command::new(BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("TLSOBJ") {
            return path.into();
        }
        let build = escargot::CargoBuild::new().package("tls-object-cli").bin("tlsobj");
        let built = build.features("all").current_release().run();
        built.unwrap_or_else(|error| panic!("building tlsobj: {error}")).path().to_owned()
    }))
}

/// What `tlsobj backends --json` says.
fn described() -> &'static [Value] {
    static DESCRIBED: OnceLock<Vec<Value>> = OnceLock::new();
    DESCRIBED.get_or_init(|| {
        let output = Process::run(tlsobj().args(["backends", "--json"]), b"");
        serde_json::from_slice(&output.stdout).expect("a JSON array")
    })
}

/// The names of the backends in the binary.
pub fn backends() -> &'static [String] {
    static BACKENDS: OnceLock<Vec<String>> = OnceLock::new();
    BACKENDS.get_or_init(|| {
        let name = |backend: &Value| backend["name"].as_str().expect("a name").to_owned();
        let names: Vec<_> = described().iter().map(name).collect();
        assert!(!names.is_empty(), "no backend is compiled in");
        names
    })
}

/// Whether the binary says that a backend has a capability.
pub fn has(backend: &str, capability: &str) -> bool {
    let backend = described().iter().find(|one| one["name"] == backend).expect("a backend");
    let support = backend["capabilities"][capability]["support"].as_str();
    support.expect("a capability") != "no"
}

/// Whether a backend speaks a version as a server.
pub fn serves(backend: &str, version: Version) -> bool {
    has(backend, version.pick("tls1.2", "tls1.3-server"))
}

/// `tlsobj client` for a server that goes by `localhost`, shows a certificate of the authority and
/// closes first, however slow it is.
pub fn client(backend: &str, pki: &Pki, server: &Server) -> Command {
    client_with_patience(backend, pki, server, DEADLINE)
}

/// The same for a server that does not close before the client does, which is at once.
pub fn closing_client(backend: &str, pki: &Pki, server: &Server) -> Command {
    client_with_patience(backend, pki, server, Duration::ZERO)
}

fn client_with_patience(backend: &str, pki: &Pki, server: &Server, patience: Duration) -> Command {
    let mut command = connect(backend, &server.address());
    command.args(["--name", "localhost"]).arg("--ca").arg(pki.ca());
    command.args(["--patience", &patience.as_secs().to_string()]);
    command
}

/// `tlsobj client` that connects to `address`, and nothing else said.
pub fn connect(backend: &str, address: &str) -> Command {
    let mut command = tlsobj();
    command.args(["client", "--backend", backend, "--connect", address]);
    command
}

/// `tlsobj server` with a certificate, on a free port, to be started by [`start`].
pub fn server(backend: &str, pki: &Pki) -> Command {
    let mut command = tlsobj();
    command.args(["server", "--backend", backend, "--listen", "127.0.0.1:0"]);
    command.arg("--cert").arg(pki.server_cert()).arg("--key").arg(pki.server_key());
    command
}

/// Starts `tlsobj server`.
pub fn start(command: &mut Command) -> Server {
    let mut process = Process::spawn(command);
    let line = process.line();
    let port = line.strip_prefix("listening on 127.0.0.1:").and_then(|port| port.parse().ok());
    Server::new(process, port.unwrap_or_else(|| panic!("unexpected: {line:?}")))
}

/// The facts that `--json` printed.
pub fn facts(stderr: &str) -> Value {
    let line = stderr.lines().next().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {stderr:?}"))
}
