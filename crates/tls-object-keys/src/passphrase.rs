//! The passphrase of a file.

use core::fmt;

use tls_object_core::{Error, ErrorKind};
use zeroize::Zeroizing;

/// The longest passphrase in bytes, as Python and OpenSSL have it.
pub const MAX_PASSPHRASE: usize = 1024;

type Ask<'a> = Box<dyn FnOnce() -> Result<Vec<u8>, Error> + 'a>;

/// The passphrase of a file, or how to come by it. Python: the `password` of `load_cert_chain`.
pub struct Passphrase<'a>(Option<Ask<'a>>);

impl<'a> Passphrase<'a> {
    /// None: what is encrypted is refused.
    pub fn none() -> Self {
        Self(None)
    }

    /// These bytes.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Zeroizing::new(bytes.into());
        Self::ask(move || Ok(bytes.to_vec()))
    }

    /// Whatever `ask` returns; called once, and only if there is something to decrypt. Its error is returned as it is.
    pub fn ask(ask: impl FnOnce() -> Result<Vec<u8>, Error> + 'a) -> Self {
        Self(Some(Box::new(ask)))
    }

    /// The bytes.
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidPrivateKey`] if there are none.
    /// * [`ErrorKind::InvalidArgument`] if there are more than [`MAX_PASSPHRASE`].
    /// * What was given to [`ask`](Self::ask) returns its own.
    pub(crate) fn bytes(self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let Some(ask) = self.0 else {
            return Err(Error::new(ErrorKind::InvalidPrivateKey)
                .with_detail("it is encrypted, and there is no passphrase"));
        };
        let bytes = Zeroizing::new(ask()?);
        if bytes.len() > MAX_PASSPHRASE {
            let detail = format!("a passphrase cannot be longer than {MAX_PASSPHRASE} bytes");
            return Err(Error::new(ErrorKind::InvalidArgument).with_detail(detail));
        }
        Ok(bytes)
    }
}

impl fmt::Debug for Passphrase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// What decryption says that comes to nothing: a wrong passphrase cannot be told from a damaged file.
pub(crate) fn refused() -> Error {
    Error::new(ErrorKind::InvalidPrivateKey)
        .with_detail("the passphrase is wrong, or the file is damaged")
}
