//! One sans-IO TLS engine API in the shape of Python's `ssl.SSLObject`, over several TLS
//! libraries that answer alike.
//!
//! This crate gathers the contract (`tls-object-core`, re-exported whole) and the backends
//! that its features switch on. Choose one by name at run time:
//!
//! ```
//! # #[cfg(feature = "rustls")] {
//! let backend = tls_object::backend("rustls")?;
//! println!("{} runs on {}", backend.name(), backend.library());
//! # }
//! # Ok::<(), tls_object::Error>(())
//! ```
//!
//! or name its type in the code, without `dyn`: [`rustls::Rustls`], [`openssl::OpenSsl`],
//! [`boring::BoringSsl`], [`native_tls::NativeTls`].
//!
//! # Features
//!
//! Additive: any subset builds, none included, and switching one on changes nothing for code
//! that does not ask for the new backend by name.
//!
//! * `rustls` (default): rustls with aws-lc-rs.
//! * `rustls-aws-lc-rs`, `rustls-ring`: rustls with one cryptography provider each, as the
//!   backends `rustls` and `rustls-ring`.
//! * `openssl`: the system's OpenSSL, as the backend `openssl`.
//! * `openssl-vendored`: OpenSSL built from source.
//! * `boring`: BoringSSL, as the backend `boring`. Together with `openssl` or `native-tls` in one program it needs
//!   three lines of configuration: see `docs/linking.md` in the repository.
//! * `native-tls`: the platform's own library, as the backend `native-tls`. Where that is OpenSSL it is the one that the backend
//!   `openssl` has, too. Elsewhere it refuses every context, so far.
//! * `native-tls-vendored`: with OpenSSL built from source.
//! * `keys`: private keys under a passphrase, and PKCS#12 files, as the module `keys`.
//! * `x509` (default): certificates as data, as the module `x509`; its `PeerCertificate` is what Python's `getpeercert()`
//!   gives.
//! * `serde`: that as JSON and the like.
//! * `system-roots`: the authorities that the system trusts, as `trust::add_system`.

#![forbid(unsafe_code)]

pub mod trust;

pub use tls_object_core::*;

#[cfg(feature = "boring")]
pub use tls_object_boring as boring;
#[cfg(feature = "keys")]
pub use tls_object_keys as keys;
#[cfg(feature = "native-tls")]
pub use tls_object_native_tls as native_tls;
#[cfg(feature = "openssl")]
pub use tls_object_openssl as openssl;
#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))]
pub use tls_object_rustls as rustls;
#[cfg(feature = "x509")]
pub use tls_object_x509 as x509;

/// Every backend that is compiled in, always in this order: `rustls`, `rustls-ring`,
/// `openssl`, `boring`, `native-tls`.
pub fn backends() -> &'static [&'static dyn DynBackend] {
    &[
        #[cfg(feature = "rustls-aws-lc-rs")]
        &rustls::Rustls::AWS_LC_RS,
        #[cfg(feature = "rustls-ring")]
        &rustls::Rustls::RING,
        #[cfg(feature = "openssl")]
        &openssl::OpenSsl,
        #[cfg(feature = "boring")]
        &boring::BoringSsl,
        #[cfg(feature = "native-tls")]
        &native_tls::NativeTls,
    ]
}

/// The backend of this name.
///
/// # Errors
/// [`ErrorKind::UnknownBackend`] if it is not compiled in; the error lists those that are.
pub fn backend(name: &str) -> Result<&'static dyn DynBackend, Error> {
    backends().iter().copied().find(|backend| backend.name() == name).ok_or_else(|| {
        let known: Vec<_> = backends().iter().map(|backend| backend.name()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Error::new(ErrorKind::UnknownBackend).with_detail(format!("{name:?}; compiled in: {known}"))
    })
}

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
