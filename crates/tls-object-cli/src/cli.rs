//! The command line.

mod peer_keys;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use tls_object::{
    AlpnProtocol, Capability, Config, DynBackend, NamedGroup, ProtocolVersion, ServerName, Setting,
    VerifyTime,
};

use crate::address::Address;
use crate::failure::Failure;
use crate::key_log;

use peer_keys::PeerKeyArgs;

/// Try, compare and test the TLS libraries behind tls-object.
///
/// Every command takes the name of a backend, as `tlsobj backends` lists them, and does the
/// same thing with each.
#[derive(Debug, Parser)]
#[command(
    name = "tlsobj",
    version,
    after_help = "\
Examples:
  tlsobj backends                                    what is compiled in, and what it can do
  tlsobj handshake --client rustls --server openssl  one connection in memory
  tlsobj matrix --json report.json                   every scenario on every pair
  tlsobj client --connect example.org:443            like `openssl s_client`
  tlsobj server --listen 127.0.0.1:8443 --cert chain.pem --key key.pem"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Backends(BackendsArgs),
    Handshake(HandshakeArgs),
    Matrix(MatrixArgs),
    Client(ClientArgs),
    Server(ServerArgs),
}

/// List the backends that are compiled in and what each can do.
///
/// `native`: the library does it. `emulated`: this project does it on top of the library.
/// `no`: asking for it is refused with an error that says so.
#[derive(Args, Debug)]
pub(crate) struct BackendsArgs {
    /// Print a JSON array instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Connect two backends in memory and tell what they agreed on.
///
/// One full handshake, 1 MiB in each direction, a clean close. No socket is involved.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status:
  0  they connected, exchanged all data and closed
  2  usage: a bad argument, a setting that a backend lacks
  4  they did not
  6  the facts cannot be written to standard output

Examples:
  tlsobj handshake --client rustls --server rustls
  tlsobj handshake --client boring --server openssl --tls 1.2 --json")]
pub(crate) struct HandshakeArgs {
    /// The backend that plays the client.
    #[arg(long, value_name = "BACKEND", value_parser = backend)]
    pub(crate) client: &'static dyn DynBackend,
    /// The backend that plays the server.
    #[arg(long, value_name = "BACKEND", value_parser = backend)]
    pub(crate) server: &'static dyn DynBackend,
    /// Speak this version only.
    #[arg(long, value_name = "VERSION", value_parser = version())]
    pub(crate) tls: Option<ProtocolVersion>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Run the conformance matrix over what is compiled in.
///
/// Every scenario with every client against every server. A progress bar and the failures go to
/// standard error.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status:
  0  nothing failed
  1  something failed
  2  usage: a bad argument, a file that cannot be written, a choice that leaves no case
  6  the report cannot be written in the end

Examples:
  tlsobj matrix
  tlsobj matrix --filter shutdown --client rustls
  tlsobj matrix --json - | jq .summary")]
pub(crate) struct MatrixArgs {
    /// Only cases whose name contains this.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Only this backend as the client.
    #[arg(long, value_name = "BACKEND", value_parser = backend)]
    pub(crate) client: Option<&'static dyn DynBackend>,
    /// Only this backend as the server.
    #[arg(long, value_name = "BACKEND", value_parser = backend)]
    pub(crate) server: Option<&'static dyn DynBackend>,
    /// Write the report as JSON; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as one HTML page; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Talk to a TLS server: standard input to the peer, the peer to standard output.
///
/// Both directions run at once. The end of standard input is told to the peer by close_notify when
/// it has been silent for a while (--patience); what it still sends is printed until it closes too.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status:
  0  both ends closed cleanly
  2  usage: a bad argument, a file that cannot be used, a setting that the backend lacks
  3  this end refused the server's certificate
  4  the handshake failed, or the peer ended the connection with an alert or broke the
     protocol later; under TLS 1.3 a refused client certificate is told that late
  5  truncated: after the handshake the peer ended the transport without close_notify, or
     reset it when close_notify had been sent to it
  6  transport: the connection was refused or reset, the handshake took longer than --timeout, or
     standard output failed

Examples:
  printf 'GET / HTTP/1.0\\r\\nHost: example.org\\r\\n\\r\\n' | tlsobj client --connect example.org:443
  tlsobj client --backend openssl --connect [::1]:8443 --name localhost --ca ca.pem --json
  tlsobj client --connect localhost:8443 --ca ca.pem --cert me.pem --key me.key --max 1.2")]
pub(crate) struct ClientArgs {
    #[command(flatten)]
    pub(crate) backend: BackendChoice,
    /// Where to connect to; IPv6 addresses in brackets.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) connect: Address,
    /// The name that is sent as SNI and that the server's certificate must carry; an IP
    /// address is not sent, only checked. [default: the host of --connect]
    #[arg(long, value_name = "NAME|IP", value_parser = ServerName::new)]
    pub(crate) name: Option<ServerName>,
    /// Trust the authorities in this file, PEM or DER, or in the files of this directory; revocation lists among them count
    /// as with --crl. [default: those of the system, or of SSL_CERT_FILE and SSL_CERT_DIR; none with
    /// --peer-key]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Refuse a certificate that the revocation lists in this file, PEM or DER, name, and one that none of
    /// them is about.
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Option<PathBuf>,
    /// Check the revocation of every certificate of the chain but the trust anchor, not of the server's alone.
    #[arg(long, requires = "crl")]
    pub(crate) crl_chain: bool,
    /// Take the common name of a certificate's subject for a host name, if it has none where they belong.
    #[arg(long)]
    pub(crate) common_name: bool,
    /// Let a chain end at any certificate of --ca, be it an intermediate authority or the server's own.
    #[arg(long)]
    pub(crate) partial_chain: bool,
    #[command(flatten)]
    pub(crate) peer_keys: PeerKeyArgs,
    /// Judge certificates at this time, in seconds since 1970, up to the year 9999. [default: now]
    #[arg(long, value_name = "UNIXTIME", value_parser = clap::value_parser!(u64).range(..=VerifyTime::LAST.as_secs()))]
    pub(crate) at: Option<u64>,
    /// Take any certificate. Anybody may be at the other end.
    #[arg(long, conflicts_with_all = ["ca", "crl", "common_name", "partial_chain", "peer_key", "at"])]
    pub(crate) no_verify: bool,
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    #[command(flatten)]
    pub(crate) protocol: ProtocolArgs,
    /// How long the handshake may take at most.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(..=86_400))]
    pub(crate) timeout: u64,
    /// How long the peer may be silent after the end of standard input before it is told of that
    /// end. Some servers, nginx among them, answer a request with close_notify behind it and then
    /// end the transport without their own, which is truncation; others answer to nothing before
    /// they have seen the end: 0 suits those.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    pub(crate) patience: u64,
    /// Print the facts of the connection on standard error after the handshake, as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Serve TLS clients, many at once.
///
/// Prints `listening on ADDR:PORT` first. What goes wrong with one client is told on standard
/// error and harms no other.
#[derive(Args, Debug)]
#[command(after_help = "\
Limits: a client has 30 seconds to finish its handshake and request. At most 32 clients are in
their handshake at once; when more knock, the one that began first is dropped.

Exit status:
  0  with --once: the connection went well
  2  usage: a bad argument, a file that cannot be used, a setting that the backend lacks
  3, 4, 5, 6  with --once: as `tlsobj client` exits; 6 also if the address cannot be listened on

Examples:
  tlsobj server --listen 127.0.0.1:8443 --cert chain.pem --key key.pem
  tlsobj server --backend boring --listen [::1]:0 --cert chain.pem --key key.pem --mode echo
  tlsobj server --listen 127.0.0.1:0 --pkcs12 server.p12 --passphrase-file passphrase.txt
  tlsobj server --listen 0.0.0.0:8443 --cert chain.pem --key key.pem --client-ca ca.pem --require")]
#[command(group = ArgGroup::new("asked").args(["client_ca", "peer_key"]).multiple(true))]
pub(crate) struct ServerArgs {
    #[command(flatten)]
    pub(crate) backend: BackendChoice,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Address,
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    /// Ask clients for a certificate of the authorities in this file or directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) client_ca: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) peer_keys: PeerKeyArgs,
    /// Refuse clients that show neither a certificate nor a public key.
    #[arg(long, requires = "asked")]
    pub(crate) require: bool,
    #[command(flatten)]
    pub(crate) protocol: ProtocolArgs,
    /// What to do with a client.
    #[arg(long, value_enum, default_value_t = Mode::Http)]
    pub(crate) mode: Mode,
    /// Serve the first connection, then exit.
    #[arg(long)]
    pub(crate) once: bool,
}

/// What a server does with a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Mode {
    /// Answer `GET /` with the facts of the connection as JSON.
    Http,
    /// Send everything back until the client closes.
    Echo,
}

/// Which backend to use.
#[derive(Args, Debug)]
pub(crate) struct BackendChoice {
    /// The TLS library to use, by its name in `tlsobj backends`. [default: the first one there]
    #[arg(long, value_name = "BACKEND", value_parser = backend)]
    backend: Option<&'static dyn DynBackend>,
}

impl BackendChoice {
    /// The backend of that name, or the first one.
    pub(crate) fn get(&self) -> Result<&'static dyn DynBackend, Failure> {
        self.backend
            .or_else(|| tls_object::backends().first().copied())
            .ok_or_else(|| Failure::Usage("no backend is compiled in".to_owned()))
    }
}

/// What an end shows of itself. Several certificates, best one first, serve peers that cannot verify all types of keys.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("shown").args(["cert", "public_key"]).multiple(true))]
pub(crate) struct IdentityArgs {
    /// The certificate chain to show, the leaf first, in PEM. May be given several times, each with its --key.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Vec<PathBuf>,
    /// A public key to show instead of a certificate (RFC 7250), PEM or DER. May be given several times, each with its
    /// --key behind those of --cert.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) public_key: Vec<PathBuf>,
    /// The private key of --cert or --public-key, PEM or DER; it may be encrypted.
    #[arg(long, value_name = "FILE", requires = "shown")]
    pub(crate) key: Vec<PathBuf>,
    /// A certificate chain with its private key in a PKCS#12 file. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) pkcs12: Vec<PathBuf>,
    /// The file with the passphrase, its first line, of what is encrypted.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// What client and server have in common.
#[derive(Args, Debug)]
pub(crate) struct ProtocolArgs {
    /// Application protocols to offer or to choose from, the best first.
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = alpn)]
    alpn: Vec<AlpnProtocol>,
    /// The oldest TLS version to speak. [default: 1.2]
    #[arg(long, value_name = "VERSION", value_parser = version())]
    min: Option<ProtocolVersion>,
    /// The newest TLS version to speak. [default: the newest that the backend speaks]
    #[arg(long, value_name = "VERSION", value_parser = version())]
    max: Option<ProtocolVersion>,
    /// The cipher suites of TLS 1.2, as an OpenSSL cipher string, the best first: names of suites or classes with
    /// ':' between them; '+' joins words for what they have in common, '!' in front leaves out for good, '-' for now,
    /// '+' moves to the end; @STRENGTH sorts, @SECLEVEL=N sets a security level (OpenSSL only). Such as
    /// 'ECDHE+AESGCM:ECDHE+CHACHA20' or 'DEFAULT:!kRSA'. Read alike for every backend. [default: forward secrecy
    /// and authenticated encryption only]
    #[arg(long, value_name = "STRING")]
    ciphers: Option<String>,
    /// The groups of the key exchange, the best first, by their IANA or OpenSSL names with ':' between them; one
    /// with '?' in front may be missing in the backend. Such as '?X25519MLKEM768:X25519:P-256'.
    #[arg(long, value_name = "LIST")]
    groups: Option<String>,
    /// Append the secrets of connections to this file, for Wireshark and others that read recorded
    /// traffic. Whoever has it reads and forges everything. [without FILE: the file that SSLKEYLOGFILE names]
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    keylog: Option<Option<PathBuf>>,
}

impl ProtocolArgs {
    /// Writes what was given into `config`, which is for `backend`.
    pub(crate) fn apply(
        &self,
        config: &mut Config,
        backend: &dyn DynBackend,
    ) -> Result<(), Failure> {
        config.cipher_string.clone_from(&self.ciphers);
        if let Some(text) = &self.groups {
            let capabilities = backend.capabilities();
            let groups = capabilities
                .require(Capability::Groups)
                .and_then(|()| NamedGroup::parse_list(text, &capabilities.groups))
                .map_err(|error| error.with_backend(backend.name()))?;
            config.groups = Setting::Required(groups);
        }
        config.alpn.clone_from(&self.alpn);
        config.min_version = self.min.unwrap_or(config.min_version);
        let newest = backend.capabilities().versions(config.side).last();
        // A version that the backend does not speak is for the backend to refuse, which tells why.
        config.max_version =
            self.max.or_else(|| newest.max(self.min)).unwrap_or(config.max_version);
        if let Some(path) = &self.keylog {
            let required = backend.capabilities().require(Capability::KeyLog);
            required.map_err(|error| error.with_backend(backend.name()))?;
            config.key_log = Some(key_log::open(path.as_deref())?);
        }
        Ok(())
    }
}

fn backend(name: &str) -> Result<&'static dyn DynBackend, tls_object::Error> {
    tls_object::backend(name)
}

fn alpn(name: &str) -> Result<AlpnProtocol, tls_object::Error> {
    AlpnProtocol::new(name)
}

fn version() -> impl TypedValueParser<Value = ProtocolVersion> {
    PossibleValuesParser::new(["1.2", "1.3"]).map(|version| match version.as_str() {
        "1.2" => ProtocolVersion::TLS12,
        _ => ProtocolVersion::TLS13,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
