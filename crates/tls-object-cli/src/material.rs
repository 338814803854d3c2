//! Certificates, keys and revocation lists from files and from the system.

use std::path::Path;

use rustls_native_certs::load_certs_from_paths;
use tls_object::keys::{Passphrase, identity_from_pkcs12, private_key_from_pem};
use tls_object::{
    Certificate, Config, Crl, DynBackend, Error, ErrorKind, Identity, TrustStore, trust,
};

use crate::cli::IdentityArgs;
use crate::failure::Failure;

/// The authorities in a file, PEM or DER, or in the files of a directory.
pub(crate) fn authorities(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let mut store = TrustStore::new();
    let added = if path.is_dir() {
        trust::add_directory(&mut store, path)
    } else {
        trust::add_file(&mut store, path)
    };
    added.map_err(|error| Failure::Usage(error.to_string()))?;
    if store.certificates().is_empty() {
        return Err(Failure::Usage(format!("{}: no certificate", path.display())));
    }
    Ok(store.certificates().to_vec())
}

/// Every certificate of a PEM file.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    load(path, Certificate::all_from_pem)
}

/// Every revocation list of a PEM file.
pub(crate) fn crls(path: &Path) -> Result<Vec<Crl>, Failure> {
    load(path, Crl::all_from_pem)
}

/// What to show, in the order of the command line: PEM chains with their keys, then PKCS#12 files.
pub(crate) fn identities(args: &IdentityArgs) -> Result<Vec<Identity>, Failure> {
    if args.cert.len() != args.key.len() {
        let (certs, keys) = (args.cert.len(), args.key.len());
        return Err(Failure::Usage(format!("{certs} times --cert and {keys} times --key")));
    }
    // Read when the first file that is encrypted asks for it.
    let ask = || match &args.passphrase_file {
        Some(path) => passphrase(path),
        None => {
            Err(Error::new(ErrorKind::InvalidPrivateKey).with_detail("it needs --passphrase-file"))
        }
    };
    let mut identities = Vec::new();
    for (cert, key) in args.cert.iter().zip(&args.key) {
        let chain = certificates(cert)?;
        let key = load(key, |pem| private_key_from_pem(pem, Passphrase::ask(ask)))?;
        identities.push(Identity::new(chain, key)?);
    }
    for path in &args.pkcs12 {
        identities.push(load(path, |der| identity_from_pkcs12(der, Passphrase::ask(ask)))?);
    }
    Ok(identities)
}

/// The first line of a file.
fn passphrase(path: &Path) -> Result<Vec<u8>, Error> {
    let mut text = std::fs::read(path).map_err(|error| {
        let detail = format!("{}: {error}", path.display());
        Error::new(ErrorKind::InvalidPrivateKey).with_detail(detail)
    })?;
    let end = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
    text.truncate(end);
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    Ok(text)
}

/// The authorities that the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
pub(crate) fn system_roots() -> Result<Vec<Certificate>, Failure> {
    // Of the system's own some may be past use, but what was named must hold one.
    let named = std::env::var_os("SSL_CERT_FILE")
        .map(|file| load_certs_from_paths(Some(Path::new(&file)), None))
        .filter(|named| named.certs.is_empty());
    let found = named.unwrap_or_else(rustls_native_certs::load_native_certs);
    if !found.certs.is_empty() {
        return Ok(found.certs.iter().map(|der| Certificate::from_der(der.as_ref())).collect());
    }
    let why = match found.errors.first() {
        Some(error) => error.to_string(),
        None => "none found".to_owned(),
    };
    Err(Failure::Usage(format!("the system's trusted certificates: {why}; name a file with --ca")))
}

/// Tells on standard error what the backend leaves out of what was asked for.
pub(crate) fn tell_approximations(config: &Config, backend: &dyn DynBackend) {
    for line in backend.check(config).approximated {
        eprintln!("tlsobj: note: {line}");
    }
}

fn load<T>(path: &Path, parse: impl Fn(&[u8]) -> Result<T, Error>) -> Result<T, Failure> {
    let shown = path.display();
    let pem = std::fs::read(path).map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
    parse(&pem).map_err(|error| Failure::Usage(format!("{shown}: {error}")))
}
