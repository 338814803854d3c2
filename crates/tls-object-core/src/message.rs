//! The messages of the protocol, for those who want to watch it.

use crate::ProtocolVersion;

/// Which way a message went, seen from this end.
#[allow(clippy::exhaustive_enums)] // there are two ways
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Direction {
    /// The peer has sent it.
    Received,
    /// This end has sent it.
    Sent,
}

/// What a message is (RFC 8446 section 5.1).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MessageKind {
    /// An alert: its level and its description.
    Alert,
    /// The byte that announces encryption under TLS 1.2, and is there for show under TLS 1.3.
    ChangeCipherSpec,
    /// A handshake message with its header: its type, three bytes of length, its body.
    Handshake,
}

/// One message as it is before encryption, and after decryption.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Which way it went.
    pub direction: Direction,
    /// What it is.
    pub kind: MessageKind,
    /// The version that the library goes by at that moment: before the ServerHello, no more than a guess.
    pub version: ProtocolVersion,
    /// The message, not empty. It may hold secrets: the peer's certificate, a session ticket.
    pub bytes: &'a [u8],
}

impl<'a> Message<'a> {
    /// For backends: a message. `None` if there is nothing in it.
    pub const fn new(
        direction: Direction,
        kind: MessageKind,
        version: ProtocolVersion,
        bytes: &'a [u8],
    ) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        Some(Self { direction, kind, version, bytes })
    }

    /// The type of a handshake message (RFC 8446 section 4), such as 1 for a ClientHello.
    pub fn handshake_type(&self) -> Option<u8> {
        (self.kind == MessageKind::Handshake).then(|| self.bytes.first().copied()).flatten()
    }
}

/// What is shown the messages of connections. See [`Config::on_message`](crate::Config::on_message).
///
/// For the stages of a connection, of which OpenSSL tells by `SSL_CTX_set_info_callback`, there is no hook, since calls return
/// them, on every backend: a handshake begins with the first of them and is done when one says so, the fatal alerts are
/// [`Error::alert_sent`](crate::Error::alert_sent) and [`alert_received`](crate::Error::alert_received), and `close_notify` is
/// [`Closure::Clean`](crate::Closure::Clean).
pub trait OnMessage: Send + Sync {
    /// Looks at a message that was just received or is about to be sent, application data excepted. Runs inside of the
    /// call that met it.
    ///
    /// Python: `_msg_callback`.
    fn on_message(&self, message: &Message<'_>);
}
