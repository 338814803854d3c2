//! Application protocols.

use core::fmt;

use crate::{Error, ErrorKind};

/// What a server does when it has protocols to choose from, the client offers some, and none is in both lists.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AlpnMismatch {
    /// It ends the handshake with the alert `no_application_protocol` (RFC 7301 section 3.2).
    Alert,
    /// It goes on without a protocol, as Python does.
    Continue,
}

/// The name of an application protocol (RFC 7301): 1 to 255 bytes, such as `h2`.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AlpnProtocol(Box<[u8]>);

impl AlpnProtocol {
    /// A protocol of this name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the name is empty or longer than 255 bytes.
    pub fn new(name: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let name = name.into();
        match name.len() {
            1..=255 => Ok(Self(name.into())),
            len => Err(Error::new(ErrorKind::InvalidConfig)
                .with_detail(format!("an ALPN protocol name of {len} bytes"))),
        }
    }

    /// The name.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether a ClientHello, which has 64 KiB for all its extensions, takes so many.
    pub(crate) fn check(protocols: &[Self]) -> Result<(), Error> {
        let len: usize = protocols.iter().map(|protocol| 1 + protocol.0.len()).sum();
        if len > usize::from(u16::MAX / 2) {
            return Err(Error::new(ErrorKind::InvalidConfig).with_detail(format!(
                "{len} bytes of ALPN protocols, more than a ClientHello takes"
            )));
        }
        Ok(())
    }

    /// Each name behind its length in one byte, as RFC 7301 section 3.1 has the list on the wire.
    pub fn encode(protocols: &[Self]) -> Vec<u8> {
        let mut wire = Vec::new();
        for protocol in protocols {
            // At most 255: the constructor has seen to it.
            wire.push(protocol.0.len() as u8);
            wire.extend_from_slice(&protocol.0);
        }
        wire
    }

    /// The first of `own` that is among those `offered`, which are encoded as by
    /// [`encode`](Self::encode). Gives the offered one.
    ///
    /// For backends whose library leaves the choice to them.
    pub fn select<'a>(own: &[Self], offered: &'a [u8]) -> Option<&'a [u8]> {
        own.iter().find_map(|own| {
            let mut rest = offered;
            while let Some((&len, behind)) = rest.split_first() {
                let (name, next) = behind.split_at_checked(usize::from(len))?;
                if name == own.as_bytes() {
                    return Some(name);
                }
                rest = next;
            }
            None
        })
    }
}

impl fmt::Debug for AlpnProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}
