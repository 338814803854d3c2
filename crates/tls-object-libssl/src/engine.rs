//! The engine over either library.

use core::any::Any;
use core::ffi::c_int;

use tls_object_core::{
    Alert, Awaited, Bios, Certificate, ChannelBinding, CipherSuite, Context as _, Decision,
    EarlyData, Engine, Error, ErrorKind, HandshakeKind, HashAlgorithm, Hook, MAX_PLAINTEXT,
    Negotiated, ProtocolVersion, PublicKey, Received, Session, SessionSink, Side, Status,
    TrafficSecrets, VerifyCode, Wrap,
};

use crate::pause::{self, Asked};
use crate::{Connection, Hooks, Library, Outcome, refusal, signing};

/// Why OpenSSL asks a client for no certificate after the handshake.
const SSL_R_STILL_IN_INIT: c_int = 121;
const SSL_R_EXTENSION_NOT_RECEIVED: c_int = 279;
const SSL_R_REQUEST_PENDING: c_int = 285;
const SSL_R_REQUEST_SENT: c_int = 286;

/// The engine over either library.
#[derive(Debug)]
pub struct LibsslEngine<L: Library> {
    connection: Connection<L>,
    side: Side,
    /// Client: who is told of each session.
    on_session: Option<Hook<dyn SessionSink>>,
    /// Client: how much early data may be sent.
    early_data_left: u32,
    /// Server: the early data that has come, where it takes any.
    early_data: Option<Box<EarlyData>>,
    /// What the library waits for, and what was decided of it.
    pause: Option<Box<Pause>>,
}

#[derive(Debug)]
struct Pause {
    asked: Asked,
    decided: Option<Decision>,
}

impl<L: Library> LibsslEngine<L> {
    /// Takes the early data of a client, where a server takes any; done when there is no more.
    fn meet_early_data(&mut self, bios: &mut Bios) -> Outcome {
        let Some(early) = self.early_data.as_mut().filter(|early| !early.is_over()) else {
            return Outcome::Done(0);
        };
        let mut record = vec![0; MAX_PLAINTEXT];
        loop {
            match self.connection.read_early_data(bios, &mut record) {
                Outcome::Done(0) => {
                    early.end();
                    return Outcome::Done(0);
                }
                Outcome::Done(n) => early.push(&record[..n]),
                outcome => return outcome,
            }
        }
    }

    /// Tells of the sessions that a call has met, now that the library is left.
    fn tell_sessions(&mut self) {
        let Some(sink) = &self.on_session else { return };
        for session in L::new_sessions(self.connection.handle_mut()) {
            sink.new_session(session);
        }
    }

    /// Server: whether a pre-shared key stands for its certificate, or may: a session of TLS 1.3 does not tell whether it
    /// began with one.
    fn rests_on_psk(&self) -> bool {
        let handle = self.connection.handle();
        let suite = L::negotiated(handle).cipher_suite;
        let is_tls13 = suite.is_some_and(|suite| suite.version() == ProtocolVersion::TLS13);
        let has_keys = self.connection.hooks().is_some_and(Hooks::has_psk_server);
        suite.is_some_and(CipherSuite::is_psk) || is_tls13 && has_keys && L::is_resumed(handle)
    }

    /// The error of a call that failed, and the end of the error queue.
    #[cold]
    fn failure(&self, ssl_error: c_int) -> Error {
        let failure = L::take_errors();
        let sent = self.connection.alert_sent();
        if let Some(error) = signing::take_failure() {
            return error.with_alert_sent(sent).with_backend(L::NAME);
        }
        // OpenSSL gives the reason of an alert that has arrived for some that it sends itself.
        let is_sent = |kind: &ErrorKind| {
            matches!(kind, ErrorKind::AlertReceived(_))
                && sent.is_some()
                && self.connection.alert_received().is_none()
        };
        let told = failure
            .codes
            .iter()
            .find_map(|&(library, reason)| L::kind(library, reason, sent))
            .filter(|kind| !is_sent(kind));
        let mut refused = None;
        let kind = match told {
            // The reason says that there was an alert; which one it was, the alert itself says best.
            _ if self.connection.alert_received().is_some() && !self.is_ours(told) => self
                .connection
                .alert_received()
                .map_or(ErrorKind::Internal, ErrorKind::AlertReceived),
            Some(refusal::VERDICT) => {
                let code = L::verify_result(self.connection.handle());
                let error = refusal::take(VerifyCode::from_openssl(code));
                refused.insert(error).kind()
            }
            // What a certificate would be signed by, of which there is none.
            Some(ErrorKind::NoSharedSignatureScheme)
                if self.connection.hooks().is_some_and(Hooks::lacks_psk) =>
            {
                ErrorKind::UnknownPskIdentity
            }
            Some(kind) => kind,
            None => sent.map_or(ErrorKind::Library, told_by),
        };
        let error = refused
            .unwrap_or_else(|| Error::new(kind))
            .with_alert_sent(sent)
            .with_backend(L::NAME)
            .with_source(failure.source);
        match kind {
            ErrorKind::Library => error.with_detail(format!("SSL_get_error says {ssl_error}")),
            _ => error,
        }
    }

    /// Whether this end found the fault, rather than being told of one by an alert.
    fn is_ours(&self, told: Option<ErrorKind>) -> bool {
        self.connection.alert_sent().is_some()
            && !matches!(told, None | Some(ErrorKind::AlertReceived(_)))
    }

    /// What comes of a call that only writes. The outgoing BIO takes everything, so nothing else can become of it.
    fn written(&mut self, outcome: Outcome) -> Result<usize, Error> {
        match outcome {
            Outcome::Done(n) => Ok(n),
            Outcome::WantRead | Outcome::CloseNotify | Outcome::Suspended => {
                Err(Error::new(ErrorKind::Internal).with_backend(L::NAME))
            }
            Outcome::Failed(error) => Err(self.failure(error)),
        }
    }

    fn received(&mut self, outcome: Outcome) -> Result<Received, Error> {
        self.tell_sessions();
        match outcome {
            Outcome::Done(n) => Ok(Received::Data(n)),
            Outcome::WantRead => Ok(Received::WantRead),
            Outcome::CloseNotify => Ok(Received::CloseNotify),
            // In handshakes only.
            Outcome::Suspended => Err(Error::new(ErrorKind::Internal).with_backend(L::NAME)),
            Outcome::Failed(error) => Err(self.failure(error)),
        }
    }
}

impl<L: Library> Engine for LibsslEngine<L> {
    type Context = L::Context;

    const UPDATES_KEYS: bool = true;
    const ASKS_LATER: bool = L::ASKS_LATER;
    const EXTRACTS_SECRETS: bool = L::EXTRACTS_SECRETS;

    fn new(context: &L::Context, wrap: &Wrap) -> Result<Self, Error> {
        let side = wrap.side;
        let mut handle = L::connect(context, wrap)?;
        let hooks = Hooks::of(context.config(), wrap);
        if let Some(hooks) = &hooks {
            L::attach(&mut handle, hooks.clone())?;
        }
        let connection = Connection::new(handle, side, hooks)
            .ok_or_else(|| Error::new(ErrorKind::Library).with_backend(L::NAME))?;
        let sends = wrap.early_data && side == Side::Client;
        Ok(Self {
            side,
            on_session: context.config().on_session.clone(),
            early_data_left: if sends { L::early_data_limit(connection.handle()) } else { 0 },
            early_data: (context.config().max_early_data > 0).then(Box::default),
            pause: None,
            connection,
        })
    }

    fn handshake(&mut self, bios: &mut Bios) -> Result<Status<()>, Error> {
        let decided = self.pause.take().and_then(|pause| Some((pause.asked, pause.decided?)));
        let outcome = pause::with_decision(decided, || match self.meet_early_data(bios) {
            Outcome::Done(_) => self.connection.do_handshake(bios),
            outcome => outcome,
        });
        match outcome {
            Outcome::Done(_) => {}
            Outcome::Suspended => {
                let asked = pause::take_asked()
                    .ok_or_else(|| Error::new(ErrorKind::Internal).with_backend(L::NAME))?;
                self.pause = Some(Box::new(Pause { asked, decided: None }));
                return Ok(Status::Suspended);
            }
            Outcome::WantRead => {
                if self.side == Side::Server {
                    L::remember_shown(self.connection.handle_mut());
                }
                return Ok(Status::WantRead);
            }
            Outcome::CloseNotify => {
                return Err(Error::new(ErrorKind::ClosedDuringHandshake)
                    .with_backend(L::NAME)
                    .with_source(L::take_errors().source));
            }
            Outcome::Failed(error) => return Err(self.failure(error)),
        }
        if L::HOLDS_TICKETS_BACK
            && self.side == Side::Server
            && let Outcome::Failed(error) = self.connection.flush(bios)
        {
            return Err(self.failure(error));
        }
        self.tell_sessions();
        Ok(Status::Done(()))
    }

    fn awaited(&self) -> Option<Awaited<'_>> {
        let pause = self.pause.as_ref().filter(|pause| pause.decided.is_none())?;
        Some(pause.asked.awaited(self.side))
    }

    fn resume(&mut self, decision: Decision) {
        if let Some(pause) = &mut self.pause {
            pause.decided = Some(decision);
        }
    }

    fn write_early_data(&mut self, bios: &mut Bios, src: &[u8]) -> Result<usize, Error> {
        let most = usize::try_from(self.early_data_left).unwrap_or(usize::MAX);
        let len = src.len().min(most);
        if len == 0 {
            return Ok(0);
        }
        match self.connection.write_early_data(bios, &src[..len]) {
            Outcome::Done(written) => {
                // Never more than was left.
                self.early_data_left -= written as u32;
                Ok(written)
            }
            Outcome::WantRead | Outcome::CloseNotify | Outcome::Suspended => Ok(0),
            Outcome::Failed(error) => Err(self.failure(error)),
        }
    }

    fn early_data(&mut self) -> Option<&mut EarlyData> {
        self.early_data.as_deref_mut()
    }

    fn alert_before_panic(&self) -> Option<Alert> {
        self.connection.alert_sent()
    }

    fn negotiated(&mut self) -> Negotiated {
        let mut facts = L::negotiated(self.connection.handle());
        let told = self.connection.told();
        let with_psk = facts.cipher_suite.is_some_and(CipherSuite::is_psk);
        let signatures = (told.own_signature(), told.peer_signature());
        let (own, peer) = if with_psk { (None, None) } else { signatures };
        (facts.client_signature, facts.server_signature) = match self.side {
            Side::Client => (own, peer),
            Side::Server => (peer, own),
        };
        facts.handshake = Some(match told.has_second_hello() {
            _ if facts.resumed => HandshakeKind::Resumed,
            true => HandshakeKind::FullWithHelloRetryRequest,
            false => HandshakeKind::Full,
        });
        facts
    }

    fn peer_certificates(&self) -> Vec<Certificate> {
        L::peer_certificates(self.connection.handle())
    }

    fn peer_public_key(&self) -> Option<PublicKey> {
        L::peer_public_key(self.connection.handle())
    }

    fn verified_chain(&self) -> Result<Vec<Certificate>, Error> {
        Ok(L::verified_chain(self.connection.handle()))
    }

    fn ocsp_response(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(L::ocsp_response(self.connection.handle()))
    }

    fn sct_list(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(L::sct_list(self.connection.handle()))
    }

    fn own_certificate(&self) -> Result<Option<Certificate>, Error> {
        if self.rests_on_psk() {
            return Ok(None);
        }
        Ok(L::own_certificate(self.connection.handle()))
    }

    fn digest(&self, hash: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, Error> {
        L::digest(hash, data).map_err(|source| {
            Error::new(ErrorKind::Library).with_backend(L::NAME).with_source(source)
        })
    }

    fn read(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Result<Received, Error> {
        let outcome = self.connection.read(bios, dst);
        self.received(outcome)
    }

    fn ready(&mut self, bios: &mut Bios) -> Result<Received, Error> {
        let outcome = self.connection.peek(bios);
        self.received(outcome)
    }

    fn write(&mut self, bios: &mut Bios, src: &[u8]) -> Result<(), Error> {
        match self.connection.write(bios, src) {
            Outcome::Done(n) if n == src.len() => Ok(()),
            // The outgoing BIO takes everything, so a record is written whole or not at all.
            Outcome::Done(_) | Outcome::WantRead | Outcome::CloseNotify | Outcome::Suspended => {
                Err(Error::new(ErrorKind::Internal).with_backend(L::NAME))
            }
            Outcome::Failed(error) => Err(self.failure(error)),
        }
    }

    fn verify_client_post_handshake(&mut self, bios: &mut Bios) -> Result<(), Error> {
        // What others have left in the queue says nothing here.
        let _ = L::take_errors();
        if !L::verify_client_post_handshake(self.connection.handle_mut()) {
            let failure = L::take_errors();
            let reason = failure.codes.first().map(|&(_, reason)| reason);
            let kind = match reason {
                Some(SSL_R_EXTENSION_NOT_RECEIVED) => ErrorKind::ExtensionNotReceived,
                Some(SSL_R_STILL_IN_INIT | SSL_R_REQUEST_PENDING | SSL_R_REQUEST_SENT) => {
                    ErrorKind::StillInInit
                }
                _ => ErrorKind::Library,
            };
            return Err(Error::new(kind).with_backend(L::NAME).with_source(failure.source));
        }
        let outcome = self.connection.flush(bios);
        self.written(outcome).map(drop)
    }

    fn key_update(&mut self, bios: &mut Bios, request_peer: bool) -> Result<(), Error> {
        let outcome = self.connection.key_update(bios, request_peer);
        self.written(outcome).map(drop)
    }

    fn is_inside_record(&self) -> bool {
        L::has_pending(self.connection.handle())
    }

    fn release(&mut self, bios: &mut Bios) -> Result<(), Error> {
        let outcome = self.connection.flush(bios);
        self.written(outcome).map(drop)
    }

    fn traffic_secrets(&mut self) -> Result<TrafficSecrets, Error> {
        let hooks = self.connection.hooks();
        let [own, peer] = hooks.map_or([None, None], |hooks| hooks.first_secrets(self.side));
        L::traffic_secrets(self.connection.handle_mut(), own, peer)
            .map_err(|error| error.with_backend(L::NAME))
    }

    fn close_notify(&mut self, bios: &mut Bios) -> Result<(), Error> {
        match self.connection.shutdown(bios) {
            Outcome::Failed(error) => Err(self.failure(error)),
            _ => Ok(()),
        }
    }

    fn pending(&self) -> usize {
        self.connection.pending()
    }

    fn session(&mut self) -> Option<Session> {
        match self.side {
            Side::Client => L::session(self.connection.handle_mut()),
            Side::Server => None,
        }
    }

    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error> {
        L::export(self.connection.handle(), out, label, context).map_err(|source| {
            Error::new(ErrorKind::InvalidArgument).with_backend(L::NAME).with_source(source)
        })
    }

    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error> {
        let shared = L::shared_ciphers(self.connection.handle());
        match self.side {
            Side::Server => shared,
            Side::Client => shared.map(|_| Vec::new()),
        }
        .map_err(|error| error.with_backend(L::NAME))
    }

    fn channel_binding(
        &mut self,
        kind: ChannelBinding,
        version: ProtocolVersion,
    ) -> Result<Vec<u8>, Error> {
        let handle = self.connection.handle();
        let undefined = |why| {
            Err(Error::new(ErrorKind::InvalidArgument).with_detail(why).with_backend(L::NAME))
        };
        match kind {
            ChannelBinding::TlsUnique if version == ProtocolVersion::TLS13 => {
                // RFC 8446 appendix C.5.
                undefined("tls-unique under TLS 1.3")
            }
            ChannelBinding::TlsUnique
                if L::is_resumed(handle) && !L::has_extended_master_secret(handle) =>
            {
                // RFC 7627 section 1: somebody between may know the same Finished on two connections.
                undefined("tls-unique of a resumed connection without the extended master secret")
            }
            ChannelBinding::TlsUnique => L::tls_unique(handle)
                .ok_or_else(|| Error::new(ErrorKind::Internal).with_backend(L::NAME)),
            ChannelBinding::TlsExporter
                if version == ProtocolVersion::TLS12 && !L::has_extended_master_secret(handle) =>
            {
                // RFC 9266 section 4.2.
                undefined("tls-exporter without the extended master secret")
            }
            ChannelBinding::TlsExporter => {
                let mut binding = vec![0; ChannelBinding::EXPORTER_LENGTH];
                let label = ChannelBinding::EXPORTER_LABEL;
                self.export_keying_material(&mut binding, label, Some(b""))?;
                Ok(binding)
            }
            kind => {
                let unsupported = ErrorKind::Unsupported(kind.capability(version));
                Err(Error::new(unsupported).with_backend(L::NAME))
            }
        }
    }

    fn native(&mut self) -> &mut dyn Any {
        L::native(self.connection.handle_mut())
    }
}

/// What a fault was whose reason says nothing, by the alert that went to the peer.
pub fn told_by(sent: Alert) -> ErrorKind {
    match sent {
        Alert::BAD_RECORD_MAC => ErrorKind::BadRecordMac,
        // Besides messages: a certificate, its status or a server's name that cannot be read.
        Alert::BAD_CERTIFICATE
        | Alert::BAD_CERTIFICATE_STATUS_RESPONSE
        | Alert::DECODE_ERROR
        | Alert::UNRECOGNIZED_NAME => ErrorKind::Decode,
        Alert::DECRYPT_ERROR => ErrorKind::BadHandshakeSignature,
        Alert::ILLEGAL_PARAMETER | Alert::MISSING_EXTENSION | Alert::UNSUPPORTED_EXTENSION => {
            ErrorKind::IllegalParameter
        }
        Alert::PROTOCOL_VERSION => ErrorKind::NoSharedVersion,
        Alert::RECORD_OVERFLOW => ErrorKind::RecordOverflow,
        Alert::UNEXPECTED_MESSAGE => ErrorKind::UnexpectedMessage,
        _ => ErrorKind::Library,
    }
}
