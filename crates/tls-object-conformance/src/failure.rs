//! Why a scenario ended early.

use core::fmt;
use core::panic::Location;

use tls_object_core::{Capability, Error, ErrorKind, Side};

/// Why a scenario ended early, and where in it.
#[derive(Clone, Debug)]
pub struct Failure {
    detail: String,
    place: &'static Location<'static>,
    refusal: Option<(Option<Side>, Capability)>,
}

impl Failure {
    /// A promise that was broken here.
    #[track_caller]
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), place: Location::caller(), refusal: None }
    }

    /// A capability that `side` does not have and did not pretend to have.
    #[track_caller]
    pub(crate) fn absent(side: Side, capability: Capability) -> Self {
        let refusal = Some((Some(side), capability));
        Self { refusal, ..Self::new(format!("the {} has no {capability}", name(side))) }
    }

    /// An error that one end returned.
    #[track_caller]
    pub(crate) fn of(side: Side, error: &Error) -> Self {
        let refusal = match error.kind() {
            ErrorKind::Unsupported(capability) => Some((Some(side), capability)),
            _ => None,
        };
        Self { refusal, ..Self::new(format!("the {}: {error} ({error:?})", name(side))) }
    }

    /// The capability that was refused, and by which end if that is known.
    pub(crate) fn refusal(&self) -> Option<(Option<Side>, Capability)> {
        self.refusal
    }
}

impl From<Error> for Failure {
    #[track_caller]
    fn from(error: Error) -> Self {
        let refusal = match error.kind() {
            ErrorKind::Unsupported(capability) => Some((None, capability)),
            _ => None,
        };
        Self { refusal, ..Self::new(format!("{error} ({error:?})")) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.place.file();
        let file = file.rsplit_once("/src/").map_or(file, |(_, file)| file);
        write!(f, "{file}:{}: {}", self.place.line(), self.detail)
    }
}

impl std::error::Error for Failure {}

/// The end in words.
pub(crate) const fn name(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// Ends the scenario unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($detail:tt)+) => {
        if !$condition {
            return Err($crate::failure::Failure::new(format!($($detail)+)));
        }
    };
}

pub(crate) use ensure;
