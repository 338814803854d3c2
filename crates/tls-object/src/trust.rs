//! Whom to trust, from files.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use tls_object_core::TrustStore;

/// Adds what a file holds: certificates and revocation lists in PEM, or certificates in DER, one behind the other.
/// Returns how many there are. Python: `load_verify_locations(cafile)`.
///
/// # Errors
/// Nothing is added then. Those of reading the file; [`ErrorKind::InvalidData`], with the [`Error`](crate::Error) of
/// [`TrustStore::add_pem`] or [`TrustStore::add_der`] in it, for what it holds.
pub fn add_file(store: &mut TrustStore, path: impl AsRef<Path>) -> Result<usize> {
    let path = path.as_ref();
    let named = |kind, what: String| Error::new(kind, format!("{}: {what}", path.display()));
    let bytes = fs::read(path).map_err(|error| named(error.kind(), error.to_string()))?;
    // No text begins like this, and every certificate in DER does.
    let added = if bytes.starts_with(&[0x30, 0x82]) || bytes.starts_with(&[0x30, 0x81]) {
        store.add_der(&bytes)
    } else {
        store.add_pem(&bytes)
    };
    added.map_err(|error| named(ErrorKind::InvalidData, error.to_string()))
}

/// Adds what each file of a directory holds, whatever its name: those that OpenSSL looks up by hashes are among them, and
/// files without a certificate or a revocation list are passed over. Returns how many there are. Python:
/// `load_verify_locations(capath)`, which looks into the files when a peer is verified.
///
/// # Errors
/// Those of reading the directory and its files, and [`ErrorKind::InvalidData`] if there is nothing in any of them.
pub fn add_directory(store: &mut TrustStore, path: impl AsRef<Path>) -> Result<usize> {
    let path = path.as_ref();
    let named = |error: Error| Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut files: Vec<_> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>())
        .map_err(named)?;
    // The same order on every system.
    files.sort();
    let mut count = 0;
    for file in files.into_iter().filter(|file| file.is_file()) {
        match add_file(store, file) {
            Ok(some) => count += some,
            Err(error) if error.kind() == ErrorKind::InvalidData => {}
            Err(error) => return Err(error),
        }
    }
    if count == 0 {
        return Err(named(Error::new(ErrorKind::InvalidData, "nothing to trust in it")));
    }
    Ok(count)
}
