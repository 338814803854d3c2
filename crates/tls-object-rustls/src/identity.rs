//! Certificates and keys of this end.

use core::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustls::InconsistentKeys;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tls_object_core::{Certificate, Config, Error, ErrorKind, Identity, KeyFormat};

/// A certificate as rustls holds it.
pub(crate) fn certificate(certificate: &Certificate) -> CertificateDer<'static> {
    CertificateDer::from(certificate.der().to_vec())
}

/// Loads an identity.
///
/// # Errors
/// [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidPrivateKey`], [`ErrorKind::KeyMismatch`].
pub(crate) fn load(identity: &Identity, provider: &CryptoProvider) -> Result<CertifiedKey, Error> {
    let chain: Vec<_> = identity.chain().iter().map(certificate).collect();
    for certificate in &chain {
        webpki::anchor_from_trusted_cert(certificate)
            .map_err(|error| Error::new(ErrorKind::InvalidCertificate).with_source(error))?;
    }
    let der = identity.key().secret_der().to_vec();
    let der = match identity.key().format() {
        KeyFormat::Pkcs1 => PrivateKeyDer::Pkcs1(der.into()),
        KeyFormat::Sec1 => PrivateKeyDer::Sec1(der.into()),
        KeyFormat::Pkcs8 => PrivateKeyDer::Pkcs8(der.into()),
        _ => return Err(ErrorKind::InvalidPrivateKey.into()),
    };
    let key = provider
        .key_provider
        .load_private_key(der)
        .map_err(|error| Error::new(ErrorKind::InvalidPrivateKey).with_source(error))?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(rustls::Error::InconsistentKeys(_)) => Err(ErrorKind::KeyMismatch.into()),
        Err(error) => Err(Error::new(ErrorKind::InvalidCertificate).with_source(error)),
    }
}

/// The identities of a server, chosen by the name that the client asks for.
#[derive(Debug)]
pub(crate) struct ServerIdentities {
    default: Option<Arc<CertifiedKey>>,
    by_name: BTreeMap<String, Arc<CertifiedKey>>,
}

impl ServerIdentities {
    /// The identities of a configuration.
    ///
    /// # Errors
    /// Those of [`load`].
    pub(crate) fn new(config: &Config, provider: &CryptoProvider) -> Result<Self, Error> {
        let load = |identity| load(identity, provider).map(Arc::new);
        Ok(Self {
            default: config.identity.as_ref().map(load).transpose()?,
            by_name: config
                .identities_by_name
                .iter()
                .map(|(name, identity)| Ok((name.clone(), load(identity)?)))
                .collect::<Result<_, Error>>()?,
        })
    }
}

impl ResolvesServerCert for ServerIdentities {
    /// As [`Config::identity_for`] has it; rustls gives the name in lower case.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let chosen = hello
            .server_name()
            .and_then(|name| self.by_name.get(name))
            .or(self.default.as_ref())
            .cloned();
        SHOWN.set(chosen.clone());
        chosen
    }
}

thread_local! {
    /// What was last chosen on this thread. The choice is made for all connections of a context, and rustls does not
    /// tell it; but it is made within a call of [`take_shown`]'s caller, on the same stack.
    static SHOWN: Cell<Option<Arc<CertifiedKey>>> = const { Cell::new(None) };
}

/// What a server has chosen to show since this was last asked on this thread.
pub(crate) fn take_shown() -> Option<Arc<CertifiedKey>> {
    SHOWN.take()
}
