//! Certificates, keys and revocation lists from files and from the system.

use std::io;
use std::path::Path;

use tls_object::keys::{Passphrase, identity_from_pkcs12, private_key};
use tls_object::trust::{self, Found};
use tls_object::{
    Certificate, Config, DynBackend, DynContext, Error, ErrorKind, Identity, PublicKey, TrustStore,
};

use crate::cli::IdentityArgs;
use crate::failure::Failure;

/// Whom to trust, and what was passed over on the way to it: the authorities in a file, PEM or DER, or in the files of a
/// directory; without a path those of the system.
pub(crate) fn trust(path: Option<&Path>) -> Result<(TrustStore, Found), Failure> {
    let mut store = TrustStore::new();
    let found = match path {
        None => trust::add_system(&mut store).map_err(|error| {
            Failure::Usage(format!(
                "the system's trusted certificates: {error}; name a file with --ca"
            ))
        })?,
        Some(path) if path.is_dir() => trust::add_directory(&mut store, path).map_err(usage)?,
        Some(path) => {
            trust::add_file(&mut store, path).map_err(usage)?;
            Found::default()
        }
    };
    match path {
        Some(path) if store.certificates().is_empty() => {
            Err(Failure::Usage(format!("{}: no certificate", path.display())))
        }
        _ => Ok((store, found)),
    }
}

/// Adds every revocation list of a file, PEM or DER, to those of `store`.
pub(crate) fn add_crls(store: &mut TrustStore, path: &Path) -> Result<(), Failure> {
    let mut lists = TrustStore::new();
    trust::add_file(&mut lists, path).map_err(usage)?;
    if lists.crls().is_empty() {
        return Err(Failure::Usage(format!("{}: no revocation list", path.display())));
    }
    store.extend(lists.crls().iter().cloned());
    Ok(())
}

fn usage(error: io::Error) -> Failure {
    Failure::Usage(error.to_string())
}

/// Every certificate of a PEM file.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    load(path, Certificate::all_from_pem)
}

/// The public key in a file, PEM or DER.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    load(path, |file| {
        PublicKey::from_pem(file).or_else(|error| PublicKey::from_der(file).map_err(|_| error))
    })
}

/// What to show, in the order of the command line: PEM chains with their keys, public keys with theirs, then PKCS#12 files.
pub(crate) fn identities(args: &IdentityArgs) -> Result<Vec<Identity>, Failure> {
    let (certs, public_keys, keys) = (args.cert.len(), args.public_key.len(), args.key.len());
    if certs + public_keys != keys {
        let public_keys = match public_keys {
            0 => String::new(),
            number => format!(", {number} times --public-key"),
        };
        let counted = format!("{certs} times --cert{public_keys} and {keys} times --key");
        return Err(Failure::Usage(counted));
    }
    let passphrase = args.passphrase_file.as_deref().map(passphrase).transpose()?;
    let ask = || {
        let missing = "it is encrypted and needs --passphrase-file";
        let missing = || Error::new(ErrorKind::InvalidPrivateKey).with_detail(missing);
        passphrase.clone().ok_or_else(missing)
    };
    let mut identities = Vec::new();
    for (cert, key) in args.cert.iter().zip(&args.key) {
        let chain = certificates(cert)?;
        let key = load(key, |file| private_key(file, Passphrase::ask(ask)))?;
        identities.push(Identity::new(chain, key)?);
    }
    for (public, key) in args.public_key.iter().zip(&args.key[certs..]) {
        let key = load(key, |file| private_key(file, Passphrase::ask(ask)))?;
        identities.push(Identity::raw_public_key(public_key(public)?, key));
    }
    for path in &args.pkcs12 {
        identities.push(load(path, |der| identity_from_pkcs12(der, Passphrase::ask(ask)))?);
    }
    Ok(identities)
}

/// A context of `backend`. Where it takes none, and one of the identities is to blame, the failure names its files.
pub(crate) fn context(
    config: &Config,
    backend: &dyn DynBackend,
    args: &IdentityArgs,
) -> Result<Box<dyn DynContext>, Failure> {
    let error = match backend.context(config) {
        Ok(context) => return Ok(context),
        Err(error) => error,
    };
    let about_identities =
        [ErrorKind::InvalidCertificate, ErrorKind::InvalidPrivateKey, ErrorKind::KeyMismatch];
    if !about_identities.contains(&error.kind()) {
        return Err(error.into());
    }
    for (identity, files) in config.identities.iter().zip(files(args)) {
        let mut alone = config.clone();
        alone.identities = vec![identity.clone()];
        if let Err(error) = backend.context(&alone) {
            return Err(Failure::Usage(format!("{files}: {}", Failure::from(error))));
        }
    }
    Err(error.into())
}

/// The files of each identity, in the order of [`identities`].
fn files(args: &IdentityArgs) -> impl Iterator<Item = String> {
    let pairs = args.cert.iter().chain(&args.public_key).zip(&args.key);
    let pairs = pairs.map(|(cert, key)| format!("{} with {}", cert.display(), key.display()));
    pairs.chain(args.pkcs12.iter().map(|path| path.display().to_string()))
}

/// The first line of a file.
fn passphrase(path: &Path) -> Result<Vec<u8>, Failure> {
    load(path, |text| {
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        Ok(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
    })
}

/// Tells on standard error what was passed over, and what the backend leaves out of what was asked for.
pub(crate) fn tell(found: &Found, config: &Config, backend: &dyn DynBackend) {
    for error in &found.unusable {
        eprintln!("tlsobj: note: {error}");
    }
    for line in backend.check(config).approximated {
        eprintln!("tlsobj: note: {line}");
    }
}

fn load<T>(path: &Path, parse: impl Fn(&[u8]) -> Result<T, Error>) -> Result<T, Failure> {
    let shown = path.display();
    let pem = std::fs::read(path).map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
    parse(&pem).map_err(|error| Failure::Usage(format!("{shown}: {error}")))
}
