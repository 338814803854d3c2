//! Private keys that are held elsewhere.

use core::fmt;
use std::sync::Arc;

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{OtherError, SignatureAlgorithm, SignatureScheme};
use tls_object_core::{Error, ErrorKind, ExternalKey, KeyKind, ProtocolVersion};
use webpki::RawPublicKeyEntity;

use crate::notes;

/// A private key that is held elsewhere, as rustls signs with it.
#[derive(Clone)]
pub(crate) struct External {
    key: ExternalKey,
    kind: KeyKind,
    public_key: SubjectPublicKeyInfoDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl External {
    /// The private key of `public_key`, whose signatures are verified by one of the `algorithms`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPrivateKey`], [`ErrorKind::KeyMismatch`].
    pub(crate) fn new(
        key: &ExternalKey,
        public_key: SubjectPublicKeyInfoDer<'static>,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Result<Self, Error> {
        let kind = key.kind(&public_key)?;
        if !key.schemes().iter().any(|&scheme| signs_always(kind, scheme)) {
            return Err(Error::new(ErrorKind::InvalidPrivateKey)
                .with_detail("it signs by none of the schemes of its own curve"));
        }
        Ok(Self { key: key.clone(), kind, public_key, algorithms })
    }

    /// Whether the public key verifies a signature.
    fn holds(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = RawPublicKeyEntity::try_from(&self.public_key) else { return false };
        let named = self.algorithms.mapping.iter().find(|(name, _)| *name == scheme);
        named.is_some_and(|(_, algorithms)| {
            algorithms.iter().any(|&it| key.verify_signature(it, message, signature).is_ok())
        })
    }
}

impl SigningKey for External {
    /// rustls does not say for which version.
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = self.key.schemes().iter().find(|&&scheme| {
            signs_always(self.kind, scheme) && offered.contains(&scheme.code().into())
        })?;
        let scheme = SignatureScheme::from(scheme.code());
        Some(Box::new(ExternalSigner { key: self.clone(), scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.kind {
            KeyKind::Rsa => SignatureAlgorithm::RSA,
            KeyKind::Ed25519 => SignatureAlgorithm::ED25519,
            _ => SignatureAlgorithm::ECDSA,
        }
    }
}

impl fmt::Debug for External {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Whether a key signs by this scheme under each version: of the schemes of ECDSA by those of its own curve. Of RSA rustls
/// offers none that does not fit the version.
fn signs_always(kind: KeyKind, scheme: tls_object_core::SignatureScheme) -> bool {
    kind == KeyKind::Rsa || kind.signs_with(scheme, ProtocolVersion::TLS13)
}

#[derive(Debug)]
struct ExternalSigner {
    key: External,
    scheme: SignatureScheme,
}

impl Signer for ExternalSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let holds = |signature: &[u8]| self.key.holds(self.scheme, message, signature);
        let scheme = tls_object_core::SignatureScheme::new(self.scheme.into());
        let signed = notes::run(|| self.key.key.sign(scheme, message));
        let signed = signed.unwrap_or_else(|| Err(ErrorKind::SignerFailed.into()));
        let signed = signed.and_then(|signature| {
            // rustls waits for no signature; the check has seen to it that none is late.
            let signature = signature.ok_or(ErrorKind::SignerFailed)?;
            ExternalKey::checked(signature, holds)
        });
        signed.map_err(|error| rustls::Error::Other(OtherError(Arc::new(error))))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// Why an external key has not signed, if that is what rustls says.
pub(crate) fn failure(error: &rustls::Error) -> Option<&Error> {
    match error {
        rustls::Error::Other(OtherError(error)) => error.downcast_ref::<Error>(),
        _ => None,
    }
}
