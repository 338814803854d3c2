//! Judging the peer's certificates and its handshake signatures.

use core::time::Duration;
use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, PeerMisbehaved, SignatureScheme,
};
use tls_object_core::{
    Certificate, CertificateType, Config, Error, Hook, PeerVerifier as Verifier, PresentedPeer,
    PublicKey, ServerName as AskedName, Side, VerifierRole, VerifyCode, VerifyMode, VerifyTime,
};
use tls_object_path::{Lists, Rules, is_weak_public_key};

use crate::notes::{self, note};
use crate::path::Path;
use crate::refusal::Refused;
use crate::trusted::Trusted;
use crate::{refusal, signature};

/// Judges peers by one configuration, servers and clients alike.
///
/// One for all connections of a context: rustls resumes a session only with the very verifier
/// that let it come about.
#[derive(Debug)]
pub(crate) struct PeerVerifier {
    pub(crate) config: Config,
    pub(crate) trusted: Arc<Trusted>,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
    /// Those that are accepted in the handshake, the best first.
    schemes: Vec<SignatureScheme>,
}

impl PeerVerifier {
    /// # Errors
    /// Those of [`Trusted::parse`] and [`Lists::parse`].
    pub(crate) fn new(config: &Config, provider: &CryptoProvider) -> Result<Self, Error> {
        let store = &config.trust_store;
        let trusted = store.parsed(|| Trusted::parse(store))?;
        // Kept in the store for whoever verifies.
        store.parsed(|| Lists::parse(store))?;
        let algorithms = provider.signature_verification_algorithms;
        let mut schemes = algorithms.supported_schemes();
        if let Some(wanted) = config.signature_schemes.values() {
            let wanted = wanted.iter().map(|scheme| SignatureScheme::from(scheme.code()));
            schemes = wanted.filter(|scheme| schemes.contains(scheme)).collect();
        }
        Ok(Self { config: config.clone(), trusted, algorithms, schemes })
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
        if self.config.verify_mode == VerifyMode::None {
            return Ok(());
        }
        if self.takes_raw_public_keys() {
            return self.verify_public_key(leaf, peer, server_name, now);
        }
        let now = self.time(now);
        let rules = Rules {
            config: &self.config,
            peer,
            server_name: None,
            // A time that does not fit is later than any certificate's.
            now: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
        };
        let name = || server_name.and_then(|name| AskedName::new(&name.to_str()).ok());
        let judged = || {
            let named = server_name.filter(|_| self.config.check_server_name);
            self.judge(&rules, leaf, intermediates, named, now).map_err(|fault| {
                let name = name().filter(|_| self.config.check_server_name);
                let rules = Rules { server_name: name.as_ref(), ..rules };
                let sent: Vec<&[u8]> =
                    [leaf].into_iter().chain(intermediates).map(|der| der.as_ref()).collect();
                let is_signed_by =
                    |der: &[u8], key: &[u8]| signature::holds(&self.algorithms, der, key);
                refusal::of(rules.refusal(&sent, &is_signed_by), fault)
            })
        };
        let Some(verifier) = &self.config.verifier else {
            return judged().map(accepted).map_err(Refused::leave);
        };
        let judged = match self.config.verifier_role {
            VerifierRole::Also => Some(Ok(judged().map_err(Refused::leave)?)),
            VerifierRole::LastWord => Some(judged()),
            VerifierRole::Instead => None,
        };
        let sent: Vec<_> = [leaf]
            .into_iter()
            .chain(intermediates)
            .map(|der| Certificate::from_der(der.as_ref()))
            .collect();
        let name = asked(server_name);
        let mut peer = PresentedPeer::new(&sent, peer);
        peer.server_name = name.as_ref();
        peer.time = Duration::from_secs(now.as_secs());
        peer.library = judged.as_ref().map(|judged| match judged {
            Ok(_) => Ok(()),
            Err(refused) => Err(refused.code()),
        });
        match (ask(verifier, &peer), judged) {
            (Ok(()), Some(Ok(path))) => {
                accepted(path);
                Ok(())
            }
            (Ok(()), _) => Ok(()),
            (Err(code), Some(Err(refused))) if refused.code() == code => Err(refused.leave()),
            (Err(code), _) => Err(Refused::by_application(code).leave()),
        }
    }

    /// Judges a public key that is shown without a certificate, `key` being a `SubjectPublicKeyInfo`.
    fn verify_public_key(
        &self,
        key: &CertificateDer<'_>,
        peer: Side,
        server_name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let key = PublicKey::from_der(key.as_ref())
            .map_err(|_| rustls::Error::from(CertificateError::BadEncoding))?;
        let library = if is_weak_public_key(key.der()) {
            Err(VerifyCode::WeakKey)
        } else if self.config.trusted_public_keys.contains(&key) {
            Ok(())
        } else {
            Err(VerifyCode::UntrustedRawPublicKey)
        };
        let verdict = match (&self.config.verifier, self.config.verifier_role) {
            (None, _) => library,
            (Some(_), VerifierRole::Also) if library.is_err() => library,
            (Some(verifier), role) => {
                let name = asked(server_name);
                let mut shown = PresentedPeer::new(&[], peer);
                shown.public_key = Some(&key);
                shown.server_name = name.as_ref();
                shown.time = Duration::from_secs(self.time(now).as_secs());
                shown.library = (role != VerifierRole::Instead).then_some(library);
                ask(verifier, &shown)
            }
        };
        verdict.map_err(|code| Refused::by_application(code).leave())
    }

    /// The time at which peers are judged.
    fn time(&self, now: UnixTime) -> UnixTime {
        match self.config.verify_time {
            VerifyTime::System => now,
            VerifyTime::Fixed(since_epoch) => UnixTime::since_unix_epoch(since_epoch),
        }
    }

    fn takes_raw_public_keys(&self) -> bool {
        self.config.accepts(CertificateType::RawPublicKey)
    }

    /// Verifies a signature of the handshake by the key that was shown: always, even where any certificate will do. Of the
    /// certificate nothing else is looked at, as an application may have accepted one that webpki cannot read.
    fn verify_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        verify: Verify,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if !self.schemes.contains(&signed.scheme) {
            return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
        }
        let key = if self.takes_raw_public_keys() {
            SubjectPublicKeyInfoDer::from(shown.as_ref())
        } else {
            signature::public_key(shown).ok_or(CertificateError::BadEncoding)?
        };
        let valid = verify(message, &key, signed, &self.algorithms)?;
        note(|notes| notes.peer_signature = Some(signed.scheme));
        Ok(valid)
    }
}

/// Verifies a signature of a message by a public key.
type Verify = fn(
    &[u8],
    &SubjectPublicKeyInfoDer<'_>,
    &DigitallySignedStruct,
    &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, rustls::Error>;

/// The application's verdict. A panic refuses the peer.
fn ask(verifier: &Hook<dyn Verifier>, peer: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
    notes::run(|| verifier.verify(peer))
        .unwrap_or(Err(VerifyCode::ApplicationVerification))
        .map_err(VerifyCode::as_refusal)
}

/// The name that was asked for. rustls wants one where there is none.
fn asked(server_name: Option<&ServerName<'_>>) -> Option<AskedName> {
    let name = AskedName::new(&server_name?.to_str()).ok()?;
    (name != AskedName::Ip(Ipv4Addr::UNSPECIFIED.into())).then_some(name)
}

/// Notes the path by which a chain was accepted.
fn accepted(path: Path) {
    note(|notes| notes.verified = Some(path));
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.config.request_ocsp {
            note(|notes| notes.ocsp_response = Some(ocsp_response.to_vec()));
        }
        self.verify(leaf, intermediates, Side::Server, Some(server_name), now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signed, signature::verify_tls12)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signed, verify_tls13_signature_with_raw_key)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.takes_raw_public_keys()
    }
}

impl ClientCertVerifier for PeerVerifier {
    fn offer_client_auth(&self) -> bool {
        self.config.verify_mode != VerifyMode::None
    }

    fn client_auth_mandatory(&self) -> bool {
        self.config.verify_mode == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.trusted.names
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
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signed, signature::verify_tls12)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify_signature(message, leaf, signed, verify_tls13_signature_with_raw_key)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.takes_raw_public_keys()
    }
}
