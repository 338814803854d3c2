//! Keys that both ends have from elsewhere.

use core::fmt;

use zeroize::Zeroizing;

use crate::{Error, ErrorKind};

/// A key that both ends of a connection have from elsewhere (RFC 4279; RFC 8446 section 4.2.11). The bytes are
/// overwritten when it is dropped.
///
/// Whoever has it can play either end. So it is random, of 16 bytes at least, and belongs to one client and one server
/// (RFC 9257 section 6): a word that can be guessed is found out from a recorded handshake.
#[derive(Clone)]
pub struct PreSharedKey(Zeroizing<Vec<u8>>);

impl PreSharedKey {
    /// How many bytes every library takes.
    pub const MAX_LEN: usize = 256;

    /// A key of these bytes.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if there are none, or more than [`MAX_LEN`](Self::MAX_LEN).
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let bytes = Zeroizing::new(bytes.into());
        match bytes.len() {
            1..=Self::MAX_LEN => Ok(Self(bytes)),
            len => Err(invalid(format!("a pre-shared key of {len} bytes"))),
        }
    }

    /// The bytes. For backends.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PreSharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreSharedKey").finish_non_exhaustive()
    }
}

/// A key, and the identity by which a server finds it. The identity goes over the wire in plain text.
#[derive(Clone, Debug)]
pub struct PskOffer {
    identity: Vec<u8>,
    key: PreSharedKey,
}

impl PskOffer {
    /// How many bytes of an identity, or of a hint, every library takes.
    pub const MAX_IDENTITY_LEN: usize = 128;

    /// `key`, which the server knows by `identity`: text in UTF-8 (RFC 4279 section 5.1), or what both ends have agreed on.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the identity is empty, longer than [`MAX_IDENTITY_LEN`](Self::MAX_IDENTITY_LEN), or
    /// has a zero byte, at which libraries would cut it off.
    pub fn new(identity: impl Into<Vec<u8>>, key: PreSharedKey) -> Result<Self, Error> {
        let identity = identity.into();
        check_name("identity", &identity)?;
        Ok(Self { identity, key })
    }

    /// The identity.
    pub fn identity(&self) -> &[u8] {
        &self.identity
    }

    /// The key.
    pub const fn key(&self) -> &PreSharedKey {
        &self.key
    }
}

/// A client's hook that offers a key.
///
/// Python: the argument of `set_psk_client_callback`.
pub trait PskClient: Send + Sync {
    /// The key to offer, or none: then the connection needs a certificate of the server.
    ///
    /// Asked for each ClientHello of a client that speaks TLS 1.3, without a `hint`; not for a second one to a server whose
    /// suite goes with another hash than SHA-256. Asked also, or again, when a server of TLS 1.2 has chosen a suite with a
    /// pre-shared key, with its hint if it gives one: no key is
    /// [`ErrorKind::UnknownPskIdentity`](crate::ErrorKind::UnknownPskIdentity) then.
    fn offer(&self, hint: Option<&[u8]>) -> Option<PskOffer>;
}

impl<F: Fn(Option<&[u8]>) -> Option<PskOffer> + Send + Sync> PskClient for F {
    fn offer(&self, hint: Option<&[u8]>) -> Option<PskOffer> {
        self(hint)
    }
}

/// A server's hook that finds keys.
///
/// Python: the argument of `set_psk_server_callback`.
pub trait PskServer: Send + Sync {
    /// The key of the client that says it is `identity`, or none: then it is shown a certificate under TLS 1.3. Under TLS
    /// 1.2, or where there is no certificate, it is refused with
    /// [`ErrorKind::UnknownPskIdentity`](crate::ErrorKind::UnknownPskIdentity).
    ///
    /// Under TLS 1.3 it may be asked about what is the ticket of an earlier session, which is no identity and has no key.
    /// OpenSSL under TLS 1.2 ends an identity at its first zero byte, before this is asked: the key decides all the same.
    fn find(&self, identity: &[u8]) -> Option<PreSharedKey>;
}

impl<F: Fn(&[u8]) -> Option<PreSharedKey> + Send + Sync> PskServer for F {
    fn find(&self, identity: &[u8]) -> Option<PreSharedKey> {
        self(identity)
    }
}

/// Whether `name`, which is called `what`, can go over the wire with every library.
///
/// # Errors
/// [`ErrorKind::InvalidConfig`] if not.
pub(crate) fn check_name(what: &str, name: &[u8]) -> Result<(), Error> {
    if name.is_empty() || name.len() > PskOffer::MAX_IDENTITY_LEN {
        return Err(invalid(format!("a pre-shared key's {what} of {} bytes", name.len())));
    }
    if name.contains(&0) {
        return Err(invalid(format!("a pre-shared key's {what} with a zero byte")));
    }
    Ok(())
}

#[cold]
fn invalid(detail: String) -> Error {
    Error::new(ErrorKind::InvalidConfig).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_library_takes_is_refused() {
        let key = |len| PreSharedKey::new(vec![7; len]);
        assert_eq!(key(256).unwrap().as_bytes(), [7; 256]);
        let offer = |identity: &[u8]| PskOffer::new(identity, key(16).unwrap());
        assert_eq!(offer(&[b'a'; 128]).unwrap().identity(), [b'a'; 128]);
        let refused = [
            key(0).unwrap_err(),
            key(257).unwrap_err(),
            offer(b"").unwrap_err(),
            offer(&[b'a'; 129]).unwrap_err(),
            offer(b"a\0b").unwrap_err(),
        ];
        for error in refused {
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error:?}");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        let offer = PskOffer::new("me", PreSharedKey::new("secret").unwrap()).unwrap();
        assert_eq!(
            format!("{offer:?}"),
            "PskOffer { identity: [109, 101], key: PreSharedKey { .. } }"
        );
    }
}
