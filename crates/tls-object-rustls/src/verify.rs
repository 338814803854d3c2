//! Judging the peer's certificates and its handshake signatures.

use core::cell::Cell;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, OtherError, PeerMisbehaved,
    SignatureScheme,
};
use tls_object_core::{
    Alert, Certificate, Config, CrlScope, Error, ErrorKind, Side, VerifyCode, VerifyMode,
    VerifyTime,
};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, OwnedCertRevocationList,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
};

use crate::validity::Validity;
use crate::{error, identity, trusted_leaf};

/// Judges peers by one configuration, servers and clients alike.
///
/// One for all connections of a context: rustls resumes a session only with the very verifier
/// that let it come about.
#[derive(Debug)]
pub(crate) struct PeerVerifier {
    mode: VerifyMode,
    check_server_name: bool,
    anchors: Vec<TrustAnchor<'static>>,
    /// Between which dates each anchor is one.
    validity: Vec<Validity>,
    /// The anchors as the certificates they came from.
    trusted: Vec<Certificate>,
    crls: Vec<CertRevocationList<'static>>,
    crl_depth: RevocationCheckDepth,
    time: VerifyTime,
    /// Names of the anchors, told to clients so that they find a certificate that will do.
    anchor_names: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Those that are accepted in the handshake, the best first.
    schemes: Vec<SignatureScheme>,
}

impl PeerVerifier {
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`] for a trust anchor, [`ErrorKind::InvalidCrl`] for a
    /// revocation list that webpki cannot use.
    pub(crate) fn new(config: &Config, provider: &CryptoProvider) -> Result<Self, Error> {
        let (mut anchors, mut validity) = (Vec::new(), Vec::new());
        let invalid = |error: webpki::Error| {
            Error::new(ErrorKind::InvalidCertificate).with_detail("trust anchor").with_source(error)
        };
        for certificate in &config.trust_anchors {
            let der = identity::certificate(certificate);
            anchors.push(webpki::anchor_from_trusted_cert(&der).map_err(invalid)?.to_owned());
            validity.push(Validity::parse(&der).map_err(invalid)?);
        }
        let mut crls = Vec::new();
        for crl in &config.crls {
            let crl = OwnedCertRevocationList::from_der(crl.der())
                .map_err(|error| Error::new(ErrorKind::InvalidCrl).with_source(error))?;
            crls.push(crl.into());
        }
        let algorithms = provider.signature_verification_algorithms;
        let mut schemes = algorithms.supported_schemes();
        if let Some(wanted) = config.signature_schemes.values() {
            let wanted = wanted.iter().map(|scheme| SignatureScheme::from(scheme.code()));
            schemes = wanted.filter(|scheme| schemes.contains(scheme)).collect();
        }
        Ok(Self {
            mode: config.verify_mode,
            check_server_name: config.check_server_name,
            anchor_names: anchors
                .iter()
                .map(|anchor| DistinguishedName::in_sequence(&anchor.subject))
                .collect(),
            anchors,
            validity,
            trusted: config.trust_anchors.clone(),
            crls,
            crl_depth: match config.crl_scope {
                CrlScope::Leaf => RevocationCheckDepth::EndEntity,
                CrlScope::Chain => RevocationCheckDepth::Chain,
            },
            time: config.verify_time,
            algorithms,
            schemes,
        })
    }

    /// Judges a chain: is there a path from its leaf to a trust anchor, is it for this use, now
    /// and for this name?
    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        peer: Side,
        server_name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        REFUSAL.take();
        if self.mode == VerifyMode::None {
            return Ok(());
        }
        let judged = self.verify_path(leaf, intermediates, peer, server_name, now);
        judged.map(|path| VERIFIED.set(Some(path))).map_err(|error| {
            let code = match error {
                // A self-signed leaf that calls itself an authority is refused for that first.
                webpki::Error::UnknownIssuer | webpki::Error::CaUsedAsEndEntity => {
                    self.untrusted(leaf, intermediates).or_else(|| error::verify_code(&error))
                }
                _ => error::verify_code(&error),
            };
            refuse(code, error)
        })
    }

    fn verify_path(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        peer: Side,
        server_name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<Path, webpki::Error> {
        let now = match self.time {
            VerifyTime::System => now,
            VerifyTime::Fixed(since_epoch) => UnixTime::since_unix_epoch(since_epoch),
        };
        let der = leaf;
        let leaf = EndEntityCert::try_from(der)?;
        // Whether a certificate was taken back is for its issuer to say: that needs a path.
        let path = if self.crls.is_empty() && self.trusted.iter().any(|it| it.der() == der.as_ref())
        {
            trusted_leaf::judge(der, peer, now)?;
            Path::default()
        } else {
            self.find_path(&leaf, intermediates, peer, now)?
        };
        if let Some(name) = server_name.filter(|_| self.check_server_name) {
            leaf.verify_is_valid_for_subject_name(name)?;
        }
        Ok(path)
    }

    /// Looks for a path to an anchor that is one now; if there is none, to one that is not.
    fn find_path(
        &self,
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        peer: Side,
        now: UnixTime,
    ) -> Result<Path, webpki::Error> {
        let is_current = |anchor: &usize| self.validity[*anchor].check(now).is_ok();
        let current: Vec<usize> = (0..self.anchors.len()).filter(is_current).collect();
        if current.len() == self.anchors.len() {
            return self.find_path_to(&self.anchors, leaf, intermediates, peer, now);
        }
        let anchors: Vec<_> = current.iter().map(|&anchor| self.anchors[anchor].clone()).collect();
        match self.find_path_to(&anchors, leaf, intermediates, peer, now) {
            Err(webpki::Error::UnknownIssuer) => {
                let path = self.find_path_to(&self.anchors, leaf, intermediates, peer, now)?;
                path.anchor.map_or(Ok(()), |anchor| self.validity[anchor].check(now))?;
                Ok(path)
            }
            Err(error) => Err(error),
            Ok(path) => Ok(Path { anchor: path.anchor.map(|anchor| current[anchor]), ..path }),
        }
    }

    /// Looks for a path to one of `anchors`.
    fn find_path_to(
        &self,
        anchors: &[TrustAnchor<'_>],
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        peer: Side,
        now: UnixTime,
    ) -> Result<Path, webpki::Error> {
        let crls: Vec<_> = self.crls.iter().collect();
        // Says no only where there is no list: then revocation is not checked.
        let revocation = RevocationOptionsBuilder::new(&crls).ok().map(|options| {
            options
                .with_depth(self.crl_depth)
                .with_status_policy(UnknownStatusPolicy::Deny)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build()
        });
        let path = leaf.verify_for_usage(
            self.algorithms.all,
            anchors,
            intermediates,
            now,
            usage_of(peer),
            revocation,
            None,
        )?;
        let anchor = anchors
            .iter()
            .position(|anchor| core::ptr::eq(anchor, path.anchor()))
            .ok_or(webpki::Error::UnknownIssuer)?;
        let place = |der: CertificateDer<'_>| intermediates.iter().position(|it| *it == der);
        Ok(Path {
            sent: path.intermediate_certificates().filter_map(|it| place(it.der())).collect(),
            anchor: Some(anchor),
        })
    }

    /// Why a chain leads to no trust anchor, which webpki does not say: follows it up to where it
    /// ends. `None` unless that is at a certificate which is its own issuer.
    fn untrusted(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> Option<VerifyCode> {
        let leaf = EndEntityCert::try_from(leaf).ok()?;
        let sent: Vec<_> =
            intermediates.iter().filter_map(|der| EndEntityCert::try_from(der).ok()).collect();
        let (mut current, mut code) = (&leaf, VerifyCode::SelfSigned);
        // A path is no longer than what was sent, unless it goes round in circles.
        for _ in 0..=sent.len() {
            let issuer = current.issuer();
            if self.anchors.iter().any(|anchor| *anchor.subject == *issuer) {
                return None;
            }
            if current.subject() == issuer {
                return Some(code);
            }
            code = VerifyCode::SelfSignedInChain;
            current = sent.iter().find(|candidate| candidate.subject() == issuer)?;
        }
        None
    }

    /// Verifies a signature of the handshake: always, even where any certificate will do.
    fn verify_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
        verify: fn(
            &[u8],
            &CertificateDer<'_>,
            &DigitallySignedStruct,
            &WebPkiSupportedAlgorithms,
        ) -> Result<HandshakeSignatureValid, rustls::Error>,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        REFUSAL.take();
        if !self.schemes.contains(&signature.scheme) {
            return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
        }
        verify(message, leaf, signature, &self.algorithms)
    }
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verify(leaf, intermediates, Side::Server, Some(server_name), now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signature, verify_tls12_signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signature, verify_tls13_signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

impl ClientCertVerifier for PeerVerifier {
    fn offer_client_auth(&self) -> bool {
        self.mode != VerifyMode::None
    }

    fn client_auth_mandatory(&self) -> bool {
        self.mode == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.anchor_names
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.verify(leaf, intermediates, Side::Client, None, now)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signature, verify_tls12_signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signature, verify_tls13_signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// The path from a leaf to what is trusted, as places in lists: the certificates themselves are held elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    /// Which of the certificates behind the leaf, in the order of the path.
    sent: Box<[usize]>,
    /// Which of the trust anchors; `None` where the leaf is one itself.
    anchor: Option<usize>,
}

impl Path {
    /// The certificates of the path, of those that the peer has sent and those that are trusted.
    pub(crate) fn of(
        &self,
        sent: &[CertificateDer<'_>],
        trusted: &[Certificate],
    ) -> Vec<Certificate> {
        let Some((leaf, behind)) = sent.split_first() else { return Vec::new() };
        let sent = self.sent.iter().filter_map(|&place| behind.get(place));
        [leaf]
            .into_iter()
            .chain(sent)
            .map(|it| Certificate::from_der(it.as_ref()))
            .chain(self.anchor.and_then(|place| trusted.get(place)).cloned())
            .collect()
    }
}

/// What the certificate of this side must be for.
pub(crate) fn usage_of(peer: Side) -> KeyUsage {
    match peer {
        Side::Client => KeyUsage::client_auth(),
        Side::Server => KeyUsage::server_auth(),
    }
}

thread_local! {
    /// By which path the verifier that ran last on this thread accepted a chain; on its way as [`REFUSAL`] is.
    static VERIFIED: Cell<Option<Path>> = const { Cell::new(None) };

    /// Why the verifier that ran last on this thread refused a chain.
    ///
    /// rustls' error has fewer words than [`VerifyCode`], and the word decides which alert is
    /// sent. So the verifier gives rustls a word with the right alert, and leaves the error
    /// itself here. The verifier belongs to all connections of a context and cannot keep it;
    /// but it runs within a call of [`take_refusal`]'s caller, on the same stack.
    static REFUSAL: Cell<Option<Error>> = const { Cell::new(None) };
}

/// Leaves the error for [`take_refusal`], and returns what makes rustls send the alert.
#[cold]
fn refuse(code: Option<VerifyCode>, error: webpki::Error) -> rustls::Error {
    let (kind, alert) = match code {
        Some(code) => (ErrorKind::CertificateVerify(code), code.alert()),
        None => (ErrorKind::Decode, Alert::BAD_CERTIFICATE),
    };
    REFUSAL.set(Some(Error::new(kind).with_source(error.clone())));
    let word = match alert {
        Alert::BAD_CERTIFICATE => CertificateError::BadEncoding,
        Alert::UNSUPPORTED_CERTIFICATE => CertificateError::InvalidPurpose,
        Alert::CERTIFICATE_REVOKED => CertificateError::Revoked,
        Alert::CERTIFICATE_EXPIRED => CertificateError::Expired,
        Alert::UNKNOWN_CA => CertificateError::UnknownIssuer,
        Alert::DECRYPT_ERROR => CertificateError::BadSignature,
        _ => CertificateError::Other(OtherError(Arc::new(error))),
    };
    word.into()
}

/// Why the verifier refused the chain, if it was the chain that it refused: to be asked when rustls
/// has just returned [`rustls::Error::InvalidCertificate`].
pub(crate) fn take_refusal() -> Option<Error> {
    REFUSAL.take()
}

/// By which path the verifier accepted a chain since this was last asked on this thread.
pub(crate) fn take_verified() -> Option<Path> {
    VERIFIED.take()
}
