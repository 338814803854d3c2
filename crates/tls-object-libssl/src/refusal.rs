//! Where a chain failed, on its way around the library.

use core::cell::Cell;

use tls_object_core::{Certificate, Error, ErrorKind, VerifyCode};

use crate::aside::Aside;

/// Stands, in a backend's table of reasons, for whatever the library's verdict on a chain was.
pub const VERDICT: ErrorKind = ErrorKind::CertificateVerify(VerifyCode::Unspecified);

/// Where a chain failed, and why, where the library does not say.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs)] // made by the backends
pub struct Refused {
    /// What the library has no word for.
    pub kind: Option<ErrorKind>,
    /// How far above the leaf.
    pub depth: u32,
    /// With which certificate.
    pub certificate: Option<Certificate>,
}

impl Refused {
    /// What a peer has shown is refused, whole, for this reason.
    pub const fn whole(kind: ErrorKind) -> Self {
        Self { kind: Some(kind), depth: 0, certificate: None }
    }
}

/// What came of judging a chain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_enums)] // all the cases there are
pub enum Verdict {
    /// The library accepts it, by a path that it has found, and so does everybody else who is asked.
    Accepted,
    /// The application accepts it, whatever the library says.
    Overruled,
    /// It is not accepted.
    Refused,
    /// The application is yet to say: the library is to wait.
    Awaited,
}

impl Verdict {
    /// Whether the chain is accepted.
    pub const fn accepts(self) -> bool {
        matches!(self, Self::Accepted | Self::Overruled)
    }

    /// What the library alone says.
    pub const fn by_library(accepts: bool) -> Self {
        if accepts { Self::Accepted } else { Self::Refused }
    }
}

thread_local! {
    /// What the verifier that ran last on this thread has refused.
    ///
    /// It runs within a call of [`take`]'s caller, on the same stack, and knows the connection as the
    /// library's only, which has no place for this.
    static REFUSED: Cell<Option<Refused>> = const { Cell::new(None) };
}

/// Puts the refusal aside that is on its way.
pub(crate) fn put_aside() -> Aside<Refused> {
    Aside::put(&REFUSED, None)
}

/// Leaves a refusal for the connection whose call is running.
pub fn leave_refusal(refused: Refused) {
    REFUSED.set(Some(refused));
}

/// Forgets a refusal that was overruled.
pub fn forget_refusal() {
    REFUSED.take();
}

/// The better word that was left with the last refusal, if one was.
pub fn left_code() -> Option<VerifyCode> {
    let refused = REFUSED.take();
    let kind = refused.as_ref().and_then(|refused| refused.kind);
    REFUSED.set(refused);
    match kind? {
        ErrorKind::CertificateVerify(code) => Some(code),
        _ => None,
    }
}

/// Says why the chain was refused for the connection whose call is running, if nobody has found a better word.
pub fn name_refusal(code: VerifyCode) {
    let refused = REFUSED.take().unwrap_or(Refused { kind: None, depth: 0, certificate: None });
    let kind = refused.kind.unwrap_or(ErrorKind::CertificateVerify(code));
    REFUSED.set(Some(Refused { kind: Some(kind), ..refused }));
}

/// The error of a chain that the library has just refused with `code`.
pub(crate) fn take(code: VerifyCode) -> Error {
    let Some(refused) = REFUSED.take() else {
        return Error::new(ErrorKind::CertificateVerify(code));
    };
    let error = Error::new(refused.kind.unwrap_or(ErrorKind::CertificateVerify(code)));
    match refused.certificate {
        Some(certificate) => error.with_refused(refused.depth, certificate),
        None => error,
    }
}
