//! By which schemes the handshake was signed.

use core::cell::Cell;
use std::sync::Arc;

use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

/// By which schemes the two ends of a connection signed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signed {
    pub(crate) own: Option<SignatureScheme>,
    pub(crate) peer: Option<SignatureScheme>,
}

thread_local! {
    /// What was last signed and verified on this thread. Keys and verifiers belong to all connections of a context,
    /// and rustls does not tell what they did; but they do it within a call of [`Signed::update`]'s caller, on the
    /// same stack.
    static SIGNED: Cell<Signed> = const { Cell::new(Signed { own: None, peer: None }) };
}

impl Signed {
    /// Adds what was signed and verified on this thread since this was last asked.
    pub(crate) fn update(&mut self) {
        let Self { own, peer } = SIGNED.take();
        self.own = own.or(self.own);
        self.peer = peer.or(self.peer);
    }
}

/// Notes the scheme of a signature of the peer's that holds.
pub(crate) fn verified(scheme: SignatureScheme) {
    SIGNED.set(Signed { peer: Some(scheme), ..SIGNED.get() });
}

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
        SIGNED.set(Signed { own: Some(self.scheme()), ..SIGNED.get() });
        self.0.sign(message)
    }

    fn scheme(&self) -> SignatureScheme {
        self.0.scheme()
    }
}
