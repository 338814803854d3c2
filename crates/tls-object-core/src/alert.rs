//! Alert descriptions.

use crate::registry::registry;

registry! {
    /// What an alert says (RFC 8446 section 6, IANA "TLS Alerts").
    ///
    /// Its OpenSSL name is the reason that OpenSSL, and so Python, reports when the alert
    /// *arrives*.
    pub struct Alert(u8);
    /// The peer has said all it wanted to say.
    CLOSE_NOTIFY = 0, "close_notify", "SSLV3_ALERT_CLOSE_NOTIFY";
    /// A message at the wrong time.
    UNEXPECTED_MESSAGE = 10, "unexpected_message", "SSLV3_ALERT_UNEXPECTED_MESSAGE";
    /// A record that cannot be authenticated.
    BAD_RECORD_MAC = 20, "bad_record_mac", "SSLV3_ALERT_BAD_RECORD_MAC";
    /// A record longer than is allowed.
    RECORD_OVERFLOW = 22, "record_overflow", "TLSV1_ALERT_RECORD_OVERFLOW";
    /// No acceptable set of parameters.
    HANDSHAKE_FAILURE = 40, "handshake_failure", "SSLV3_ALERT_HANDSHAKE_FAILURE";
    /// No certificate to show (SSL 3.0 only).
    NO_CERTIFICATE = 41, "no_certificate_RESERVED", "SSLV3_ALERT_NO_CERTIFICATE";
    /// A certificate is corrupt or not for this peer.
    BAD_CERTIFICATE = 42, "bad_certificate", "SSLV3_ALERT_BAD_CERTIFICATE";
    /// A certificate of a kind that is not supported here.
    UNSUPPORTED_CERTIFICATE = 43, "unsupported_certificate", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE";
    /// A certificate was revoked.
    CERTIFICATE_REVOKED = 44, "certificate_revoked", "SSLV3_ALERT_CERTIFICATE_REVOKED";
    /// A certificate is not valid now.
    CERTIFICATE_EXPIRED = 45, "certificate_expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED";
    /// Something else is wrong with a certificate.
    CERTIFICATE_UNKNOWN = 46, "certificate_unknown", "SSLV3_ALERT_CERTIFICATE_UNKNOWN";
    /// A field is out of range or contradicts others.
    ILLEGAL_PARAMETER = 47, "illegal_parameter", "SSLV3_ALERT_ILLEGAL_PARAMETER";
    /// No path to a trusted authority.
    UNKNOWN_CA = 48, "unknown_ca", "TLSV1_ALERT_UNKNOWN_CA";
    /// A valid certificate, but no permission.
    ACCESS_DENIED = 49, "access_denied", "TLSV1_ALERT_ACCESS_DENIED";
    /// A message that cannot be decoded.
    DECODE_ERROR = 50, "decode_error", "TLSV1_ALERT_DECODE_ERROR";
    /// A handshake check failed: a signature, a Finished, a binder.
    DECRYPT_ERROR = 51, "decrypt_error", "TLSV1_ALERT_DECRYPT_ERROR";
    /// A protocol version that is not supported here.
    PROTOCOL_VERSION = 70, "protocol_version", "TLSV1_ALERT_PROTOCOL_VERSION";
    /// Parameters below what this peer demands.
    INSUFFICIENT_SECURITY = 71, "insufficient_security", "TLSV1_ALERT_INSUFFICIENT_SECURITY";
    /// An error that has nothing to do with the peer.
    INTERNAL_ERROR = 80, "internal_error", "TLSV1_ALERT_INTERNAL_ERROR";
    /// A retry at a lower version than both ends can do.
    INAPPROPRIATE_FALLBACK = 86, "inappropriate_fallback", "TLSV1_ALERT_INAPPROPRIATE_FALLBACK";
    /// The handshake is given up for a reason outside the protocol.
    USER_CANCELED = 90, "user_canceled", "TLSV1_ALERT_USER_CANCELLED";
    /// Renegotiation is refused.
    NO_RENEGOTIATION = 100, "no_renegotiation", "TLSV1_ALERT_NO_RENEGOTIATION";
    /// An extension that had to be there is not.
    MISSING_EXTENSION = 109, "missing_extension", "TLSV13_ALERT_MISSING_EXTENSION";
    /// An extension that must not be there is.
    UNSUPPORTED_EXTENSION = 110, "unsupported_extension", "TLSV1_UNSUPPORTED_EXTENSION";
    /// No server of that name here.
    UNRECOGNIZED_NAME = 112, "unrecognized_name", "TLSV1_UNRECOGNIZED_NAME";
    /// An invalid OCSP response.
    BAD_CERTIFICATE_STATUS_RESPONSE = 113, "bad_certificate_status_response", "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE";
    /// No such pre-shared key.
    UNKNOWN_PSK_IDENTITY = 115, "unknown_psk_identity", "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY";
    /// A client certificate is wanted and was not given.
    CERTIFICATE_REQUIRED = 116, "certificate_required", "TLSV13_ALERT_CERTIFICATE_REQUIRED";
    /// No application protocol in common (RFC 7301).
    NO_APPLICATION_PROTOCOL = 120, "no_application_protocol", "TLSV1_ALERT_NO_APPLICATION_PROTOCOL";
}
