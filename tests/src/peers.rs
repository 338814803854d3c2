//! Servers that are not ours.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::pki::Pki;
use crate::process::{DEADLINE, Process};

/// A server that runs and accepts connections on the loopback address.
#[derive(Debug)]
pub struct Server {
    process: Process,
    port: u16,
}

impl Server {
    /// A process that listens on `port`.
    pub fn new(process: Process, port: u16) -> Self {
        Self { process, port }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens, as `HOST:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// The process alone.
    pub fn into_process(self) -> Process {
        self.process
    }
}

/// A version of the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

impl Version {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Tls12, Self::Tls13];

    /// As the facts of a connection have it: `TLS 1.2`, `TLS 1.3`.
    pub fn name(self) -> &'static str {
        self.pick("TLS 1.2", "TLS 1.3")
    }

    /// One of two values.
    pub fn pick<T>(self, tls12: T, tls13: T) -> T {
        match self {
            Self::Tls12 => tls12,
            Self::Tls13 => tls13,
        }
    }
}

/// On which terms a server speaks.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The only version that it speaks.
    pub version: Version,
    /// Whether clients must show a certificate.
    pub client_certificate: bool,
}

impl Terms {
    /// Every combination.
    pub fn all() -> impl Iterator<Item = Self> {
        Version::ALL.into_iter().flat_map(|version| {
            [false, true].map(|client_certificate| Self { version, client_certificate })
        })
    }
}

/// How a server ends a connection.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// With `close_notify`.
    CloseNotify,
    /// By ending the transport, as Python's `http.server` does.
    Fin,
    /// By resetting the transport.
    Reset,
    /// By resetting the transport when the client has sent `close_notify`.
    ResetWhenClosed,
}

/// `openssl s_server -www`, which answers every `GET` with a page about the connection.
pub fn openssl(pki: &Pki, terms: Terms) -> Server {
    let mut command = Command::new("openssl");
    command.args(["s_server", "-www", "-accept", "127.0.0.1:0"]);
    command.arg("-cert").arg(pki.server_cert()).arg("-key").arg(pki.server_key());
    command.arg(terms.version.pick("-tls1_2", "-tls1_3"));
    if terms.client_certificate {
        command.args(["-Verify", "1", "-verify_return_error"]).arg("-CAfile").arg(pki.ca());
    }
    let mut process = Process::spawn(&mut command);
    let port = loop {
        let line = process.line();
        if let Some(address) = line.strip_prefix("ACCEPT 127.0.0.1:") {
            break address.parse().expect("a port");
        }
    };
    Server::new(process, port)
}

/// Python's `http.server` on an `ssl` socket.
pub fn python(pki: &Pki, terms: Terms, ending: Ending) -> Server {
    let mut command = python_script("https_server.py");
    command.arg("--cert").arg(pki.server_cert()).arg("--key").arg(pki.server_key());
    command.args(["--version", terms.version.pick("TLSv1_2", "TLSv1_3")]);
    command.args([
        "--ending",
        match ending {
            Ending::CloseNotify => "close_notify",
            Ending::Fin => "fin",
            Ending::Reset => "reset",
            Ending::ResetWhenClosed => "reset_when_closed",
        },
    ]);
    if terms.client_certificate {
        command.arg("--client-ca").arg(pki.ca());
    }
    let mut process = Process::spawn(&mut command);
    let port = process.line().parse().expect("a port");
    Server::new(process, port)
}

/// nginx.
pub fn nginx(pki: &Pki, terms: Terms) -> Server {
    let started = Instant::now();
    loop {
        // Another process may take the port before nginx does: then it ends at once.
        let port = free_port();
        let folder = pki.folder().join(format!("nginx-{port}"));
        std::fs::create_dir(&folder).expect("the temporary folder takes folders");
        let config = folder.join("nginx.conf");
        std::fs::write(&config, nginx_config(pki, terms, port, &folder)).expect("and files");
        let mut command = Command::new(nginx_binary());
        command.arg("-p").arg(&folder).arg("-c").arg(&config).args(["-e", "stderr"]);
        let mut process = Process::spawn(&mut command);
        while process.is_alive() {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() && process.is_alive() {
                return Server::new(process, port);
            }
            thread::sleep(Duration::from_millis(5));
        }
        if started.elapsed() > DEADLINE {
            process.give_up("does not start");
        }
    }
}

/// A script of this package.
pub fn python_script(name: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name));
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket").port()
}

/// Debian keeps it where only root looks.
fn nginx_binary() -> PathBuf {
    let debian = Path::new("/usr/sbin/nginx");
    if debian.exists() { debian.to_owned() } else { "nginx".into() }
}

fn nginx_config(pki: &Pki, terms: Terms, port: u16, folder: &Path) -> String {
    let folder = folder.display();
    let verify = if terms.client_certificate {
        format!("ssl_verify_client on; ssl_client_certificate {};", pki.ca().display())
    } else {
        String::new()
    };
    format!(
        "daemon off;
        master_process off;
        pid {folder}/nginx.pid;
        events {{}}
        http {{
            access_log off;
            client_body_temp_path {folder}/body;
            proxy_temp_path {folder}/proxy;
            fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi;
            scgi_temp_path {folder}/scgi;
            server {{
                listen 127.0.0.1:{port} ssl;
                ssl_certificate {cert};
                ssl_certificate_key {key};
                ssl_protocols {version};
                {verify}
                location / {{ return 200 'a page over $ssl_protocol for <$ssl_client_s_dn>'; }}
            }}
        }}",
        cert = pki.server_cert().display(),
        key = pki.server_key().display(),
        version = terms.version.pick("TLSv1.2", "TLSv1.3"),
    )
}
