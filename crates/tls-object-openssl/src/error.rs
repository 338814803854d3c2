//! What OpenSSL's errors mean.

use core::ffi::c_int;

use openssl::error::ErrorStack;
use tls_object_core::{Error, ErrorKind};

use crate::OpenSsl;

/// The library and the reason of each entry.
pub(crate) fn codes(stack: &ErrorStack) -> Vec<(c_int, c_int)> {
    stack.errors().iter().map(|error| (error.library_code(), error.reason_code())).collect()
}

/// An error outside of a connection.
#[cold]
pub(crate) fn library_error(stack: ErrorStack) -> Error {
    Error::new(ErrorKind::Library).with_backend(OpenSsl::NAME).with_source(stack)
}

#[cfg(test)]
mod tests {
    use tls_object_libssl::openssl_reasons::{REASONS, kind};

    use super::*;
    use crate::ffi::reason_text;

    const ERR_LIB_SSL: c_int = 20;

    /// The library itself says which reason a number is.
    #[test]
    fn each_number_is_the_reason_it_is_said_to_be() {
        openssl::init();
        let letters = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
        };
        for &(number, name, kind_of_row) in REASONS {
            if let Some(text) = reason_text(ERR_LIB_SSL, number) {
                assert_eq!(letters(&text), letters(name), "reason {number}");
            }
            assert_eq!(kind(ERR_LIB_SSL, number), Some(kind_of_row));
        }
    }
}
