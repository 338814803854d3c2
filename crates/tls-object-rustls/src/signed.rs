//! Keys that take down by which scheme they sign.

use std::sync::Arc;

use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use crate::notes::note;

/// A key that notes by which scheme it signs.
#[derive(Debug)]
pub(crate) struct NotingKey {
    pub(crate) key: Arc<dyn SigningKey>,
    /// What it signs by, the best first; `None` for whatever it can.
    pub(crate) schemes: Option<Arc<[SignatureScheme]>>,
}

impl SigningKey for NotingKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer = match &self.schemes {
            None => self.key.choose_scheme(offered)?,
            Some(schemes) => schemes
                .iter()
                .filter(|scheme| offered.contains(scheme))
                .find_map(|&scheme| self.key.choose_scheme(&[scheme]))?,
        };
        Some(Box::new(NotingSigner(signer)))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct NotingSigner(Box<dyn Signer>);

impl Signer for NotingSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        note(|notes| notes.own_signature = Some(self.scheme()));
        self.0.sign(message)
    }

    fn scheme(&self) -> SignatureScheme {
        self.0.scheme()
    }
}
