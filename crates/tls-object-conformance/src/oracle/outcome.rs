//! What a call came to, in the words of the corpus.

use core::fmt;

use tls_object_core::{Alert, Capability, Error, ErrorKind, Origin, Status};

use super::stage::Fatal;

/// The outcome of one step.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The value or the exception.
    pub(super) class: String,
    /// Whether the connection is over with it.
    pub(super) ends: bool,
    /// What the backend has refused to do.
    pub(super) lacking: Option<Capability>,
    /// The alert that told the peer.
    pub(super) alert: Option<Alert>,
    counts: String,
}

impl Outcome {
    pub(super) fn of(class: impl Into<String>) -> Self {
        Self { class: class.into(), ends: false, lacking: None, alert: None, counts: String::new() }
    }

    /// An error by the exception that Python raises for it.
    pub(super) fn of_error(error: &Error) -> Self {
        let kind = error.kind();
        let reason = error.openssl_reason().unwrap_or_default();
        let class = match kind.python_exception() {
            "SSLZeroReturnError" => "zero-return".to_owned(),
            "SSLEOFError" => format!("eof:{reason}"),
            "SSLCertVerificationError" => {
                let code = error.verify_code().map_or(0, |code| code.openssl_code());
                format!("cert:{code}:{}", error.verify_message().unwrap_or_default())
            }
            "SSLError" => format!("ssl:{reason}"),
            other => other.to_owned(),
        };
        let lacking = match kind {
            ErrorKind::Unsupported(capability) => Some(capability),
            _ => None,
        };
        let ends = error.origin() != Origin::Misuse && lacking.is_none();
        Self { ends, lacking, alert: error.alert_sent(), ..Self::of(class) }
    }

    /// Adds how many bytes were put `out` and are `left`; only whether any were put out, if `exactly` is not to be told.
    pub(super) fn count_bytes(&mut self, out: usize, left: usize, exactly: bool) {
        if out > 0 {
            self.counts += &if exactly { format!(" out={out}") } else { " out".to_owned() };
        }
        if left > 0 && exactly {
            self.counts += &format!(" in={left}");
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.class, self.counts)?;
        match self.alert {
            Some(alert) => write!(f, " alert={}", alert.code()),
            None => Ok(()),
        }
    }
}

/// The outcome of a call that has nothing to hand back.
pub(super) fn status(result: Result<Status<()>, Error>) -> Outcome {
    match result {
        Ok(Status::Done(())) => Outcome::of("none"),
        Ok(Status::WantRead) => Outcome::of("want-read"),
        Ok(Status::WantWrite) => Outcome::of("want-write"),
        Ok(Status::Suspended) => Outcome::of("suspended"),
        Err(error) => Outcome::of_error(&error),
    }
}

/// The value or the exception of an outcome, without the numbers behind it.
pub(super) fn class_of(outcome: &str) -> &str {
    let mut class = outcome;
    while let Some((front, last)) = class.rsplit_once(' ') {
        let name = last.split('=').next().unwrap_or_default();
        if !matches!(name, "out" | "in" | "alert") {
            break;
        }
        class = front;
    }
    class
}

/// What stands in the corpus for the error that ended the connection, whichever that is.
pub(super) const AGAIN: &str = "again";

/// Whether an outcome is `fatal` again, and nothing else happened.
pub(super) fn repeats(outcome: &str, fatal: &Fatal) -> bool {
    let alert = fatal.alert.map_or_else(|| "none".to_owned(), |alert| alert.code().to_string());
    class_of(outcome) == fatal.class && alert_of(outcome) == alert && !outcome.contains(" out=")
}

/// An outcome without the alert that was sent.
pub(super) fn without_alert(outcome: &str) -> &str {
    outcome.split_once(" alert=").map_or(outcome, |(front, _)| front)
}

/// The number of the alert that was sent, `none` if that is not told.
pub(super) fn alert_of(outcome: &str) -> &str {
    outcome.split_once(" alert=").map_or("none", |(_, alert)| alert)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_taken_apart() {
        assert_eq!(class_of("want-read"), "want-read");
        assert_eq!(class_of("pending:3 eof:false in=3"), "pending:3 eof:false");
        assert_eq!(
            class_of("cert:62:not valid for 'in' out in alert=42"),
            "cert:62:not valid for 'in'"
        );
        assert_eq!(without_alert("ssl:X out=7 alert=42"), "ssl:X out=7");
        assert_eq!(alert_of("ssl:X out=7 alert=42"), "42");
    }

    #[test]
    fn an_error_is_repeated_with_its_alert_and_nothing_else() {
        let fatal = Fatal { class: "ssl:X".to_owned(), alert: Some(Alert::BAD_CERTIFICATE) };
        assert!(repeats("ssl:X in=3 alert=42", &fatal));
        assert!(!repeats("ssl:X out=7 alert=42", &fatal));
        assert!(!repeats("ssl:X", &fatal));
        assert!(!repeats("ssl:Y alert=42", &fatal));
    }
}
