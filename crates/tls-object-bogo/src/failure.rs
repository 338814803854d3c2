//! Why the shim stops, and what it tells the runner.

use std::error::Error as _;
use std::io;
use std::process::ExitCode;

use tls_object::{Capabilities, Error, ErrorKind};

/// Why a test does not go through. Display is what goes to standard error, where the runner looks for reasons in
/// colons.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The test asks for what the shim or the backend does not have.
    #[error("unimplemented: {0}")]
    Unimplemented(String),
    /// The connection failed, or could not be set up.
    #[error("{}", describe(.0))]
    Tls(Error),
    /// The connection went through, but not as the flags say.
    #[error("not as expected: {0}")]
    Unexpected(String),
    /// A file, a value or the transport.
    #[error("{doing}: {error}")]
    Io {
        /// What was being done.
        doing: String,
        /// How it failed.
        error: io::Error,
    },
}

impl Failure {
    /// A flag or a combination of flags that the shim does not have.
    pub(crate) fn unimplemented(what: impl Into<String>) -> Self {
        Self::Unimplemented(what.into())
    }

    /// Something that is not as the flags say.
    pub(crate) fn unexpected(what: impl Into<String>) -> Self {
        Self::Unexpected(what.into())
    }

    /// An operation of the system that failed.
    pub(crate) fn io(doing: impl Into<String>, error: io::Error) -> Self {
        Self::Io { doing: doing.into(), error }
    }

    /// What a backend with these capabilities makes of it: it may refuse what it lacks, which makes a test not apply, and
    /// nothing else.
    pub(crate) fn against(self, capabilities: &Capabilities) -> Self {
        let Self::Tls(error) = &self else { return self };
        match error.kind() {
            ErrorKind::Unsupported(capability) if capabilities.has(capability) => {
                Self::Unexpected(format!("declared, and refused all the same: {error}"))
            }
            ErrorKind::Unsupported(_) => Self::Unimplemented(error.to_string()),
            _ => self,
        }
    }

    /// What the process exits with: 89 tells the runner that the test does not apply, 90 that it fails even where a
    /// failure is what it expects.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unimplemented(_) => ExitCode::from(89),
            Self::Unexpected(_) => ExitCode::from(90),
            Self::Tls(_) | Self::Io { .. } => ExitCode::FAILURE,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Tls(error)
    }
}

/// The reason in the form that BoGo looks for, then all that is known.
fn describe(error: &Error) -> String {
    let reason = error.openssl_reason().unwrap_or_default();
    let mut text = format!(":{reason}: {:?}: {error}", error.kind());
    if let Some(alert) = error.alert_sent() {
        text += &format!(" [alert sent: {alert}]");
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!("\n  caused by: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use tls_object::{Capability, DynBackend};

    fn of_a_backend(has: bool) -> (&'static dyn DynBackend, Capability) {
        let backend = tls_object::backends()[0];
        let capabilities = backend.capabilities();
        let of_this_kind =
            |(_, support): &(Capability, &tls_object::Support)| support.is_usable() == has;
        let (capability, _) = capabilities.iter().find(of_this_kind).unwrap();
        (backend, capability)
    }

    #[test]
    fn a_backend_may_refuse_what_it_lacks() {
        for (has, code) in [(false, 89), (true, 90)] {
            let (backend, capability) = of_a_backend(has);
            let failure = Failure::from(Error::new(ErrorKind::Unsupported(capability)));
            let exit = failure.against(&backend.capabilities()).exit_code();
            assert_eq!(exit, ExitCode::from(code), "{capability}");
        }
    }
}
