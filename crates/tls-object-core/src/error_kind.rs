//! What went wrong: the one table for all libraries.

use core::fmt;

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
    /// The backend, the library below it, or code of the application that they ask, failed on its own.
    Internal,
}

/// Defines [`ErrorKind`]: name, origin, OpenSSL's reason (empty where it has none), Python's exception, text.
macro_rules! error_kinds {
    ($( $(#[$doc:meta])* $Name:ident: $Origin:ident, $reason:literal, $exception:literal, $text:literal; )*) => {
        /// What went wrong, the same on every backend.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum ErrorKind {
            $( $(#[$doc])* $Name, )*
            /// This backend lacks the capability; nothing was attempted.
            Unsupported(Capability),
            /// The peer's certificate was not accepted.
            CertificateVerify(VerifyCode),
            /// The peer sent a fatal alert.
            AlertReceived(Alert),
        }

        impl ErrorKind {
            /// Every kind that says all by its name, in the order of tables.
            pub const PLAIN: &'static [Self] = &[$(Self::$Name),*];

            /// Whose fault it is.
            pub const fn origin(self) -> Origin {
                match self {
                    $( Self::$Name => Origin::$Origin, )*
                    Self::Unsupported(_) => Origin::Config,
                    Self::CertificateVerify(_) => Origin::Certificate,
                    Self::AlertReceived(_) => Origin::AlertReceived,
                }
            }

            /// The name that OpenSSL, and so Python's `SSLError.reason`, has for it, whatever the
            /// backend. `None` where OpenSSL has no such error.
            pub const fn openssl_reason(self) -> Option<&'static str> {
                let reason = match self {
                    $( Self::$Name => $reason, )*
                    Self::Unsupported(_) => "",
                    Self::CertificateVerify(_) => "CERTIFICATE_VERIFY_FAILED",
                    Self::AlertReceived(alert) => return alert.openssl_name(),
                };
                if reason.is_empty() { None } else { Some(reason) }
            }

            /// The exception that Python's `ssl` raises for it; of `ssl` itself where the name begins with `SSL`.
            pub const fn python_exception(self) -> &'static str {
                match self {
                    $( Self::$Name => $exception, )*
                    Self::Unsupported(_) => "NotImplementedError",
                    Self::CertificateVerify(_) => "SSLCertVerificationError",
                    Self::AlertReceived(_) => "SSLError",
                }
            }
        }

        impl fmt::Display for ErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $( Self::$Name => $text, )*
                    Self::Unsupported(capability) => return write!(f, "not supported: {capability}"),
                    Self::CertificateVerify(code) => {
                        return write!(f, "the peer's certificate was not accepted: {code}");
                    }
                    Self::AlertReceived(alert) => {
                        return write!(f, "the peer sent the alert {alert}");
                    }
                })
            }
        }
    };
}

error_kinds! {
    // Misuse. These say what was wrong with one call; the connection goes on.
    /// Bytes were written to a BIO after its `write_eof`.
    BioEnded: Misuse, "", "SSLError", "cannot write to a memory BIO after write_eof";
    /// The call needs a finished handshake.
    HandshakeNotDone: Misuse, "", "ValueError", "the handshake is not done yet";
    /// The client has not offered to be asked for a certificate after the handshake.
    ExtensionNotReceived: Misuse, "EXTENSION_NOT_RECEIVED", "SSLError", "the client has not offered to be asked after the handshake";
    /// The client was asked for a certificate before, and has not answered yet.
    StillInInit: Misuse, "STILL_IN_INIT", "SSLError", "the client has not answered the request before this";
    /// The secrets of the connection were handed out, and others go on with it.
    HandedOver: Misuse, "", "SSLError", "the connection was handed over with its secrets";
    /// Not a host name that can be asked for, nor an IP address.
    InvalidServerName: Misuse, "SSL3_EXT_INVALID_SERVERNAME", "ValueError", "the server name is neither a host name nor an IP address";
    /// The bytes are not those of a saved session, or not all of them.
    InvalidSession: Misuse, "", "ValueError", "the bytes are not those of a saved session";
    /// The call asks for something that the protocol does not define.
    InvalidArgument: Misuse, "", "ValueError", "the call asks for something that the protocol does not define";
    /// This end has sent `close_notify`; nothing can be written after it.
    ProtocolIsShutdown: Misuse, "PROTOCOL_IS_SHUTDOWN", "SSLError", "cannot write after close_notify was sent";
    /// A client that verifies names was given none.
    ServerNameRequired: Misuse, "", "ValueError", "a client that verifies names needs the server's name";
    /// A session was offered to another context, or for another name, than it came from.
    SessionMismatch: Misuse, "", "ValueError", "the session belongs to another name or context";
    /// `unwrap` or `close` before the handshake was finished.
    ShutdownWhileInInit: Misuse, "SHUTDOWN_WHILE_IN_INIT", "SSLError", "cannot shut down before the handshake is done";
    /// `unwrap` found application data. `read` it to the end, then call `unwrap` again.
    UnreadData: Misuse, "APPLICATION_DATA_AFTER_CLOSE_NOTIFY", "SSLError", "application data waits to be read";
    /// No backend of that name is compiled in.
    UnknownBackend: Misuse, "", "ValueError", "no backend of that name is compiled in";
    /// A client object was asked of a server context, or the reverse.
    WrongSide: Misuse, "", "SSLError", "the context is for the other side of the connection";
    // Configuration.
    /// A certificate cannot be parsed or used.
    InvalidCertificate: Config, "", "SSLError", "a certificate cannot be used";
    /// Not a cipher string.
    InvalidCipherString: Config, "INVALID_COMMAND", "SSLError", "not a cipher string";
    /// A setting contradicts another or is out of range.
    InvalidConfig: Config, "", "ValueError", "the configuration contradicts itself";
    /// A certificate revocation list cannot be parsed or used.
    InvalidCrl: Config, "", "SSLError", "a certificate revocation list cannot be used";
    /// A PEM text does not hold what was looked for.
    InvalidPem: Config, "NO_START_LINE", "SSLError", "the PEM text does not hold what was looked for";
    /// A private key cannot be parsed or used.
    InvalidPrivateKey: Config, "", "SSLError", "the private key cannot be used";
    /// The private key is not the certificate's.
    KeyMismatch: Config, "KEY_VALUES_MISMATCH", "SSLError", "the private key is not the certificate's";
    /// A server without a certificate.
    NoCertificate: Config, "NO_CERTIFICATE_ASSIGNED", "SSLError", "a server needs a certificate";
    /// A cipher string selects nothing.
    NoCipherSelected: Config, "NO_CIPHER_MATCH", "SSLError", "no cipher can be selected";
    /// The program is linked so that the backend runs on another library than its own.
    WrongLibrary: Config, "", "ImportError", "the backend is linked to another library than its own";
    // The peer is incompatible.
    /// The peer gave no certificate and one is required.
    CertificateRequired: PeerIncompatible, "PEER_DID_NOT_RETURN_A_CERTIFICATE", "SSLError", "the peer did not send a certificate";
    /// No application protocol in common (RFC 7301).
    NoSharedAlpn: PeerIncompatible, "NO_APPLICATION_PROTOCOL", "SSLError", "no application protocol in common";
    /// The peer shows no type of certificate that this end accepts, or accepts none that this end shows (RFC 7250).
    NoSharedCertificateType: PeerIncompatible, "", "SSLError", "no type of certificate in common";
    /// No cipher suite in common.
    NoSharedCipher: PeerIncompatible, "NO_SHARED_CIPHER", "SSLError", "no cipher suite in common";
    /// No key exchange group in common.
    NoSharedGroup: PeerIncompatible, "NO_SUITABLE_KEY_SHARE", "SSLError", "no key exchange group in common";
    /// No signature scheme in common.
    NoSharedSignatureScheme: PeerIncompatible, "NO_SUITABLE_SIGNATURE_ALGORITHM", "SSLError", "no signature scheme in common";
    /// No protocol version in common.
    NoSharedVersion: PeerIncompatible, "UNSUPPORTED_PROTOCOL", "SSLError", "no protocol version in common";
    /// There is no pre-shared key: the server knows none of the identity that the client said, or the client has none to
    /// offer where the server has chosen a suite with one.
    UnknownPskIdentity: PeerIncompatible, "PSK_IDENTITY_NOT_FOUND", "SSLError", "there is no pre-shared key for the peer";
    /// The application refused the client when it had spoken.
    Refused: PeerIncompatible, "CALLBACK_FAILED", "SSLError", "the application refused the client";
    /// The server did not take the early data. Send it again on this connection, which goes on: this is told once.
    EarlyDataRejected: PeerIncompatible, "", "SSLError", "the server did not take the early data, which must be sent again";
    // The peer misbehaved.
    /// A record failed authentication.
    BadRecordMac: PeerMisbehaved, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "SSLError", "a record failed authentication";
    /// A signature or a Finished message of the handshake does not hold.
    BadHandshakeSignature: PeerMisbehaved, "BAD_SIGNATURE", "SSLError", "a signature or check value of the handshake does not hold";
    /// `close_notify` in the middle of the handshake.
    ClosedDuringHandshake: PeerMisbehaved, "", "SSLZeroReturnError", "the peer closed the connection during the handshake";
    /// A message cannot be decoded.
    Decode: PeerMisbehaved, "LENGTH_MISMATCH", "SSLError", "a message cannot be decoded";
    /// The first bytes are an HTTP request.
    HttpRequest: PeerMisbehaved, "HTTP_REQUEST", "SSLError", "the peer sent an HTTP request instead of a TLS record";
    /// The first bytes are a request to an HTTP proxy.
    HttpsProxyRequest: PeerMisbehaved, "HTTPS_PROXY_REQUEST", "SSLError", "the peer sent an HTTP proxy request instead of a TLS record";
    /// A message is well formed and not allowed.
    IllegalParameter: PeerMisbehaved, "BAD_EXTENSION", "SSLError", "a message is not allowed";
    /// The bytes are not TLS records.
    NotTls: PeerMisbehaved, "WRONG_VERSION_NUMBER", "SSLError", "the peer does not speak TLS";
    /// A record is longer than is allowed.
    RecordOverflow: PeerMisbehaved, "PACKET_LENGTH_TOO_LONG", "SSLError", "a record is longer than is allowed";
    /// The first bytes are an SSL 2 hello.
    Ssl2Hello: PeerMisbehaved, "UNKNOWN_PROTOCOL", "SSLError", "the peer sent an SSL 2 hello";
    /// A message came at the wrong time.
    UnexpectedMessage: PeerMisbehaved, "UNEXPECTED_MESSAGE", "SSLError", "a message came at the wrong time";
    // The rest.
    /// The transport ended without `close_notify`.
    Truncated: Transport, "UNEXPECTED_EOF_WHILE_READING", "SSLEOFError", "the transport ended without close_notify";
    /// The private key is held elsewhere, and what signs with it gave no signature, or one that does not hold.
    SignerFailed: Internal, "", "SSLError", "what signs with the private key gave no signature that holds";
    /// The library below failed in a way that has no name here.
    Library: Internal, "", "SSLError", "the TLS library failed";
    /// A rule of this project was broken. Please report it.
    Internal: Internal, "INTERNAL_ERROR", "SSLError", "internal error";
}
