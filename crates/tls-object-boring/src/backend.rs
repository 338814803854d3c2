//! The backend.

use tls_object_core::{Backend, Capabilities, Config, Error, ErrorKind, Library};

use crate::{BoringContext, capabilities, ffi};

/// BoringSSL as a backend, under the name `boring`.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs)] // there is nothing to tell two of them apart
pub struct BoringSsl;

impl BoringSsl {
    /// The name of the backend.
    pub(crate) const NAME: &'static str = "boring";
}

impl Backend for BoringSsl {
    type Context = BoringContext;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// BoringSSL has no releases; what it counts is its API.
    fn library(&self) -> Library {
        Library::new(ffi::version(), format!("API {}", boring_sys::BORINGSSL_API_VERSION))
    }

    fn capabilities(&self) -> Capabilities {
        capabilities::capabilities()
    }

    fn context(&self, config: &Config) -> Result<BoringContext, Error> {
        require_boringssl(ffi::version())?;
        self.check(config).into_result()?;
        BoringContext::new(config)
    }
}

/// Refuses to run on anything but BoringSSL: with wrongly linked OpenSSL symbols every call is
/// undefined behaviour waiting to happen.
fn require_boringssl(version: &'static str) -> Result<(), Error> {
    if version.starts_with("BoringSSL") {
        return Ok(());
    }
    Err(Error::new(ErrorKind::WrongLibrary).with_backend(BoringSsl::NAME).with_detail(format!(
        "the boring crate runs on {version:?}; docs/linking.md says how to link both"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_boringssl_will_do() {
        assert!(require_boringssl("BoringSSL").is_ok());
        for other in ["OpenSSL 3.6.3 10 Mar 2026", "LibreSSL 4.1.0", ""] {
            let error = require_boringssl(other).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WrongLibrary);
        }
    }

    #[test]
    fn the_library_that_is_linked_is_boringssl() {
        assert_eq!(BoringSsl.library().name, "BoringSSL");
    }
}
