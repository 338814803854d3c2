//! Lists of names as OpenSSL takes them.

use core::fmt;

use crate::{Capability, Error, ErrorKind};

/// Reads names between colons as values that are `available`, the first of each. Those behind a `?` may be unknown or
/// missing.
///
/// # Errors
/// * [`ErrorKind::InvalidConfig`] for a name that is empty or unknown, or when no value is left.
/// * [`ErrorKind::Unsupported`] with `lacking` for a value that is not available.
pub(crate) fn parse<T: Copy + fmt::Display + PartialEq>(
    text: &str,
    available: &[T],
    from_name: impl Fn(&str) -> Option<T>,
    lacking: impl Fn(T) -> Capability,
) -> Result<Vec<T>, Error> {
    let invalid = |detail: String| Error::new(ErrorKind::InvalidConfig).with_detail(detail);
    let mut values = Vec::new();
    for item in text.split(':') {
        let (name, optional) = match item.strip_prefix('?') {
            Some(name) => (name, true),
            None => (item, false),
        };
        let Some(value) = from_name(name) else {
            if optional && !name.is_empty() {
                continue;
            }
            return Err(invalid(match (name, text) {
                (_, "") => "an empty list".to_owned(),
                ("", _) => format!("an empty name in {text:?}"),
                _ => format!("{name:?} in {text:?} is no name that is known here"),
            }));
        };
        if available.contains(&value) {
            if !values.contains(&value) {
                values.push(value);
            }
        } else if !optional {
            let kind = ErrorKind::Unsupported(lacking(value));
            return Err(Error::new(kind).with_detail(format!("{value}, which the library lacks")));
        }
    }
    if values.is_empty() {
        return Err(invalid(format!("nothing in {text:?} is available")));
    }
    Ok(values)
}
