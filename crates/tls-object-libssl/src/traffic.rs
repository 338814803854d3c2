//! Traffic secrets of TLS 1.3, as the key log tells them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tls_object_core::{Direction, Side};
use zeroize::Zeroizing;

/// A traffic secret of one direction, as it was when the handshake was done.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs)] // made by the engine
pub struct FirstSecret {
    /// `client_application_traffic_secret_0` or the server's (RFC 8446 section 7.1).
    pub secret: Zeroizing<Vec<u8>>,
    /// How often its keys were changed since.
    pub updates: u32,
}

/// What has to be known of a connection whose traffic secrets may be handed out.
#[derive(Default)]
pub(crate) struct Noted(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The first ones, the client's and the server's.
    secrets: [Option<Zeroizing<Vec<u8>>>; 2],
    own_updates: u32,
    peer_updates: u32,
}

impl Noted {
    /// Takes note of a line of the key log, if it is one of these.
    pub(crate) fn secret(&self, label: &str, secret: &Zeroizing<Vec<u8>>) {
        let side = match label {
            "CLIENT_TRAFFIC_SECRET_0" => Side::Client,
            "SERVER_TRAFFIC_SECRET_0" => Side::Server,
            _ => return,
        };
        self.known().secrets[side as usize] = Some(secret.clone());
    }

    /// Takes note of a handshake message, its header included, if it changes keys.
    pub(crate) fn message(&self, direction: Direction, message: &[u8]) {
        /// RFC 8446 section 4.6.3.
        const KEY_UPDATE: u8 = 24;
        if message.first() != Some(&KEY_UPDATE) {
            return;
        }
        let mut known = self.known();
        match direction {
            Direction::Sent => known.own_updates += 1,
            Direction::Received => known.peer_updates += 1,
        }
    }

    /// The secrets that both ends of a connection began to write with, this end's first, which is `side`.
    pub(crate) fn first(&self, side: Side) -> [Option<FirstSecret>; 2] {
        let known = self.known();
        [(side, known.own_updates), (side.peer(), known.peer_updates)].map(|(side, updates)| {
            let secret = known.secrets[side as usize].clone()?;
            Some(FirstSecret { secret, updates })
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Whoever panicked left whole values.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
