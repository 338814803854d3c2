//! Code of the application that judges the peer.

use core::time::Duration;

use crate::{Certificate, PublicKey, ServerName, Side, VerifyCode};

/// What a peer shows, for the application's own verdict.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct PresentedPeer<'a> {
    /// The chain as it was sent, the leaf first, which the peer has not yet proven to be its own.
    pub certificates: &'a [Certificate],
    /// The public key that is shown instead of a chain, which is empty then ([`Config::peer_certificate_types`]). The peer
    /// has not yet proven it to be its own.
    ///
    /// [`Config::peer_certificate_types`]: crate::Config::peer_certificate_types
    pub public_key: Option<&'a PublicKey>,
    /// The side that shows it.
    pub side: Side,
    /// Client: whom it talks to.
    pub server_name: Option<&'a ServerName>,
    /// The time at which certificates are judged, since 1970.
    pub time: Duration,
    /// What the library says; `None` where it was not asked.
    pub library: Option<Result<(), VerifyCode>>,
}

impl<'a> PresentedPeer<'a> {
    /// For backends: a chain that `side` shows, of which nothing more is known yet.
    pub const fn new(certificates: &'a [Certificate], side: Side) -> Self {
        Self {
            certificates,
            public_key: None,
            side,
            server_name: None,
            time: Duration::ZERO,
            library: None,
        }
    }
}

/// What judges the peer's chain, beside the library or in its place.
///
/// Asked once in each full handshake whose peer shows a certificate, on a side that verifies; a resumed connection relies on what was
/// said when its session began. A panic refuses the peer, ends the connection and goes on to the caller. See
/// [`Config::verifier`](crate::Config::verifier).
pub trait PeerVerifier: Send + Sync {
    /// Accepts the peer, or says why not: the connection then fails with this code and its alert, as if the
    /// library had said so.
    ///
    /// # Errors
    /// Why the peer is refused; [`VerifyCode::ApplicationVerification`] where nothing fits better.
    fn verify(&self, peer: &PresentedPeer<'_>) -> Result<(), VerifyCode>;
}

/// What the application's verdict is beside the library's.
///
/// A library may refuse a peer before anybody is asked, in each of the roles: for a certificate that it cannot read, and some
/// libraries under TLS 1.3 for a leaf whose key is not for signing, as its key usage says.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum VerifierRole {
    /// Both must accept: it is asked about peers only that the library accepts.
    #[default]
    Also,
    /// It has the last word: it is told the library's verdict and may overrule it.
    LastWord,
    /// It stands in the library's place, which is not asked: trust anchors, names, dates and revocation are for it to judge.
    Instead,
}
