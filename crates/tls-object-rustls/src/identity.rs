//! Certificates and keys of this end.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, SubjectPublicKeyInfoDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{CipherSuite, SignatureScheme};
use tls_object_core::{
    Certificate, CertificateType, Config, Error, ErrorKind, Identity, IdentityKey, KeyFormat,
    PrivateKey, ProtocolVersion,
};

use crate::external_key::External;
use crate::notes::note;
use crate::signature;
use crate::signed::NotingKey;

/// A certificate as rustls holds it.
pub(crate) fn certificate(certificate: &Certificate) -> CertificateDer<'static> {
    CertificateDer::from(certificate.der().to_vec())
}

/// Loads an identity, whose key signs by no other schemes than `wanted` where that says so.
///
/// # Errors
/// [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidPrivateKey`], [`ErrorKind::KeyMismatch`].
fn load(
    identity: &Identity,
    wanted: Option<Arc<[SignatureScheme]>>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, Error> {
    let chain: Vec<_> = identity.chain().iter().map(certificate).collect();
    for certificate in &chain {
        webpki::anchor_from_trusted_cert(certificate)
            .map_err(|error| Error::new(ErrorKind::InvalidCertificate).with_source(error))?;
    }
    let shown = shown_key(identity, &chain)?;
    let key: Arc<dyn SigningKey> = match identity.key() {
        IdentityKey::Private(key) => private_key(key, provider)?,
        IdentityKey::External(key) => {
            let algorithms = provider.signature_verification_algorithms;
            Arc::new(External::new(key, shown.clone(), algorithms)?)
        }
        _ => return Err(ErrorKind::InvalidPrivateKey.into()),
    };
    if key.public_key().is_some_and(|it| it != shown) {
        return Err(ErrorKind::KeyMismatch.into());
    }
    let key = Arc::new(NotingKey { key, schemes: wanted });
    if identity.public_key().is_some() {
        return Ok(CertifiedKey::new(vec![CertificateDer::from(shown.to_vec())], key));
    }
    let mut certified = CertifiedKey::new(chain, key);
    certified.ocsp = identity.ocsp_response().map(<[u8]>::to_vec);
    Ok(certified)
}

/// The public key that is shown, alone or in the first certificate of `chain`.
fn shown_key(
    identity: &Identity,
    chain: &[CertificateDer<'static>],
) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
    if let Some(public_key) = identity.public_key() {
        return Ok(public_key.der().to_vec().into());
    }
    let leaf = chain.first().ok_or(ErrorKind::InvalidCertificate)?;
    let key = signature::public_key(leaf).ok_or(ErrorKind::InvalidCertificate)?;
    Ok(key.into_owned())
}

fn private_key(key: &PrivateKey, provider: &CryptoProvider) -> Result<Arc<dyn SigningKey>, Error> {
    let der = key.secret_der().to_vec();
    let der = match key.format() {
        KeyFormat::Pkcs1 => PrivateKeyDer::Pkcs1(der.into()),
        KeyFormat::Sec1 => PrivateKeyDer::Sec1(der.into()),
        KeyFormat::Pkcs8 => PrivateKeyDer::Pkcs8(der.into()),
        _ => return Err(ErrorKind::InvalidPrivateKey.into()),
    };
    provider
        .key_provider
        .load_private_key(der)
        .map_err(|error| Error::new(ErrorKind::InvalidPrivateKey).with_source(error))
}

/// Identities, the best first.
#[derive(Debug)]
struct Identities {
    keys: Vec<Arc<CertifiedKey>>,
    /// Whether they are public keys without certificates: they all are, or none is.
    are_raw: bool,
}

impl Identities {
    fn load(
        identities: &[Identity],
        config: &Config,
        provider: &CryptoProvider,
    ) -> Result<Self, Error> {
        let wanted: Option<Arc<[_]>> = config.signing_schemes.values().map(|schemes| {
            schemes.iter().map(|scheme| SignatureScheme::from(scheme.code())).collect()
        });
        let load = |identity| load(identity, wanted.clone(), provider).map(Arc::new);
        let keys = identities.iter().map(load).collect::<Result<_, _>>()?;
        let is_raw = |it: &Identity| it.certificate_type() == CertificateType::RawPublicKey;
        Ok(Self { keys, are_raw: identities.iter().any(is_raw) })
    }

    /// The first whose key signs with one of the schemes.
    fn first(&self, schemes: &[SignatureScheme]) -> Option<&Arc<CertifiedKey>> {
        self.keys.iter().find(|identity| identity.key.choose_scheme(schemes).is_some())
    }
}

/// The identities of a client.
#[derive(Debug)]
pub(crate) struct ClientIdentities(Identities);

impl ClientIdentities {
    /// The identities of a configuration.
    ///
    /// # Errors
    /// Those of [`load`].
    pub(crate) fn new(config: &Config, provider: &CryptoProvider) -> Result<Self, Error> {
        Identities::load(&config.identities, config, provider).map(Self)
    }
}

impl ResolvesClientCert for ClientIdentities {
    /// rustls gives the schemes that the version has, and shows nothing where there is none.
    fn resolve(
        &self,
        _authorities: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.0.first(schemes).cloned()
    }

    fn has_certs(&self) -> bool {
        !self.0.keys.is_empty()
    }

    fn only_raw_public_keys(&self) -> bool {
        self.0.are_raw
    }
}

/// The identities of a server, chosen by the name that the client asks for and by what it can verify.
#[derive(Debug)]
pub(crate) struct ServerIdentities {
    default: Identities,
    by_name: BTreeMap<String, Identities>,
    speaks_tls13: bool,
}

impl ServerIdentities {
    /// The identities of a configuration.
    ///
    /// # Errors
    /// Those of [`load`].
    pub(crate) fn new(config: &Config, provider: &CryptoProvider) -> Result<Self, Error> {
        Ok(Self {
            default: Identities::load(&config.identities, config, provider)?,
            by_name: config
                .identities_by_name
                .iter()
                .map(|(name, these)| Ok((name.clone(), Identities::load(these, config, provider)?)))
                .collect::<Result<_, Error>>()?,
            speaks_tls13: config.version_range().1 >= ProtocolVersion::TLS13,
        })
    }
}

impl ResolvesServerCert for ServerIdentities {
    /// By name as [`Config::identities_for`] has it; rustls gives the name in lower case, and of the schemes, under TLS
    /// 1.2, those that a suite goes with.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let chosen = self.choose(&hello);
        note(|notes| notes.shown = chosen.clone());
        chosen
    }

    fn only_raw_public_keys(&self) -> bool {
        self.default.are_raw
    }
}

impl ServerIdentities {
    fn choose(&self, hello: &ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| self.by_name.get(name));
        let identities = named.unwrap_or(&self.default);
        if let [only] = &identities.keys[..] {
            return Some(only.clone());
        }
        let mut schemes = hello.signature_schemes().to_vec();
        let is_tls13 = |suite: &CipherSuite| u16::from(*suite) >> 8 == 0x13;
        if self.speaks_tls13 && hello.cipher_suites().iter().any(is_tls13) {
            // RFC 8446 section 4.2.3: these are for certificates, and for the handshakes of TLS 1.2.
            schemes.retain(|scheme| !is_pkcs1(*scheme));
        }
        // With none that fits, rustls says why not.
        identities.first(&schemes).or_else(|| identities.keys.first()).cloned()
    }
}

fn is_pkcs1(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::RSA_PKCS1_SHA1
            | SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512
    )
}
