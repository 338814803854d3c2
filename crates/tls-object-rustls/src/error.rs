//! What rustls' errors mean, and which alerts rustls sends with them.

use rustls::{AlertDescription, InvalidMessage, PeerIncompatible, PeerMisbehaved};
use tls_object_core::{Alert, Error, ErrorKind, VerifyCode};

use crate::wire::LastAlert;

/// The error of a connection that rustls has given up. `refusal`: why the peer's chain was refused, if it was. `tls12`: it would
/// have been, or was, TLS 1.2.
#[cold]
pub(crate) fn of_connection(
    error: rustls::Error,
    refusal: Option<Error>,
    sent: LastAlert,
    tls12: bool,
) -> Error {
    let alert = match sent {
        LastAlert::Absent => None,
        LastAlert::Plain(alert) => Some(alert),
        LastAlert::Sealed => {
            let refused = refusal.as_ref().and_then(Error::verify_code);
            refused.map(VerifyCode::alert).or_else(|| alert(&error))
        }
    };
    let mapped = refusal.unwrap_or_else(|| Error::new(kind(&error, tls12)).with_source(error));
    mapped.with_alert_sent(alert)
}

fn kind(error: &rustls::Error, tls12: bool) -> ErrorKind {
    match error {
        rustls::Error::AlertReceived(AlertDescription::CloseNotify) => {
            ErrorKind::ClosedDuringHandshake
        }
        rustls::Error::AlertReceived(alert) => {
            ErrorKind::AlertReceived(Alert::new((*alert).into()))
        }
        // Also a wrong Finished, for which rustls has no other error.
        rustls::Error::DecryptError => ErrorKind::BadRecordMac,
        rustls::Error::InappropriateMessage { .. }
        | rustls::Error::InappropriateHandshakeMessage { .. } => ErrorKind::UnexpectedMessage,
        // Chains have been refused in the verifier's own words; what is left are signatures.
        rustls::Error::InvalidCertificate(_) => ErrorKind::BadHandshakeSignature,
        rustls::Error::InvalidMessage(why) => invalid_message(why),
        rustls::Error::NoApplicationProtocol => ErrorKind::NoSharedAlpn,
        rustls::Error::NoCertificatesPresented => ErrorKind::CertificateRequired,
        rustls::Error::PeerIncompatible(why) => incompatible(why, tls12),
        rustls::Error::PeerMisbehaved(why) => misbehaved(why),
        rustls::Error::PeerSentOversizedRecord => ErrorKind::RecordOverflow,
        _ => ErrorKind::Library,
    }
}

fn invalid_message(why: &InvalidMessage) -> ErrorKind {
    match why {
        InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion => {
            ErrorKind::NotTls
        }
        InvalidMessage::MessageTooLarge => ErrorKind::RecordOverflow,
        InvalidMessage::UnexpectedMessage(_) => ErrorKind::UnexpectedMessage,
        _ => ErrorKind::Decode,
    }
}

fn incompatible(why: &PeerIncompatible, tls12: bool) -> ErrorKind {
    match why {
        PeerIncompatible::NoCipherSuitesInCommon => ErrorKind::NoSharedCipher,
        PeerIncompatible::IncorrectCertificateTypeExtension => ErrorKind::NoSharedCertificateType,
        // A cipher suite of TLS 1.2 includes the key exchange and the kind of signature, so
        // OpenSSL has one reason for all three.
        PeerIncompatible::NamedGroupsExtensionRequired
        | PeerIncompatible::NoKxGroupsInCommon
        | PeerIncompatible::NoSignatureSchemesInCommon
            if tls12 =>
        {
            ErrorKind::NoSharedCipher
        }
        PeerIncompatible::KeyShareExtensionRequired
        | PeerIncompatible::NamedGroupsExtensionRequired
        | PeerIncompatible::NoKxGroupsInCommon => ErrorKind::NoSharedGroup,
        PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon
        | PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::SignatureAlgorithmsExtensionRequired => {
            ErrorKind::NoSharedSignatureScheme
        }
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => ErrorKind::NoSharedVersion,
        _ => ErrorKind::IllegalParameter,
    }
}

fn misbehaved(why: &PeerMisbehaved) -> ErrorKind {
    match why {
        PeerMisbehaved::IncorrectBinder => ErrorKind::BadHandshakeSignature,
        PeerMisbehaved::IllegalMiddleboxChangeCipherSpec
        | PeerMisbehaved::IllegalTlsInnerPlaintext
        | PeerMisbehaved::KeyEpochWithPendingFragment
        | PeerMisbehaved::MessageInterleavedWithHandshakeMessage
        | PeerMisbehaved::TooManyEmptyFragments
        | PeerMisbehaved::TooManyKeyUpdateRequests
        | PeerMisbehaved::TooManyRenegotiationRequests
        | PeerMisbehaved::TooManyWarningAlertsReceived => ErrorKind::UnexpectedMessage,
        _ => ErrorKind::IllegalParameter,
    }
}

/// The alert that goes with an error, if it does not stand on the wire to be read: by the rules
/// of rustls' state machines, which keep them to themselves.
pub(crate) fn alert(error: &rustls::Error) -> Option<Alert> {
    let description = match error {
        // An alert under TLS 1.3 that is neither fatal nor one of the two warnings allowed there.
        rustls::Error::AlertReceived(_) => AlertDescription::DecodeError,
        rustls::Error::DecryptError => AlertDescription::BadRecordMac,
        rustls::Error::InappropriateMessage { .. }
        | rustls::Error::InappropriateHandshakeMessage { .. } => {
            AlertDescription::UnexpectedMessage
        }
        rustls::Error::InvalidCertificate(why) => why.clone().into(),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidKeyUpdate) => {
            AlertDescription::IllegalParameter
        }
        rustls::Error::InvalidMessage(why) => (*why).into(),
        rustls::Error::NoApplicationProtocol => AlertDescription::NoApplicationProtocol,
        rustls::Error::NoCertificatesPresented => AlertDescription::CertificateRequired,
        rustls::Error::PeerIncompatible(_) => AlertDescription::HandshakeFailure,
        rustls::Error::PeerMisbehaved(why) => match why {
            PeerMisbehaved::DisallowedEncryptedExtension
            | PeerMisbehaved::UnexpectedCleartextExtension
            | PeerMisbehaved::UnsolicitedEncryptedExtension
            | PeerMisbehaved::UnsolicitedEchExtension => AlertDescription::UnsupportedExtension,
            PeerMisbehaved::InvalidCertCompression
            | PeerMisbehaved::SelectedUnofferedCertCompression => AlertDescription::BadCertificate,
            _ if misbehaved(why) == ErrorKind::UnexpectedMessage => {
                AlertDescription::UnexpectedMessage
            }
            _ => AlertDescription::IllegalParameter,
        },
        rustls::Error::PeerSentOversizedRecord => AlertDescription::RecordOverflow,
        _ => return None,
    };
    Some(Alert::new(description.into()))
}

/// OpenSSL's code for webpki's reason to refuse a chain; `None` for a certificate that cannot
/// be read at all. webpki has no revocation lists to refuse one for.
pub(crate) fn verify_code(error: &webpki::Error) -> Option<VerifyCode> {
    Some(match error {
        webpki::Error::UnknownIssuer => VerifyCode::UnknownIssuer,
        webpki::Error::CertExpired { .. } | webpki::Error::InvalidCertValidity => {
            VerifyCode::Expired
        }
        webpki::Error::CertNotValidYet { .. } => VerifyCode::NotYetValid,
        webpki::Error::CertNotValidForName(name) => match name.expected {
            rustls::pki_types::ServerName::IpAddress(_) => VerifyCode::IpAddressMismatch,
            _ => VerifyCode::NameMismatch,
        },
        // An authority's certificate is not for being a server or a client.
        webpki::Error::CaUsedAsEndEntity
        | webpki::Error::EmptyEkuExtension
        | webpki::Error::RequiredEkuNotFoundContext(_) => VerifyCode::WrongPurpose,
        webpki::Error::EndEntityUsedAsCa => VerifyCode::InvalidCa,
        webpki::Error::PathLenConstraintViolated => VerifyCode::PathLengthExceeded,
        webpki::Error::MaximumPathBuildCallsExceeded
        | webpki::Error::MaximumPathDepthExceeded
        | webpki::Error::MaximumSignatureChecksExceeded => VerifyCode::ChainTooLong,
        webpki::Error::NameConstraintViolation
        | webpki::Error::MaximumNameConstraintComparisonsExceeded => VerifyCode::NameConstraint,
        webpki::Error::UnsupportedCriticalExtension => VerifyCode::UnhandledCriticalExtension,
        webpki::Error::InvalidSignatureForPublicKey
        | webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            VerifyCode::BadSignature
        }
        webpki::Error::UnsupportedSignatureAlgorithmContext(_) => {
            VerifyCode::UnsupportedSignatureAlgorithm
        }
        webpki::Error::SignatureAlgorithmMismatch => VerifyCode::SignatureAlgorithmMismatch,
        // One of version 1, which OpenSSL takes for one without extensions.
        webpki::Error::CertDistrusted | webpki::Error::UnsupportedCertVersion => {
            VerifyCode::Rejected
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
