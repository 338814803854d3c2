//! The application's code that the library calls: it judges the peer as the flags say and notes what goes by.

use core::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tls_object::{
    Direction, Error, Message, MessageKind, OnMessage, PeerVerifier, PreSharedKey, PresentedPeer,
    PskClient, PskOffer, PskServer, Session, SessionSink, VerifyCode,
};

use crate::failure::Failure;
use crate::settings::Settings;

/// What the hooks of all connections share, set anew before each one: so the configuration stays the same, and with it
/// the context.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    refuses: AtomicBool,
    refuses_without_reason: AtomicBool,
    /// How many chains were judged.
    verified: AtomicU32,
    /// How many sessions arrived.
    sessions: AtomicU32,
    trace: Mutex<String>,
    retried: AtomicBool,
    psk: Mutex<Option<Psk>>,
}

impl Hooks {
    /// Hooks that nothing has been asked of.
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Gets ready for the next connection.
    ///
    /// # Errors
    /// [`Failure::Unimplemented`] for a pre-shared key that no backend takes.
    pub(crate) fn begin(&self, settings: &Settings) -> Result<(), Failure> {
        self.refuses.store(settings.verify_fail, Ordering::Relaxed);
        self.refuses_without_reason.store(settings.use_custom_verify_callback, Ordering::Relaxed);
        self.verified.store(0, Ordering::Relaxed);
        self.sessions.store(0, Ordering::Relaxed);
        self.retried.store(false, Ordering::Relaxed);
        locked(&self.trace).clear();
        *locked(&self.psk) = psk(settings)?;
        Ok(())
    }

    /// How many chains were judged on this connection.
    pub(crate) fn verified(&self) -> u32 {
        self.verified.load(Ordering::Relaxed)
    }

    /// How many sessions have arrived on this connection.
    pub(crate) fn sessions(&self) -> u32 {
        self.sessions.load(Ordering::Relaxed)
    }

    /// Whether a HelloRetryRequest went by on this connection.
    pub(crate) fn retried(&self) -> bool {
        self.retried.load(Ordering::Relaxed)
    }

    /// The messages that went by on this connection, in the words of BoringSSL's shim.
    pub(crate) fn trace(&self) -> String {
        locked(&self.trace).clone()
    }
}

/// What is in a mutex: nothing here panics halfway.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A pre-shared key and its identity, which a server may find to be empty.
#[derive(Debug)]
struct Psk {
    identity: Vec<u8>,
    key: PreSharedKey,
}

impl Psk {
    fn to_offer(&self) -> Result<PskOffer, Error> {
        PskOffer::new(self.identity.clone(), self.key.clone())
    }
}

/// The pre-shared key that the flags name, if they do.
fn psk(settings: &Settings) -> Result<Option<Psk>, Failure> {
    if settings.psk.is_empty() {
        return Ok(None);
    }
    let none = |error: Error| Failure::unimplemented(error.to_string());
    let key = PreSharedKey::new(settings.psk.clone()).map_err(none)?;
    let psk = Psk { identity: settings.psk_identity.clone(), key };
    if !settings.server {
        psk.to_offer().map_err(none)?;
    }
    Ok(Some(psk))
}

impl PskClient for Hooks {
    fn offer(&self, _hint: Option<&[u8]>) -> Option<PskOffer> {
        locked(&self.psk).as_ref()?.to_offer().ok()
    }
}

impl PskServer for Hooks {
    fn find(&self, identity: &[u8]) -> Option<PreSharedKey> {
        let psk = locked(&self.psk);
        let psk = psk.as_ref().filter(|psk| psk.identity == identity)?;
        Some(psk.key.clone())
    }
}

impl PeerVerifier for Hooks {
    fn verify(&self, _peer: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
        self.verified.fetch_add(1, Ordering::Relaxed);
        if !self.refuses.load(Ordering::Relaxed) {
            return Ok(());
        }
        // BoringSSL's second callback tells nothing but an alert, `certificate_unknown` unless it says otherwise.
        Err(if self.refuses_without_reason.load(Ordering::Relaxed) {
            VerifyCode::Unspecified
        } else {
            VerifyCode::ApplicationVerification
        })
    }
}

impl SessionSink for Hooks {
    fn new_session(&self, _session: Session) {
        self.sessions.fetch_add(1, Ordering::Relaxed);
    }
}

impl OnMessage for Hooks {
    fn on_message(&self, message: &Message<'_>) {
        let direction = match message.direction {
            Direction::Received => "read",
            Direction::Sent => "write",
        };
        if is_retry(message) {
            self.retried.store(true, Ordering::Relaxed);
        }
        let mut trace = locked(&self.trace);
        // Writing to a string does not fail.
        let _ = match (message.kind, message.bytes) {
            (MessageKind::Handshake, [kind, ..]) => writeln!(trace, "{direction} hs {kind}"),
            (MessageKind::ChangeCipherSpec, _) => writeln!(trace, "{direction} ccs"),
            (MessageKind::Alert, [level, alert]) => {
                writeln!(trace, "{direction} alert {level} {alert}")
            }
            _ => writeln!(trace, "{direction} what is none of these"),
        };
    }
}

/// Whether it is a HelloRetryRequest: a ServerHello of a certain random value (RFC 8446 section 4.1.3).
fn is_retry(message: &Message<'_>) -> bool {
    const SERVER_HELLO: u8 = 2;
    /// Where the random value stands, behind the type, the length and the version.
    const RANDOM: core::ops::Range<usize> = 6..38;
    message.kind == MessageKind::Handshake
        && message.bytes.first() == Some(&SERVER_HELLO)
        && message.bytes.get(RANDOM) == Some(&RETRY)
}

/// SHA-256 of "HelloRetryRequest".
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
