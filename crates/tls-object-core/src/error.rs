//! One error for all libraries.

use core::fmt;
use std::{error::Error as StdError, sync::Arc};

use crate::{Alert, Capability, VerifyCode};

/// Whose fault an error is: decides log level, metrics label and whether a retry can help.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Origin {
    /// The caller used the API against its rules. Found and fixed by reading the code.
    Misuse,
    /// The configuration cannot work, or not on this backend.
    Config,
    /// The peer wants what this side does not do.
    PeerIncompatible,
    /// The peer broke the protocol, or does not speak it.
    PeerMisbehaved,
    /// A certificate was not accepted.
    Certificate,
    /// The peer gave up and said so.
    AlertReceived,
    /// The transport failed.
    Transport,
    /// The backend, or the library below it, failed on its own.
    Internal,
}

/// What went wrong, the same on every backend.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    // Misuse. These say what was wrong with one call; the connection goes on.
    /// Bytes were written to a BIO after its `write_eof`.
    BioEnded,
    /// The call needs a finished handshake.
    HandshakeNotDone,
    /// Not a host name that can be asked for, nor an IP address.
    InvalidServerName,
    /// The call asks for something that the protocol does not define.
    InvalidArgument,
    /// This end has sent `close_notify`; nothing can be written after it.
    ProtocolIsShutdown,
    /// A client that verifies names was given none.
    ServerNameRequired,
    /// A session was offered to another context, or for another name, than it came from.
    SessionMismatch,
    /// `unwrap` or `close` before the handshake was finished.
    ShutdownWhileInInit,
    /// `unwrap` found application data. `read` it to the end, then call `unwrap` again.
    UnreadData,
    /// No backend of that name is compiled in.
    UnknownBackend,
    /// A client object was asked of a server context, or the reverse.
    WrongSide,

    // Configuration.
    /// A certificate cannot be parsed or used.
    InvalidCertificate,
    /// A setting contradicts another or is out of range.
    InvalidConfig,
    /// A certificate revocation list cannot be parsed or used.
    InvalidCrl,
    /// A PEM text does not hold what was looked for.
    InvalidPem,
    /// A private key cannot be parsed or used.
    InvalidPrivateKey,
    /// The private key is not the certificate's.
    KeyMismatch,
    /// A server without a certificate.
    NoCertificate,
    /// This backend lacks the capability; nothing was attempted.
    Unsupported(Capability),
    /// The program is linked so that the backend runs on another library than its own.
    WrongLibrary,

    // The peer is incompatible.
    /// The peer gave no certificate and one is required.
    CertificateRequired,
    /// No application protocol in common (RFC 7301).
    NoSharedAlpn,
    /// No cipher suite in common.
    NoSharedCipher,
    /// No key exchange group in common.
    NoSharedGroup,
    /// No signature scheme in common.
    NoSharedSignatureScheme,
    /// No protocol version in common.
    NoSharedVersion,
    /// The application refused the client when it had spoken.
    Refused,

    // The peer misbehaved.
    /// A record failed authentication.
    BadRecordMac,
    /// A signature or a Finished message of the handshake does not hold.
    BadHandshakeSignature,
    /// `close_notify` in the middle of the handshake.
    ClosedDuringHandshake,
    /// A message cannot be decoded.
    Decode,
    /// The first bytes are an HTTP request.
    HttpRequest,
    /// The first bytes are a request to an HTTP proxy.
    HttpsProxyRequest,
    /// A message is well formed and not allowed.
    IllegalParameter,
    /// The bytes are not TLS records.
    NotTls,
    /// A record is longer than is allowed.
    RecordOverflow,
    /// The first bytes are an SSL 2 hello.
    Ssl2Hello,
    /// A message came at the wrong time.
    UnexpectedMessage,

    // The rest.
    /// The peer's certificate was not accepted.
    CertificateVerify(VerifyCode),
    /// The peer sent a fatal alert.
    AlertReceived(Alert),
    /// The transport ended without `close_notify`.
    Truncated,
    /// The library below failed in a way that has no name here.
    Library,
    /// A rule of this project was broken. Please report it.
    Internal,
}

impl ErrorKind {
    /// Whose fault it is.
    pub const fn origin(self) -> Origin {
        match self {
            Self::BioEnded
            | Self::HandshakeNotDone
            | Self::InvalidArgument
            | Self::InvalidServerName
            | Self::ProtocolIsShutdown
            | Self::ServerNameRequired
            | Self::SessionMismatch
            | Self::ShutdownWhileInInit
            | Self::UnknownBackend
            | Self::UnreadData
            | Self::WrongSide => Origin::Misuse,
            Self::InvalidCertificate
            | Self::InvalidConfig
            | Self::InvalidCrl
            | Self::InvalidPem
            | Self::InvalidPrivateKey
            | Self::KeyMismatch
            | Self::NoCertificate
            | Self::Unsupported(_)
            | Self::WrongLibrary => Origin::Config,
            Self::CertificateRequired
            | Self::NoSharedAlpn
            | Self::NoSharedCipher
            | Self::NoSharedGroup
            | Self::NoSharedSignatureScheme
            | Self::NoSharedVersion
            | Self::Refused => Origin::PeerIncompatible,
            Self::BadHandshakeSignature
            | Self::BadRecordMac
            | Self::ClosedDuringHandshake
            | Self::Decode
            | Self::HttpRequest
            | Self::HttpsProxyRequest
            | Self::IllegalParameter
            | Self::NotTls
            | Self::RecordOverflow
            | Self::Ssl2Hello
            | Self::UnexpectedMessage => Origin::PeerMisbehaved,
            Self::CertificateVerify(_) => Origin::Certificate,
            Self::AlertReceived(_) => Origin::AlertReceived,
            Self::Truncated => Origin::Transport,
            Self::Internal | Self::Library => Origin::Internal,
        }
    }

    /// The name that OpenSSL, and so Python's `SSLError.reason`, has for it, whatever the
    /// backend. `None` where OpenSSL has no such error.
    pub const fn openssl_reason(self) -> Option<&'static str> {
        Some(match self {
            Self::AlertReceived(alert) => return alert.openssl_name(),
            Self::BadHandshakeSignature => "BAD_SIGNATURE",
            Self::BadRecordMac => "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
            Self::CertificateRequired => "PEER_DID_NOT_RETURN_A_CERTIFICATE",
            Self::CertificateVerify(_) => "CERTIFICATE_VERIFY_FAILED",
            Self::Decode => "LENGTH_MISMATCH",
            Self::HttpRequest => "HTTP_REQUEST",
            Self::HttpsProxyRequest => "HTTPS_PROXY_REQUEST",
            Self::IllegalParameter => "BAD_EXTENSION",
            Self::Internal => "INTERNAL_ERROR",
            Self::InvalidPem => "NO_START_LINE",
            Self::InvalidServerName => "SSL3_EXT_INVALID_SERVERNAME",
            Self::KeyMismatch => "KEY_VALUES_MISMATCH",
            Self::NoCertificate => "NO_CERTIFICATE_ASSIGNED",
            Self::NoSharedAlpn => "NO_APPLICATION_PROTOCOL",
            Self::NoSharedCipher => "NO_SHARED_CIPHER",
            Self::NoSharedGroup => "NO_SUITABLE_KEY_SHARE",
            Self::NoSharedSignatureScheme => "NO_SUITABLE_SIGNATURE_ALGORITHM",
            Self::NoSharedVersion => "UNSUPPORTED_PROTOCOL",
            Self::NotTls => "WRONG_VERSION_NUMBER",
            Self::ProtocolIsShutdown => "PROTOCOL_IS_SHUTDOWN",
            Self::RecordOverflow => "PACKET_LENGTH_TOO_LONG",
            Self::Refused => "CALLBACK_FAILED",
            Self::ShutdownWhileInInit => "SHUTDOWN_WHILE_IN_INIT",
            Self::Ssl2Hello => "UNKNOWN_PROTOCOL",
            Self::Truncated => "UNEXPECTED_EOF_WHILE_READING",
            Self::UnexpectedMessage => "UNEXPECTED_MESSAGE",
            Self::UnreadData => "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
            _ => return None,
        })
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlertReceived(alert) => return write!(f, "the peer sent the alert {alert}"),
            Self::CertificateVerify(code) => {
                return write!(f, "the peer's certificate was not accepted: {code}");
            }
            Self::Unsupported(capability) => return write!(f, "not supported: {capability}"),
            Self::BadHandshakeSignature => {
                "a signature or check value of the handshake does not hold"
            }
            Self::BadRecordMac => "a record failed authentication",
            Self::BioEnded => "cannot write to a memory BIO after write_eof",
            Self::CertificateRequired => "the peer did not send a certificate",
            Self::ClosedDuringHandshake => "the peer closed the connection during the handshake",
            Self::Decode => "a message cannot be decoded",
            Self::HandshakeNotDone => "the handshake is not done yet",
            Self::HttpRequest => "the peer sent an HTTP request instead of a TLS record",
            Self::HttpsProxyRequest => {
                "the peer sent an HTTP proxy request instead of a TLS record"
            }
            Self::IllegalParameter => "a message is not allowed",
            Self::Internal => "internal error",
            Self::InvalidArgument => {
                "the call asks for something that the protocol does not define"
            }
            Self::InvalidCertificate => "a certificate cannot be used",
            Self::InvalidConfig => "the configuration contradicts itself",
            Self::InvalidCrl => "a certificate revocation list cannot be used",
            Self::InvalidPem => "the PEM text does not hold what was looked for",
            Self::InvalidPrivateKey => "the private key cannot be used",
            Self::InvalidServerName => "the server name is neither a host name nor an IP address",
            Self::KeyMismatch => "the private key is not the certificate's",
            Self::Library => "the TLS library failed",
            Self::NoCertificate => "a server needs a certificate",
            Self::NoSharedAlpn => "no application protocol in common",
            Self::NoSharedCipher => "no cipher suite in common",
            Self::NoSharedGroup => "no key exchange group in common",
            Self::NoSharedSignatureScheme => "no signature scheme in common",
            Self::NoSharedVersion => "no protocol version in common",
            Self::NotTls => "the peer does not speak TLS",
            Self::ProtocolIsShutdown => "cannot write after close_notify was sent",
            Self::RecordOverflow => "a record is longer than is allowed",
            Self::Refused => "the application refused the client",
            Self::ServerNameRequired => "a client that verifies names needs the server's name",
            Self::SessionMismatch => "the session belongs to another name or context",
            Self::ShutdownWhileInInit => "cannot shut down before the handshake is done",
            Self::Ssl2Hello => "the peer sent an SSL 2 hello",
            Self::Truncated => "the transport ended without close_notify",
            Self::UnexpectedMessage => "a message came at the wrong time",
            Self::UnknownBackend => "no backend of that name is compiled in",
            Self::UnreadData => "application data waits to be read",
            Self::WrongLibrary => "the backend is linked to another library than its own",
            Self::WrongSide => "the context is for the other side of the connection",
        })
    }
}

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
