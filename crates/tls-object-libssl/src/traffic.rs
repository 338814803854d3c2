//! Traffic secrets of TLS 1.3, as the key log tells them.

use std::sync::{Mutex, PoisonError};

use tls_object_core::Side;
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

/// The first traffic secrets of a connection, the client's and the server's.
#[derive(Default)]
pub(crate) struct Noted(Mutex<[Option<Zeroizing<Vec<u8>>>; 2]>);

impl Noted {
    /// Takes note of a line of the key log, if it is one of these.
    pub(crate) fn note(&self, label: &str, secret: &Zeroizing<Vec<u8>>) {
        let side = match label {
            "CLIENT_TRAFFIC_SECRET_0" => Side::Client,
            "SERVER_TRAFFIC_SECRET_0" => Side::Server,
            _ => return,
        };
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted[side as usize] = Some(secret.clone());
    }

    /// The secret that `side` begins to write with.
    pub(crate) fn of(&self, side: Side) -> Option<Zeroizing<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[side as usize].clone()
    }
}
