//! PEM (RFC 7468), and what OpenSSL reads besides.

use std::borrow::Cow;

use rustls_pki_types::pem;

use crate::{Error, ErrorKind};

/// A text without the byte order mark that some editors put in front of it, which would hide its first line.
pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The same with one label for certificates, of which there are two (RFC 7468 section 5.3).
///
/// # Errors
/// [`ErrorKind::InvalidPem`] for a certificate with settings of OpenSSL's own, which must not be lost.
pub(crate) fn one_label(text: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    const OTHER: &[u8] = b"X509 CERTIFICATE-----";
    const TRUSTED: &[u8] = b"-----BEGIN TRUSTED CERTIFICATE-----";
    let text = without_mark(text);
    if find(text, TRUSTED).is_some() {
        let detail = "a TRUSTED CERTIFICATE, whose settings nobody here goes by: let `openssl x509` write it anew";
        return Err(Error::new(ErrorKind::InvalidPem).with_detail(detail));
    }
    let mut rest = text;
    let mut out = Vec::new();
    while let Some(at) = find(rest, OTHER) {
        out.extend_from_slice(&rest[..at]);
        // The label that all know is the end of the other one.
        rest = &rest[at + b"X509 ".len()..];
    }
    if out.is_empty() {
        return Ok(text.into());
    }
    out.extend_from_slice(rest);
    Ok(out.into())
}

fn find(text: &[u8], words: &[u8]) -> Option<usize> {
    text.windows(words.len()).position(|it| it == words)
}

/// What was found of `what` in a text: an error where that is nothing.
pub(crate) fn all_or_error<T>(
    found: Result<Vec<T>, pem::Error>,
    what: &str,
) -> Result<Vec<T>, Error> {
    match found {
        Ok(found) if found.is_empty() => {
            Err(Error::new(ErrorKind::InvalidPem).with_detail(format!("no {what}")))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(pem_error(what, error)),
    }
}

/// What is wrong with the text that `what` was looked for in.
pub(crate) fn pem_error(what: &str, error: pem::Error) -> Error {
    let why = match &error {
        pem::Error::MissingSectionEnd { end_marker } => {
            format!("no line -----END {}-----", String::from_utf8_lossy(end_marker))
        }
        pem::Error::IllegalSectionStart { line } => {
            format!("a section begins with {:?}", String::from_utf8_lossy(line))
        }
        pem::Error::NoItemsFound => "there is none".to_owned(),
        error => error.to_string(),
    };
    let detail = format!("{what}: {why}");
    Error::new(ErrorKind::InvalidPem).with_detail(detail).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_certificates_become_one() {
        let text = |label| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let plain = text("CERTIFICATE");
        let mixed = format!("\u{feff}{}{plain}{}", text("X509 CERTIFICATE"), text("X509 CRL"));
        let expected = format!("{plain}{plain}{}", text("X509 CRL"));
        assert_eq!(one_label(mixed.as_bytes()).unwrap(), expected.as_bytes());
        assert!(matches!(one_label(plain.as_bytes()).unwrap(), Cow::Borrowed(_)));
        let trusted = format!("{plain}{}", text("TRUSTED CERTIFICATE"));
        assert_eq!(one_label(trusted.as_bytes()).unwrap_err().kind(), ErrorKind::InvalidPem);
    }
}
