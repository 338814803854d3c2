//! The authorities that the system trusts.

use std::env;
use std::ffi::OsString;
use std::io::{Error, ErrorKind, Result};

use tls_object_core::TrustStore;

use super::{Found, add_directory, add_file};

/// Adds the authorities that the system trusts. Where the environment has `SSL_CERT_FILE`, a file, or `SSL_CERT_DIR`,
/// directories as they stand in `PATH`, the certificates there are the authorities instead, and no others: none at all where
/// a variable is empty. Python: `load_default_certs`.
///
/// That is stricter than OpenSSL, where each variable stands for one half of the defaults and the other half stays, and
/// less strict in that every file of a directory counts, whatever its name. Revocation lists are passed over: one of
/// them in the store, and no peer is accepted on whose issuer there is none.
///
/// It reads and decodes some hundred certificates: do it once, and clone the store.
///
/// # Errors
/// * [`ErrorKind::NotFound`] if there is none that can be used; the message has the first reason.
/// * Those of [`add_file`] for the file that `SSL_CERT_FILE` names: it must be usable, whatever else there is.
pub fn add_system(store: &mut TrustStore) -> Result<Found> {
    let mut all = TrustStore::new();
    let unusable = match (env::var_os("SSL_CERT_FILE"), env::var_os("SSL_CERT_DIR")) {
        (None, None) => native(&mut all),
        (file, directories) => named(&mut all, file, directories)?,
    };
    let found = Found { count: all.certificates().len(), unusable };
    if found.count > 0 {
        for certificate in all.certificates() {
            store.add(certificate.clone());
        }
        return Ok(found);
    }
    let none = || "neither the system nor SSL_CERT_FILE and SSL_CERT_DIR name any".to_owned();
    let why = found.unusable.first().map_or_else(none, Error::to_string);
    Err(Error::new(ErrorKind::NotFound, format!("nothing to trust: {why}")))
}

/// Reads what the environment names. Returns what cannot be used.
fn named(
    store: &mut TrustStore,
    file: Option<OsString>,
    directories: Option<OsString>,
) -> Result<Vec<Error>> {
    if let Some(file) = file.filter(|name| !name.is_empty()) {
        add_file(store, file)?;
    }
    let mut unusable = Vec::new();
    let directories = directories.unwrap_or_default();
    for directory in env::split_paths(&directories).filter(|path| !path.as_os_str().is_empty()) {
        match add_directory(store, directory) {
            Ok(found) => unusable.extend(found.unusable),
            Err(error) => unusable.push(error),
        }
    }
    Ok(unusable)
}

/// Reads what the platform has. Returns what cannot be used.
fn native(store: &mut TrustStore) -> Vec<Error> {
    let read = rustls_native_certs::load_native_certs();
    let mut unusable: Vec<_> = read.errors.into_iter().map(Error::other).collect();
    for der in read.certs {
        let added = store.add_der(&der);
        unusable.extend(added.err().map(|error| Error::new(ErrorKind::InvalidData, error)));
    }
    unusable
}
