//! The authorities that the system trusts.

use std::env;
use std::ffi::OsString;
use std::io::{Error, ErrorKind, Result};

use tls_object_core::TrustStore;

use super::{Found, add_directory, add_file};

/// Adds the authorities that the system trusts. Where the environment has `SSL_CERT_FILE`, a file, or `SSL_CERT_DIR`,
/// directories as they stand in `PATH`, those are read instead, as OpenSSL does. Python: `load_default_certs`.
///
/// It reads and decodes some hundred certificates: do it once, and clone the store.
///
/// # Errors
/// * [`ErrorKind::NotFound`] if there is none that can be used; the message has the first reason.
/// * Those of [`add_file`] for the file that `SSL_CERT_FILE` names: it must be usable, whatever else there is.
pub fn add_system(store: &mut TrustStore) -> Result<Found> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    let found = match (variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR")) {
        (None, None) => native(store),
        (file, directories) => named(store, file, directories)?,
    };
    if found.count > 0 {
        return Ok(found);
    }
    let why = found.unusable.first().map_or_else(|| "there are none".to_owned(), Error::to_string);
    Err(Error::new(ErrorKind::NotFound, format!("nothing to trust: {why}")))
}

/// What the environment names.
fn named(
    store: &mut TrustStore,
    file: Option<OsString>,
    directories: Option<OsString>,
) -> Result<Found> {
    let mut all = Found::default();
    if let Some(file) = file {
        all.count += add_file(store, file)?;
    }
    let directories = directories.unwrap_or_default();
    for directory in env::split_paths(&directories).filter(|path| !path.as_os_str().is_empty()) {
        match add_directory(store, directory) {
            Ok(found) => {
                all.count += found.count;
                all.unusable.extend(found.unusable);
            }
            Err(error) => all.unusable.push(error),
        }
    }
    Ok(all)
}

/// What the platform has.
fn native(store: &mut TrustStore) -> Found {
    let read = rustls_native_certs::load_native_certs();
    let mut all = Found::default();
    all.unusable.extend(read.errors.into_iter().map(Error::other));
    for der in read.certs {
        match store.add_der(&der) {
            Ok(count) => all.count += count,
            Err(error) => all.unusable.push(Error::new(ErrorKind::InvalidData, error)),
        }
    }
    all
}
