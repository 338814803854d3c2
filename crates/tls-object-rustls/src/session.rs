//! Sessions of clients.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use tls_object_core::{ProtocolVersion, Session};

/// How many tickets of TLS 1.3 are kept of one connection; a server may send any number.
const MAX_TICKETS: usize = 8;

/// What a server has issued to one connection: this is what stands in a [`Session`].
///
/// A session of TLS 1.2 can be offered again and again. A ticket of TLS 1.3 is used once, by
/// rustls' will and the advice of RFC 8446 appendix C.4: a session is good for as many
/// connections as there are tickets.
#[derive(Debug, Default)]
pub(crate) struct Issued(Mutex<Values>);

#[derive(Debug, Default)]
struct Values {
    tls12: Option<Tls12ClientSessionValue>,
    /// The newest last.
    tls13: Vec<Tls13ClientSessionValue>,
}

impl Issued {
    /// The version to be resumed under; `None` when there is nothing to offer.
    pub(crate) fn version(&self) -> Option<ProtocolVersion> {
        let values = self.values();
        if !values.tls13.is_empty() {
            return Some(ProtocolVersion::TLS13);
        }
        values.tls12.is_some().then_some(ProtocolVersion::TLS12)
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        // Whoever panicked left whole values.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What rustls believes to be its cache of sessions, for one connection only: gives out the
/// session that is to be offered, and keeps what the server issues.
///
/// The names that rustls asks for are those of the one connection, so none is looked at.
#[derive(Debug)]
pub(crate) struct SessionSlot {
    offered: Option<Session>,
    issued: Arc<Issued>,
}

impl SessionSlot {
    pub(crate) fn new(offered: Option<Session>, issued: Arc<Issued>) -> Self {
        Self { offered, issued }
    }

    fn offered(&self) -> Option<MutexGuard<'_, Values>> {
        let issued: &Arc<Issued> = self.offered.as_ref()?.native()?;
        Some(issued.values())
    }
}

impl ClientSessionStore for SessionSlot {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.issued.values().tls12 = Some(value);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.offered()?.tls12.clone()
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        let tickets = &mut self.issued.values().tls13;
        if tickets.len() == MAX_TICKETS {
            tickets.remove(0);
        }
        // Few come, and they are kept as long as the connection.
        tickets.reserve_exact(1);
        tickets.push(value);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.offered()?.tls13.pop()
    }
}
