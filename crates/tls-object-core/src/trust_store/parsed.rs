//! What libraries have made of a store.

use core::any::Any;
use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Error;

type Value = Arc<dyn Any + Send + Sync>;

/// One value of each type, made when it is first asked for. A clone has none: it belongs to contents that are about to
/// change.
#[derive(Default)]
pub(super) struct Parsed(Mutex<Vec<Value>>);

impl Parsed {
    /// The value of this type. Whoever asks meanwhile for any waits until it is made.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) fn get_or_make<T: Any + Send + Sync>(
        &self,
        make: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        // A `make` that panicked has left nothing half done.
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = values.iter().find_map(|value| Arc::clone(value).downcast().ok());
        if let Some(found) = found {
            return Ok(found);
        }
        let made = Arc::new(make()?);
        values.push(Arc::clone(&made) as Value);
        Ok(made)
    }
}

impl Clone for Parsed {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Stores are compared by what they hold.
impl PartialEq for Parsed {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Parsed {}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parsed")
    }
}
