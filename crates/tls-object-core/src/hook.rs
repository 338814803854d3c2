//! Code of the application that a configuration carries.

use core::fmt;
use core::ops::Deref;
use std::sync::Arc;

/// Code of the application that a configuration carries: an implementation of the trait `T`, shared by all
/// that is made of the configuration.
///
/// Two hooks are equal if they are the same one, since code cannot be compared. It runs inside of the call that needs its
/// answer, on the caller's thread, and must not block: for what takes its time a handshake can be
/// [suspended](crate::Awaited).
///
/// A panic in it ends the connection and goes on to the caller; every later call is
/// [`ErrorKind::Internal`](crate::ErrorKind::Internal), with the alert that was sent, if one was. Where the handshake waits for
/// an answer (a ClientHello, a signature, a verdict, a server's pre-shared key), the library takes the panic for a refusal and tells
/// the peer so by an alert, if it can. Where it waits for none (a key log, messages, sessions, a client's
/// pre-shared key), the peer is told nothing, and sees the transport end if the caller ends it.
pub struct Hook<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Hook<T> {
    /// A hook that is this code.
    pub fn new(code: Arc<T>) -> Self {
        Self(code)
    }
}

impl<T: ?Sized> From<Arc<T>> for Hook<T> {
    fn from(code: Arc<T>) -> Self {
        Self(code)
    }
}

impl<T: ?Sized> Deref for Hook<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Clone for Hook<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> PartialEq for Hook<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Eq for Hook<T> {}

impl<T: ?Sized> fmt::Debug for Hook<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}
