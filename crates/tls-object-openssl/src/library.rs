//! OpenSSL as the shared engine wants it.

use core::any::Any;
use core::error::Error as StdError;
use core::ffi::c_int;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslRef};
use tls_object_core::{
    Alert, Certificate, CipherSuite, Error, ErrorKind, HashAlgorithm, Negotiated, Object,
    PublicKey, Session, Wrap,
};
use tls_object_libssl::{Failure, Hooks, Library, LibsslEngine, openssl_reasons};

use crate::{OpenSsl, OpenSslContext, error, facts, ffi, hooks, native, sct, session};

/// OpenSSL's calls.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lib;

/// The engine over OpenSSL.
pub type OpenSslEngine = LibsslEngine<Lib>;

/// A connection over OpenSSL.
pub type OpenSslObject = Object<OpenSslEngine>;

#[allow(unsafe_code)] // says so, and calls nothing
// SAFETY: an `Ssl` owns its `SSL`. What is handed out is the reference behind it, which has no
// size to be swapped with another, and no safe method for its `BIO`.
unsafe impl Library for Lib {
    type Handle = Ssl;
    type Context = OpenSslContext;

    const NAME: &'static str = OpenSsl::NAME;
    const HOLDS_TICKETS_BACK: bool = false;
    const ASKS_LATER: bool = true;
    const PAUSES: &[c_int] = &[ffi::WANT_RETRY_VERIFY];

    fn verify_client_post_handshake(handle: &mut Ssl) -> bool {
        ffi::verify_client_post_handshake(handle)
    }

    fn connect(context: &OpenSslContext, wrap: &Wrap) -> Result<Ssl, Error> {
        context.connection(wrap)
    }

    fn attach(handle: &mut Ssl, hooks: Arc<Hooks>) -> Result<(), Error> {
        hooks::attach(handle, hooks).map_err(error::library_error)
    }

    fn as_ptr(handle: &Ssl) -> *mut openssl_sys::SSL {
        ffi::as_ptr(handle)
    }

    fn native(handle: &mut Ssl) -> &mut dyn Any {
        let native: &mut SslRef = handle;
        native
    }

    fn take_errors() -> Failure {
        let stack = ErrorStack::get();
        Failure { codes: error::codes(&stack), source: Box::new(stack) }
    }

    fn kind(library: c_int, reason: c_int, sent: Option<Alert>) -> Option<ErrorKind> {
        if sent == Some(Alert::UNSUPPORTED_CERTIFICATE)
            && openssl_reasons::is_bad_extension(library, reason)
        {
            return Some(ErrorKind::NoSharedCertificateType);
        }
        openssl_reasons::kind(library, reason)
    }

    fn verify_result(handle: &Ssl) -> c_int {
        native::verify_result(handle)
    }

    fn negotiated(handle: &Ssl) -> Negotiated {
        facts::negotiated(handle)
    }

    fn peer_certificates(handle: &Ssl) -> Vec<Certificate> {
        native::peer_certificates(handle)
    }

    fn peer_public_key(handle: &Ssl) -> Option<PublicKey> {
        ffi::peer_public_key(handle)
    }

    fn verified_chain(handle: &Ssl) -> Vec<Certificate> {
        native::verified_chain(handle)
    }

    fn ocsp_response(handle: &Ssl) -> Option<Vec<u8>> {
        handle.ocsp_status().map(<[u8]>::to_vec)
    }

    fn sct_list(handle: &Ssl) -> Option<Vec<u8>> {
        sct::given(handle)
    }

    fn own_certificate(handle: &Ssl) -> Option<Certificate> {
        native::own_certificate(handle)
    }

    fn digest(
        hash: HashAlgorithm,
        data: &[u8],
    ) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>> {
        Ok(facts::digest(hash, data)?)
    }

    fn shared_ciphers(handle: &Ssl) -> Result<Vec<CipherSuite>, Error> {
        native::shared_ciphers(handle)
    }

    fn has_extended_master_secret(handle: &Ssl) -> bool {
        native::has_extended_master_secret(handle)
    }

    fn tls_unique(handle: &Ssl) -> Option<Vec<u8>> {
        native::tls_unique(handle)
    }

    fn is_resumed(handle: &Ssl) -> bool {
        handle.session_reused()
    }

    fn early_data_limit(handle: &Ssl) -> u32 {
        native::early_data_limit(handle)
    }

    fn session(handle: &mut Ssl) -> Option<Session> {
        session::newest(handle)
    }

    fn new_sessions(handle: &mut Ssl) -> Vec<Session> {
        session::untold(handle)
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
