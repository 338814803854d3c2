//! The command `openssl` as a peer.

use std::process::Command;

use crate::peers::Version;
use crate::pki::Pki;
use crate::process::Process;

/// What `openssl` prints under this title, in lower case.
pub fn printed(process: &mut Process, title: &str) -> String {
    loop {
        if let Some(value) = process.line().trim_start().strip_prefix(title) {
            return value.trim().to_lowercase();
        }
    }
}

/// `openssl s_client` that connects to `port`.
pub fn s_client(port: u16, version: Version) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &format!("127.0.0.1:{port}")]);
    command.arg(version.pick("-tls1_2", "-tls1_3"));
    command
}

/// `openssl s_server`, which shows the authority's certificate for `localhost`, and the port it listens on. `more` adds
/// arguments.
pub fn s_server(pki: &Pki, version: Version, more: impl FnOnce(&mut Command)) -> (Process, u16) {
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0"]);
    command.arg("-cert").arg(pki.server_cert()).arg("-key").arg(pki.server_key());
    command.arg(version.pick("-tls1_2", "-tls1_3"));
    more(&mut command);
    let mut process = Process::spawn(&mut command);
    let port = printed(&mut process, "ACCEPT 127.0.0.1:").parse().expect("a port");
    (process, port)
}
