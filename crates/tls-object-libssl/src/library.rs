//! What differs between the two libraries, as far as the engine needs it.

use core::any::Any;
use core::error::Error as StdError;
use core::ffi::c_int;
use std::sync::Arc;

use tls_object_core::{
    Alert, Capability, Certificate, CipherSuite, Config, Context, Error, ErrorKind, HashAlgorithm,
    Negotiated, PublicKey, Session, Setting, TrafficSecrets, Wrap,
};

use crate::{Calls, FirstSecret, Hooks};

/// What the library's error queue held, oldest first.
#[allow(clippy::exhaustive_structs)] // made by the backends
#[derive(Debug)]
pub struct Failure {
    /// The code of the part of the library and that of the reason, for each entry.
    pub codes: Vec<(c_int, c_int)>,
    /// The queue as the library's own error.
    pub source: Box<dyn StdError + Send + Sync>,
}

/// A library that has [`Calls`], and what the engine needs of it besides.
///
/// # Safety
/// [`as_ptr`](Self::as_ptr) gives a valid `SSL` of this library for as long as the handle lives, the same each
/// time, which nobody else uses meanwhile. Nothing that [`native`](Self::native) hands out can replace the
/// handle, its `SSL` or the `BIO` of that by safe code.
#[allow(unsafe_code)] // the trait is: what implements it is trusted
pub unsafe trait Library: Calls + Send + Sync {
    /// An owned `SSL`.
    type Handle: Send + 'static;

    /// The backend's context.
    type Context: Context;

    /// The backend's name.
    const NAME: &'static str;

    /// A new connection of `context`.
    ///
    /// # Errors
    /// The library's own, and those of settings that concern one connection.
    fn connect(context: &Self::Context, wrap: &Wrap) -> Result<Self::Handle, Error>;

    /// Makes a new connection find its hooks when the library calls back.
    ///
    /// # Errors
    /// The library is out of memory.
    fn attach(handle: &mut Self::Handle, hooks: Arc<Hooks>) -> Result<(), Error>;

    /// The `SSL` of a handle.
    fn as_ptr(handle: &Self::Handle) -> *mut <Self as Calls>::Ssl;

    /// Whether a server of this library holds its session tickets back until it writes.
    const HOLDS_TICKETS_BACK: bool;

    /// Whether clients can be asked for a certificate after the handshake.
    const ASKS_LATER: bool;

    /// What `SSL_get_error` says where the library waits for what the application is to decide.
    const PAUSES: &[c_int];

    /// Whether the keys of both directions can be handed out.
    const EXTRACTS_SECRETS: bool = false;

    /// `SSL_has_pending`: whether the library has part of a record. Asked only of one that hands out keys.
    fn has_pending(_handle: &Self::Handle) -> bool {
        false
    }

    /// The keys of both directions; those of TLS 1.3 begin with `own` and `peer`.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] of a suite without such keys, and the library's own.
    fn traffic_secrets(
        _handle: &mut Self::Handle,
        _own: Option<FirstSecret>,
        _peer: Option<FirstSecret>,
    ) -> Result<TrafficSecrets, Error> {
        Err(ErrorKind::Unsupported(Capability::TrafficSecrets).into())
    }

    /// `SSL_verify_client_post_handshake`; whether it succeeded. The error queue says why not.
    fn verify_client_post_handshake(handle: &mut Self::Handle) -> bool;

    /// What a caller may see of a handle.
    fn native(handle: &mut Self::Handle) -> &mut dyn Any;

    /// Empties the error queue of this thread.
    fn take_errors() -> Failure;

    /// What an error code means, where `sent` is the alert that the library sent with it; `None`
    /// when it says nothing about the cause.
    fn kind(library: c_int, reason: c_int, sent: Option<Alert>) -> Option<ErrorKind>;

    /// `SSL_get_verify_result`.
    fn verify_result(handle: &Self::Handle) -> c_int;

    /// What was agreed on.
    fn negotiated(handle: &Self::Handle) -> Negotiated;

    /// The certificates that the peer showed, its own first.
    fn peer_certificates(handle: &Self::Handle) -> Vec<Certificate>;

    /// The public key that the peer showed instead of certificates.
    fn peer_public_key(handle: &Self::Handle) -> Option<PublicKey>;

    /// The chain by which the peer was accepted; empty where nothing was verified.
    fn verified_chain(handle: &Self::Handle) -> Vec<Certificate>;

    /// Called while a server waits for its client to go on, for a library that forgets with the handshake what was
    /// shown in it.
    fn remember_shown(_handle: &mut Self::Handle) {}

    /// The OCSP response that the server has given.
    fn ocsp_response(handle: &Self::Handle) -> Option<Vec<u8>>;

    /// The signed certificate timestamps that the server has given.
    fn sct_list(handle: &Self::Handle) -> Option<Vec<u8>>;

    /// The certificate that this end, a server, shows.
    fn own_certificate(handle: &Self::Handle) -> Option<Certificate>;

    /// The hash of `data`.
    ///
    /// # Errors
    /// The library's own.
    fn digest(hash: HashAlgorithm, data: &[u8])
    -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>>;

    /// The cipher suites of a server that its client offers too, by the server's preference.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the library does not tell.
    fn shared_ciphers(handle: &Self::Handle) -> Result<Vec<CipherSuite>, Error>;

    /// Whether the extended master secret was agreed on (RFC 7627).
    fn has_extended_master_secret(handle: &Self::Handle) -> bool;

    /// The first Finished of the handshake (RFC 5929 section 3); not asked for under TLS 1.3, nor of a resumed
    /// connection without the extended master secret. `None` where the library has none.
    fn tls_unique(handle: &Self::Handle) -> Option<Vec<u8>>;

    /// Whether an earlier session was resumed.
    fn is_resumed(handle: &Self::Handle) -> bool;

    /// How much early data a client may send with the session that it offers.
    fn early_data_limit(handle: &Self::Handle) -> u32;

    /// The newest session that can be resumed.
    fn session(handle: &mut Self::Handle) -> Option<Session>;

    /// The sessions that have come since this was last asked.
    fn new_sessions(handle: &mut Self::Handle) -> Vec<Session>;

    /// `SSL_export_keying_material`.
    ///
    /// # Errors
    /// The library's own.
    fn export(
        handle: &Self::Handle,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Box<dyn StdError + Send + Sync>>;
}

/// The values of a setting that the library has, in the order asked for; `None` for its own default.
pub fn chosen<T: Copy + Eq>(setting: &Setting<T>, available: &[T]) -> Option<Vec<T>> {
    let values = setting.values()?;
    Some(values.iter().copied().filter(|value| available.contains(value)).collect())
}

/// The suites of TLS 1.2 that are spoken unless a configuration says otherwise: those with
/// forward secrecy and authenticated encryption. Both libraries' own defaults go further back.
const DEFAULT_TLS12_SUITES: &[CipherSuite] = &[
    CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// The suites of TLS 1.2 that are spoken unless `config` says otherwise, the best first: before those with certificates
/// the one of their kind with a pre-shared key that both libraries have, where there may be one.
pub fn default_tls12_suites(config: &Config) -> Vec<CipherSuite> {
    let psk = config.has_psk().then_some(CipherSuite::ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256);
    psk.into_iter().chain(DEFAULT_TLS12_SUITES.iter().copied()).collect()
}

/// The suites of TLS 1.3 of a server with pre-shared keys unless its configuration says otherwise: those with SHA-256
/// first.
pub const PSK_TLS13_SUITES: &[CipherSuite] = &[
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS13_AES_256_GCM_SHA384,
];

/// OpenSSL's names of suites, as a cipher list.
pub fn cipher_list(suites: &[CipherSuite]) -> String {
    let names: Vec<_> = suites.iter().filter_map(|suite| suite.openssl_name()).collect();
    names.join(":")
}
