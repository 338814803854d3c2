//! The backend.

use tls_object_core::{Backend, Capabilities, Config, Error, ErrorKind, Library};

use crate::{OpenSslContext, capabilities};

/// OpenSSL as a backend, under the name `openssl`.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs)] // there is nothing to tell two of them apart
pub struct OpenSsl;

impl OpenSsl {
    /// The name of the backend.
    pub(crate) const NAME: &'static str = "openssl";
}

impl Backend for OpenSsl {
    type Context = OpenSslContext;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn library(&self) -> Library {
        let text = openssl::version::version();
        let (name, version) = split(text);
        // The date behind the number says nothing that the number does not.
        Library::new(name, version.split(' ').next().unwrap_or(version))
    }

    fn capabilities(&self) -> Capabilities {
        capabilities::capabilities()
    }

    fn context(&self, config: &Config) -> Result<OpenSslContext, Error> {
        require_openssl(openssl::version::version())?;
        self.check(config).into_result()?;
        OpenSslContext::new(config)
    }
}

/// The name of a library and the rest of its version text.
fn split(text: &'static str) -> (&'static str, &'static str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// Refuses to run on anything but OpenSSL: with wrongly linked BoringSSL symbols every call is
/// undefined behaviour waiting to happen.
fn require_openssl(version: &'static str) -> Result<(), Error> {
    if split(version).0 == "OpenSSL" {
        return Ok(());
    }
    Err(Error::new(ErrorKind::WrongLibrary).with_backend(OpenSsl::NAME).with_detail(format!(
        "the openssl crate runs on {version:?}; docs/linking.md says how to link both"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_openssl_will_do() {
        assert!(require_openssl("OpenSSL 3.6.3 10 Mar 2026").is_ok());
        for other in ["BoringSSL", "LibreSSL 4.1.0", ""] {
            let error = require_openssl(other).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WrongLibrary);
        }
    }

    #[test]
    fn the_library_that_is_linked_is_openssl() {
        let library = OpenSsl.library();
        assert_eq!(library.name, "OpenSSL");
        assert!(
            library.version.starts_with("3.") || library.version.starts_with("4."),
            "{library}"
        );
    }
}
