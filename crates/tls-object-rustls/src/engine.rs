//! One connection.

mod feed;

use core::any::Any;
use core::{fmt, mem};
use std::io::{BufRead as _, Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::server::Acceptor;
use rustls::{ClientConnection, Connection, HandshakeKind as RustlsKind};
use tls_object_core::{
    Alert, AlpnProtocol, Bios, Capability, Certificate, ChannelBinding, CipherSuite, Context as _,
    EarlyData, Engine, Error, ErrorKind, HandshakeKind, HashAlgorithm, MAX_PLAINTEXT, NamedGroup,
    Negotiated, Object, ProtocolVersion, PublicKey, Received, ServerName, Session, SignatureScheme,
    Status, TrafficSecrets, Wrap,
};

use crate::context::ServerConfigs;
use crate::notes::Notes;
use crate::session::Issued;
use crate::wire::{Feeder, Nothing, Outgoing, drain};
use crate::{RustlsContext, traffic_secrets};

/// A connection of rustls between two BIOs.
pub type RustlsObject = Object<RustlsEngine>;

/// A connection of rustls, without its BIOs.
pub struct RustlsEngine {
    context: RustlsContext,
    phase: Phase,
    feeder: Feeder,
    /// Decrypted and not yet read, in bytes.
    plaintext: usize,
    sent_close: bool,
    received_close: bool,
    /// Client: whom it talks to.
    server_name: Option<ServerName>,
    /// Client: what the server issues to be resumed, if that is wanted.
    issued: Option<Arc<Issued>>,
    /// Server: the early data that has come, where it takes any.
    early_data: Option<Box<EarlyData>>,
    /// Client: the session made of it.
    session: Option<Session>,
    /// Server: the suites that the client offers too, the best first.
    shared_ciphers: Box<[CipherSuite]>,
    /// What was found out in the handshake.
    notes: Notes,
    /// What the peer was told before a panic of the application's code went on.
    alert_before_panic: Option<Alert>,
}

#[allow(clippy::large_enum_variant)] // the object is boxed anyway where it matters
enum Phase {
    /// A server that has not seen the whole ClientHello, on which its configuration depends.
    Accepting(Acceptor, Arc<ServerConfigs>),
    Connected(Connection),
    /// Others go on with the connection. The peer's chain is left.
    HandedOver(Vec<CertificateDer<'static>>),
}

impl RustlsEngine {
    pub(crate) fn client(
        context: RustlsContext,
        connection: ClientConnection,
        server_name: Option<ServerName>,
        issued: Option<Arc<Issued>>,
    ) -> Self {
        let phase = Phase::Connected(connection.into());
        Self { server_name, issued, ..Self::in_phase(context, phase) }
    }

    pub(crate) fn server(context: RustlsContext, configs: Arc<ServerConfigs>) -> Self {
        Self::in_phase(context, Phase::Accepting(Acceptor::default(), configs))
    }

    fn in_phase(context: RustlsContext, phase: Phase) -> Self {
        let early_data = (context.config().max_early_data > 0).then(Box::default);
        Self {
            context,
            phase,
            feeder: Feeder::default(),
            plaintext: 0,
            sent_close: false,
            received_close: false,
            server_name: None,
            issued: None,
            session: None,
            shared_ciphers: Box::default(),
            early_data,
            notes: Notes::default(),
            alert_before_panic: None,
        }
    }

    /// The connection, which is there once the handshake is done.
    fn connection(&mut self) -> Result<&mut Connection, Error> {
        match &mut self.phase {
            Phase::Accepting(..) => Err(ErrorKind::HandshakeNotDone.into()),
            Phase::Connected(connection) => Ok(connection),
            Phase::HandedOver(_) => Err(ErrorKind::HandedOver.into()),
        }
    }

    /// The chain that the peer has sent.
    fn peer_chain(&self) -> &[CertificateDer<'static>] {
        match &self.phase {
            Phase::Accepting(..) => &[],
            Phase::Connected(connection) => connection.peer_certificates().unwrap_or_default(),
            Phase::HandedOver(chain) => chain,
        }
    }
}

impl Engine for RustlsEngine {
    type Context = RustlsContext;

    const LENDS: bool = true;
    const UPDATES_KEYS: bool = true;
    const EXTRACTS_SECRETS: bool = true;

    fn new(context: &RustlsContext, wrap: &Wrap) -> Result<Self, Error> {
        context.engine(wrap)
    }

    fn write_early_data(&mut self, bios: &mut Bios, src: &[u8]) -> Result<usize, Error> {
        let Phase::Connected(connection) = &mut self.phase else { return Ok(0) };
        let mut taken = 0;
        // Little enough for rustls to take each whole: it counts what it is given against the server's limit.
        for piece in src.chunks(MAX_PLAINTEXT) {
            let Connection::Client(client) = &mut *connection else { break };
            let Some(mut early) = client.early_data() else { break };
            let n = early.write(piece).map_err(|error| {
                let internal = Error::new(ErrorKind::Internal).with_source(error);
                internal.with_backend(self.context.backend())
            })?;
            drain(connection, &mut Outgoing(bios));
            taken += n;
            if n < piece.len() {
                break;
            }
        }
        Ok(taken)
    }

    fn early_data(&mut self) -> Option<&mut EarlyData> {
        self.early_data.as_deref_mut()
    }

    fn handshake(&mut self, bios: &mut Bios) -> Result<Status<()>, Error> {
        loop {
            self.meet_early_data();
            if let Phase::Connected(connection) = &mut self.phase {
                // A client's ClientHello waits from the start.
                drain(connection, &mut Outgoing(bios));
                if !connection.is_handshaking() {
                    if let Some(early) = &mut self.early_data {
                        early.end();
                    }
                    return Ok(Status::Done(()));
                }
            }
            if !self.advance(bios)? {
                return Ok(Status::WantRead);
            }
        }
    }

    fn alert_before_panic(&self) -> Option<Alert> {
        self.alert_before_panic
    }

    fn negotiated(&mut self) -> Negotiated {
        let mut facts = Negotiated::default();
        let Phase::Connected(connection) = &mut self.phase else { return facts };
        facts.version = connection.protocol_version().map(|it| ProtocolVersion::new(it.into()));
        facts.cipher_suite =
            connection.negotiated_cipher_suite().map(|it| CipherSuite::new(it.suite().into()));
        facts.group =
            connection.negotiated_key_exchange_group().map(|it| NamedGroup::new(it.name().into()));
        facts.alpn = connection.alpn_protocol().and_then(|it| AlpnProtocol::new(it).ok());
        facts.server_name = match connection {
            Connection::Client(_) => {
                self.server_name.as_ref().and_then(ServerName::dns).map(|name| name.to_lowercase())
            }
            Connection::Server(server) => server.server_name().map(str::to_owned),
        };
        facts.early_data_accepted = match connection {
            Connection::Client(client) => client.is_early_data_accepted(),
            Connection::Server(server) => server.early_data().is_some(),
        };
        let Notes { own_signature: own, peer_signature: peer, .. } = self.notes;
        let (client, server) = match connection {
            Connection::Client(_) => (own, peer),
            Connection::Server(_) => (peer, own),
        };
        facts.client_signature = client.map(|scheme| SignatureScheme::new(scheme.into()));
        facts.server_signature = server.map(|scheme| SignatureScheme::new(scheme.into()));
        facts.handshake = connection.handshake_kind().map(|kind| match kind {
            RustlsKind::Full => HandshakeKind::Full,
            RustlsKind::FullWithHelloRetryRequest => HandshakeKind::FullWithHelloRetryRequest,
            RustlsKind::Resumed => HandshakeKind::Resumed,
        });
        facts.resumed = facts.handshake == Some(HandshakeKind::Resumed);
        facts
    }

    fn peer_certificates(&self) -> Vec<Certificate> {
        if self.context.takes_raw_public_keys() {
            return Vec::new();
        }
        let chain = self.peer_chain().iter();
        chain.map(|certificate| Certificate::from_der(certificate.as_ref())).collect()
    }

    /// rustls has it in the place of a certificate.
    fn peer_public_key(&self) -> Option<PublicKey> {
        let shown = self.peer_chain().first().filter(|_| self.context.takes_raw_public_keys());
        PublicKey::from_der(shown?.as_ref()).ok()
    }

    fn verified_chain(&self) -> Result<Vec<Certificate>, Error> {
        let Some(path) = &self.notes.verified else { return Ok(Vec::new()) };
        Ok(path.of(self.peer_chain(), self.context.config().trust_store.certificates()))
    }

    fn ocsp_response(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.notes.ocsp_response.clone())
    }

    fn own_certificate(&self) -> Result<Option<Certificate>, Error> {
        let shown = self.notes.shown.as_ref().filter(|_| !self.context.shows_raw_public_keys());
        let leaf = shown.and_then(|shown| shown.cert.first());
        Ok(leaf.map(|leaf| Certificate::from_der(leaf.as_ref())))
    }

    fn digest(&self, hash: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.context.digest(hash, data))
    }

    fn read(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Result<Received, Error> {
        let received = self.ready(bios)?;
        if !matches!(received, Received::Data(_)) {
            return Ok(received);
        }
        match self.connection()?.reader().read(dst) {
            Ok(n @ 1..) => {
                self.plaintext -= n;
                Ok(Received::Data(n))
            }
            Ok(0) => Err(self.error(ErrorKind::Internal)),
            Err(error) => Err(self.error(ErrorKind::Internal).with_source(error)),
        }
    }

    fn read_with(
        &mut self,
        bios: &mut Bios,
        take: &mut dyn FnMut(&[u8]) -> usize,
    ) -> Result<Received, Error> {
        let received = self.ready(bios)?;
        if !matches!(received, Received::Data(_)) {
            return Ok(received);
        }
        let mut reader = self.connection()?.reader();
        let taken = reader.fill_buf().map(|chunk| (take(chunk), chunk.len()));
        match taken {
            Ok((n, lent)) => {
                assert!(n <= lent, "took more bytes than were lent");
                reader.consume(n);
                self.plaintext -= n;
                Ok(Received::Data(n))
            }
            Err(error) => Err(self.error(ErrorKind::Internal).with_source(error)),
        }
    }

    fn ready(&mut self, bios: &mut Bios) -> Result<Received, Error> {
        loop {
            if self.plaintext > 0 {
                return Ok(Received::Data(self.plaintext));
            }
            if self.received_close {
                return Ok(Received::CloseNotify);
            }
            if !self.advance(bios)? {
                return Ok(Received::WantRead);
            }
        }
    }

    fn write(&mut self, bios: &mut Bios, src: &[u8]) -> Result<(), Error> {
        let connection = self.connection()?;
        let written = connection.writer().write_all(src);
        let sent = drain(connection, &mut Outgoing(bios));
        match written {
            // Past the limit of its keys rustls takes data and sends it no more.
            Ok(()) if sent < src.len() => {
                Err(self.error(ErrorKind::Library).with_detail("the keys are used up"))
            }
            Ok(()) => Ok(()),
            Err(error) => Err(self.error(ErrorKind::Library).with_source(error)),
        }
    }

    fn key_update(&mut self, bios: &mut Bios, request_peer: bool) -> Result<(), Error> {
        if !request_peer {
            return Err(self.error(ErrorKind::Unsupported(Capability::KeyUpdateOwn)));
        }
        let connection = self.connection()?;
        let refreshed = connection.refresh_traffic_keys();
        drain(connection, &mut Outgoing(bios));
        refreshed.map_err(|error| self.error(ErrorKind::Library).with_source(error))
    }

    fn is_inside_record(&self) -> bool {
        self.feeder.has_taken_part()
    }

    fn release(&mut self, bios: &mut Bios) -> Result<(), Error> {
        let connection = self.connection()?;
        // Of nothing comes no record, but what waits for one goes out: the answer to a key update.
        let written = connection.writer().write(&[]);
        drain(connection, &mut Outgoing(bios));
        match written {
            Ok(_) => Ok(()),
            Err(error) => Err(self.error(ErrorKind::Library).with_source(error)),
        }
    }

    fn traffic_secrets(&mut self) -> Result<TrafficSecrets, Error> {
        let suite = self.connection()?.negotiated_cipher_suite();
        let chain = self.peer_chain().to_vec();
        let phase = mem::replace(&mut self.phase, Phase::HandedOver(chain));
        let (Some(suite), Phase::Connected(connection)) = (suite, phase) else {
            return Err(self.error(ErrorKind::Internal));
        };
        let extracted = connection.dangerous_extract_secrets();
        let extracted =
            extracted.map_err(|error| self.error(ErrorKind::Library).with_source(error))?;
        traffic_secrets::of(suite, extracted).ok_or_else(|| self.error(ErrorKind::Internal))
    }

    fn close_notify(&mut self, bios: &mut Bios) -> Result<(), Error> {
        self.sent_close = true;
        let connection = self.connection()?;
        connection.send_close_notify();
        drain(connection, &mut Outgoing(bios));
        Ok(())
    }

    fn pending(&self) -> usize {
        self.plaintext
    }

    fn session(&mut self) -> Option<Session> {
        let issued = self.issued.as_ref()?;
        let details = issued.details()?;
        let session = self.session.get_or_insert_with(|| {
            Session::new(self.context.id(), self.server_name.clone(), details, issued.clone())
        });
        Some(session.clone())
    }

    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error> {
        match self.connection()?.export_keying_material(out, label.as_bytes(), context) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.error(ErrorKind::InvalidArgument).with_source(error)),
        }
    }

    /// rustls' input buffer shrinks when it is asked to read and holds nothing; with something in it, it would
    /// grow.
    fn trim(&mut self) {
        if let Phase::Connected(connection) = &mut self.phase
            && !connection.is_handshaking()
            && !self.feeder.is_inside_record()
        {
            // The refusal changes nothing else.
            let _ = connection.read_tls(&mut Nothing);
        }
    }

    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error> {
        let version = self.connection()?.protocol_version().map(u16::from);
        let version = version.map(ProtocolVersion::new);
        let is_spoken = |suite: &&CipherSuite| Some(suite.version()) == version;
        Ok(self.shared_ciphers.iter().filter(is_spoken).copied().collect())
    }

    fn channel_binding(
        &mut self,
        kind: ChannelBinding,
        version: ProtocolVersion,
    ) -> Result<Vec<u8>, Error> {
        match kind.capability(version) {
            Capability::ChannelBindingExporter => {
                let mut binding = vec![0; ChannelBinding::EXPORTER_LENGTH];
                let label = ChannelBinding::EXPORTER_LABEL;
                self.export_keying_material(&mut binding, label, Some(b""))?;
                Ok(binding)
            }
            capability => Err(self.error(ErrorKind::Unsupported(capability))),
        }
    }

    fn native(&mut self) -> &mut dyn Any {
        match &mut self.phase {
            Phase::Accepting(acceptor, _) => acceptor,
            Phase::Connected(connection) => connection,
            Phase::HandedOver(chain) => chain,
        }
    }
}

impl fmt::Debug for RustlsEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RustlsEngine")
            .field("accepting", &matches!(self.phase, Phase::Accepting(..)))
            .field("plaintext", &self.plaintext)
            .field("sent_close", &self.sent_close)
            .field("received_close", &self.received_close)
            .finish_non_exhaustive()
    }
}
