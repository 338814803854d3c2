//! A context that is exchanged while it is in use.

use core::fmt;
use std::sync::{PoisonError, RwLock};

/// A place for a context that can be exchanged for another while connections are made from it, such as when a
/// certificate is renewed.
///
/// Connections that exist keep the context that they were made by. Sessions are bound to a context, so those of the
/// former one are not resumed by the new one.
///
/// [`get`](Self::get) holds a lock for reading for as long as it takes to clone a handle, and [`set`](Self::set) one
/// for writing for as long as it takes to put another in its place: neither waits for the making of a context.
pub struct Reloadable<C>(RwLock<C>);

impl<C: Clone> Reloadable<C> {
    /// Begins with `context`.
    pub const fn new(context: C) -> Self {
        Self(RwLock::new(context))
    }

    /// The context of now: to be asked for once for each connection.
    pub fn get(&self) -> C {
        // Whoever panicked left a whole context.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts `context` in the place of the one of now, which is returned.
    pub fn set(&self, context: C) -> C {
        core::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), context)
    }
}

impl<C: Clone + fmt::Debug> fmt::Debug for Reloadable<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reloadable").field(&self.get()).finish()
    }
}
