//! BoringSSL as the shared engine wants it.

use core::error::Error as StdError;
use core::ffi::c_int;

use boring::error::ErrorStack;
use boring::ssl::{NameType, Ssl, SslRef, SslVersion};
use boring::x509::X509Ref;
use tls_object_core::{
    Alert, AlpnProtocol, Certificate, CipherSuite, ErrorKind, NamedGroup, Negotiated, Object,
    ProtocolVersion, Session, VerifyCode,
};
use tls_object_libssl::{Failure, Library, LibsslEngine};

use crate::{BoringContext, BoringSsl, error, ffi, session};

/// BoringSSL's calls.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lib;

/// The engine over BoringSSL.
pub type BoringEngine = LibsslEngine<Lib>;

/// A connection over BoringSSL.
pub type BoringObject = Object<BoringEngine>;

impl Library for Lib {
    type Handle = Ssl;
    type Context = BoringContext;

    const NAME: &'static str = BoringSsl::NAME;
    // "If the client does not read, the server must not hang in writing": until its next write.
    const HOLDS_TICKETS_BACK: bool = true;

    fn as_ptr(handle: &Ssl) -> *mut boring_sys::SSL {
        ffi::as_ptr(handle)
    }

    fn take_errors() -> Failure {
        let stack = ErrorStack::get();
        Failure { codes: error::codes(&stack), source: Box::new(stack) }
    }

    fn kind(library: c_int, reason: c_int, sent: Option<Alert>) -> Option<ErrorKind> {
        error::kind(library, reason, sent)
    }

    fn verify_result(handle: &Ssl) -> c_int {
        match ffi::verify_result(handle) {
            // OpenSSL has moved it.
            boring_sys::X509_V_ERR_INVALID_CA => VerifyCode::InvalidCa.openssl_code(),
            code => code,
        }
    }

    fn negotiated(handle: &Ssl) -> Negotiated {
        let mut facts = Negotiated::default();
        facts.version = match handle.version2() {
            Some(SslVersion::TLS1_2) => Some(ProtocolVersion::TLS12),
            Some(SslVersion::TLS1_3) => Some(ProtocolVersion::TLS13),
            _ => None,
        };
        facts.cipher_suite =
            handle.current_cipher().map(|cipher| CipherSuite::new(cipher.protocol_id()));
        facts.resumed = handle.session_reused();
        // RFC 5246 section 7.3: an abbreviated handshake exchanges no keys.
        let no_key_exchange = facts.resumed && facts.version == Some(ProtocolVersion::TLS12);
        facts.group = if no_key_exchange { None } else { handle.curve().map(NamedGroup::new) };
        facts.alpn = handle.selected_alpn_protocol().and_then(|name| AlpnProtocol::new(name).ok());
        facts.server_name = handle
            .servername_raw(NameType::HOST_NAME)
            .and_then(|name| String::from_utf8(name.to_ascii_lowercase()).ok());
        facts.peer_certificates = peer_certificates(handle);
        facts
    }

    fn session(handle: &mut Ssl) -> Option<Session> {
        session::newest(handle)
    }

    fn export(
        handle: &Ssl,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Box<dyn StdError + Send + Sync>> {
        Ok(handle.export_keying_material(out, label, context)?)
    }
}

/// The chain as it came. BoringSSL leaves the leaf out of it on a server.
fn peer_certificates(ssl: &SslRef) -> Vec<Certificate> {
    let der = |certificate: &X509Ref| certificate.to_der().ok().map(Certificate::from_der);
    let leaf = ssl.peer_certificate().and_then(|leaf| der(&leaf));
    let chain = ssl.peer_cert_chain().into_iter().flatten().filter_map(der);
    let rest: Vec<_> = chain.skip_while(|certificate| Some(certificate) == leaf.as_ref()).collect();
    leaf.into_iter().chain(rest).collect()
}
