//! OpenSSL as the shared engine wants it.

use core::error::Error as StdError;
use core::ffi::{c_int, c_long};

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::ssl::{NameType, Ssl, SslRef, SslVersion};
use openssl::x509::X509Ref;
use tls_object_core::{
    Alert, AlpnProtocol, Certificate, CipherSuite, ErrorKind, NamedGroup, Negotiated, Object,
    ProtocolVersion, Session,
};
use tls_object_libssl::{Failure, Library, LibsslEngine};

use crate::{OpenSsl, OpenSslContext, error, ffi, session};

/// OpenSSL's calls.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lib;

/// The engine over OpenSSL.
pub type OpenSslEngine = LibsslEngine<Lib>;

/// A connection over OpenSSL.
pub type OpenSslObject = Object<OpenSslEngine>;

impl Library for Lib {
    type Handle = Ssl;
    type Context = OpenSslContext;

    const NAME: &'static str = OpenSsl::NAME;
    const HOLDS_TICKETS_BACK: bool = false;

    fn as_ptr(handle: &Ssl) -> *mut openssl_sys::SSL {
        ffi::as_ptr(handle)
    }

    fn take_errors() -> Failure {
        let stack = ErrorStack::get();
        Failure { codes: error::codes(&stack), source: Box::new(stack) }
    }

    fn kind(library: c_int, reason: c_int, _sent: Option<Alert>) -> Option<ErrorKind> {
        error::kind(library, reason)
    }

    fn verify_result(handle: &Ssl) -> c_int {
        handle.verify_result().as_raw()
    }

    fn negotiated(handle: &Ssl) -> Negotiated {
        let mut facts = Negotiated::default();
        facts.version = match handle.version2() {
            Some(SslVersion::TLS1_2) => Some(ProtocolVersion::TLS12),
            Some(SslVersion::TLS1_3) => Some(ProtocolVersion::TLS13),
            _ => None,
        };
        facts.cipher_suite = handle
            .current_cipher()
            .map(|cipher| CipherSuite::new(u16::from_be_bytes(cipher.protocol_id())));
        facts.resumed = handle.session_reused();
        // RFC 5246 section 7.3: an abbreviated handshake exchanges no keys.
        let no_key_exchange = facts.resumed && facts.version == Some(ProtocolVersion::TLS12);
        facts.group = if no_key_exchange { None } else { group(ffi::negotiated_group(handle)) };
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

/// The group behind what `SSL_get_negotiated_group` says.
fn group(said: c_long) -> Option<NamedGroup> {
    /// `TLSEXT_nid_unknown`: the low half is the code point.
    const NO_NID: c_long = 0x0100_0000;
    if said & NO_NID != 0 {
        return Some(NamedGroup::new(said as u16));
    }
    let nid = Nid::from_raw(c_int::try_from(said).ok()?);
    if nid == Nid::UNDEF {
        return None;
    }
    NamedGroup::from_name(nid.short_name().ok()?)
}

/// The chain as it came. OpenSSL leaves the leaf out of it on a server.
fn peer_certificates(ssl: &SslRef) -> Vec<Certificate> {
    let der = |certificate: &X509Ref| certificate.to_der().ok().map(Certificate::from_der);
    let leaf = ssl.peer_certificate().and_then(|leaf| der(&leaf));
    let chain = ssl.peer_cert_chain().into_iter().flatten().filter_map(der);
    let rest: Vec<_> = chain.skip_while(|certificate| Some(certificate) == leaf.as_ref()).collect();
    leaf.into_iter().chain(rest).collect()
}
