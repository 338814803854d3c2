//! Sessions of clients.

use core::iter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use tls_object_core::{
    ContextId, Hook, ProtocolVersion, ServerName as PeerName, Session, SessionDetails, SessionSink,
};

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
    /// When the newest came.
    arrived: Option<SystemTime>,
    tls12: Option<Tls12ClientSessionValue>,
    /// The newest last.
    tls13: Vec<Ticket>,
}

/// A ticket of TLS 1.3, which rustls has once only.
#[derive(Debug)]
enum Ticket {
    Own(Tls13ClientSessionValue),
    /// Who was told of it holds it as well. Whichever is offered first has it.
    Told(Arc<Mutex<Option<Tls13ClientSessionValue>>>),
}

impl Ticket {
    fn is_there(&self) -> bool {
        match self {
            Self::Own(_) => true,
            Self::Told(value) => lock(value).is_some(),
        }
    }

    fn take(self) -> Option<Tls13ClientSessionValue> {
        match self {
            Self::Own(value) => Some(value),
            Self::Told(value) => lock(&value).take(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked left whole values.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Issued {
    /// What is known of it; `None` when there is nothing to offer.
    pub(crate) fn details(&self) -> Option<SessionDetails> {
        let values = self.values();
        let version = if values.tls13.iter().any(Ticket::is_there) {
            ProtocolVersion::TLS13
        } else {
            values.tls12.as_ref().map(|_| ProtocolVersion::TLS12)?
        };
        Some(SessionDetails::new(version, values.arrived?))
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        lock(&self.0)
    }
}

/// What rustls believes to be its cache of sessions, for one connection only: gives out the
/// session that is to be offered, and keeps what the server issues.
///
/// The names that rustls asks for are those of the one connection, so none is looked at.
#[derive(Debug)]
pub(crate) struct SessionSlot {
    pub(crate) offered: Option<Session>,
    pub(crate) issued: Arc<Issued>,
    pub(crate) events: Option<Events>,
}

/// Who is told of each session, and where they belong.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) sink: Hook<dyn SessionSink>,
    pub(crate) context: ContextId,
    pub(crate) server_name: Option<PeerName>,
}

impl SessionSlot {
    /// Tells of one value, as a session of its own.
    fn tell(&self, values: impl FnOnce() -> Values) {
        let Some(events) = &self.events else { return };
        let issued = Arc::new(Issued(Mutex::new(values())));
        if let Some(details) = issued.details() {
            let name = events.server_name.clone();
            events.sink.new_session(Session::new(events.context, name, details, issued));
        }
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
        let arrived = Some(SystemTime::now());
        self.tell(|| Values { arrived, tls12: Some(value.clone()), ..Values::default() });
        let mut values = self.issued.values();
        values.arrived = arrived;
        values.tls12 = Some(value);
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.offered()?.tls12.clone()
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        let arrived = Some(SystemTime::now());
        let ticket = if self.events.is_none() {
            Ticket::Own(value)
        } else {
            let value = Arc::new(Mutex::new(Some(value)));
            let told = Ticket::Told(value.clone());
            self.tell(|| Values { arrived, tls13: vec![told], ..Values::default() });
            Ticket::Told(value)
        };
        let mut values = self.issued.values();
        values.arrived = arrived;
        let tickets = &mut values.tls13;
        if tickets.len() == MAX_TICKETS {
            tickets.remove(0);
        }
        // Few come, and they are kept as long as the connection.
        tickets.reserve_exact(1);
        tickets.push(ticket);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        let mut values = self.offered()?;
        iter::from_fn(|| values.tls13.pop()).find_map(Ticket::take)
    }
}
