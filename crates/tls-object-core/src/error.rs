//! One error for all libraries.

use core::fmt;
use std::{error::Error as StdError, sync::Arc};

use crate::{Alert, ErrorKind, Origin, VerifyCode};

/// An error of any backend.
///
/// Cheap to clone: a connection repeats the error that ended it. Display is one lower-case
/// sentence without secrets; [`source`](StdError::source) is the library's own error.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    alert_sent: Option<Alert>,
    backend: Option<&'static str>,
    detail: Option<Arc<str>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this kind and nothing else.
    #[cold]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, alert_sent: None, backend: None, detail: None, source: None }))
    }

    /// With the alert that was queued to tell the peer.
    #[must_use]
    pub fn with_alert_sent(mut self, alert: impl Into<Option<Alert>>) -> Self {
        self.0.alert_sent = alert.into();
        self
    }

    /// With the name of the backend that found it.
    #[must_use]
    pub fn with_backend(mut self, backend: &'static str) -> Self {
        self.0.backend = Some(backend);
        self
    }

    /// With a few words on which value, name or setting it is about. No secrets.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into().into());
        self
    }

    /// With the library's own error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whose fault it is.
    pub fn origin(&self) -> Origin {
        self.0.kind.origin()
    }

    /// The alert that was queued in the outgoing BIO to tell the peer.
    pub fn alert_sent(&self) -> Option<Alert> {
        self.0.alert_sent
    }

    /// The alert that arrived from the peer.
    pub fn alert_received(&self) -> Option<Alert> {
        match self.0.kind {
            ErrorKind::AlertReceived(alert) => Some(alert),
            _ => None,
        }
    }

    /// The exception that Python's `ssl` raises for it. See [`ErrorKind::python_exception`].
    pub fn python_exception(&self) -> &'static str {
        self.0.kind.python_exception()
    }

    /// OpenSSL's name for it. Python: `SSLError.reason`.
    pub fn openssl_reason(&self) -> Option<&'static str> {
        self.0.kind.openssl_reason()
    }

    /// Why a certificate was not accepted. Python: `SSLCertVerificationError.verify_code`.
    pub fn verify_code(&self) -> Option<VerifyCode> {
        match self.0.kind {
            ErrorKind::CertificateVerify(code) => Some(code),
            _ => None,
        }
    }

    /// The name of the backend that found it; `None` when the core did.
    pub fn backend(&self) -> Option<&'static str> {
        self.0.backend
    }

    /// A few words on which value, name or setting it is about.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)?;
        match &self.0.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("alert_sent", &self.0.alert_sent)
            .field("backend", &self.0.backend)
            .field("detail", &self.0.detail)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
