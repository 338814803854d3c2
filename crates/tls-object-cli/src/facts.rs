//! What a connection agreed on, for JSON.

use serde::Serialize;
use sha2::{Digest, Sha256};
use tls_object::{Certificate, HandshakeKind, SslObject, x509};
use x509_parser::prelude::{FromDer, X509Certificate};

/// The facts of one end of a connection. Names as in the IANA registries.
#[derive(Debug, Serialize)]
pub(crate) struct Facts {
    backend: &'static str,
    version: Option<String>,
    cipher_suite: Option<String>,
    group: Option<String>,
    client_signature: Option<String>,
    server_signature: Option<String>,
    handshake: Option<&'static str>,
    alpn: Option<String>,
    server_name: Option<String>,
    resumed: bool,
    /// As Python's `getpeercert()` tells of it.
    peer_certificate: Told,
    peer_certificates: Vec<PeerCertificate>,
    /// The SHA-256 of the raw public key that the peer showed instead.
    peer_public_key: Option<String>,
}

/// What Python's `getpeercert()` gives, or why there is no saying.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Told {
    Known(x509::PeerCertificate),
    Unknown { error: String },
}

/// One certificate that the peer showed.
#[derive(Debug, Serialize)]
struct PeerCertificate {
    /// `None` if the certificate cannot be parsed, as one that was not verified may be.
    subject: Option<String>,
    sha256: String,
}

impl Facts {
    /// The facts of a connection whose handshake is done.
    pub(crate) fn of(tls: &dyn SslObject) -> Self {
        let facts = tls.facts();
        Self {
            backend: tls.context().backend(),
            version: facts.version.map(|version| version.to_string()),
            cipher_suite: facts.cipher_suite.map(|suite| suite.to_string()),
            group: facts.group.map(|group| group.to_string()),
            client_signature: facts.client_signature.map(|scheme| scheme.to_string()),
            server_signature: facts.server_signature.map(|scheme| scheme.to_string()),
            handshake: facts.handshake.map(|kind| match kind {
                HandshakeKind::Full => "full",
                HandshakeKind::FullWithHelloRetryRequest => "full with hello retry request",
                HandshakeKind::Resumed => "resumed",
            }),
            alpn: facts.alpn.as_ref().map(|alpn| alpn.as_bytes().escape_ascii().to_string()),
            server_name: facts.server_name.clone(),
            resumed: facts.resumed,
            peer_certificate: match x509::PeerCertificate::of(tls) {
                Ok(told) => Told::Known(told),
                Err(error) => Told::Unknown { error: error.to_string() },
            },
            peer_certificates: tls.peer_certificates().iter().map(PeerCertificate::of).collect(),
            peer_public_key: tls.peer_public_key().map(|key| sha256(key.der())),
        }
    }

    /// One JSON object on one line.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and booleans only")
    }
}

impl PeerCertificate {
    fn of(certificate: &Certificate) -> Self {
        let subject = X509Certificate::from_der(certificate.der())
            .ok()
            .map(|(_, parsed)| parsed.subject().to_string());
        Self { subject, sha256: sha256(certificate.der()) }
    }
}

/// The hash of `bytes` in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
