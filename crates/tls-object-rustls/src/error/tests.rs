//! The tables, read the other way.

use core::time::Duration;

use rustls::Error as Native;
use rustls::pki_types::{IpAddr, ServerName, UnixTime};
use rustls::{CertificateError, ContentType, HandshakeType};

use super::*;

#[track_caller]
fn check(error: Native, expected: ErrorKind, alert: impl Into<Option<Alert>>) {
    let mapped = of_connection(error.clone(), None, LastAlert::Sealed, false);
    assert_eq!(mapped.kind(), expected);
    assert_eq!(mapped.alert_sent(), alert.into());
    let plain = of_connection(error.clone(), None, LastAlert::Plain(Alert::INTERNAL_ERROR), false);
    assert_eq!(plain.alert_sent(), Some(Alert::INTERNAL_ERROR));
    assert_eq!(of_connection(error, None, LastAlert::Absent, false).alert_sent(), None);
}

#[test]
fn errors_as_a_whole() {
    let message = Native::InappropriateMessage {
        expect_types: vec![ContentType::Handshake],
        got_type: ContentType::ApplicationData,
    };
    let handshake = Native::InappropriateHandshakeMessage {
        expect_types: vec![HandshakeType::Finished],
        got_type: HandshakeType::KeyUpdate,
    };
    let closed = Native::AlertReceived(AlertDescription::CloseNotify);
    let alert = Native::AlertReceived(AlertDescription::UnknownCA);
    let signature = Native::InvalidCertificate(CertificateError::BadSignature);
    check(closed, ErrorKind::ClosedDuringHandshake, Alert::DECODE_ERROR);
    check(alert, ErrorKind::AlertReceived(Alert::UNKNOWN_CA), Alert::DECODE_ERROR);
    check(Native::DecryptError, ErrorKind::BadRecordMac, Alert::BAD_RECORD_MAC);
    check(message, ErrorKind::UnexpectedMessage, Alert::UNEXPECTED_MESSAGE);
    check(handshake, ErrorKind::UnexpectedMessage, Alert::UNEXPECTED_MESSAGE);
    check(signature, ErrorKind::BadHandshakeSignature, Alert::DECRYPT_ERROR);
    check(Native::NoApplicationProtocol, ErrorKind::NoSharedAlpn, Alert::NO_APPLICATION_PROTOCOL);
    check(
        Native::NoCertificatesPresented,
        ErrorKind::CertificateRequired,
        Alert::CERTIFICATE_REQUIRED,
    );
    check(Native::PeerSentOversizedRecord, ErrorKind::RecordOverflow, Alert::RECORD_OVERFLOW);
    check(Native::FailedToGetRandomBytes, ErrorKind::Library, None);
}

#[test]
fn invalid_messages() {
    let row = |why: InvalidMessage, expected, alert| check(why.into(), expected, alert);
    row(InvalidMessage::InvalidContentType, ErrorKind::NotTls, Alert::DECODE_ERROR);
    row(InvalidMessage::UnknownProtocolVersion, ErrorKind::NotTls, Alert::DECODE_ERROR);
    row(InvalidMessage::MessageTooLarge, ErrorKind::RecordOverflow, Alert::DECODE_ERROR);
    row(InvalidMessage::UnexpectedMessage("it"), ErrorKind::UnexpectedMessage, Alert::DECODE_ERROR);
    row(InvalidMessage::InvalidKeyUpdate, ErrorKind::Decode, Alert::ILLEGAL_PARAMETER);
    row(InvalidMessage::DuplicateExtension(0), ErrorKind::Decode, Alert::ILLEGAL_PARAMETER);
    row(InvalidMessage::MissingData("it"), ErrorKind::Decode, Alert::DECODE_ERROR);
}

#[test]
fn incompatible_peers() {
    let row = |why: PeerIncompatible, tls13, tls12| {
        check(why.clone().into(), tls13, Alert::HANDSHAKE_FAILURE);
        assert_eq!(of_connection(why.into(), None, LastAlert::Absent, true).kind(), tls12);
    };
    let same = |why, expected| row(why, expected, expected);
    use ErrorKind::*;
    row(PeerIncompatible::NamedGroupsExtensionRequired, NoSharedGroup, NoSharedCipher);
    row(PeerIncompatible::NoKxGroupsInCommon, NoSharedGroup, NoSharedCipher);
    row(PeerIncompatible::NoSignatureSchemesInCommon, NoSharedSignatureScheme, NoSharedCipher);
    same(PeerIncompatible::NoCipherSuitesInCommon, NoSharedCipher);
    same(PeerIncompatible::KeyShareExtensionRequired, NoSharedGroup);
    same(PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon, NoSharedSignatureScheme);
    same(PeerIncompatible::SignatureAlgorithmsExtensionRequired, NoSharedSignatureScheme);
    same(PeerIncompatible::ServerDoesNotSupportTls12Or13, NoSharedVersion);
    same(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig, NoSharedVersion);
    same(PeerIncompatible::SupportedVersionsExtensionRequired, NoSharedVersion);
    same(PeerIncompatible::Tls12NotOffered, NoSharedVersion);
    same(PeerIncompatible::Tls12NotOfferedOrEnabled, NoSharedVersion);
    same(PeerIncompatible::NullCompressionRequired, IllegalParameter);
}

#[test]
fn misbehaving_peers() {
    let row = |why: PeerMisbehaved, expected, alert| check(why.into(), expected, alert);
    let illegal = |why, alert| row(why, ErrorKind::IllegalParameter, alert);
    row(
        PeerMisbehaved::IncorrectBinder,
        ErrorKind::BadHandshakeSignature,
        Alert::ILLEGAL_PARAMETER,
    );
    for why in [
        PeerMisbehaved::IllegalMiddleboxChangeCipherSpec,
        PeerMisbehaved::IllegalTlsInnerPlaintext,
        PeerMisbehaved::KeyEpochWithPendingFragment,
        PeerMisbehaved::MessageInterleavedWithHandshakeMessage,
        PeerMisbehaved::TooManyEmptyFragments,
        PeerMisbehaved::TooManyKeyUpdateRequests,
        PeerMisbehaved::TooManyRenegotiationRequests,
        PeerMisbehaved::TooManyWarningAlertsReceived,
    ] {
        row(why, ErrorKind::UnexpectedMessage, Alert::UNEXPECTED_MESSAGE);
    }
    illegal(PeerMisbehaved::DisallowedEncryptedExtension, Alert::UNSUPPORTED_EXTENSION);
    illegal(PeerMisbehaved::UnexpectedCleartextExtension, Alert::UNSUPPORTED_EXTENSION);
    illegal(PeerMisbehaved::UnsolicitedEncryptedExtension, Alert::UNSUPPORTED_EXTENSION);
    illegal(PeerMisbehaved::UnsolicitedEchExtension, Alert::UNSUPPORTED_EXTENSION);
    illegal(PeerMisbehaved::InvalidCertCompression, Alert::BAD_CERTIFICATE);
    illegal(PeerMisbehaved::SelectedUnofferedCertCompression, Alert::BAD_CERTIFICATE);
    illegal(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme, Alert::ILLEGAL_PARAMETER);
}

#[test]
fn refused_chains() {
    let time = UnixTime::since_unix_epoch(Duration::ZERO);
    let name = |expected| {
        webpki::Error::CertNotValidForName(webpki::InvalidNameContext {
            expected,
            presented: Vec::new(),
        })
    };
    let algorithm = || webpki::UnsupportedSignatureAlgorithmContext {
        signature_algorithm_id: Vec::new(),
        supported_algorithms: Vec::new(),
    };
    let key = || webpki::UnsupportedSignatureAlgorithmForPublicKeyContext {
        signature_algorithm_id: Vec::new(),
        public_key_algorithm_id: Vec::new(),
    };
    let purpose = webpki::RequiredEkuNotFoundContext {
        required: webpki::KeyUsage::server_auth(),
        present: Vec::new(),
    };
    let dns = ServerName::try_from("server.example").unwrap();
    let ip = ServerName::IpAddress(IpAddr::try_from("192.0.2.1").unwrap());
    use VerifyCode::*;
    use webpki::Error as Why;
    let rows = [
        (Why::UnknownIssuer, UnknownIssuer),
        (Why::CertExpired { time, not_after: time }, Expired),
        (Why::InvalidCertValidity, Expired),
        (Why::CertNotValidYet { time, not_before: time }, NotYetValid),
        (name(dns), NameMismatch),
        (name(ip), IpAddressMismatch),
        (Why::CaUsedAsEndEntity, WrongPurpose),
        (Why::EmptyEkuExtension, WrongPurpose),
        (Why::RequiredEkuNotFoundContext(purpose), WrongPurpose),
        (Why::EndEntityUsedAsCa, InvalidCa),
        (Why::PathLenConstraintViolated, PathLengthExceeded),
        (Why::MaximumPathBuildCallsExceeded, ChainTooLong),
        (Why::MaximumPathDepthExceeded, ChainTooLong),
        (Why::MaximumSignatureChecksExceeded, ChainTooLong),
        (Why::NameConstraintViolation, NameConstraint),
        (Why::MaximumNameConstraintComparisonsExceeded, NameConstraint),
        (Why::UnsupportedCriticalExtension, UnhandledCriticalExtension),
        (Why::InvalidSignatureForPublicKey, BadSignature),
        (Why::UnsupportedSignatureAlgorithmForPublicKeyContext(key()), BadSignature),
        (Why::UnsupportedSignatureAlgorithmContext(algorithm()), UnsupportedSignatureAlgorithm),
        (Why::SignatureAlgorithmMismatch, SignatureAlgorithmMismatch),
        (Why::CertDistrusted, Rejected),
        (Why::UnsupportedCertVersion, Rejected),
    ];
    for (why, code) in rows {
        assert_eq!(verify_code(&why), Some(code), "{why}");
    }
    assert_eq!(verify_code(&Why::BadDer), None);
}
