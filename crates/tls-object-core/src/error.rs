//! One error for all libraries.

use core::fmt;
use std::{error::Error as StdError, sync::Arc};

use crate::{Alert, Certificate, ErrorKind, Origin, ServerName, VerifyCode};

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
    /// The certificate that was not accepted, and how far above the leaf it is.
    refused: Option<(u32, Certificate)>,
    /// The name that a certificate was to carry.
    server_name: Option<ServerName>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this kind and nothing else.
    #[cold]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            alert_sent: None,
            backend: None,
            detail: None,
            refused: None,
            server_name: None,
            source: None,
        }))
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

    /// With the certificate that was not accepted, and how far above the leaf it is.
    #[must_use]
    pub fn with_refused(mut self, depth: u32, certificate: Certificate) -> Self {
        self.0.refused = Some((depth, certificate));
        self
    }

    /// With the name that a certificate was to carry.
    #[must_use]
    pub(crate) fn with_server_name(mut self, name: Option<ServerName>) -> Self {
        self.0.server_name = name;
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

    /// [`verify_code`](Self::verify_code) in OpenSSL's words, with the name that was asked for where it is about one.
    /// Python: `SSLCertVerificationError.verify_message`.
    pub fn verify_message(&self) -> Option<String> {
        let code = self.verify_code()?;
        let what = match code {
            VerifyCode::NameMismatch => "Hostname",
            VerifyCode::IpAddressMismatch => "IP address",
            code => return Some(code.text().to_owned()),
        };
        Some(match &self.0.server_name {
            Some(name) => format!("{what} mismatch, certificate is not valid for '{name}'."),
            None => code.text().to_owned(),
        })
    }

    /// How far above the leaf, which is 0, the certificate is that was not accepted. OpenSSL:
    /// `X509_STORE_CTX_get_error_depth`.
    pub fn verify_depth(&self) -> Option<u32> {
        self.0.refused.as_ref().map(|(depth, _)| *depth)
    }

    /// The certificate that was not accepted. OpenSSL: `X509_STORE_CTX_get_current_cert`.
    pub fn refused_certificate(&self) -> Option<&Certificate> {
        self.0.refused.as_ref().map(|(_, certificate)| certificate)
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
            .field("verify_depth", &self.verify_depth())
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
