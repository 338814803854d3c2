//! Code of the application that a library calls back.

use core::any::Any;
use core::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

use tls_object_core::{Config, Hook, KeyLog};
use zeroize::Zeroizing;

/// The hooks of a configuration, as each of its connections carries them.
///
/// No panic may unwind through C: one in a hook waits here until the library has returned.
pub struct Hooks {
    key_log: Option<Hook<dyn KeyLog>>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Hooks {
    /// Those of `config`; `None` if it has none, and then nothing is paid for them.
    pub fn of(config: &Config) -> Option<Arc<Self>> {
        let key_log = config.key_log.clone();
        key_log.is_some().then(|| Arc::new(Self { key_log, panic: Mutex::default() }))
    }

    /// Hands a line of the NSS format, as the library has made it, to the key log.
    pub fn log_key(&self, line: &str) {
        let Some(key_log) = &self.key_log else { return };
        let mut fields = line.split(' ');
        if let (Some(label), Some(random), Some(secret)) =
            (fields.next(), fields.next().and_then(bytes), fields.next().and_then(bytes))
        {
            self.run(|| key_log.log(label, &random, &secret));
        }
    }

    /// Runs code of the application. `None` when it panicked, now or earlier in the same call.
    fn run<R>(&self, code: impl FnOnce() -> R) -> Option<R> {
        let mut panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        if panic.is_some() {
            return None;
        }
        panic::catch_unwind(AssertUnwindSafe(code)).map_err(|payload| *panic = Some(payload)).ok()
    }

    /// The panic that waits.
    pub(crate) fn take_panic(&self) -> Option<Box<dyn Any + Send>> {
        self.panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("key_log", &self.key_log).finish_non_exhaustive()
    }
}

/// The bytes that a text has in hexadecimal.
fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len()));
    for pair in digits {
        bytes.push(byte(pair)?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_whole_or_not_at_all() {
        assert_eq!(**bytes("00fFa5").unwrap(), [0, 0xff, 0xa5]);
        assert_eq!(**bytes("").unwrap(), [0_u8; 0]);
        for not in ["0", "0g", "+1", "\u{e9}"] {
            assert!(bytes(not).is_none(), "{not}");
        }
    }
}
