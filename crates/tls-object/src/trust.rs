//! Whom to trust, from files, from directories and from the system.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use tls_object_core::TrustStore;

#[cfg(feature = "system-roots")]
mod system;

#[cfg(feature = "system-roots")]
pub use system::add_system;

/// What every certificate and revocation list in DER begins with.
const SEQUENCE: u8 = 0x30;

/// What many files came to.
#[non_exhaustive]
#[derive(Debug, Default)]
pub struct Found {
    /// How many certificates and revocation lists there are, each counted once, those included that the store had
    /// before.
    pub count: usize,
    /// What was passed over: each file, directory or certificate that cannot be read or used, by its name and why.
    pub unusable: Vec<Error>,
}

/// Adds what a file holds: certificates and revocation lists, in PEM, or in DER one behind the other. Returns how many
/// there are. Python: `load_verify_locations(cafile)`.
///
/// # Errors
/// Nothing is added then. Those of reading the file; [`ErrorKind::InvalidData`] for what it holds. Either has the name of
/// the file in its message.
pub fn add_file(store: &mut TrustStore, path: impl AsRef<Path>) -> Result<usize> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|error| named(path, &error))?;
    // A text may begin with a zero, too, so both are tried.
    let added = match bytes.first() {
        Some(&SEQUENCE) => store.add_der(&bytes).or_else(|of_der| match store.add_pem(&bytes) {
            Err(_) if !bytes.is_ascii() => Err(of_der),
            of_pem => of_pem,
        }),
        _ => store.add_pem(&bytes),
    };
    added.map_err(|error| named(path, &Error::new(ErrorKind::InvalidData, error)))
}

/// Adds what each file of a directory holds, whatever its name: those that OpenSSL looks up by hashes are among them.
/// What is no file, such as another directory or a pipe, is not looked into. Python: `load_verify_locations(capath)`, which looks into the files when a peer is
/// verified.
///
/// # Errors
/// Those of reading the directory, and [`ErrorKind::InvalidData`] if there is nothing usable in it.
pub fn add_directory(store: &mut TrustStore, path: impl AsRef<Path>) -> Result<Found> {
    let path = path.as_ref();
    let mut files: Vec<_> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>())
        .map_err(|error| named(path, &error))?;
    // The same order on every system.
    files.sort();
    let mut all = TrustStore::new();
    let mut found = Found::default();
    for file in files {
        match fs::metadata(&file) {
            Ok(it) if it.is_file() => found.unusable.extend(add_file(&mut all, file).err()),
            Ok(_) => {}
            // A link that leads nowhere.
            Err(error) => found.unusable.push(named(&file, &error)),
        }
    }
    found.count = all.certificates().len() + all.crls().len();
    if found.count == 0 {
        return Err(named(path, &Error::new(ErrorKind::InvalidData, "nothing to trust in it")));
    }
    for certificate in all.certificates() {
        store.add(certificate.clone());
    }
    for crl in all.crls() {
        store.add_crl(crl.clone());
    }
    Ok(found)
}

fn named(path: &Path, error: &Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", path.display()))
}
