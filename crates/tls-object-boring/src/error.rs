//! What BoringSSL's errors mean.

use core::ffi::c_int;

use boring::error::ErrorStack;
use boring_sys as sys;
use tls_object_core::{Alert, Error, ErrorKind, VerifyCode};
use tls_object_libssl::VERDICT;

use crate::BoringSsl;

const ERR_LIB_SSL: c_int = sys::ERR_LIB_SSL.0 as c_int;
/// `SSL_AD_REASON_OFFSET`: the reason of an alert that arrived is this plus its number.
const ALERT_RECEIVED: c_int = 1000;

/// `SSL_R_*` and what it means. Reasons that only repeat that something failed are left out, so
/// that the entry below them in the queue speaks.
const REASONS: &[(c_int, ErrorKind)] = &[
    (sys::SSL_R_APP_DATA_IN_HANDSHAKE, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_BAD_ALERT, ErrorKind::Decode),
    (sys::SSL_R_BAD_CHANGE_CIPHER_SPEC, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_BAD_DIGEST_LENGTH, ErrorKind::BadHandshakeSignature),
    (sys::SSL_R_BAD_ECC_CERT, ErrorKind::IllegalParameter),
    (sys::SSL_R_BAD_ECPOINT, ErrorKind::IllegalParameter),
    (sys::SSL_R_BAD_HANDSHAKE_RECORD, ErrorKind::Decode),
    (sys::SSL_R_BAD_HELLO_REQUEST, ErrorKind::Decode),
    (sys::SSL_R_BAD_SIGNATURE, ErrorKind::BadHandshakeSignature),
    (sys::SSL_R_CCS_RECEIVED_EARLY, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_CERTIFICATE_VERIFY_FAILED, VERDICT),
    (sys::SSL_R_CLIENTHELLO_PARSE_FAILED, ErrorKind::Decode),
    (sys::SSL_R_DATA_LENGTH_TOO_LONG, ErrorKind::RecordOverflow),
    (sys::SSL_R_DECODE_ERROR, ErrorKind::Decode),
    (sys::SSL_R_DECRYPTION_FAILED, ErrorKind::BadRecordMac),
    (sys::SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, ErrorKind::BadRecordMac),
    (sys::SSL_R_DIGEST_CHECK_FAILED, ErrorKind::BadHandshakeSignature),
    (sys::SSL_R_DOWNGRADE_DETECTED, ErrorKind::IllegalParameter),
    (sys::SSL_R_DUPLICATE_EXTENSION, ErrorKind::IllegalParameter),
    (sys::SSL_R_DUPLICATE_KEY_SHARE, ErrorKind::IllegalParameter),
    (sys::SSL_R_ENCRYPTED_LENGTH_TOO_LONG, ErrorKind::RecordOverflow),
    (sys::SSL_R_ERROR_IN_RECEIVED_CIPHER_LIST, ErrorKind::Decode),
    (sys::SSL_R_EXCESSIVE_MESSAGE_SIZE, ErrorKind::IllegalParameter),
    (sys::SSL_R_EXCESS_HANDSHAKE_DATA, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_HTTPS_PROXY_REQUEST, ErrorKind::HttpsProxyRequest),
    (sys::SSL_R_HTTP_REQUEST, ErrorKind::HttpRequest),
    (sys::SSL_R_INVALID_ALPN_PROTOCOL, ErrorKind::IllegalParameter),
    (sys::SSL_R_INVALID_COMPRESSION_LIST, ErrorKind::IllegalParameter),
    (sys::SSL_R_INVALID_OUTER_RECORD_TYPE, ErrorKind::UnexpectedMessage),
    // The key usage of a leaf, which BoringSSL looks at before its chain is judged.
    (sys::SSL_R_KEY_USAGE_BIT_INCORRECT, ErrorKind::CertificateVerify(VerifyCode::WrongPurpose)),
    (sys::SSL_R_LENGTH_MISMATCH, ErrorKind::Decode),
    (sys::SSL_R_MISSING_EXTENSION, ErrorKind::IllegalParameter),
    (sys::SSL_R_MISSING_KEY_SHARE, ErrorKind::IllegalParameter),
    (sys::SSL_R_NO_APPLICATION_PROTOCOL, ErrorKind::NoSharedAlpn),
    (sys::SSL_R_NO_CIPHERS_PASSED, ErrorKind::IllegalParameter),
    (sys::SSL_R_NO_COMMON_SIGNATURE_ALGORITHMS, ErrorKind::NoSharedSignatureScheme),
    (sys::SSL_R_NO_RENEGOTIATION, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_NO_SHARED_CIPHER, ErrorKind::NoSharedCipher),
    (sys::SSL_R_NO_SHARED_GROUP, ErrorKind::NoSharedGroup),
    (sys::SSL_R_PARSE_TLSEXT, ErrorKind::Decode),
    (sys::SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, ErrorKind::CertificateRequired),
    (sys::SSL_R_PSK_IDENTITY_NOT_FOUND, ErrorKind::UnknownPskIdentity),
    (sys::SSL_R_RECORD_TOO_LARGE, ErrorKind::RecordOverflow),
    (sys::SSL_R_TOO_MANY_EMPTY_FRAGMENTS, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_TOO_MANY_KEY_UPDATES, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_TOO_MANY_WARNING_ALERTS, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_UNEXPECTED_EXTENSION, ErrorKind::IllegalParameter),
    (sys::SSL_R_UNEXPECTED_MESSAGE, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_UNEXPECTED_RECORD, ErrorKind::UnexpectedMessage),
    (sys::SSL_R_UNKNOWN_ALERT_TYPE, ErrorKind::IllegalParameter),
    (sys::SSL_R_UNKNOWN_CERTIFICATE_TYPE, ErrorKind::NoSharedCertificateType),
    (sys::SSL_R_UNKNOWN_CIPHER_RETURNED, ErrorKind::IllegalParameter),
    (sys::SSL_R_UNKNOWN_PROTOCOL, ErrorKind::Ssl2Hello),
    (sys::SSL_R_UNSUPPORTED_CERTIFICATE, ErrorKind::NoSharedCertificateType),
    (sys::SSL_R_UNSUPPORTED_COMPRESSION_ALGORITHM, ErrorKind::IllegalParameter),
    (sys::SSL_R_UNSUPPORTED_PROTOCOL, ErrorKind::NoSharedVersion),
    (sys::SSL_R_WRONG_CIPHER_RETURNED, ErrorKind::IllegalParameter),
    (sys::SSL_R_WRONG_CURVE, ErrorKind::IllegalParameter),
    (sys::SSL_R_WRONG_SIGNATURE_TYPE, ErrorKind::IllegalParameter),
    (sys::SSL_R_WRONG_SSL_VERSION, ErrorKind::NoSharedVersion),
    (sys::SSL_R_WRONG_VERSION_NUMBER, ErrorKind::NotTls),
];

/// What a code of the error queue means, where `sent` is the alert that went with it; `None` when
/// it says nothing about the cause.
pub(crate) fn kind(library: c_int, reason: c_int, sent: Option<Alert>) -> Option<ErrorKind> {
    if library != ERR_LIB_SSL {
        return None;
    }
    if reason == sys::SSL_R_WRONG_CURVE && sent == Some(Alert::HANDSHAKE_FAILURE) {
        // RFC 8422 section 5.1: the client has no use for the curve of the server's certificate, so none
        // of its suites will do.
        return Some(ErrorKind::NoSharedCipher);
    }
    if let Some(&(_, kind)) = REASONS.iter().find(|&&(number, _)| number == reason) {
        return Some(kind);
    }
    let alert = u8::try_from(reason.checked_sub(ALERT_RECEIVED)?).ok()?;
    Some(ErrorKind::AlertReceived(Alert::new(alert)))
}

/// The library and the reason of each entry.
pub(crate) fn codes(stack: &ErrorStack) -> Vec<(c_int, c_int)> {
    stack.errors().iter().map(|error| (error.library_code(), error.reason_code())).collect()
}

/// An error outside of a connection.
#[cold]
pub(crate) fn library_error(stack: ErrorStack) -> Error {
    Error::new(ErrorKind::Library).with_backend(BoringSsl::NAME).with_source(stack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::reason_name;

    const ERR_LIB_X509: c_int = sys::ERR_LIB_X509.0 as c_int;

    #[test]
    fn each_row_stands_once_and_is_known_to_the_library() {
        for (row, &(number, expected)) in REASONS.iter().enumerate() {
            assert!(reason_name(ERR_LIB_SSL, number).is_some(), "reason {number}");
            assert_eq!(kind(ERR_LIB_SSL, number, None), Some(expected));
            assert!(REASONS[..row].iter().all(|&(earlier, _)| earlier != number));
        }
    }

    #[test]
    fn alerts_and_strangers() {
        let alert = kind(ERR_LIB_SSL, sys::SSL_R_TLSV1_ALERT_UNKNOWN_CA, None);
        assert_eq!(alert, Some(ErrorKind::AlertReceived(Alert::UNKNOWN_CA)));
        assert_eq!(kind(ERR_LIB_X509, sys::SSL_R_WRONG_VERSION_NUMBER, None), None);
    }
}
