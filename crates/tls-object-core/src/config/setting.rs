//! A list to choose from.

/// A list to choose from, and how much it matters.
///
/// Nothing is ever ignored in silence: a value that a backend lacks is an error or stands in
/// the [`Report`](crate::Report).
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Setting<T> {
    /// The backend's own default.
    #[default]
    Default,
    /// As many of these as the backend has, at least one, in this order. What it lacks is reported.
    Preferred(Vec<T>),
    /// These in this order; a backend that lacks one refuses the configuration.
    Required(Vec<T>),
}

impl<T> Setting<T> {
    /// The values asked for; `None` for the backend's own default.
    pub fn values(&self) -> Option<&[T]> {
        match self {
            Self::Default => None,
            Self::Preferred(values) | Self::Required(values) => Some(values),
        }
    }
}
