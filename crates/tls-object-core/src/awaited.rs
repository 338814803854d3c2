//! What a suspended handshake awaits.

use crate::{ClientHello, Error, PresentedPeer, SignatureScheme, VerifyCode};

/// What a [suspended](crate::Status::Suspended) handshake awaits, and which answer
/// [`resume`](crate::SslObject::resume) takes for it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Awaited<'a> {
    /// Server: what becomes of the client that says this. [`Answer::accept`](crate::Answer::accept) and those beside it.
    ClientHello(&'a ClientHello),
    /// The signature of this message by this scheme. [`Answer::signature`](crate::Answer::signature).
    Signature {
        /// One of the [key](crate::ExternalKey::suspending)'s.
        scheme: SignatureScheme,
        /// As [`Signer::sign`](crate::Signer::sign) is given it.
        message: &'a [u8],
    },
    /// The verdict on this peer. [`Answer::verdict`](crate::Answer::verdict).
    Verdict(PresentedPeer<'a>),
}

/// For backends: what was decided of that which an engine awaits.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum Decision {
    /// The signature, not yet verified, or why there is none.
    Signature(Result<Vec<u8>, Error>),
    /// The verdict on the peer.
    Verdict(Result<(), VerifyCode>),
}

impl Decision {
    /// Whether it is what is awaited.
    pub(crate) const fn answers(&self, awaited: &Awaited<'_>) -> bool {
        matches!(
            (self, awaited),
            (Self::Signature(_), Awaited::Signature { .. })
                | (Self::Verdict(_), Awaited::Verdict(_))
        )
    }
}
