//! The backend: rustls with one of its cryptography providers.

use core::fmt;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::server::ProducesTickets;
use tls_object_core::{Backend, Capabilities, Config, Error, HashAlgorithm, Library};

use crate::tickets::{self, Sealing, SharedTickets};
use crate::{RustlsContext, capabilities};

/// The version of rustls that this crate is built and tested with: rustls does not tell its
/// own. A test compares it with the lock file.
const VERSION: &str = "0.23.46";

/// The hash functions of the crate `$crypto`.
#[allow(unused_macros)] // without a provider
macro_rules! digest_with {
    ($crypto:ident) => {
        |algorithm, data| {
            use $crypto::digest::{SHA256, SHA384, SHA512, digest};
            let algorithm = match algorithm {
                HashAlgorithm::Sha256 => &SHA256,
                HashAlgorithm::Sha384 => &SHA384,
                _ => &SHA512,
            };
            digest(algorithm, data).as_ref().to_vec()
        }
    };
}

/// rustls with one cryptography provider.
#[derive(Clone, Copy)]
pub struct Rustls {
    name: &'static str,
    provider_name: &'static str,
    provider: fn() -> CryptoProvider,
    groups: fn() -> &'static [&'static dyn SupportedKxGroup],
    ticketer: fn() -> Result<Arc<dyn ProducesTickets>, rustls::Error>,
    sealing: Sealing,
    digest: fn(HashAlgorithm, &[u8]) -> Vec<u8>,
}

impl Rustls {
    /// rustls with aws-lc-rs, named `rustls`.
    #[cfg(feature = "aws-lc-rs")]
    pub const AWS_LC_RS: Self = Self {
        name: "rustls",
        provider_name: "aws-lc-rs",
        provider: rustls::crypto::aws_lc_rs::default_provider,
        groups: || rustls::crypto::aws_lc_rs::ALL_KX_GROUPS,
        ticketer: rustls::crypto::aws_lc_rs::Ticketer::new,
        sealing: tickets::AWS_LC_RS,
        digest: digest_with!(aws_lc_rs),
    };

    /// rustls with ring, named `rustls-ring`.
    #[cfg(feature = "ring")]
    pub const RING: Self = Self {
        name: "rustls-ring",
        provider_name: "ring",
        provider: rustls::crypto::ring::default_provider,
        groups: || rustls::crypto::ring::ALL_KX_GROUPS,
        ticketer: rustls::crypto::ring::Ticketer::new,
        sealing: tickets::RING,
        digest: digest_with!(ring),
    };

    /// The provider with its own defaults.
    pub(crate) fn provider(&self) -> CryptoProvider {
        (self.provider)()
    }

    /// Every group that the provider has, not only those it offers by default.
    pub(crate) fn groups(&self) -> &'static [&'static dyn SupportedKxGroup] {
        (self.groups)()
    }

    /// A new maker of session tickets, with the keys of the configuration or keys of its own that change over
    /// time.
    pub(crate) fn ticketer(
        &self,
        config: &Config,
    ) -> Result<Arc<dyn ProducesTickets>, rustls::Error> {
        SharedTickets::of(config, self.sealing).map_or_else(self.ticketer, Ok)
    }

    /// The hash of `data`: rustls itself has only the hash functions that its suites use.
    pub(crate) fn digest(&self, algorithm: HashAlgorithm, data: &[u8]) -> Vec<u8> {
        (self.digest)(algorithm, data)
    }
}

impl Backend for Rustls {
    type Context = RustlsContext;

    fn name(&self) -> &'static str {
        self.name
    }

    fn library(&self) -> Library {
        Library::new("rustls", format!("{VERSION} ({})", self.provider_name))
    }

    fn capabilities(&self) -> Capabilities {
        capabilities::of(self)
    }

    fn context(&self, config: &Config) -> Result<RustlsContext, Error> {
        self.check(config)
            .into_result()
            .and_then(|()| RustlsContext::new(self, config))
            .map_err(|error| error.with_backend(self.name))
    }
}

impl fmt::Debug for Rustls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rustls").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::VERSION;

    #[test]
    fn the_version_is_the_locked_one() {
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
        let lock = std::fs::read_to_string(lock).unwrap();
        assert!(lock.contains(&format!("name = \"rustls\"\nversion = \"{VERSION}\"\n")));
    }
}
