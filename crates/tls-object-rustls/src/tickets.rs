//! Session tickets under keys of the application.

use core::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::server::ProducesTickets;
use tls_object_core::{Config, TicketKey};

/// For how long a ticket is good, in seconds. Both C libraries have it so.
const LIFETIME: u32 = 7200;
/// What stands in front of what is sealed, besides the key's name.
const SALT_LEN: usize = 32;

/// How a cryptography provider seals and opens.
#[derive(Clone, Copy)]
pub(crate) struct Sealing {
    random: fn(&mut [u8]) -> Option<()>,
    seal: Seal,
    open: Open,
}

/// Encrypts `data` in place and authenticates it together with `aad`. A secret and a salt meet once.
type Seal = fn(secret: &[u8], salt: &[u8], aad: &[u8], data: &mut Vec<u8>) -> Option<()>;
/// Undoes that; `data` is worthless if it fails.
type Open = fn(secret: &[u8], salt: &[u8], aad: &[u8], data: &mut Vec<u8>) -> Option<()>;

/// [`Sealing`] with the crate `$crypto`: AES-256-GCM under a key that HMAC-SHA256 makes of secret and salt for one ticket.
/// A key that many servers share for long would meet the same random nonce twice some day; the same salt of 32 bytes
/// it does not.
#[allow(unused_macros)] // without a provider
macro_rules! sealing {
    ($name:ident, $crypto:ident) => {
        pub(crate) const $name: Sealing = {
            use $crypto::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
            use $crypto::hmac;
            use $crypto::rand::{SecureRandom as _, SystemRandom};

            fn key(secret: &[u8], salt: &[u8]) -> Option<LessSafeKey> {
                let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), salt);
                Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, derived.as_ref()).ok()?))
            }

            // The only one under its key.
            fn nonce() -> Nonce {
                Nonce::assume_unique_for_key([0; 12])
            }

            Sealing {
                random: |out| SystemRandom::new().fill(out).ok(),
                seal: |secret, salt, aad, data| {
                    key(secret, salt)?.seal_in_place_append_tag(nonce(), Aad::from(aad), data).ok()
                },
                open: |secret, salt, aad, data| {
                    let len =
                        key(secret, salt)?.open_in_place(nonce(), Aad::from(aad), data).ok()?.len();
                    data.truncate(len);
                    Some(())
                },
            }
        };
    };
}

#[cfg(feature = "aws-lc-rs")]
sealing!(AWS_LC_RS, aws_lc_rs);
#[cfg(feature = "ring")]
sealing!(RING, ring);

/// Makes tickets under given keys, for servers whose sessions may be shared.
pub(crate) struct SharedTickets {
    sealing: Sealing,
    keys: Vec<(TicketKey, [u8; TicketKey::NAME_LEN])>,
    fingerprint: [u8; 32],
}

impl SharedTickets {
    /// With the keys of a configuration; `None` where it has none.
    pub(crate) fn of(config: &Config, sealing: Sealing) -> Option<Arc<dyn ProducesTickets>> {
        // Both providers serve the same rustls, which alone knows what is in a ticket.
        let named = |key: &TicketKey| (key.clone(), key.name("rustls"));
        let keys: Vec<_> = config.ticket_keys.iter().map(named).collect();
        let fingerprint = config.session_fingerprint();
        (!keys.is_empty())
            .then(|| Arc::new(Self { sealing, keys, fingerprint }) as Arc<dyn ProducesTickets>)
    }

    fn seal(&self, plain: &[u8], now: u64) -> Option<Vec<u8>> {
        let (key, name) = self.keys.first()?;
        let mut salt = [0; SALT_LEN];
        (self.sealing.random)(&mut salt)?;
        let expiry = now.saturating_add(LIFETIME.into()).to_be_bytes();
        let mut data = [&expiry, plain].concat();
        (self.sealing.seal)(key.cipher_secret(), &salt, &self.fingerprint, &mut data)?;
        Some([&name[..], &salt, &data].concat())
    }

    fn open(&self, ticket: &[u8], now: u64) -> Option<Vec<u8>> {
        let (name, rest) = ticket.split_at_checked(TicketKey::NAME_LEN)?;
        let (salt, sealed) = rest.split_at_checked(SALT_LEN)?;
        let (key, _) = self.keys.iter().find(|(_, known)| known == name)?;
        let mut data = sealed.to_vec();
        (self.sealing.open)(key.cipher_secret(), salt, &self.fingerprint, &mut data)?;
        let expiry = data.first_chunk().map(|expiry| u64::from_be_bytes(*expiry))?;
        (now < expiry).then(|| data.split_off(size_of::<u64>()))
    }
}

impl ProducesTickets for SharedTickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        LIFETIME
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.seal(plain, now()?)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.open(ticket, now()?)
    }
}

impl fmt::Debug for SharedTickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTickets").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

/// Seconds since 1970.
fn now() -> Option<u64> {
    Some(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs())
}

#[cfg(all(test, feature = "aws-lc-rs", feature = "ring"))]
mod tests {
    use super::*;

    fn tickets(sealing: Sealing, keys: &[u8], fingerprint: u8) -> SharedTickets {
        let named = |&byte: &u8| {
            let key = TicketKey::from_bytes([byte; TicketKey::LEN]);
            (key.clone(), key.name("rustls"))
        };
        SharedTickets {
            sealing,
            keys: keys.iter().map(named).collect(),
            fingerprint: [fingerprint; 32],
        }
    }

    #[test]
    fn one_opens_what_the_other_seals_until_it_expires() {
        let (one, other) = (tickets(AWS_LC_RS, &[1, 2], 0), tickets(RING, &[2, 1], 0));
        for (from, to) in [(&one, &one), (&one, &other), (&other, &one)] {
            let ticket = from.seal(b"a session", 1000).unwrap();
            assert_eq!(to.open(&ticket, 1000 + 7199).unwrap(), b"a session");
            assert_eq!(to.open(&ticket, 1000 + 7200), None);
        }
        assert_ne!(one.seal(b"a session", 0), one.seal(b"a session", 0));
    }

    #[test]
    fn strange_tickets_are_refused() {
        let mine = tickets(AWS_LC_RS, &[1], 0);
        let ticket = mine.seal(b"a session", 0).unwrap();
        assert_eq!(tickets(AWS_LC_RS, &[3], 0).open(&ticket, 0), None);
        assert_eq!(tickets(AWS_LC_RS, &[1], 9).open(&ticket, 0), None);
        for len in 0..ticket.len() {
            assert_eq!(mine.open(&ticket[..len], 0), None);
            let mut changed = ticket.clone();
            changed[len] ^= 1;
            assert_eq!(mine.open(&changed, 0), None);
        }
    }
}
