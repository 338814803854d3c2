//! The contract of [`SslObject`], kept once for all engines.

use core::{any::Any, cell::OnceCell, fmt};
use std::io::IoSlice;

use crate::parts::Parts;
use crate::record::{HEADER, preamble};
use crate::{
    Alert, Bios, Capability, Certificate, ChannelBinding, CipherSuite, Closure, DynContext, Engine,
    Error, ErrorKind, MAX_PLAINTEXT, MemoryBio, Negotiated, ProtocolVersion, Read, Received,
    ServerName, Session, Side, SslObject, Status, Wrap,
};

/// What one record adds to its plaintext at most, for the suites that are spoken here: header,
/// content type or explicit nonce, tag or MAC and padding.
const RECORD_OVERHEAD: usize = 128;

/// What answers to the peer (alerts, key updates) may add to a full outgoing BIO, in bytes,
/// before reading stops until it is written out.
const ANSWERS: u64 = 64 * 1024;

/// An engine between its BIOs: the one implementation of [`SslObject`].
///
/// For backends: [`Context::wrap_bio`](crate::Context::wrap_bio) returns one.
pub struct Object<E: Engine> {
    engine: E,
    context: E::Context,
    side: Side,
    server_name: Option<ServerName>,
    bios: Bios,
    /// The first five bytes were looked at.
    recognised: bool,
    done: bool,
    sent_close: bool,
    received_close: bool,
    failure: Option<Error>,
    /// Where [`Bios::sent`] stood when the outgoing BIO last had room.
    sent_with_room: u64,
    facts: Negotiated,
    /// Filled when they are first asked for.
    peer_certificates: OnceCell<Vec<Certificate>>,
}

impl<E: Engine> Object<E> {
    /// Puts an engine between its BIOs. `wrap` has passed [`Wrap::check`].
    pub fn new(
        engine: E,
        context: E::Context,
        wrap: Wrap,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
    ) -> Self {
        Self {
            engine,
            context,
            side: wrap.side,
            server_name: wrap.server_name,
            bios: Bios::new(incoming, outgoing),
            recognised: false,
            done: false,
            sent_close: false,
            received_close: false,
            failure: None,
            sent_with_room: 0,
            facts: Negotiated::default(),
            peer_certificates: OnceCell::new(),
        }
    }

    /// The engine, for what a backend offers beyond [`SslObject`].
    pub fn engine(&mut self) -> &mut E {
        &mut self.engine
    }

    /// Begins every call: the error that ended the connection, or else whether the outgoing BIO
    /// has taken all that an earlier call put out.
    fn begin(&mut self) -> Result<bool, Error> {
        let flushed = self.bios.flush();
        match &self.failure {
            Some(error) => Err(error.clone()),
            None => Ok(flushed),
        }
    }

    /// Makes an error the last word of the connection.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.failure = Some(error.clone());
        error
    }

    /// Looks at the first bytes from the peer before the engine does; whether they are there.
    fn recognise(&mut self) -> Result<bool, Error> {
        let mut first = [0; HEADER];
        let mut have = 0;
        let incoming = self.bios.incoming();
        if incoming.pending() < HEADER {
            return Ok(false);
        }
        incoming.lend(&mut |bytes| {
            have = bytes.len().min(HEADER);
            first[..have].copy_from_slice(&bytes[..have]);
            0
        });
        if have < HEADER {
            // A BIO made of pieces: only its front can be seen, and that must do.
            self.recognised = true;
            return Ok(true);
        }
        match preamble(first, self.side == Side::Server) {
            Ok(()) => {
                self.recognised = true;
                Ok(true)
            }
            Err(kind) => {
                let mut error = Error::from(kind);
                if kind == ErrorKind::Ssl2Hello {
                    // A record of its own, in plain text: no engine has seen anything yet.
                    const FATAL: u8 = 2;
                    self.bios.send(&[21, 3, 1, 0, 2, FATAL, Alert::PROTOCOL_VERSION.code()]);
                    error = error.with_alert_sent(Alert::PROTOCOL_VERSION);
                }
                Err(self.fail(error))
            }
        }
    }

    /// The handshake, begun and continued.
    fn handshake(&mut self) -> Result<Status<()>, Error> {
        if self.done {
            return Ok(Status::Done(()));
        }
        if !self.recognised {
            // A client speaks first: it may do so before anything is there to be recognised.
            let something_there = self.bios.incoming().pending() > 0;
            if !self.recognise()? && (something_there || self.side == Side::Server) {
                if self.side == Side::Client && self.bios.sent() == 0 {
                    let begun = self.bios.with_nothing_incoming(|bios| self.engine.handshake(bios));
                    if let Err(error) = begun {
                        return Err(self.fail(error));
                    }
                }
                return self.want_read();
            }
        }
        match self.engine.handshake(&mut self.bios) {
            Ok(Status::Done(())) => {
                self.done = true;
                self.facts = self.engine.negotiated();
                Ok(Status::Done(()))
            }
            Ok(_) => self.want_read(),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// The incoming BIO ran dry: for now, or for good?
    fn want_read<T>(&mut self) -> Result<Status<T>, Error> {
        if self.bios.incoming().ended() {
            return Err(self.fail(ErrorKind::Truncated.into()));
        }
        let incoming = self.bios.incoming();
        if incoming.pending() > 0 && incoming.room() == 0 {
            // Nothing was taken, nothing more fits: the owner would wait for ever.
            return Err(Error::new(ErrorKind::InvalidConfig)
                .with_detail("the limit of the incoming BIO is too small for a record's header"));
        }
        Ok(Status::WantRead)
    }

    /// Whether answers to the peer have piled up behind a full outgoing BIO.
    fn answers_pile_up(&mut self) -> bool {
        if self.bios.outgoing().room() > 0 {
            self.sent_with_room = self.bios.sent();
        }
        self.bios.sent() - self.sent_with_room > ANSWERS
    }

    /// What begins every call that reads, the engine's part, and what its answer comes to.
    fn receive(
        &mut self,
        read: impl FnOnce(&mut E, &mut Bios) -> Result<Received, Error>,
    ) -> Result<Read, Error> {
        match self.begin() {
            Err(error) if self.done && error.kind() == ErrorKind::Truncated => {
                return Ok(Read::Closed(Closure::Truncated));
            }
            Err(error) => return Err(error),
            Ok(false) => return Ok(Read::WantWrite),
            Ok(true) => {}
        }
        if self.received_close {
            return Ok(Read::Closed(Closure::Clean));
        }
        if !self.done {
            match self.handshake()? {
                Status::Done(()) => {}
                Status::WantRead => return Ok(Read::WantRead),
                Status::WantWrite => return Ok(Read::WantWrite),
            }
        }
        if self.answers_pile_up() {
            return Ok(Read::WantWrite);
        }
        match read(&mut self.engine, &mut self.bios) {
            Ok(Received::Data(n)) => Ok(Read::Data(n)),
            Ok(Received::CloseNotify) => {
                self.received_close = true;
                Ok(Read::Closed(Closure::Clean))
            }
            Ok(Received::WantRead) if self.bios.incoming().ended() => {
                self.fail(ErrorKind::Truncated.into());
                Ok(Read::Closed(Closure::Truncated))
            }
            Ok(Received::WantRead) => Ok(Read::WantRead),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// What begins every call that writes; what it returns if there is nothing to be written now.
    fn before_write(&mut self) -> Result<Option<Status<usize>>, Error> {
        if !self.begin()? {
            return Ok(Some(Status::WantWrite));
        }
        if self.sent_close {
            return Err(ErrorKind::ProtocolIsShutdown.into());
        }
        if self.done {
            return Ok(None);
        }
        Ok(match self.handshake()? {
            Status::Done(()) => None,
            Status::WantRead => Some(Status::WantRead),
            Status::WantWrite => Some(Status::WantWrite),
        })
    }

    /// How much plaintext the next record may hold.
    fn record_room(&mut self) -> usize {
        let outgoing = self.bios.outgoing();
        let room = outgoing.room().saturating_sub(RECORD_OVERHEAD);
        if room == 0 && outgoing.pending() == 0 {
            // A limit below one record's overhead must not stop the connection for good.
            return 1;
        }
        room.min(MAX_PLAINTEXT)
    }

    /// Writes one record.
    fn send(&mut self, plaintext: &[u8]) -> Result<(), Error> {
        self.engine.write(&mut self.bios, plaintext).map_err(|error| self.fail(error))
    }

    fn send_close(&mut self) -> Result<(), Error> {
        if !self.done {
            return Err(ErrorKind::ShutdownWhileInInit.into());
        }
        if !self.sent_close {
            self.sent_close = true;
            self.engine.close_notify(&mut self.bios).map_err(|error| self.fail(error))?;
        }
        Ok(())
    }
}

/// What a write comes to that took `taken` bytes.
fn written(taken: usize, of_nothing: bool) -> Status<usize> {
    if taken == 0 && !of_nothing { Status::WantWrite } else { Status::Done(taken) }
}

impl<E: Engine> SslObject for Object<E> {
    fn incoming(&mut self) -> &mut dyn MemoryBio {
        self.bios.incoming()
    }

    fn outgoing(&mut self) -> &mut dyn MemoryBio {
        self.bios.outgoing()
    }

    fn context(&self) -> &dyn DynContext {
        &self.context
    }

    fn side(&self) -> Side {
        self.side
    }

    fn server_name(&self) -> Option<&ServerName> {
        self.server_name.as_ref()
    }

    fn do_handshake(&mut self) -> Result<Status<()>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        self.handshake()
    }

    fn read(&mut self, dst: &mut [u8]) -> Result<Read, Error> {
        if dst.is_empty() {
            return Ok(Read::Data(0));
        }
        self.receive(|engine, bios| engine.read(bios, dst))
    }

    fn read_with(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> Result<Read, Error> {
        if !E::LENDS {
            return Err(ErrorKind::Unsupported(Capability::LentRead).into());
        }
        self.receive(|engine, bios| engine.read_with(bios, take))
    }

    fn write(&mut self, src: &[u8]) -> Result<Status<usize>, Error> {
        if let Some(blocked) = self.before_write()? {
            return Ok(blocked);
        }
        let mut taken = 0;
        while taken < src.len() {
            let n = (src.len() - taken).min(self.record_room());
            if n == 0 {
                break;
            }
            self.send(&src[taken..taken + n])?;
            taken += n;
        }
        Ok(written(taken, src.is_empty()))
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> Result<Status<usize>, Error> {
        if let Some(blocked) = self.before_write()? {
            return Ok(blocked);
        }
        let mut parts = Parts::new(parts);
        let nothing = parts.is_empty();
        let mut gathered = Vec::new();
        let mut taken = 0;
        while !parts.is_empty() {
            let room = self.record_room();
            if room == 0 {
                break;
            }
            let record = parts.next_record(room, &mut gathered);
            self.send(record)?;
            taken += record.len();
        }
        Ok(written(taken, nothing))
    }

    fn unwrap(&mut self) -> Result<Status<()>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        self.send_close()?;
        if self.received_close {
            return Ok(Status::Done(()));
        }
        if self.answers_pile_up() {
            return Ok(Status::WantWrite);
        }
        match self.engine.ready(&mut self.bios) {
            Ok(Received::CloseNotify) => {
                self.received_close = true;
                Ok(Status::Done(()))
            }
            Ok(Received::Data(_)) => Err(ErrorKind::UnreadData.into()),
            Ok(Received::WantRead) => self.want_read(),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        self.begin()?;
        self.send_close()
    }

    fn flush(&mut self) -> Status<()> {
        if self.bios.flush() { Status::Done(()) } else { Status::WantWrite }
    }

    fn pending(&self) -> usize {
        if self.done { self.engine.pending() } else { 0 }
    }

    fn facts(&self) -> &Negotiated {
        &self.facts
    }

    fn peer_certificates(&self) -> &[Certificate] {
        if !self.done {
            return &[];
        }
        self.peer_certificates.get_or_init(|| self.engine.peer_certificates())
    }

    fn session(&mut self) -> Option<Session> {
        if self.done { self.engine.session() } else { None }
    }

    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        if out.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument).with_detail("no bytes to export"));
        }
        // RFC 8446 section 7.1 and RFC 5705 section 4: what the length fields can say.
        const LABEL: usize = 255 - "tls13 ".len();
        const CONTEXT: usize = 0xffff;
        if label.len() > LABEL || context.is_some_and(|context| context.len() > CONTEXT) {
            return Err(
                Error::new(ErrorKind::InvalidArgument).with_detail("label or context too long")
            );
        }
        self.engine.export_keying_material(out, label, context)
    }

    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        self.engine.shared_ciphers()
    }

    fn get_channel_binding(&mut self, kind: ChannelBinding) -> Result<Vec<u8>, Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        // Known since the handshake is done.
        let version = self.facts.version.unwrap_or(ProtocolVersion::TLS13);
        self.engine.channel_binding(kind, version)
    }

    fn memory_in_use(&self) -> usize {
        self.bios.memory_in_use()
    }

    fn trim(&mut self) {
        self.bios.trim();
        self.engine.trim();
    }

    fn native(&mut self) -> &mut dyn Any {
        self.engine.native()
    }
}

impl<E: Engine> fmt::Debug for Object<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("side", &self.side)
            .field("server_name", &self.server_name)
            .field("bios", &self.bios)
            .field("handshake_done", &self.done)
            .field("sent_close", &self.sent_close)
            .field("received_close", &self.received_close)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}
