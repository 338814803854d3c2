//! One connection, for those who want to see what two backends agree on.

use serde::Serialize;
use tls_object_core::{Config, DynBackend, ProtocolVersion, ServerName, Side, SslObject, Wrap};

use crate::failure::Failure;
use crate::lab::settled;
use crate::pair::{Event, Pair, SIDES};
use crate::pki::{KeyType, SERVER_NAME, pki};
use crate::wire::Chunking;

/// What each end sends the other, in bytes.
const BULK: usize = 1024 * 1024;

/// What one end says of a connection.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct EndSummary {
    /// The backend.
    pub backend: String,
    /// The library below it.
    pub library: String,
    /// The version of the protocol.
    pub version: Option<String>,
    /// The cipher suite, by its IANA name.
    pub cipher_suite: Option<String>,
    /// The group of the key exchange.
    pub group: Option<String>,
    /// The application protocol.
    pub alpn: Option<String>,
    /// The name that the client asked for.
    pub server_name: Option<String>,
    /// Whether a session was resumed.
    pub resumed: bool,
    /// How many certificates the peer showed.
    pub peer_certificates: usize,
}

impl EndSummary {
    fn new(backend: &dyn DynBackend, tls: &dyn SslObject) -> Self {
        let facts = tls.facts();
        Self {
            backend: backend.name().to_owned(),
            library: backend.library().to_string(),
            version: facts.version.map(|version| version.to_string()),
            cipher_suite: facts.cipher_suite.map(|suite| suite.to_string()),
            group: facts.group.map(|group| group.to_string()),
            alpn: facts.alpn.as_ref().map(|alpn| alpn.as_bytes().escape_ascii().to_string()),
            server_name: facts.server_name.clone(),
            resumed: facts.resumed,
            peer_certificates: tls.peer_certificates().len(),
        }
    }
}

/// What both ends say of a connection, and what went over the wire.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct HandshakeSummary {
    /// The client's end.
    pub client: EndSummary,
    /// The server's end.
    pub server: EndSummary,
    /// How many flights the handshake took, the server's tickets included.
    pub flights: usize,
    /// Bytes of the handshake that the client sent.
    pub handshake_bytes_sent_by_client: u64,
    /// Bytes of the handshake that the server sent.
    pub handshake_bytes_sent_by_server: u64,
    /// Application data that each end sent and the other received unharmed, in bytes.
    pub application_bytes_each_way: usize,
    /// All bytes that the client sent.
    pub bytes_sent_by_client: u64,
    /// All bytes that the server sent.
    pub bytes_sent_by_server: u64,
}

/// Connects two backends once, in memory: handshake, 1 MiB each way, clean close.
///
/// `version` is the only version on offer; without one, both ends offer what they have.
///
/// # Errors
/// Whatever did not go as it should.
pub fn handshake_once(
    client: &'static dyn DynBackend,
    server: &'static dyn DynBackend,
    version: Option<ProtocolVersion>,
) -> Result<HandshakeSummary, Failure> {
    let family = pki().family(KeyType::P256);
    let mut client_config = settled(Config::client(), client, version);
    client_config.trust_store = vec![family.authority.root()].into();
    let server_config = settled(Config::server(family.server.clone()), server, version);
    let wrap = Wrap::client(ServerName::new(SERVER_NAME)?);
    let bio = || Box::<tls_object_core::VecBio>::default();
    let mut pair = Pair::new(
        client.context(&client_config)?.wrap_bio(bio(), bio(), wrap)?,
        server.context(&server_config)?.wrap_bio(bio(), bio(), Wrap::server())?,
        Chunking::Whole,
    );
    pair.handshake()?;
    let flights = pair.flights();
    let handshake_bytes_sent_by_client = pair.wire_to(Side::Server).sent();
    let handshake_bytes_sent_by_server = pair.wire_to(Side::Client).sent();
    let bulk: Vec<u8> = (0..BULK).map(|i| (i % 251) as u8).collect();
    for side in SIDES {
        pair.write_all(side, &bulk)?;
        pair.expect_data(side.peer(), &bulk)?;
    }
    if let Event::Failed(error) = pair.read(Side::Client, 1) {
        return Err(Failure::of(Side::Client, &error));
    }
    pair.shut_down()?;
    Ok(HandshakeSummary {
        client: EndSummary::new(client, pair.client()),
        server: EndSummary::new(server, pair.server()),
        flights,
        handshake_bytes_sent_by_client,
        handshake_bytes_sent_by_server,
        application_bytes_each_way: BULK,
        bytes_sent_by_client: pair.wire_to(Side::Server).sent(),
        bytes_sent_by_server: pair.wire_to(Side::Client).sent(),
    })
}
