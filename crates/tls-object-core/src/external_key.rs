//! Keys that are held elsewhere: asked to sign, never seen.

use core::error::Error as StdError;
use std::sync::Arc;

use crate::{Error, ErrorKind, Hook, KeyKind, ProtocolVersion, SignatureScheme};

/// Why a signer gives no signature.
pub type SignerError = Box<dyn StdError + Send + Sync>;

/// What signs with a private key that this process need not hold: a hardware security module, an agent, a service.
///
/// The thread waits for it: for one that is far away, see [`ExternalKey::suspending`].
pub trait Signer: Send + Sync {
    /// Signs `message`, which is not hashed yet, by `scheme`, which is one of the key's. Called once in each full
    /// handshake in which the certificate is shown. Returns the signature as TLS carries it: the bytes of PKCS#1 or
    /// RSASSA-PSS, whose salt is as long as the hash; the DER of an ECDSA signature; the 64 bytes of Ed25519 (RFC 8446
    /// section 4.2.3).
    ///
    /// What is returned is verified with the certificate's key before it is sent.
    ///
    /// # Errors
    /// Why there is no signature. The handshake fails with [`ErrorKind::SignerFailed`], of which this is the source.
    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, SignerError>;
}

impl<F> Signer for F
where
    F: Fn(SignatureScheme, &[u8]) -> Result<Vec<u8>, SignerError> + Send + Sync,
{
    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        self(scheme, message)
    }
}

/// A private key that is held elsewhere: the schemes that it signs by, and what signs with it. Cheap to clone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExternalKey {
    schemes: Arc<[SignatureScheme]>,
    signer: Option<Hook<dyn Signer>>,
}

impl ExternalKey {
    /// A key that signs by `schemes`, the best first. Of these a handshake uses what the peer accepts.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPrivateKey`] without a scheme. Whether the schemes are those of the certificate's key is
    /// checked when a context is made.
    pub fn new(schemes: &[SignatureScheme], signer: Hook<dyn Signer>) -> Result<Self, Error> {
        Ok(Self { signer: Some(signer), ..Self::suspending(schemes)? })
    }

    /// The same for what takes its time to sign: the handshake is [suspended](crate::Status::Suspended) until
    /// [`resume`](crate::SslObject::resume) has the [signature](crate::Answer::signature) that is
    /// [awaited](crate::Awaited::Signature). See [`Capability::ExternalKeyPause`](crate::Capability::ExternalKeyPause).
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn suspending(schemes: &[SignatureScheme]) -> Result<Self, Error> {
        if schemes.is_empty() {
            return Err(Error::new(ErrorKind::InvalidPrivateKey).with_detail("no signature scheme"));
        }
        Ok(Self { schemes: schemes.into(), signer: None })
    }

    /// The schemes that it signs by, the best first.
    pub fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    /// What signs with it; `None` where the handshake is suspended for that.
    pub const fn signer(&self) -> Option<&Hook<dyn Signer>> {
        self.signer.as_ref()
    }

    /// For backends: a signature of `message` by `scheme`, not yet [checked](Self::checked); `None` where the handshake is
    /// to be suspended for it.
    ///
    /// # Errors
    /// [`ErrorKind::SignerFailed`].
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let failed = || Error::new(ErrorKind::SignerFailed);
        if !self.schemes.contains(&scheme) {
            return Err(failed().with_detail(format!("the key does not sign by {scheme}")));
        }
        let Some(signer) = &self.signer else { return Ok(None) };
        signer.sign(scheme, message).map(Some).map_err(|error| failed().with_source(error))
    }

    /// For backends: a signature of which `holds` says that the certificate's key verifies it.
    ///
    /// # Errors
    /// [`ErrorKind::SignerFailed`].
    pub fn checked(
        signature: Vec<u8>,
        holds: impl FnOnce(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Error> {
        if holds(&signature) {
            return Ok(signature);
        }
        Err(Error::new(ErrorKind::SignerFailed).with_detail("the signature does not hold"))
    }

    /// For backends: what the key is, by the certificate's public key, a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidPrivateKey`]: a type of key that has no name here.
    /// * [`ErrorKind::KeyMismatch`]: such a key does not sign by one of the schemes.
    pub fn kind(&self, public_key: &[u8]) -> Result<KeyKind, Error> {
        let kind = KeyKind::of(public_key).ok_or_else(|| {
            Error::new(ErrorKind::InvalidPrivateKey)
                .with_detail("neither RSA, P-256, P-384, P-521 nor Ed25519")
        })?;
        // TLS 1.2 allows all that TLS 1.3 does.
        match self.schemes.iter().find(|&&it| !kind.signs_with(it, ProtocolVersion::TLS12)) {
            Some(scheme) => Err(Error::new(ErrorKind::KeyMismatch)
                .with_detail(format!("the certificate's key does not sign by {scheme}"))),
            None => Ok(kind),
        }
    }
}
