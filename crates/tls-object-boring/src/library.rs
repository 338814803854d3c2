//! BoringSSL as the shared engine wants it.

use core::any::Any;
use core::error::Error as StdError;
use core::ffi::c_int;
use std::sync::Arc;

use boring::error::ErrorStack;
use boring::ssl::{Ssl, SslRef};
use tls_object_core::{
    Alert, Certificate, CipherSuite, Error, ErrorKind, HashAlgorithm, Negotiated, Object,
    PublicKey, Session, TrafficSecrets, Wrap,
};
use tls_object_libssl::{Failure, FirstSecret, Hooks, Library, LibsslEngine};

use crate::{BoringContext, BoringSsl, error, facts, ffi, hooks, native, session, traffic_secrets};

/// BoringSSL's calls.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lib;

/// The engine over BoringSSL.
pub type BoringEngine = LibsslEngine<Lib>;

/// A connection over BoringSSL.
pub type BoringObject = Object<BoringEngine>;

#[allow(unsafe_code)] // says so, and calls nothing
// SAFETY: an `Ssl` owns its `SSL`. What is handed out is the reference behind it, which has no
// size to be swapped with another, and no safe method for its `BIO`.
unsafe impl Library for Lib {
    type Handle = Ssl;
    type Context = BoringContext;

    const NAME: &'static str = BoringSsl::NAME;
    // "If the client does not read, the server must not hang in writing": until its next write.
    const HOLDS_TICKETS_BACK: bool = true;
    const ASKS_LATER: bool = false;
    const PAUSES: &[c_int] = &[
        boring_sys::SSL_ERROR_WANT_PRIVATE_KEY_OPERATION,
        boring_sys::SSL_ERROR_WANT_CERTIFICATE_VERIFY,
    ];

    const EXTRACTS_SECRETS: bool = true;

    fn has_pending(handle: &Ssl) -> bool {
        ffi::has_pending(handle)
    }

    fn traffic_secrets(
        handle: &mut Ssl,
        own: Option<FirstSecret>,
        peer: Option<FirstSecret>,
    ) -> Result<TrafficSecrets, Error> {
        traffic_secrets::of(handle, own, peer)
    }

    fn verify_client_post_handshake(_: &mut Ssl) -> bool {
        false
    }

    fn connect(context: &BoringContext, wrap: &Wrap) -> Result<Ssl, Error> {
        context.connection(wrap)
    }

    fn attach(handle: &mut Ssl, hooks: Arc<Hooks>) -> Result<(), Error> {
        hooks::attach(handle, hooks).map_err(error::library_error)
    }

    fn as_ptr(handle: &Ssl) -> *mut boring_sys::SSL {
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
        error::kind(library, reason, sent)
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
        ffi::peer_public_key(handle).and_then(ffi::encoded)
    }

    fn verified_chain(handle: &Ssl) -> Vec<Certificate> {
        native::verified_chain(handle)
    }

    fn remember_shown(handle: &mut Ssl) {
        native::remember_shown(handle);
    }

    fn ocsp_response(handle: &Ssl) -> Option<Vec<u8>> {
        handle.ocsp_status().map(<[u8]>::to_vec)
    }

    fn sct_list(handle: &Ssl) -> Option<Vec<u8>> {
        ffi::sct_list(handle)
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
