//! The backend.

use tls_object_core::{Backend, Capabilities, Config, Error, Library};

use crate::{NativeTlsContext, capabilities, platform};

/// The version of the crate that this one is built and tested with: it does not tell its own. A test compares it with
/// the lock file.
const VERSION: &str = "0.2.18";

/// The platform's own TLS library as a backend, under the name `native-tls`.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs)] // there is nothing to tell two of them apart
pub struct NativeTls;

impl NativeTls {
    /// The name of the backend.
    pub(crate) const NAME: &'static str = "native-tls";
}

impl Backend for NativeTls {
    type Context = NativeTlsContext;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn library(&self) -> Library {
        Library::new("native-tls", VERSION).over(platform::library())
    }

    fn capabilities(&self) -> Capabilities {
        capabilities::capabilities()
    }

    fn context(&self, config: &Config) -> Result<NativeTlsContext, Error> {
        platform::require()
            .and_then(|()| self.check(config).into_result())
            .and_then(|()| NativeTlsContext::new(config))
            .map_err(|error| error.with_backend(Self::NAME))
    }
}

#[cfg(test)]
mod tests {
    use super::VERSION;

    #[test]
    fn the_version_is_the_locked_one() {
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
        let lock = std::fs::read_to_string(lock).unwrap();
        assert!(lock.contains(&format!("name = \"native-tls\"\nversion = \"{VERSION}\"\n")));
    }
}
