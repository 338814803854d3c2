//! Sessions that a server keeps elsewhere.

use core::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::session::envelope;
use crate::{Config, Hook};

/// What every stored session begins with, the version of the layout included.
const MAGIC: &[u8; 8] = b"tlsobj\x01\x01";

/// A server's hook that keeps its sessions, such as a cache that several servers share. See
/// [`Config::session_store`](crate::Config::session_store).
///
/// The bytes hold secrets: whoever reads them reads all that was said on connections of TLS 1.2 that the session stands for.
/// Whoever writes to the store says who a client is, as its certificate is in them. So both are for the servers alone.
///
/// An answer that is not what was put under that id, by a server of the same library with settings alike, leads to a full
/// handshake. Where a [verifier](crate::Config::verifier) judges clients it must be the same on all servers: code has no
/// fingerprint.
pub trait SessionStore: Send + Sync {
    /// Keeps `session` under `id`, which is random, instead of what was kept there. It can be resumed for as long as
    /// `lifetime`, and is then to be forgotten: not every library looks at its age. It may be forgotten earlier.
    fn put(&self, id: &[u8], session: &[u8], lifetime: Duration);

    /// What is kept under `id`. Asked for sessions of TLS 1.2, which can be resumed again. The client chooses the id: it may be
    /// any, of 1 to 32 bytes.
    ///
    /// Nothing here takes out the session of a connection that ended with a fatal alert, as RFC 5246 section 7.2 would have
    /// it: not every library tells which one that is.
    fn get(&self, id: &[u8]) -> Option<Vec<u8>>;

    /// What is kept under `id`, which is forgotten before anybody else gets it. Asked for sessions of TLS 1.3, each of which
    /// is resumed once. The client chooses the id, of any length.
    fn take(&self, id: &[u8]) -> Option<Vec<u8>>;
}

/// For backends: a store as the servers of one configuration use it. Each session is in an envelope that says which backend,
/// which configuration and which id it belongs to, and none comes out under another.
pub struct BoundSessionStore {
    store: Hook<dyn SessionStore>,
    backend: &'static str,
    fingerprint: [u8; 32],
}

impl BoundSessionStore {
    /// The store of `config`, if it has one, for `backend`.
    pub fn of(config: &Config, backend: &'static str) -> Option<Self> {
        let store = config.session_store.clone()?;
        Some(Self { store, backend, fingerprint: config.session_fingerprint() })
    }

    /// Keeps the library's own bytes of a session.
    pub fn put(&self, id: &[u8], native: Vec<u8>, lifetime: Duration) {
        let native = Zeroizing::new(native);
        let parts = [self.backend.as_bytes(), &self.fingerprint, id, &native];
        // No session is as long as what cannot be sealed.
        if let Ok(sealed) = envelope::seal(MAGIC, parts) {
            self.store.put(id, &Zeroizing::new(sealed), lifetime);
        }
    }

    /// The library's own bytes of the session of this id.
    pub fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.opened(id, self.store.get(id)?)
    }

    /// The library's own bytes of the session of this id, which is then forgotten.
    pub fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.opened(id, self.store.take(id)?)
    }

    fn opened(&self, id: &[u8], sealed: Vec<u8>) -> Option<Vec<u8>> {
        let sealed = Zeroizing::new(sealed);
        let [backend, fingerprint, of, native] = envelope::open(MAGIC, &sealed).ok()?;
        let is_ours =
            backend == self.backend.as_bytes() && *fingerprint == self.fingerprint && of == id;
        is_ours.then(|| native.to_vec())
    }
}

impl fmt::Debug for BoundSessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundSessionStore").field("backend", &self.backend).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::ProtocolVersion;

    /// Gives what it was told last, whatever it is asked for.
    #[derive(Default)]
    struct Last(Mutex<Option<Vec<u8>>>);

    impl SessionStore for Last {
        fn put(&self, _id: &[u8], session: &[u8], _lifetime: Duration) {
            *self.0.lock().unwrap() = Some(session.to_vec());
        }

        fn get(&self, _id: &[u8]) -> Option<Vec<u8>> {
            self.0.lock().unwrap().clone()
        }

        fn take(&self, _id: &[u8]) -> Option<Vec<u8>> {
            self.0.lock().unwrap().take()
        }
    }

    #[test]
    fn a_session_comes_out_where_it_went_in() {
        let last = Arc::<Last>::default();
        let mut config = Config::client();
        config.session_store = Some(Hook::new(last.clone()));
        let store = BoundSessionStore::of(&config, "one").unwrap();
        assert_eq!(store.get(b"id"), None);
        store.put(b"id", b"session".to_vec(), Duration::ZERO);
        assert_eq!(store.get(b"id").as_deref(), Some(&b"session"[..]));
        assert_eq!(store.get(b"other"), None);
        assert_eq!(BoundSessionStore::of(&config, "two").unwrap().get(b"id"), None);
        let mut other = config.clone();
        other.min_version = ProtocolVersion::TLS13;
        assert_eq!(BoundSessionStore::of(&other, "one").unwrap().get(b"id"), None);
        assert_eq!(store.take(b"id").as_deref(), Some(&b"session"[..]));
        assert_eq!(store.get(b"id"), None);
    }

    #[test]
    fn bytes_that_changed_are_no_session() {
        let last = Arc::<Last>::default();
        let mut config = Config::client();
        config.session_store = Some(Hook::new(last.clone()));
        let store = BoundSessionStore::of(&config, "one").unwrap();
        store.put(b"id", b"session".to_vec(), Duration::ZERO);
        let sealed = store.store.get(b"id").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            *last.0.lock().unwrap() = Some(changed);
            assert_eq!(store.get(b"id"), None, "byte {at}");
            *last.0.lock().unwrap() = Some(sealed[..at].to_vec());
            assert_eq!(store.get(b"id"), None, "{at} bytes");
        }
    }
}
