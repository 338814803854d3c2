//! What the records of a connection are sealed with, for others to go on with.

use core::fmt;

use zeroize::Zeroizing;

use crate::cipher_suite::Encryption;
use crate::{CipherSuite, ProtocolVersion};

/// All that others need to go on with a connection: a kernel (Linux: `TLS_TX`, `TLS_RX`), a network card, a proxy.
///
/// Whoever has it reads and forges all that is sent from now on. See
/// [`SslObject::extract_traffic_secrets`](crate::SslObject::extract_traffic_secrets).
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct TrafficSecrets {
    /// The version of the protocol.
    pub version: ProtocolVersion,
    /// The cipher suite, whose encryption is AES-GCM or ChaCha20-Poly1305.
    pub suite: CipherSuite,
    /// What this end seals its records with.
    pub write: TrafficKeys,
    /// What this end opens the peer's records with.
    pub read: TrafficKeys,
}

impl TrafficSecrets {
    /// For backends: the secrets of a connection.
    pub const fn new(
        version: ProtocolVersion,
        suite: CipherSuite,
        write: TrafficKeys,
        read: TrafficKeys,
    ) -> Self {
        Self { version, suite, write, read }
    }
}

/// What the records of one direction are sealed with. The bytes are overwritten when it is dropped.
#[derive(Clone)]
pub struct TrafficKeys {
    key: Zeroizing<Vec<u8>>,
    iv: Zeroizing<[u8; 12]>,
    sequence: u64,
}

impl TrafficKeys {
    /// For backends: the keys of one direction.
    pub fn new(key: &[u8], iv: [u8; 12], sequence: u64) -> Self {
        Self { key: Zeroizing::new(key.to_vec()), iv: Zeroizing::new(iv), sequence }
    }

    /// The key of the encryption, 16 or 32 bytes.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The nonce of a record, as far as it is not its number: 12 bytes to which the sequence number is added bit by bit
    /// (RFC 8446 section 5.3, RFC 7905 section 2).
    ///
    /// With AES-GCM under TLS 1.2 the first 4 alone, Linux' `salt`; the other 8 are those of the next record that is
    /// written, which has them in front of it (RFC 5288 section 3). The records after it count up from there, and so never
    /// have a nonce that was used before. Of records that are read the other 8 are not known.
    pub fn iv(&self) -> &[u8; 12] {
        &self.iv
    }

    /// The number of the next record.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl fmt::Debug for TrafficKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrafficKeys").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

impl CipherSuite {
    /// For backends: the length of the key that its records are sealed with; `None` where that is neither AES-GCM nor
    /// ChaCha20-Poly1305.
    pub const fn traffic_key_len(self) -> Option<usize> {
        let Some(traits) = self.traits() else { return None };
        match traits.enc {
            Encryption::Aes128Gcm => Some(16),
            Encryption::Aes256Gcm | Encryption::ChaCha20 => Some(32),
            _ => None,
        }
    }

    /// For backends: whether its records have 8 bytes of their nonce in front of them (RFC 5288 section 3).
    pub const fn has_explicit_nonce(self) -> bool {
        let Some(traits) = self.traits() else { return false };
        matches!(traits.enc, Encryption::Aes128Gcm | Encryption::Aes256Gcm)
            && self.version().code() == ProtocolVersion::TLS12.code()
    }
}
