//! Code of the application that a library calls back.

use core::any::Any;
use core::ffi::c_int;
use core::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tls_object_core::{
    BoundSessionStore, Certificate, CertificateType, Config, Direction, Hook, KeyLog, Message,
    MessageKind, OnMessage, PeerVerifier, PreSharedKey, PresentedPeer, ProtocolVersion, PskClient,
    PskOffer, PskServer, PublicKey, ServerName, Side, VerifierRole, VerifyCode, VerifyTime, Wrap,
};
use zeroize::Zeroizing;

use crate::aside::call_application;
use crate::pause::{self, Asked};
use crate::traffic::{FirstSecret, Noted};

/// The hooks of a configuration, as each of its connections carries them.
///
/// No panic may unwind through C: one in a hook waits here until the library has returned.
pub struct Hooks {
    key_log: Option<Hook<dyn KeyLog>>,
    verifier: Option<Verifier>,
    on_message: Option<Hook<dyn OnMessage>>,
    /// The secrets that may be handed out.
    secrets: Option<Noted>,
    psk_client: Option<Hook<dyn PskClient>>,
    psk_server: Option<Hook<dyn PskServer>>,
    /// Server: it has pre-shared keys alone, and none of what the client says that it is.
    psk_alone: bool,
    psk_unknown: AtomicBool,
    /// What peers may show of themselves, and the raw public keys of those that are trusted.
    certificate_types: Vec<CertificateType>,
    trusted_public_keys: Vec<PublicKey>,
    /// Server: the session that was taken out of its store last.
    session_taken: Mutex<Option<TakenSession>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Hooks {
    /// Those of `config` for one connection; `None` if it has none, and then nothing is paid for them.
    pub fn of(config: &Config, wrap: &Wrap) -> Option<Arc<Self>> {
        let key_log = config.key_log.clone();
        let verifier = config.asks_for_verdict().then(|| Verifier {
            code: config.verifier.clone(),
            role: config.verifier_role,
            peer: wrap.side.peer(),
            server_name: wrap.server_name.clone(),
            time: config.verify_time,
        });
        let on_message = config.on_message.clone();
        let any = key_log.is_some() || verifier.is_some() || on_message.is_some();
        let any = any || config.session_store.is_some() || config.extract_secrets;
        let any = any || config.peer_certificate_types != [CertificateType::X509];
        (any || config.has_psk()).then(|| {
            Arc::new(Self {
                key_log,
                verifier,
                on_message,
                secrets: config.extract_secrets.then(Noted::default),
                psk_client: config.psk_client.clone(),
                psk_server: config.psk_server.clone(),
                psk_alone: config.identities.is_empty() && config.identities_by_name.is_empty(),
                psk_unknown: AtomicBool::new(false),
                certificate_types: config.peer_certificate_types.clone(),
                trusted_public_keys: config.trusted_public_keys.clone(),
                session_taken: Mutex::default(),
                panic: Mutex::default(),
            })
        })
    }

    /// What the application's verdict on the peer is beside the library's; `None` where it has none.
    pub fn verifier_role(&self) -> Option<VerifierRole> {
        self.verifier.as_ref().map(|verifier| verifier.role)
    }

    /// Whether the peer may show this of itself.
    pub fn accepts(&self, certificate_type: CertificateType) -> bool {
        self.certificate_types.contains(&certificate_type)
    }

    /// The verdict on a raw public key, of which the library says that it is too weak if it `is_weak`. `Some` and `None` as
    /// for [`verify`](Self::verify).
    pub fn verify_public_key(
        &self,
        public_key: PublicKey,
        is_weak: bool,
    ) -> Option<Result<(), VerifyCode>> {
        let library = if is_weak {
            Err(VerifyCode::WeakKey)
        } else if self.trusted_public_keys.contains(&public_key) {
            Ok(())
        } else {
            Err(VerifyCode::UntrustedRawPublicKey)
        };
        let library = match self.verifier_role() {
            None => return Some(library),
            Some(VerifierRole::Also) if library.is_err() => return Some(library),
            Some(VerifierRole::Instead) => None,
            Some(_) => Some(library),
        };
        self.verify(Sent::PublicKey(public_key), library)
    }

    /// The application's verdict on what was `sent`, `library` being the library's: `Some` of an error also when the
    /// code panicked. `None` where the library is to wait for it: the question is then left for the connection whose
    /// call is running.
    pub fn verify(
        &self,
        sent: Sent,
        library: Option<Result<(), VerifyCode>>,
    ) -> Option<Result<(), VerifyCode>> {
        let Some(verifier) = &self.verifier else {
            return Some(library.unwrap_or(Err(VerifyCode::ApplicationVerification)));
        };
        let time = match verifier.time {
            VerifyTime::Fixed(since_1970) => since_1970,
            // A clock before 1970 finds nothing valid.
            VerifyTime::System => {
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
            }
        };
        let Some(code) = &verifier.code else {
            let decided = pause::take_verdict();
            if decided.is_none() {
                pause::ask(Asked::Verdict { sent, time, library });
            }
            return decided;
        };
        let mut peer = sent.presented_by(verifier.peer);
        peer.server_name = verifier.server_name.as_ref();
        peer.time = time;
        peer.library = library;
        let verdict = self.run(|| code.verify(&peer));
        let verdict = verdict.unwrap_or(Err(VerifyCode::ApplicationVerification));
        Some(verdict.map_err(VerifyCode::as_refusal))
    }

    /// Hands a line of the NSS format, as the library has made it, to the key log, and takes note of secrets that may be
    /// handed out.
    pub fn log_key(&self, line: &str) {
        let mut fields = line.split(' ');
        if let (Some(label), Some(random), Some(secret)) =
            (fields.next(), fields.next().and_then(bytes), fields.next().and_then(bytes))
        {
            if let Some(secrets) = &self.secrets {
                secrets.secret(label, &secret);
            }
            // Not of the NSS format: OpenSSL's lines for secrets after a change of keys, with this in place of a number.
            let is_of_format = !label.ends_with("_N");
            if let Some(key_log) = self.key_log.as_ref().filter(|_| is_of_format) {
                self.run(|| key_log.log(label, &random, &secret));
            }
        }
    }

    /// The secrets that both ends began to write with under TLS 1.3, this end's first, which is `side`.
    pub(crate) fn first_secrets(&self, side: Side) -> [Option<FirstSecret>; 2] {
        self.secrets.as_ref().map_or([None, None], |secrets| secrets.first(side))
    }

    /// The key that a client offers to a server that gives this `hint`.
    pub fn offer_psk(&self, hint: Option<&[u8]>) -> Option<PskOffer> {
        let hook = self.psk_client.as_ref()?;
        self.run(|| hook.offer(hint)).flatten()
    }

    /// The key of a client of this `identity`.
    pub fn find_psk(&self, identity: &[u8]) -> Option<PreSharedKey> {
        let hook = self.psk_server.as_ref()?;
        let found = self.run(|| hook.find(identity)).flatten();
        self.psk_unknown.store(found.is_none(), Ordering::Relaxed);
        found
    }

    /// Whether a server has nothing but pre-shared keys, and none of what the client said last that it is.
    pub(crate) fn lacks_psk(&self) -> bool {
        self.psk_alone && self.psk_unknown.load(Ordering::Relaxed)
    }

    /// Whether code of the application has panicked in the call that runs.
    pub fn has_panicked(&self) -> bool {
        self.panic().is_some()
    }

    /// Whether a server looks for the keys of clients.
    pub(crate) fn has_psk_server(&self) -> bool {
        self.psk_server.is_some()
    }

    /// Puts the library's own bytes of a session into the store of its server.
    pub fn put_session(
        &self,
        store: &BoundSessionStore,
        id: &[u8],
        native: Vec<u8>,
        lifetime: Duration,
    ) {
        self.run(|| store.put(id, native, lifetime));
    }

    /// The library's own bytes of the session of this id, which is taken out of the store if it is resumed `once` only. They
    /// are then kept here: OpenSSL looks for the session again at the second ClientHello of a connection.
    pub fn find_session(
        &self,
        store: &BoundSessionStore,
        id: &[u8],
        once: bool,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if !once {
            return self.run(|| store.get(id)).flatten().map(Zeroizing::new);
        }
        // Whoever panicked left whole values.
        let mut taken = self.session_taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, native)) = taken.as_ref().filter(|(of, _)| **of == *id) {
            return Some(native.clone());
        }
        let native = Zeroizing::new(self.run(|| store.take(id)).flatten()?);
        *taken = Some((id.into(), native.clone()));
        Some(native)
    }

    /// Whether messages are looked at: shown, or taken note of.
    pub(crate) fn wants_messages(&self) -> bool {
        self.on_message.is_some() || self.secrets.is_some()
    }

    /// Shows a message that has gone by, as the library has told of it, and takes note of what the secrets that may be handed
    /// out depend on. Headers of records and the like are none.
    pub(crate) fn show(
        &self,
        direction: Direction,
        version: u16,
        content_type: c_int,
        bytes: &[u8],
    ) {
        let kind = match content_type {
            20 => MessageKind::ChangeCipherSpec,
            21 => MessageKind::Alert,
            22 => MessageKind::Handshake,
            _ => return,
        };
        if let (Some(secrets), MessageKind::Handshake) = (&self.secrets, kind) {
            secrets.message(direction, bytes);
        }
        let version = ProtocolVersion::new(version);
        if let (Some(hook), Some(message)) =
            (&self.on_message, Message::new(direction, kind, version, bytes))
        {
            self.run(|| hook.on_message(&message));
        }
    }

    /// Runs code of the application. `None` when it panicked, now or earlier in the same call.
    fn run<R>(&self, code: impl FnOnce() -> R) -> Option<R> {
        if self.panic().is_some() {
            return None;
        }
        let code = AssertUnwindSafe(|| call_application(code));
        panic::catch_unwind(code).map_err(|payload| *self.panic() = Some(payload)).ok()
    }

    /// The panic that waits.
    pub(crate) fn take_panic(&self) -> Option<Box<dyn Any + Send>> {
        self.panic().take()
    }

    fn panic(&self) -> MutexGuard<'_, Option<Box<dyn Any + Send>>> {
        self.panic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a peer has shown of itself, as it was sent.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)] // made by the backends
pub enum Sent {
    /// A chain, the leaf first.
    Chain(Vec<Certificate>),
    /// A raw public key.
    PublicKey(PublicKey),
}

impl Sent {
    /// The same for the application, of which nothing more is known yet.
    pub(crate) fn presented_by(&self, side: Side) -> PresentedPeer<'_> {
        match self {
            Self::Chain(chain) => PresentedPeer::new(chain, side),
            Self::PublicKey(public_key) => {
                let mut peer = PresentedPeer::new(&[], side);
                peer.public_key = Some(public_key);
                peer
            }
        }
    }
}

/// The id of a session, and the library's own bytes of it.
type TakenSession = (Box<[u8]>, Zeroizing<Vec<u8>>);

/// What asks the application about the peer of one connection.
struct Verifier {
    /// `None` where the handshake is suspended for the verdict.
    code: Option<Hook<dyn PeerVerifier>>,
    role: VerifierRole,
    peer: Side,
    server_name: Option<ServerName>,
    time: VerifyTime,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("key_log", &self.key_log)
            .field("on_message", &self.on_message)
            .finish_non_exhaustive()
    }
}

/// The bytes that a text has in hexadecimal.
fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len()));
    for pair in digits {
        bytes.push(byte(pair)?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_whole_or_not_at_all() {
        assert_eq!(**bytes("00fFa5").unwrap(), [0, 0xff, 0xa5]);
        assert_eq!(**bytes("").unwrap(), [0_u8; 0]);
        for not in ["0", "0g", "+1", "\u{e9}"] {
            assert!(bytes(not).is_none(), "{not}");
        }
    }
}
