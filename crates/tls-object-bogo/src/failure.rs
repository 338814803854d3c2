//! Why the shim stops, and what it tells the runner.

use std::error::Error as _;
use std::io;
use std::process::ExitCode;

use tls_object::{Error, ErrorKind};

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

    /// What the process exits with: 89 tells the runner that the test does not apply.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unimplemented(_) => ExitCode::from(89),
            _ => ExitCode::FAILURE,
        }
    }
}

/// What a backend lacks makes a test not apply; anything else fails it.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Unsupported(_) => Self::Unimplemented(error.to_string()),
            _ => Self::Tls(error),
        }
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
