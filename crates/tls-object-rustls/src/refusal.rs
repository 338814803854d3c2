//! Why a chain was refused, on its way around rustls.

use core::fmt;
use std::sync::Arc;

use rustls::{CertificateError, OtherError};
use tls_object_core::{Alert, Error, ErrorKind, VerifyCode};
use tls_object_path::Refusal;

use crate::error;
use crate::notes::note;
use crate::path::Fault;

/// A chain that is refused, and the alert that goes with it.
pub(crate) struct Refused {
    error: Error,
    alert: Alert,
}

/// The refusal of a chain for a fault. `refusal` is what OpenSSL would say, if that is known; it is not where OpenSSL would go
/// another way and find no fault.
#[cold]
pub(crate) fn of(refusal: Option<Refusal>, fault: Fault) -> Refused {
    let (refusal, said, source) = match fault {
        Fault::Webpki(error) => (refusal, error::verify_code(&error), error),
        Fault::NotAllowed(found) => {
            (Some(refusal.unwrap_or(found)), None, webpki::Error::UnknownIssuer)
        }
    };
    let code = refusal.as_ref().map(|refusal| refusal.code).or(said);
    let (kind, alert) = match code {
        Some(code) => (ErrorKind::CertificateVerify(code), code.alert()),
        None => (ErrorKind::Decode, Alert::BAD_CERTIFICATE),
    };
    let mut error = Error::new(kind).with_source(source);
    if let Some(refusal) = refusal {
        let depth = u32::try_from(refusal.depth).unwrap_or(u32::MAX);
        error = error.with_refused(depth, refusal.certificate);
    }
    Refused { error, alert }
}

impl Refused {
    /// The refusal of a chain by the application.
    #[cold]
    pub(crate) fn by_application(code: VerifyCode) -> Self {
        Self { error: Error::new(ErrorKind::CertificateVerify(code)), alert: code.alert() }
    }

    /// Why.
    pub(crate) fn code(&self) -> VerifyCode {
        self.error.verify_code().unwrap_or(VerifyCode::ApplicationVerification)
    }

    /// Notes the error, and returns what makes rustls send the alert: rustls' errors have fewer words than `VerifyCode`, and
    /// the word decides which alert that is.
    #[cold]
    pub(crate) fn leave(self) -> rustls::Error {
        let word = word(self.alert);
        note(|notes| notes.refusal = Some(self.error));
        word
    }
}

/// What makes rustls send this alert for a certificate.
fn word(alert: Alert) -> rustls::Error {
    let word = match alert {
        Alert::BAD_CERTIFICATE => CertificateError::BadEncoding,
        Alert::UNSUPPORTED_CERTIFICATE => CertificateError::InvalidPurpose,
        Alert::CERTIFICATE_REVOKED => CertificateError::Revoked,
        Alert::CERTIFICATE_EXPIRED => CertificateError::Expired,
        Alert::UNKNOWN_CA => CertificateError::UnknownIssuer,
        Alert::DECRYPT_ERROR => CertificateError::BadSignature,
        // The one for whatever is no error of certificates.
        Alert::HANDSHAKE_FAILURE => return rustls::Error::General(String::new()),
        _ => CertificateError::Other(OtherError(Arc::new(Unspoken))),
    };
    word.into()
}

/// Stands for an error that is told by another way.
#[derive(Debug)]
struct Unspoken;

impl fmt::Display for Unspoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the certificate was not accepted")
    }
}

impl core::error::Error for Unspoken {}

#[cfg(test)]
mod tests {
    use tls_object_core::Certificate;

    use super::*;

    #[test]
    fn a_path_that_is_not_allowed_is_refused_with_its_place() {
        let certificate = Certificate::from_der([1]);
        let refusal = |code, depth| Refusal { code, depth, certificate: certificate.clone() };
        let found = || Fault::NotAllowed(refusal(VerifyCode::InvalidCa, 1));
        for (known, code, depth) in [
            (None, VerifyCode::InvalidCa, 1),
            (Some(refusal(VerifyCode::Revoked, 0)), VerifyCode::Revoked, 0),
        ] {
            let error = of(known, found()).error;
            assert_eq!(error.verify_code(), Some(code));
            assert_eq!(error.verify_depth(), Some(depth));
            assert_eq!(error.refused_certificate(), Some(&certificate));
        }
    }
}
