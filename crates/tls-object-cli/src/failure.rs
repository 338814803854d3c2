//! Why the command did not do what it was asked to, and what it exits with.

use std::io;
use std::process::ExitCode;

use tls_object::{Error, Origin, VerifyCode};

/// Why a command failed. Display is one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It was asked for something that cannot be done: a bad argument or file.
    #[error("{0}")]
    Usage(String),
    /// TLS failed: in the handshake, or later by an alert or a bad record.
    #[error("{}", describe(.0))]
    Tls(#[from] Error),
    /// A connection in memory failed.
    #[error(transparent)]
    InMemory(#[from] tls_object_conformance::Failure),
    /// The peer dropped an established connection without `close_notify`.
    #[error("truncated: the peer ended the transport without close_notify")]
    Truncated,
    /// The network or a local pipe failed.
    #[error("{doing}: {error}")]
    Transport {
        /// What was being done.
        doing: String,
        /// How it failed.
        error: io::Error,
    },
}

impl Failure {
    /// A transport that failed while `doing` something.
    pub(crate) fn transport(doing: impl Into<String>, error: io::Error) -> Self {
        Self::Transport { doing: doing.into(), error }
    }

    /// What writing to standard output came to. Whoever closes it has read enough: that is no failure.
    pub(crate) fn of_stdout(written: io::Result<()>) -> Result<(), Self> {
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Self::transport("standard output", error))
            }
            _ => Ok(()),
        }
    }

    /// What the process exits with. The help of the command line lists the same numbers.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Tls(error) => match error.origin() {
                Origin::Misuse | Origin::Config => 2,
                Origin::Certificate => 3,
                _ => 4,
            },
            Self::InMemory(_) => 4,
            Self::Truncated => 5,
            Self::Transport { .. } => 6,
        }
    }
}

/// An error and, in brackets, all that is known about it.
fn describe(error: &Error) -> String {
    let mut facts = vec![format!("{:?}", error.kind())];
    if let Some(backend) = error.backend() {
        facts.push(format!("backend {backend}"));
    }
    if let Some(alert) = error.alert_sent() {
        facts.push(format!("alert sent {alert}"));
    }
    if let Some(alert) = error.alert_received() {
        facts.push(format!("alert received {alert}"));
    }
    match error.verify_code() {
        None => {}
        Some(VerifyCode::Unspecified) => facts.push("verify code untold".to_owned()),
        Some(code) => facts.push(format!("verify code {}", code.openssl_code())),
    }
    if let Some(source) = std::error::Error::source(error) {
        facts.push(format!("cause {:?}", source.to_string()));
    }
    format!("{error} [{}]", facts.join(", "))
}

#[cfg(test)]
mod tests {
    use tls_object::{Alert, Capability, ErrorKind};

    use super::*;

    #[test]
    fn each_failure_has_its_number() {
        for (failure, code) in [
            (Failure::Usage("no such file".into()), 2),
            (Error::from(ErrorKind::Unsupported(Capability::Crl)).into(), 2),
            (Error::from(ErrorKind::CertificateVerify(VerifyCode::Expired)).into(), 3),
            (Error::from(ErrorKind::AlertReceived(Alert::CERTIFICATE_REQUIRED)).into(), 4),
            (Error::from(ErrorKind::NoSharedVersion).into(), 4),
            (Error::from(ErrorKind::Truncated).into(), 4), // in the handshake
            (Failure::Truncated, 5),
            (Failure::transport("connecting", io::ErrorKind::ConnectionRefused.into()), 6),
        ] {
            assert_eq!(failure.code(), code, "{failure}");
        }
    }

    #[test]
    fn a_line_holds_all_that_is_known() {
        let error = Error::new(ErrorKind::CertificateVerify(VerifyCode::Expired))
            .with_backend("openssl")
            .with_alert_sent(Alert::CERTIFICATE_EXPIRED)
            .with_source("two\nlines");
        assert_eq!(
            Failure::from(error).to_string(),
            "the peer's certificate was not accepted: certificate has expired \
             [CertificateVerify(Expired), backend openssl, alert sent certificate_expired, \
             verify code 10, cause \"two\\nlines\"]"
        );
    }
}
