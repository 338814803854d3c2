//! SChannel and Secure Transport, which no promise was ever tried on.

use core::error::Error as StdError;
use core::ffi::c_int;

use tls_object_core::{Error, ErrorKind, HashAlgorithm, Identity, Library};
use zeroize::Zeroizing;

/// Why the library is not used at all.
pub(crate) const UNTRIED: Option<&str> = Some("this backend is tried on OpenSSL only, so far");

/// The library, which does not tell its version.
pub(crate) fn library() -> Library {
    let name = if cfg!(target_os = "windows") { "SChannel" } else { "Secure Transport" };
    Library::new(name, "0")
}

/// Nothing is linked that might be another library.
pub(crate) fn require() -> Result<(), Error> {
    Ok(())
}

/// There is no queue of errors.
pub(crate) fn forget_errors() {}

/// Errors have no codes that this backend knows.
pub(crate) fn codes(_error: &(dyn StdError + 'static)) -> Vec<(c_int, c_int)> {
    Vec::new()
}

/// Never asked for: no context gets as far.
pub(crate) fn pem(_identity: &Identity) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Error> {
    Err(ErrorKind::Internal.into())
}

/// Never asked for: no context gets as far.
pub(crate) fn digest(_hash: HashAlgorithm, _data: &[u8]) -> Result<Vec<u8>, Error> {
    Err(ErrorKind::Internal.into())
}

/// Never asked for: no context gets as far.
pub(crate) fn has_host_name(_certificate: &[u8]) -> bool {
    false
}
