//! Why the shim stops, and what it tells the runner.

use std::env;
use std::error::Error as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::process::ExitCode;

use tls_object::{Capabilities, Capability, Error, ErrorKind};

/// The variable of the environment that names the file which what is unimplemented is written to, a line for each test:
/// the runner keeps to itself what the shim says of it.
const NOTES: &str = "TLS_OBJECT_BOGO_UNIMPLEMENTED";

/// Why a test does not go through. Display is what goes to standard error, where the runner looks for reasons in
/// colons.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The test asks for what the shim or the backend does not have.
    #[error("unimplemented: {what}")]
    Unimplemented {
        /// What the backend lacks, if it is for that.
        lacking: Option<Capability>,
        /// What is asked for.
        what: String,
    },
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
        Self::Unimplemented { lacking: None, what: what.into() }
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
            ErrorKind::Unsupported(capability) => {
                Self::Unimplemented { lacking: Some(capability), what: error.to_string() }
            }
            _ => self,
        }
    }

    /// Writes down what is unimplemented, if there is a file for it: `capability NAME`, or what is asked for.
    pub(crate) fn write_down(&self) -> io::Result<()> {
        let Self::Unimplemented { lacking, what } = self else { return Ok(()) };
        let Some(path) = env::var_os(NOTES) else { return Ok(()) };
        let line = match lacking {
            Some(capability) => format!("capability {capability}\n"),
            None => format!("{}\n", what.lines().next().unwrap_or_default()),
        };
        // Other shims write too: a line is written at once, to wherever the end is.
        OpenOptions::new().append(true).open(path)?.write_all(line.as_bytes())
    }

    /// What the process exits with: 89 tells the runner that the test does not apply, 90 that it fails even where a
    /// failure is what it expects.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unimplemented { .. } => ExitCode::from(89),
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
