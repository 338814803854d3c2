//! The transport that native-tls is given: the BIOs of the object, while a call lasts.

use core::{fmt, mem};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tls_object_core::{Alert, Bios, PlainHandshake, ProtocolVersion, RecordCursor, Side};

use crate::alpn::Policy;

/// The content types of alerts and, under TLS 1.3, of all that is encrypted (RFC 8446 section 5.1).
const ALERT: u8 = 21;
const APPLICATION_DATA: u8 = 23;

/// The length of an alert in plain text.
const PLAIN_ALERT: u16 = 2;
/// The length that an alert has in an encrypted record of TLS 1.3: level, description, content type and a tag of 16
/// bytes. No other message is as short.
const SEALED_ALERT: u16 = 2 + 1 + 16;

/// What native-tls reads from and writes to.
///
/// Gives no byte beyond the record that is being read, and never an end: a lack of bytes is
/// [`WouldBlock`](io::ErrorKind::WouldBlock), and what it means is the core's to say.
pub struct Wire(Arc<Shared>);

/// What an engine and the [`Wire`] inside of its connection both have. It outlives a connection that has failed, which native-tls
/// does not give back.
pub(crate) struct Shared(Mutex<State>);

struct State {
    /// Those of the object while a call lasts.
    bios: Bios,
    side: Side,
    /// Where reading stands.
    incoming: RecordCursor,
    outgoing: Outgoing,
    /// What is heard of the handshake, until it is done.
    handshake: Option<Box<PlainHandshake>>,
    /// The version that is spoken, when it is.
    version: Option<ProtocolVersion>,
    /// Server: what becomes of a client that has no application protocol in common, until it is known.
    alpn: Option<Policy>,
    /// The client was refused for its application protocols.
    refused: bool,
}

/// The alert that a failed call has sent, as far as the wire tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LastAlert {
    /// It sent none.
    Absent,
    /// In plain text.
    Plain(Alert),
    /// Encrypted.
    Sealed,
}

/// What the wire tells of the end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) sent: LastAlert,
    /// The last alert of the peer's in plain text.
    pub(crate) received: Option<Alert>,
    /// What is spoken, if that is known.
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) in_handshake: bool,
}

impl Shared {
    pub(crate) fn new(side: Side, alpn: Option<Policy>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            bios: Bios::nowhere(),
            side,
            incoming: RecordCursor::new(),
            outgoing: Outgoing::default(),
            handshake: Some(Box::default()),
            version: None,
            alpn,
            refused: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in an owner's BIO leaves nothing half done here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends the BIOs to the connection until what is returned is dropped.
    pub(crate) fn lend<'a>(&'a self, bios: &'a mut Bios) -> Lent<'a> {
        let mut state = self.state();
        mem::swap(&mut state.bios, bios);
        state.outgoing.last = None;
        Lent { shared: self, bios }
    }

    /// What was heard of the handshake. Nothing is listened to any more.
    pub(crate) fn overheard(&self) -> PlainHandshake {
        let state = &mut *self.state();
        let heard = state.handshake.take().map(|heard| *heard).unwrap_or_default();
        state.version = heard.version();
        heard
    }

    /// Whether the client was refused for its application protocols.
    pub(crate) fn is_refused(&self) -> bool {
        self.state().refused
    }

    /// What the wire tells of the call that has just failed.
    pub(crate) fn end(&self) -> End {
        let state = self.state();
        let heard = state.handshake.as_deref();
        let plain = |side| heard.and_then(|heard| heard.alert_by(side));
        End {
            sent: match state.outgoing.last {
                Some((ALERT, PLAIN_ALERT)) => {
                    plain(state.side).map_or(LastAlert::Absent, LastAlert::Plain)
                }
                Some((ALERT, _) | (APPLICATION_DATA, SEALED_ALERT)) => LastAlert::Sealed,
                _ => LastAlert::Absent,
            },
            received: plain(state.side.peer()),
            version: state.version.or_else(|| heard?.version()),
            in_handshake: heard.is_some(),
        }
    }
}

/// BIOs that are lent: they go back when this is dropped, in a panic too.
pub(crate) struct Lent<'a> {
    shared: &'a Shared,
    bios: &'a mut Bios,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        mem::swap(&mut self.shared.state().bios, self.bios);
    }
}

impl Wire {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self(Arc::clone(shared))
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.state().read(buffer)
    }
}

impl Write for Wire {
    /// Takes everything.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let state = &mut *self.0.state();
        state.bios.send(bytes);
        state.outgoing.pass(bytes);
        if let Some(handshake) = &mut state.handshake {
            handshake.sent_by(state.side, bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl State {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let incoming = self.bios.incoming();
        if incoming.pending() == 0 || self.refused {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let cursor = &mut self.incoming;
        let taken = incoming.lend(&mut |bytes| {
            let most = bytes.len().min(buffer.len());
            let (len, _) = cursor.advance(&bytes[..most]);
            buffer[..len].copy_from_slice(&bytes[..len]);
            len
        });
        if let Some(handshake) = &mut self.handshake {
            handshake.sent_by(self.side.peer(), &buffer[..taken]);
            if let (Some(policy), Some(hello)) = (&self.alpn, handshake.client_hello()) {
                // Whom the library will refuse for its versions it shall refuse for those.
                let old = hello.versions().any(|version| version <= ProtocolVersion::TLS12);
                self.refused = old && policy.refuses(hello);
                self.alpn = None;
                if self.refused {
                    return Err(io::Error::other("no application protocol in common"));
                }
            }
        }
        Ok(taken)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("bios", &self.0.state().bios).finish_non_exhaustive()
    }
}

/// Follows the records that are sent, which a library may cut anywhere.
#[derive(Debug, Default)]
struct Outgoing {
    header: [u8; 5],
    have: usize,
    body_left: usize,
    /// The content type and the length of the last record that began since the call did.
    last: Option<(u8, u16)>,
}

impl Outgoing {
    fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let skipped = self.body_left.min(bytes.len());
            self.body_left -= skipped;
            let header = &bytes[skipped..];
            let len = header.len().min(self.header.len() - self.have);
            self.header[self.have..self.have + len].copy_from_slice(&header[..len]);
            self.have += len;
            bytes = &header[len..];
            if let (5, [kind, _, _, high, low]) = (self.have, self.header) {
                let len = u16::from_be_bytes([high, low]);
                self.last = Some((kind, len));
                self.body_left = len.into();
                self.have = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_record_is_found_however_it_is_cut() {
        let stream = [&[22, 3, 3, 0, 3, 9, 9, 9][..], &[ALERT, 3, 3, 0, 2, 2, 40]].concat();
        for size in 1..=stream.len() {
            let mut outgoing = Outgoing::default();
            stream.chunks(size).for_each(|piece| outgoing.pass(piece));
            assert_eq!(outgoing.last, Some((ALERT, 2)), "{size} bytes at a time");
        }
    }
}
