//! What the reasons of OpenSSL mean.
//!
//! BoringSSL has numbers of its own; OpenSSL's are met by whoever runs on OpenSSL, through whichever crate.

use core::ffi::c_int;

use tls_object_core::{Alert, ErrorKind};

use crate::refusal::VERDICT;

/// `ERR_LIB_SSL`.
const LIBRARY: c_int = 20;
/// `SSL_AD_REASON_OFFSET`: the reason of an alert that arrived is this plus its number.
const ALERT_RECEIVED: c_int = 1000;

/// `CA_KEY_TOO_SMALL`, `CA_MD_TOO_WEAK`, `EE_KEY_TOO_SMALL`.
const WEAK: [c_int; 3] = [397, 398, 399];

/// Whether a certificate of one's own was refused because it is too weak to be shown.
pub fn is_weak(library: c_int, reason: c_int) -> bool {
    library == LIBRARY && WEAK.contains(&reason)
}

/// Whether this says of an extension that it is not accepted, for whatever reason.
pub fn is_bad_extension(library: c_int, reason: c_int) -> bool {
    const BAD_EXTENSION: c_int = 110;
    library == LIBRARY && reason == BAD_EXTENSION
}

/// Whether the library takes it for a fault of its own, for which it sends `internal_error`.
pub fn is_internal(library: c_int, reason: c_int) -> bool {
    /// `ERR_R_INTERNAL_ERROR`.
    const INTERNAL_ERROR: c_int = 0xC_0103;
    library == LIBRARY && reason == INTERNAL_ERROR
}

/// `SSL_R_*`: number, name, and what it means. Reasons that only repeat that something failed
/// (`RECORD_LAYER_FAILURE`) are left out, so that the entry below them in the queue speaks.
pub const REASONS: &[(c_int, &str, ErrorKind)] = &[
    (100, "APP_DATA_IN_HANDSHAKE", ErrorKind::UnexpectedMessage),
    (101, "NO_SUITABLE_KEY_SHARE", ErrorKind::NoSharedGroup),
    (103, "BAD_CHANGE_CIPHER_SPEC", ErrorKind::UnexpectedMessage),
    (104, "INCONSISTENT_EXTMS", ErrorKind::IllegalParameter),
    (105, "BAD_HELLO_REQUEST", ErrorKind::Decode),
    (108, "BAD_KEY_SHARE", ErrorKind::IllegalParameter),
    (110, "BAD_EXTENSION", ErrorKind::Decode),
    (111, "BAD_DIGEST_LENGTH", ErrorKind::BadHandshakeSignature),
    (112, "MISSING_SIGALGS_EXTENSION", ErrorKind::IllegalParameter),
    (114, "BAD_PSK_IDENTITY", ErrorKind::IllegalParameter),
    (115, "BAD_PACKET_LENGTH", ErrorKind::Decode),
    (116, "BAD_PROTOCOL_VERSION_NUMBER", ErrorKind::NotTls),
    (118, "NO_SUITABLE_SIGNATURE_ALGORITHM", ErrorKind::NoSharedSignatureScheme),
    (123, "BAD_SIGNATURE", ErrorKind::BadHandshakeSignature),
    (131, "CA_DN_LENGTH_MISMATCH", ErrorKind::Decode),
    (133, "CCS_RECEIVED_EARLY", ErrorKind::UnexpectedMessage),
    (134, "CERTIFICATE_VERIFY_FAILED", VERDICT),
    (135, "CERT_LENGTH_MISMATCH", ErrorKind::Decode),
    (145, "DATA_BETWEEN_CCS_AND_FINISHED", ErrorKind::UnexpectedMessage),
    (146, "DATA_LENGTH_TOO_LONG", ErrorKind::RecordOverflow),
    (147, "DECRYPTION_FAILED", ErrorKind::BadRecordMac),
    (148, "DH_PUBLIC_VALUE_LENGTH_IS_WRONG", ErrorKind::Decode),
    (149, "DIGEST_CHECK_FAILED", ErrorKind::BadHandshakeSignature),
    (150, "ENCRYPTED_LENGTH_TOO_LONG", ErrorKind::RecordOverflow),
    (151, "ERROR_IN_RECEIVED_CIPHER_LIST", ErrorKind::Decode),
    (152, "EXCESSIVE_MESSAGE_SIZE", ErrorKind::IllegalParameter),
    (153, "EXTRA_DATA_IN_MESSAGE", ErrorKind::Decode),
    (154, "GOT_A_FIN_BEFORE_A_CCS", ErrorKind::UnexpectedMessage),
    (155, "HTTPS_PROXY_REQUEST", ErrorKind::HttpsProxyRequest),
    (156, "HTTP_REQUEST", ErrorKind::HttpRequest),
    (157, "TLS_INVALID_ECPOINTFORMAT_LIST", ErrorKind::IllegalParameter),
    (159, "LENGTH_MISMATCH", ErrorKind::Decode),
    (160, "LENGTH_TOO_SHORT", ErrorKind::Decode),
    (162, "ILLEGAL_POINT_COMPRESSION", ErrorKind::IllegalParameter),
    (166, "VERSION_TOO_HIGH", ErrorKind::NoSharedVersion),
    (169, "MISSING_RSA_ENCRYPTING_CERT", ErrorKind::IllegalParameter),
    (182, "NOT_ON_RECORD_BOUNDARY", ErrorKind::UnexpectedMessage),
    (187, "NO_COMPRESSION_SPECIFIED", ErrorKind::Decode),
    (191, "NO_PROTOCOLS_AVAILABLE", ErrorKind::NoSharedVersion),
    (193, "NO_SHARED_CIPHER", ErrorKind::NoSharedCipher),
    (197, "OLD_SESSION_CIPHER_NOT_RETURNED", ErrorKind::IllegalParameter),
    (198, "PACKET_LENGTH_TOO_LONG", ErrorKind::RecordOverflow),
    (199, "PEER_DID_NOT_RETURN_A_CERTIFICATE", ErrorKind::CertificateRequired),
    (205, "INVALID_ALERT", ErrorKind::UnexpectedMessage),
    (209, "MISSING_SUPPORTED_GROUPS_EXTENSION", ErrorKind::IllegalParameter),
    (213, "RECORD_LENGTH_MISMATCH", ErrorKind::Decode),
    (214, "NO_CHANGE_FOLLOWING_HRR", ErrorKind::IllegalParameter),
    (215, "REQUIRED_CIPHER_MISSING", ErrorKind::IllegalParameter),
    (217, "UNSOLICITED_EXTENSION", ErrorKind::IllegalParameter),
    (218, "CIPHERSUITE_DIGEST_HAS_CHANGED", ErrorKind::IllegalParameter),
    (220, "SIGNATURE_FOR_NON_SIGNING_CERTIFICATE", ErrorKind::IllegalParameter),
    (221, "MISSING_SIGNING_CERT", ErrorKind::IllegalParameter),
    (223, "PSK_IDENTITY_NOT_FOUND", ErrorKind::UnknownPskIdentity),
    (233, "BAD_EARLY_DATA", ErrorKind::IllegalParameter),
    (235, "NO_APPLICATION_PROTOCOL", ErrorKind::NoSharedAlpn),
    (240, "BAD_PACKET", ErrorKind::Decode),
    (244, "UNEXPECTED_MESSAGE", ErrorKind::UnexpectedMessage),
    (245, "UNEXPECTED_RECORD", ErrorKind::UnexpectedMessage),
    (246, "UNKNOWN_ALERT_TYPE", ErrorKind::IllegalParameter),
    (248, "UNKNOWN_CIPHER_RETURNED", ErrorKind::IllegalParameter),
    (252, "UNKNOWN_PROTOCOL", ErrorKind::Ssl2Hello),
    (253, "BINDER_DOES_NOT_VERIFY", ErrorKind::BadHandshakeSignature),
    (257, "UNSUPPORTED_COMPRESSION_ALGORITHM", ErrorKind::IllegalParameter),
    (258, "UNSUPPORTED_PROTOCOL", ErrorKind::NoSharedVersion),
    (259, "UNSUPPORTED_SSL_VERSION", ErrorKind::NoSharedVersion),
    (260, "INVALID_CCS_MESSAGE", ErrorKind::UnexpectedMessage),
    (261, "WRONG_CIPHER_RETURNED", ErrorKind::IllegalParameter),
    (262, "UNEXPECTED_CCS_MESSAGE", ErrorKind::UnexpectedMessage),
    (266, "WRONG_SSL_VERSION", ErrorKind::NoSharedVersion),
    (267, "WRONG_VERSION_NUMBER", ErrorKind::NotTls),
    (278, "POST_HANDSHAKE_AUTH_ENCODING_ERR", ErrorKind::Decode),
    (281, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", ErrorKind::BadRecordMac),
    (282, "INVALID_CONTEXT", ErrorKind::Decode),
    (292, "BAD_LEGACY_VERSION", ErrorKind::IllegalParameter),
    (293, "MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA", ErrorKind::UnexpectedMessage),
    (295, "NO_SUITABLE_GROUPS", ErrorKind::NoSharedGroup),
    (298, "RECORD_TOO_SMALL", ErrorKind::Decode),
    (300, "SSL3_SESSION_ID_TOO_LONG", ErrorKind::IllegalParameter),
    (304, "BAD_ECC_CERT", ErrorKind::IllegalParameter),
    (306, "BAD_ECPOINT", ErrorKind::IllegalParameter),
    (310, "MISSING_PSK_KEX_MODES_EXTENSION", ErrorKind::IllegalParameter),
    (311, "MISSING_TMP_ECDH_KEY", ErrorKind::Decode),
    (315, "UNSUPPORTED_ELLIPTIC_CURVE", ErrorKind::NoSharedGroup),
    (329, "UNSUPPORTED_STATUS_TYPE", ErrorKind::Decode),
    (336, "RENEGOTIATION_ENCODING_ERR", ErrorKind::Decode),
    (337, "RENEGOTIATION_MISMATCH", ErrorKind::IllegalParameter),
    (338, "UNSAFE_LEGACY_RENEGOTIATION_DISABLED", ErrorKind::IllegalParameter),
    (339, "NO_RENEGOTIATION", ErrorKind::AlertReceived(Alert::NO_RENEGOTIATION)),
    (341, "INVALID_COMPRESSION_ALGORITHM", ErrorKind::IllegalParameter),
    (345, "SCSV_RECEIVED_WHEN_RENEGOTIATING", ErrorKind::IllegalParameter),
    (348, "BAD_CERTIFICATE", ErrorKind::Decode),
    (349, "EMPTY_RAW_PUBLIC_KEY", ErrorKind::Decode),
    (350, "INVALID_RAW_PUBLIC_KEY", ErrorKind::IllegalParameter),
    (351, "WRONG_RPK_TYPE", ErrorKind::IllegalParameter),
    (353, "BAD_SRTP_PROTECTION_PROFILE_LIST", ErrorKind::Decode),
    (360, "SIGNATURE_ALGORITHMS_ERROR", ErrorKind::Decode),
    (368, "UNKNOWN_DIGEST", ErrorKind::IllegalParameter),
    (370, "WRONG_SIGNATURE_TYPE", ErrorKind::IllegalParameter),
    (376, "NO_SHARED_SIGNATURE_ALGORITHMS", ErrorKind::NoSharedSignatureScheme),
    (378, "WRONG_CURVE", ErrorKind::IllegalParameter),
    (383, "WRONG_CERTIFICATE_TYPE", ErrorKind::IllegalParameter),
    (390, "BAD_DATA", ErrorKind::Decode),
    (394, "DH_KEY_TOO_SMALL", ErrorKind::IllegalParameter),
    (396, "VERSION_TOO_LOW", ErrorKind::NoSharedVersion),
    (404, "LENGTH_TOO_LONG", ErrorKind::Decode),
    (409, "TOO_MANY_WARN_ALERTS", ErrorKind::UnexpectedMessage),
    (410, "NO_SHARED_GROUPS", ErrorKind::NoSharedGroup),
    (443, "BAD_RECORD_TYPE", ErrorKind::UnexpectedMessage),
    (999, "INVALID_SESSION_ID", ErrorKind::IllegalParameter),
];

/// What a code of the error queue means; `None` when it says nothing about the cause.
pub fn kind(library: c_int, reason: c_int) -> Option<ErrorKind> {
    if library != LIBRARY {
        return None;
    }
    if let Some(&(_, _, kind)) = REASONS.iter().find(|&&(number, _, _)| number == reason) {
        return Some(kind);
    }
    let alert = u8::try_from(reason.checked_sub(ALERT_RECEIVED)?).ok()?;
    Some(ErrorKind::AlertReceived(Alert::new(alert)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_and_strangers() {
        assert_eq!(kind(LIBRARY, 1048), Some(ErrorKind::AlertReceived(Alert::UNKNOWN_CA)));
        assert_eq!(kind(LIBRARY, 313), None);
        // Of the part of the library that knows certificates.
        assert_eq!(kind(11, 267), None);
    }
}
