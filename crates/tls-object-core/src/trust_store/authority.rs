//! Whose certificate is an authority's.

use crate::split_der;

/// Whether a certificate is an authority's, as OpenSSL's `X509_check_ca` has it: by its basic constraints; without them,
/// if its key may sign certificates, or if it is of the first version, which knows no such thing, and issued by itself.
pub(super) fn is_authority(der: &[u8]) -> bool {
    authority(der).unwrap_or(false)
}

/// RFC 5280 section 4.1; `None` where it is cut off.
fn authority(der: &[u8]) -> Option<bool> {
    const VERSION: u8 = 0xa0;
    const EXTENSIONS: u8 = 0xa3;
    const BOOLEAN: u8 = 0x01;
    const OCTET_STRING: u8 = 0x04;
    const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
    const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
    const CERTIFICATE_SIGN: u8 = 0x04;

    let (_, certificate, _) = split_der(der)?;
    let (_, mut rest, _) = split_der(certificate)?;
    let (first, _, behind) = split_der(rest)?;
    if first == VERSION {
        rest = behind;
    }
    // The serial number and the algorithm; then issuer, validity, subject and key.
    for _ in 0..2 {
        rest = split_der(rest)?.2;
    }
    let (_, issuer, behind) = split_der(rest)?;
    let (_, subject, behind) = split_der(split_der(behind)?.2)?;
    rest = split_der(behind)?.2;
    while let Some((tag, content, behind)) = split_der(rest) {
        rest = behind;
        if tag != EXTENSIONS {
            continue;
        }
        let (_, mut extensions, _) = split_der(content)?;
        let mut may_sign = false;
        while !extensions.is_empty() {
            let (_, extension, behind) = split_der(extensions)?;
            extensions = behind;
            let (_, id, mut value) = split_der(extension)?;
            if let (BOOLEAN, _critical, behind) = split_der(value)? {
                value = behind;
            }
            let (OCTET_STRING, value, _) = split_der(value)? else { return None };
            let (_, content, _) = split_der(value)?;
            if id == BASIC_CONSTRAINTS {
                return Some(matches!(split_der(content), Some((BOOLEAN, [1..=u8::MAX], _))));
            }
            // A BIT STRING: how many bits are unused, and then they.
            may_sign |=
                id == KEY_USAGE && content.get(1).is_some_and(|it| it & CERTIFICATE_SIGN != 0);
        }
        return Some(may_sign);
    }
    Some(first != VERSION && issuer == subject)
}
