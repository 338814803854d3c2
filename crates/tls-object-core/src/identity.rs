//! What one end shows of itself.

use core::fmt;
use std::sync::Arc;

use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use zeroize::Zeroizing;

use crate::pem::{pem_error, without_mark};
use crate::{Certificate, CertificateType, Error, ErrorKind, ExternalKey, PublicKey, is_sct_list};

/// How the DER of a private key is laid out.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyFormat {
    /// RFC 8017, RSA only.
    Pkcs1,
    /// RFC 5958, any algorithm.
    Pkcs8,
    /// RFC 5915, elliptic curves only.
    Sec1,
}

/// A private key in DER. Cheap to clone; the bytes are overwritten when the last clone goes.
#[derive(Clone, Eq, PartialEq)]
pub struct PrivateKey {
    der: Arc<Zeroizing<Vec<u8>>>,
    format: KeyFormat,
}

impl PrivateKey {
    /// A key from its DER encoding, whose layout is found out.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPrivateKey`] if it has none of the layouts of [`KeyFormat`].
    pub fn from_der(der: Vec<u8>) -> Result<Self, Error> {
        let der = Zeroizing::new(der);
        let format = match PrivateKeyDer::try_from(der.as_slice()) {
            Ok(key) => format_of(&key)?,
            Err(why) => return Err(Error::new(ErrorKind::InvalidPrivateKey).with_detail(why)),
        };
        Ok(Self { der: Arc::new(der), format })
    }

    /// The first private key of a PEM text.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPem`] if there is none: an encrypted key is none either.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let key = PrivateKeyDer::from_pem_slice(without_mark(pem)).map_err(|error| {
            let encrypted = pem.windows(9).any(|word| word == b"ENCRYPTED");
            let what =
                if encrypted { "a private key that is not encrypted" } else { "private key" };
            pem_error(what, error)
        })?;
        let format = format_of(&key)?;
        Ok(Self { der: Arc::new(Zeroizing::new(key.secret_der().to_vec())), format })
    }

    /// The DER encoding.
    pub fn secret_der(&self) -> &[u8] {
        &self.der
    }

    /// How the DER is laid out.
    pub fn format(&self) -> KeyFormat {
        self.format
    }
}

fn format_of(key: &PrivateKeyDer<'_>) -> Result<KeyFormat, Error> {
    match key {
        PrivateKeyDer::Pkcs1(_) => Ok(KeyFormat::Pkcs1),
        PrivateKeyDer::Pkcs8(_) => Ok(KeyFormat::Pkcs8),
        PrivateKeyDer::Sec1(_) => Ok(KeyFormat::Sec1),
        _ => Err(ErrorKind::InvalidPrivateKey.into()),
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("format", &self.format).finish_non_exhaustive()
    }
}

/// The key of an identity. Cheap to clone.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum IdentityKey {
    /// A key at hand.
    Private(PrivateKey),
    /// A key that is held elsewhere. See [`Capability::ExternalKey`](crate::Capability::ExternalKey).
    External(ExternalKey),
}

impl IdentityKey {
    /// The key, if it is at hand.
    pub const fn private(&self) -> Option<&PrivateKey> {
        match self {
            Self::Private(key) => Some(key),
            Self::External(_) => None,
        }
    }

    /// The key, if it is held elsewhere.
    pub const fn external(&self) -> Option<&ExternalKey> {
        match self {
            Self::Private(_) => None,
            Self::External(key) => Some(key),
        }
    }
}

impl From<PrivateKey> for IdentityKey {
    fn from(key: PrivateKey) -> Self {
        Self::Private(key)
    }
}

impl From<ExternalKey> for IdentityKey {
    fn from(key: ExternalKey) -> Self {
        Self::External(key)
    }
}

/// A certificate chain and the private key of its first certificate, or a public key alone and its private key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    chain: Vec<Certificate>,
    public_key: Option<PublicKey>,
    key: IdentityKey,
    ocsp_response: Option<Arc<[u8]>>,
    sct_list: Option<Arc<[u8]>>,
}

impl Identity {
    /// An identity from a chain, the leaf first, each further certificate the issuer of the one
    /// before; the root may be left out. The key is a [`PrivateKey`] or an [`ExternalKey`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] if the chain is empty. Whether key and leaf belong
    /// together is checked when a context is made.
    pub fn new(chain: Vec<Certificate>, key: impl Into<IdentityKey>) -> Result<Self, Error> {
        if chain.is_empty() {
            return Err(Error::new(ErrorKind::InvalidCertificate).with_detail("an empty chain"));
        }
        Ok(Self { chain, public_key: None, key: key.into(), ocsp_response: None, sct_list: None })
    }

    /// An identity that shows a public key alone (RFC 7250): peers know it already, and need no authority to vouch for it.
    /// Whether the private key, a [`PrivateKey`] or an [`ExternalKey`], belongs to it is checked when a context is made.
    pub fn raw_public_key(public_key: PublicKey, key: impl Into<IdentityKey>) -> Self {
        Self {
            chain: Vec::new(),
            public_key: Some(public_key),
            key: key.into(),
            ocsp_response: None,
            sct_list: None,
        }
    }

    /// An identity from PEM texts, which may be one and the same text.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPem`] if there is no certificate or no key.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, Error> {
        Self::new(Certificate::all_from_pem(chain)?, PrivateKey::from_pem(key)?)
    }

    /// With an OCSP response on the leaf, in DER (RFC 6960), which a server gives to clients that ask for one (RFC 6066
    /// section 8). It is passed on as it is; clients judge it. A library that reads it first refuses what is no DER when a
    /// context is made.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] without a byte, or with more than 2^24 - 1, which the protocol has no length for.
    pub fn with_ocsp_response(mut self, der: impl Into<Arc<[u8]>>) -> Result<Self, Error> {
        const LONGEST: usize = 0xff_ffff;
        let der = der.into();
        if !(1..=LONGEST).contains(&der.len()) {
            return Err(Error::new(ErrorKind::InvalidCertificate)
                .with_detail(format!("an OCSP response of {} bytes", der.len())));
        }
        self.ocsp_response = Some(der);
        Ok(self)
    }

    /// The OCSP response on the leaf, in DER.
    pub fn ocsp_response(&self) -> Option<&[u8]> {
        self.ocsp_response.as_deref()
    }

    /// With signed certificate timestamps of the leaf, which a server gives to clients that ask for them: a
    /// `SignedCertificateTimestampList` (RFC 6962 section 3.3), its length in front. It is passed on as it is; clients judge
    /// it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] if the bytes are no such list.
    pub fn with_sct_list(mut self, list: impl Into<Arc<[u8]>>) -> Result<Self, Error> {
        let list = list.into();
        if !is_sct_list(&list) {
            return Err(Error::new(ErrorKind::InvalidCertificate)
                .with_detail("not a list of signed certificate timestamps"));
        }
        self.sct_list = Some(list);
        Ok(self)
    }

    /// The signed certificate timestamps of the leaf.
    pub fn sct_list(&self) -> Option<&[u8]> {
        self.sct_list.as_deref()
    }

    /// What it shows.
    pub const fn certificate_type(&self) -> CertificateType {
        match self.public_key {
            None => CertificateType::X509,
            Some(_) => CertificateType::RawPublicKey,
        }
    }

    /// The public key that is shown instead of a chain.
    pub const fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.as_ref()
    }

    /// The chain, the leaf first; empty where a public key is shown.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The leaf; `None` where a public key is shown.
    pub fn leaf(&self) -> Option<&Certificate> {
        self.chain.first()
    }

    /// The private key.
    pub const fn key(&self) -> &IdentityKey {
        &self.key
    }
}
