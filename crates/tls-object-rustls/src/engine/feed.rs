//! Feeding rustls record by record, and ending a connection that has failed.

use std::io::Read as _;
use std::panic::{self, AssertUnwindSafe};

use rustls::server::ClientHello;
use rustls::{Connection, IoState, PeerIncompatible, ServerConfig};
use tls_object_core::{Alert, Bios, CipherSuite, Context as _, Error, ErrorKind, ProtocolVersion};

use super::{Phase, RustlsEngine};
use crate::wire::{LastAlert, Outgoing, drain, plain_alert};
use crate::{error, external_key};

impl RustlsEngine {
    /// Gives rustls what there is of the next record, and the peer what rustls answers; whether
    /// there was anything.
    pub(super) fn advance(&mut self, bios: &mut Bios) -> Result<bool, Error> {
        let fed = match &mut self.phase {
            Phase::Accepting(acceptor, _) => {
                self.feeder.feed(bios, |bytes| acceptor.read_tls(bytes))
            }
            Phase::Connected(connection) => {
                self.feeder.feed(bios, |bytes| connection.read_tls(bytes))
            }
            Phase::HandedOver(_) => return Err(ErrorKind::HandedOver.into()),
        };
        let fed = match fed {
            Ok(Some(fed)) => fed,
            Ok(None) => return Ok(false),
            Err(full) => return Err(self.too_long(bios).with_source(full)),
        };
        if !fed.is_news {
            return Ok(true);
        }
        match &mut self.phase {
            Phase::HandedOver(_) => {}
            Phase::Accepting(..) => self.accept(bios, fed.plain_alert)?,
            Phase::Connected(connection) => {
                let is_handshaking = connection.is_handshaking();
                if is_handshaking && fed.plain_alert == Some(Alert::CLOSE_NOTIFY) {
                    // rustls takes it for a warning and waits on.
                    return Err(self.error(ErrorKind::ClosedDuringHandshake));
                }
                let processed = if is_handshaking {
                    self.notes.gather(|| process(connection, self.sent_close))
                } else {
                    process(connection, self.sent_close)
                };
                match processed {
                    Ok(state) => {
                        self.plaintext = state.plaintext_bytes_to_read();
                        self.received_close = state.peer_has_closed();
                        if connection.wants_write() {
                            drain(connection, &mut Outgoing(bios));
                        }
                    }
                    Err(error) => {
                        let mut last = Vec::new();
                        drain(connection, &mut last);
                        if let rustls::Error::InvalidMessage(_) = &error
                            && last.is_empty()
                            && is_in_plain(connection)
                        {
                            // rustls tells the peer nothing of some messages that are too long.
                            last.extend(error::alert(&error).map(plain_alert).iter().flatten());
                        }
                        let tls12 =
                            connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_2);
                        return Err(self.fail(bios, error, &last, tls12));
                    }
                }
            }
        }
        Ok(true)
    }

    /// Takes the early data out of rustls that it has, where this server takes any.
    pub(super) fn meet_early_data(&mut self) {
        let Some(early) = &mut self.early_data else { return };
        let Phase::Connected(Connection::Server(server)) = &mut self.phase else { return };
        let Some(mut waiting) = server.early_data() else { return };
        let mut chunk = [0; 4096];
        while let Ok(n @ 1..) = waiting.read(&mut chunk) {
            early.push(&chunk[..n]);
        }
    }

    /// Makes a connection of the ClientHello, if it is complete.
    fn accept(&mut self, bios: &mut Bios, alert: Option<Alert>) -> Result<(), Error> {
        match alert {
            Some(Alert::CLOSE_NOTIFY) => return Err(self.error(ErrorKind::ClosedDuringHandshake)),
            // rustls' acceptor knows no alerts.
            Some(alert) => return Err(self.error(ErrorKind::AlertReceived(alert))),
            None => {}
        }
        let Phase::Accepting(acceptor, configs) = &mut self.phase else { return Ok(()) };
        let mut tls12 = false;
        let mut shared = Box::default();
        let accept = || {
            let Some(accepted) = acceptor.accept()? else { return Ok(None) };
            let config = configs.choose(&accepted.client_hello());
            shared = shared_ciphers(&config, &accepted.client_hello());
            tls12 = self.context.config().version_range().1 == ProtocolVersion::TLS12
                || !offers_tls13(&accepted.client_hello());
            accepted.into_connection(config).map(Some)
        };
        match self.notes.gather(accept) {
            Ok(None) => {}
            Ok(Some(connection)) => {
                let mut connection = Connection::from(connection);
                drain(&mut connection, &mut Outgoing(bios));
                self.phase = Phase::Connected(connection);
                self.shared_ciphers = shared;
            }
            Err((mut error, mut alert)) => {
                if let (rustls::Error::General(_), true) = (&error, tls12) {
                    // A key whose curve the client does not accept: rustls has a name for that
                    // only under TLS 1.3.
                    error = PeerIncompatible::NoSignatureSchemesInCommon.into();
                }
                let mut last = Vec::new();
                // A vector takes everything.
                let _ = alert.write_all(&mut last);
                // Nor has it an alert for that, or for a first message that is no ClientHello.
                if let (true, Some(alert)) = (last.is_empty(), error::alert(&error)) {
                    last.extend(plain_alert(alert));
                }
                return Err(self.fail(bios, error, &last, tls12));
            }
        }
        Ok(())
    }

    /// Sends the last words of a connection, and tells why it ended. A panic of the application's code, if that is why, goes
    /// on.
    #[cold]
    pub(super) fn fail(
        &mut self,
        bios: &mut Bios,
        error: rustls::Error,
        last: &[u8],
        tls12: bool,
    ) -> Error {
        let error = self.last_words(bios, error, last, tls12);
        if let Some(payload) = self.notes.panic.take() {
            self.alert_before_panic = error.alert_sent();
            panic::resume_unwind(payload);
        }
        error
    }

    #[cold]
    fn last_words(
        &mut self,
        bios: &mut Bios,
        error: rustls::Error,
        last: &[u8],
        tls12: bool,
    ) -> Error {
        if let Some(unsigned) = external_key::failure(&error) {
            return self.unsigned(bios, unsigned.clone());
        }
        let mut alert = LastAlert::Absent;
        // RFC 8446 section 6.1: nothing is sent after close_notify.
        if !self.sent_close {
            bios.send(last);
            alert = LastAlert::of(last);
        }
        error::of_connection(error, self.notes.refusal.take(), alert, tls12)
            .with_backend(self.context.backend())
    }

    /// The key is held elsewhere and has not signed, of which rustls tells the peer nothing. It has not sent yet what it was
    /// about to sign, so the alert in plain text takes the place of that; but for a client under TLS 1.3, whose peer
    /// takes encrypted alerts only.
    #[cold]
    fn unsigned(&self, bios: &mut Bios, error: Error) -> Error {
        let error = error.with_backend(self.context.backend());
        if let Phase::Connected(Connection::Client(client)) = &self.phase
            && client.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3)
        {
            return error;
        }
        bios.send(&plain_alert(Alert::INTERNAL_ERROR));
        error.with_alert_sent(Alert::INTERNAL_ERROR)
    }

    /// A handshake message is longer than rustls takes, which tells nobody. In plain text the peer can be told.
    #[cold]
    fn too_long(&self, bios: &mut Bios) -> Error {
        let error = self.error(ErrorKind::Decode);
        if let Phase::Connected(connection) = &self.phase
            && !is_in_plain(connection)
        {
            return error;
        }
        bios.send(&plain_alert(Alert::DECODE_ERROR));
        error.with_alert_sent(Alert::DECODE_ERROR)
    }

    #[cold]
    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind).with_backend(self.context.backend())
    }
}

/// Lets rustls work on what it was fed.
///
/// Where debug assertions are on, rustls asserts that it never finds a fault after `close_notify`
/// was sent (rustls#959). Which record comes then is for the peer to choose, so the panic is made an
/// error.
fn process(connection: &mut Connection, sent_close: bool) -> Result<IoState, rustls::Error> {
    if !(cfg!(debug_assertions) && sent_close) {
        return connection.process_new_packets();
    }
    panic::catch_unwind(AssertUnwindSafe(|| connection.process_new_packets()))
        .unwrap_or_else(|_| Err(rustls::Error::General("a debug assertion of rustls".to_owned())))
}

/// Whether what this end says is not encrypted yet, as far as rustls tells: under TLS 1.2 it may be just before
/// the end of the handshake.
fn is_in_plain(connection: &Connection) -> bool {
    connection.is_handshaking()
        && connection.protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3)
}

/// Whether the client speaks TLS 1.3. It is not told which versions it offers, but each suite
/// belongs to one.
fn offers_tls13(hello: &ClientHello<'_>) -> bool {
    hello
        .cipher_suites()
        .iter()
        .any(|&suite| CipherSuite::new(suite.into()).version() == ProtocolVersion::TLS13)
}

/// The suites of a server that the client offers too, in the order in which the server would take them.
fn shared_ciphers(config: &ServerConfig, hello: &ClientHello<'_>) -> Box<[CipherSuite]> {
    let suites = config.crypto_provider().cipher_suites.iter().map(|suite| suite.suite());
    suites
        .filter(|suite| hello.cipher_suites().contains(suite))
        .map(|suite| CipherSuite::new(suite.into()))
        .collect()
}
