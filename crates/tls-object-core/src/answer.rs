//! What an application makes of what a suspended handshake awaits, a ClientHello above all.

use core::fmt;

use crate::{
    Alert, AlpnProtocol, ClientHello, Decision, DynContext, Error, ErrorKind, SignerError,
    SslObject, VerifyCode,
};

/// What a server does with a client that has just spoken: goes on, with another context if need be, or
/// refuses it. Or else what was decided of another thing that a handshake [awaits](crate::Awaited).
///
/// Python: what `sni_callback` returns, and what it does to `SSLObject.context`.
#[derive(Clone)]
pub struct Answer(pub(crate) Verdict);

#[derive(Clone)]
pub(crate) enum Verdict {
    Accept {
        context: Option<Box<dyn DynContext>>,
        alpn: Option<Vec<AlpnProtocol>>,
    },
    Refuse(Alert),
    /// For the engine.
    Decided(Decision),
}

impl Answer {
    /// Goes on with the context that the object was made by.
    pub const fn accept() -> Self {
        Self(Verdict::Accept { context: None, alpn: None })
    }

    /// Goes on with another context, the whole of it: identity, verification, versions and everything else. Must be
    /// a server's of the same backend, by its [name](crate::Backend::name). Its own
    /// [`on_client_hello`](crate::Config::on_client_hello) is not asked, and protocols that the connection has
    /// [of its own](crate::Wrap::alpn) stay.
    ///
    /// Python: `sslobj.context = context` within `sni_callback`, which applies a part of it only.
    pub fn with_context(context: &dyn DynContext) -> Self {
        Self(Verdict::Accept { context: Some(context.clone_dyn()), alpn: None })
    }

    /// Goes on with these application protocols instead of those of the context and of the connection, the best first.
    /// None at all answers no client's offer.
    #[must_use]
    pub fn and_alpn(mut self, protocols: Vec<AlpnProtocol>) -> Self {
        if let Verdict::Accept { alpn, .. } = &mut self.0 {
            *alpn = Some(protocols);
        }
        self
    }

    /// Refuses the client with this fatal alert. One that is a warning (RFC 8446 section 6.1, RFC 5246 section 7.2.2), by
    /// which a refusal would look like a clean end, is sent as `handshake_failure`.
    pub const fn refuse(alert: Alert) -> Self {
        Self(Verdict::Refuse(match alert {
            Alert::CLOSE_NOTIFY | Alert::USER_CANCELED | Alert::NO_RENEGOTIATION => {
                Alert::HANDSHAKE_FAILURE
            }
            fatal => fatal,
        }))
    }

    /// What signs with a private key that is held elsewhere has answered: as [`Signer::sign`](crate::Signer::sign) returns.
    pub fn signature(signed: Result<Vec<u8>, SignerError>) -> Self {
        let signed = signed.map_err(|error| Error::new(ErrorKind::SignerFailed).with_source(error));
        Self(Verdict::Decided(Decision::Signature(signed)))
    }

    /// The peer is accepted, or refused for this reason: as [`PeerVerifier::verify`](crate::PeerVerifier::verify) returns.
    pub fn verdict(verdict: Result<(), VerifyCode>) -> Self {
        Self(Verdict::Decided(Decision::Verdict(verdict.map_err(VerifyCode::as_refusal))))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Verdict::Accept { context, alpn } => f
                .debug_struct("Accept")
                .field("another_context", &context.is_some())
                .field("alpn", alpn)
                .finish(),
            Verdict::Refuse(alert) => f.debug_tuple("Refuse").field(alert).finish(),
            Verdict::Decided(decision) => decision.fmt(f),
        }
    }
}

/// A server's hook that is asked when a client has spoken and nothing is decided yet.
///
/// Python: `sni_callback`.
pub trait OnClientHello: Send + Sync {
    /// Decides on the client that says `hello` to `object`. Called once for each connection, also for a client that
    /// asks for no name, and not for the second ClientHello after a HelloRetryRequest. An answer that cannot be
    /// followed, such as a client's context, refuses the client with the alert `internal_error`.
    ///
    /// Within it `object` is [suspended](crate::Status::Suspended): its getters may be called, and nothing moves. The answer is
    /// what it returns, and [`resume`](SslObject::resume) is [`ErrorKind::InvalidArgument`]. A panic refuses the client with
    /// the alert `internal_error`, ends the connection and goes on to the caller.
    fn on_client_hello(&self, object: &mut dyn SslObject, hello: &ClientHello) -> Answer;
}

impl<F: Fn(&mut dyn SslObject, &ClientHello) -> Answer + Send + Sync> OnClientHello for F {
    fn on_client_hello(&self, object: &mut dyn SslObject, hello: &ClientHello) -> Answer {
        self(object, hello)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_fatal_alert() {
        for (given, sent) in [
            (Alert::ACCESS_DENIED, Alert::ACCESS_DENIED),
            (Alert::CLOSE_NOTIFY, Alert::HANDSHAKE_FAILURE),
            (Alert::USER_CANCELED, Alert::HANDSHAKE_FAILURE),
        ] {
            assert!(
                matches!(Answer::refuse(given).0, Verdict::Refuse(alert) if alert == sent),
                "{given}"
            );
        }
    }
}
