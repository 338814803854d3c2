//! Certificates, keys and revocation lists from files and from the system.

use std::path::Path;

use tls_object::{Certificate, Crl, Error, Identity, PrivateKey};

use crate::failure::Failure;

/// Every certificate of a PEM file.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    load(path, Certificate::all_from_pem)
}

/// Every revocation list of a PEM file.
pub(crate) fn crls(path: &Path) -> Result<Vec<Crl>, Failure> {
    load(path, Crl::all_from_pem)
}

/// A chain and its key from two PEM files, which may be the same.
pub(crate) fn identity(chain: &Path, key: &Path) -> Result<Identity, Failure> {
    Ok(Identity::new(certificates(chain)?, load(key, PrivateKey::from_pem)?)?)
}

/// The authorities that the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
pub(crate) fn system_roots() -> Result<Vec<Certificate>, Failure> {
    let found = rustls_native_certs::load_native_certs();
    if !found.certs.is_empty() {
        return Ok(found.certs.iter().map(|der| Certificate::from_der(der.as_ref())).collect());
    }
    let why = match found.errors.first() {
        Some(error) => error.to_string(),
        None => "none found".to_owned(),
    };
    Err(Failure::Usage(format!("the system's trusted certificates: {why}; name a file with --ca")))
}

fn load<T>(path: &Path, parse: impl Fn(&[u8]) -> Result<T, Error>) -> Result<T, Failure> {
    let shown = path.display();
    let pem = std::fs::read(path).map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
    parse(&pem).map_err(|error| Failure::Usage(format!("{shown}: {error}")))
}
