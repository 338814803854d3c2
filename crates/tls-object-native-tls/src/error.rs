//! What the errors of native-tls mean.

use core::error::Error as StdError;

use tls_object_core::{Alert, Error, ErrorKind, ProtocolVersion, VerifyCode};
use tls_object_libssl::{openssl_reasons, told_by};

use crate::wire::{End, LastAlert};
use crate::{NativeTls, platform};

/// The error of a connection that has failed.
#[cold]
pub(crate) fn of_connection(error: impl StdError + Send + Sync + 'static, end: End) -> Error {
    let End { sent, received, version, in_handshake } = end;
    let codes = platform::codes(&error);
    let told = codes.iter().find_map(|&(library, reason)| openssl_reasons::kind(library, reason));
    let kind = match (told, received, sent) {
        (None | Some(ErrorKind::AlertReceived(_)), Some(Alert::CLOSE_NOTIFY), _) => {
            ErrorKind::ClosedDuringHandshake
        }
        (None | Some(ErrorKind::AlertReceived(_)), Some(alert), _) => {
            ErrorKind::AlertReceived(alert)
        }
        // The reason stands in words behind a code that is not told.
        (Some(ErrorKind::CertificateVerify(_)), ..) => {
            ErrorKind::CertificateVerify(VerifyCode::Unspecified)
        }
        (Some(kind), ..) => kind,
        (None, None, LastAlert::Plain(alert)) => told_by(alert),
        // Nothing is wrong, and yet there is no connection: an encrypted close_notify.
        (None, None, LastAlert::Absent) if in_handshake && codes.is_empty() => {
            ErrorKind::ClosedDuringHandshake
        }
        (None, None, _) => ErrorKind::Library,
    };
    let alert = match sent {
        LastAlert::Absent => None,
        LastAlert::Plain(alert) => Some(alert),
        LastAlert::Sealed
            if codes.iter().any(|&(lib, reason)| openssl_reasons::is_internal(lib, reason)) =>
        {
            Some(Alert::INTERNAL_ERROR)
        }
        LastAlert::Sealed => alert_of(kind, version == Some(ProtocolVersion::TLS13)),
    };
    Error::new(kind).with_alert_sent(alert).with_backend(NativeTls::NAME).with_source(error)
}

/// The alert that OpenSSL sends with an error, where it is encrypted and cannot be read.
fn alert_of(kind: ErrorKind, tls13: bool) -> Option<Alert> {
    Some(match kind {
        ErrorKind::BadHandshakeSignature => Alert::DECRYPT_ERROR,
        ErrorKind::BadRecordMac => Alert::BAD_RECORD_MAC,
        ErrorKind::Decode => Alert::DECODE_ERROR,
        ErrorKind::IllegalParameter => Alert::ILLEGAL_PARAMETER,
        // The version in a record's header.
        ErrorKind::NotTls if tls13 => Alert::DECODE_ERROR,
        ErrorKind::NotTls => Alert::PROTOCOL_VERSION,
        ErrorKind::RecordOverflow => Alert::RECORD_OVERFLOW,
        ErrorKind::UnexpectedMessage => Alert::UNEXPECTED_MESSAGE,
        _ => return None,
    })
}
