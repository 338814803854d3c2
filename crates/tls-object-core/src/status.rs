//! How far a call got: being blocked is a value here, never an error.

/// How far a call got that has nothing to hand back but its result.
///
/// Python raises `SSLWantReadError` and `SSLWantWriteError` where this says so in a value.
#[must_use]
#[allow(clippy::exhaustive_enums)] // control flow: a caller matches every case
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Status<T> {
    /// The call is finished.
    Done(T),
    /// The incoming BIO ran dry. Write out the outgoing one, put more bytes into the
    /// incoming one, then make the same call again.
    WantRead,
    /// The outgoing BIO is full. Write some of it out, then make the same call again.
    WantWrite,
    /// A decision is awaited. [`resume`](crate::SslObject::resume) with it, then make the same call again.
    Suspended,
}

impl<T> Status<T> {
    /// Whether the call is finished.
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// The result of a finished call.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            Self::WantRead | Self::WantWrite | Self::Suspended => None,
        }
    }
}

/// What a call to [`SslObject::read`](crate::SslObject::read) found.
#[must_use]
#[allow(clippy::exhaustive_enums)] // control flow: a caller matches every case
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Read {
    /// This many bytes of plaintext, at least one unless the buffer was empty, stand at the
    /// front of the buffer. They come from one record.
    Data(usize),
    /// No complete record is there. Put more bytes into the incoming BIO.
    WantRead,
    /// The outgoing BIO is too full to take the answers that reading may call for. Write
    /// some of it out first.
    WantWrite,
    /// A decision is awaited during the handshake. [`resume`](crate::SslObject::resume) with it.
    Suspended,
    /// Nothing will follow, and this is why. Every later `read` says the same.
    Closed(Closure),
}

/// How the peer's half of the connection ended.
#[must_use]
#[allow(clippy::exhaustive_enums)] // there is no third way to end
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Closure {
    /// The peer sent `close_notify` (RFC 8446 section 6.1): all it wanted to say has arrived.
    Clean,
    /// The transport ended without `close_notify`: an attacker may have cut the rest off.
    Truncated,
}
