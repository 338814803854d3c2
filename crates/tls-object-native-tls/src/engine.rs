//! One connection.

use core::any::Any;
use core::{fmt, mem};
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use native_tls::{HandshakeError, MidHandshakeTlsStream, TlsStream};
use tls_object_core::{
    Alert, AlpnProtocol, Bios, Capability, Certificate, Context as _, Engine, Error, ErrorKind,
    HashAlgorithm, MAX_PLAINTEXT, Negotiated, Object, Received, ServerName, Session, Side, Status,
    VerifyCode, Wrap,
};

use crate::alpn::Policy;
use crate::context::Ends;
use crate::wire::{Shared, Wire};
use crate::{NativeTls, NativeTlsContext, error, platform};

/// A connection of native-tls between two BIOs.
pub type NativeTlsObject = Object<NativeTlsEngine>;

/// A connection of native-tls, without its BIOs.
pub struct NativeTlsEngine {
    server_name: Option<ServerName>,
    /// Client: the server's name must be where names belong in its certificate.
    checks_name: bool,
    /// Server: the one certificate that it shows.
    own: Option<Certificate>,
    phase: Phase,
    shared: Arc<Shared>,
    /// Decrypted for a look and not yet read, from `taken` on. There is nothing to look with but reading.
    ahead: Vec<u8>,
    taken: usize,
    /// What is given for the connection where there is none.
    nothing: (),
}

enum Phase {
    Made(Ends),
    Shaking(MidHandshakeTlsStream<Wire>),
    Open(TlsStream<Wire>),
    /// native-tls keeps nothing of a handshake that has failed.
    Over,
}

/// For a client without a name, which neither asks for it nor checks it.
const NOBODY: &str = "nobody.invalid";

impl NativeTlsEngine {
    /// Calls a connection that is open, with the BIOs in its hands.
    fn call<R>(
        &mut self,
        bios: &mut Bios,
        call: impl FnOnce(&mut TlsStream<Wire>) -> io::Result<R>,
    ) -> io::Result<R> {
        let Phase::Open(stream) = &mut self.phase else {
            return Err(io::Error::other("the handshake is not done"));
        };
        platform::forget_errors();
        let _lent = self.shared.lend(bios);
        call(stream)
    }

    /// Reads what is not read yet.
    fn receive(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Result<Received, Error> {
        match self.call(bios, |stream| stream.read(dst)) {
            // The wire tells native-tls of no end, so this is the peer's.
            Ok(0) => Ok(Received::CloseNotify),
            Ok(n) => Ok(Received::Data(n)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Received::WantRead),
            Err(error) => Err(self.failure(error)),
        }
    }

    #[cold]
    fn failure(&self, error: impl core::error::Error + Send + Sync + 'static) -> Error {
        error::of_connection(error, self.shared.end())
    }

    #[cold]
    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind).with_backend(NativeTls::NAME)
    }

    /// The client has no application protocol that this end has.
    #[cold]
    fn refuse_protocols(&self, bios: &mut Bios) -> Error {
        const ALERT: u8 = 21;
        const FATAL: u8 = 2;
        let alert = Alert::NO_APPLICATION_PROTOCOL;
        // In plain text: nothing was answered yet.
        bios.send(&[ALERT, 3, 3, 0, 2, FATAL, alert.code()]);
        self.error(ErrorKind::NoSharedAlpn).with_alert_sent(alert)
    }

    /// Looks where the library has found the server's name.
    fn check_name(&self) -> Result<(), Error> {
        let Some(ServerName::Dns(name)) = &self.server_name else { return Ok(()) };
        let leaf = self.peer_certificates().into_iter().next();
        if !self.checks_name || leaf.is_some_and(|leaf| platform::has_host_name(leaf.der())) {
            return Ok(());
        }
        Err(self
            .error(ErrorKind::CertificateVerify(VerifyCode::NameMismatch))
            .with_detail(format!("{name:?} is not among the subject alternative names")))
    }
}

impl Phase {
    /// Begins or continues the handshake.
    fn shake(
        self,
        server_name: Option<&ServerName>,
        shared: &Arc<Shared>,
    ) -> Result<TlsStream<Wire>, HandshakeError<Wire>> {
        match self {
            Self::Made(Ends::Client(connector)) => {
                let name = server_name.map_or_else(|| NOBODY.to_owned(), ToString::to_string);
                connector.connect(&name, Wire::new(shared))
            }
            Self::Made(Ends::Server(acceptor)) => acceptor.accept(Wire::new(shared)),
            Self::Shaking(stream) => stream.handshake(),
            Self::Open(stream) => Ok(stream),
            Self::Over => unreachable!("an engine is not called after an error"),
        }
    }
}

impl Engine for NativeTlsEngine {
    type Context = NativeTlsContext;

    fn new(context: &NativeTlsContext, wrap: &Wrap) -> Result<Self, Error> {
        let config = context.config();
        let ends = context.ends(wrap).map_err(|error| error.with_backend(NativeTls::NAME))?;
        let alpn = match wrap.side {
            Side::Client => None,
            Side::Server => Policy::new(config, wrap.alpn(config)),
        };
        Ok(Self {
            server_name: wrap.server_name.clone(),
            checks_name: config.needs_server_name() && !config.check_common_name,
            own: config.identities.first().and_then(|own| own.leaf().cloned()),
            phase: Phase::Made(ends),
            shared: Shared::new(wrap.side, alpn),
            ahead: Vec::new(),
            taken: 0,
            nothing: (),
        })
    }

    fn handshake(&mut self, bios: &mut Bios) -> Result<Status<()>, Error> {
        platform::forget_errors();
        let phase = mem::replace(&mut self.phase, Phase::Over);
        let step = {
            let _lent = self.shared.lend(bios);
            phase.shake(self.server_name.as_ref(), &self.shared)
        };
        match step {
            Ok(stream) => {
                self.phase = Phase::Open(stream);
                self.check_name()?;
                Ok(Status::Done(()))
            }
            Err(HandshakeError::WouldBlock(stream)) => {
                self.phase = Phase::Shaking(stream);
                Ok(Status::WantRead)
            }
            Err(HandshakeError::Failure(_)) if self.shared.is_refused() => {
                Err(self.refuse_protocols(bios))
            }
            Err(HandshakeError::Failure(error)) => Err(self.failure(error)),
        }
    }

    fn negotiated(&mut self) -> Negotiated {
        let heard = self.shared.overheard();
        let mut facts = Negotiated::default();
        facts.version = heard.version();
        facts.cipher_suite = heard.cipher_suite();
        facts.group = heard.group();
        facts.resumed = heard.is_resumed();
        facts.server_name = heard.client_hello().and_then(|hello| hello.server_name());
        if let Phase::Open(stream) = &self.phase {
            let alpn = stream.negotiated_alpn().ok().flatten();
            facts.alpn = alpn.and_then(|name| AlpnProtocol::new(name).ok());
        }
        facts
    }

    /// The peer's own and no other.
    fn peer_certificates(&self) -> Vec<Certificate> {
        let Phase::Open(stream) = &self.phase else { return Vec::new() };
        let leaf = stream.peer_certificate().ok().flatten().and_then(|leaf| leaf.to_der().ok());
        leaf.into_iter().map(Certificate::from_der).collect()
    }

    fn read(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Result<Received, Error> {
        let ahead = &self.ahead[self.taken..];
        if ahead.is_empty() {
            return self.receive(bios, dst);
        }
        let len = ahead.len().min(dst.len());
        dst[..len].copy_from_slice(&ahead[..len]);
        self.taken += len;
        if self.taken == self.ahead.len() {
            (self.ahead, self.taken) = (Vec::new(), 0);
        }
        Ok(Received::Data(len))
    }

    fn ready(&mut self, bios: &mut Bios) -> Result<Received, Error> {
        if self.ahead.is_empty() {
            let mut buffer = vec![0; MAX_PLAINTEXT];
            let received = self.receive(bios, &mut buffer)?;
            let Received::Data(len) = received else { return Ok(received) };
            buffer.truncate(len);
            self.ahead = buffer;
        }
        Ok(Received::Data(self.ahead.len() - self.taken))
    }

    fn write(&mut self, bios: &mut Bios, src: &[u8]) -> Result<(), Error> {
        match self.call(bios, |stream| stream.write(src)) {
            Ok(n) if n == src.len() => Ok(()),
            // The wire takes everything, so a record is written whole or not at all.
            Ok(_) => Err(self.error(ErrorKind::Internal)),
            Err(error) => Err(self.failure(error)),
        }
    }

    fn close_notify(&mut self, bios: &mut Bios) -> Result<(), Error> {
        self.call(bios, TlsStream::shutdown).map_err(|error| self.failure(error))
    }

    fn pending(&self) -> usize {
        let within = match &self.phase {
            Phase::Open(stream) => stream.buffered_read_size().unwrap_or_default(),
            _ => 0,
        };
        self.ahead.len() - self.taken + within
    }

    fn session(&mut self) -> Option<Session> {
        None
    }

    fn export_keying_material(
        &mut self,
        _out: &mut [u8],
        _label: &str,
        _context: Option<&[u8]>,
    ) -> Result<(), Error> {
        Err(self.error(ErrorKind::Unsupported(Capability::Exporter)))
    }

    fn own_certificate(&self) -> Result<Option<Certificate>, Error> {
        Ok(self.own.clone())
    }

    fn digest(&self, hash: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, Error> {
        platform::digest(hash, data).map_err(|error| error.with_backend(NativeTls::NAME))
    }

    fn native(&mut self) -> &mut dyn Any {
        match &mut self.phase {
            Phase::Open(stream) => stream,
            Phase::Shaking(stream) => stream,
            Phase::Made(_) | Phase::Over => &mut self.nothing,
        }
    }
}

impl fmt::Debug for NativeTlsEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeTlsEngine")
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}
