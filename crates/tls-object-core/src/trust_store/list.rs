//! What revocation lists are told by.

use crate::split_der;

const SEQUENCE: u8 = 0x30;

/// Whether this is the content of a revocation list (RFC 5280 section 5.1): where a certificate has the dates between
/// which it is valid, a SEQUENCE, it has the date of its making.
pub(super) fn is_crl(content: &[u8]) -> bool {
    const INTEGER: u8 = 0x02;
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;

    let date = || {
        let (_, mut rest, _) = split_der(content)?;
        if let (INTEGER, _version, behind) = split_der(rest)? {
            rest = behind;
        }
        let (_, _algorithm, rest) = split_der(rest)?;
        let (_, _issuer, rest) = split_der(rest)?;
        Some(split_der(rest)?.0)
    };
    matches!(date(), Some(UTC_TIME | GENERALIZED_TIME))
}

/// Whether a revocation list tells only what has changed since another (RFC 5280 section 5.2.4), by an extension that may
/// be critical or not. `None` where it is cut off, or something stands behind it.
pub(super) fn is_delta(der: &[u8]) -> Option<bool> {
    const EXTENSIONS: u8 = 0xa0;
    const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1d, 0x1b];

    let Some((SEQUENCE, list, [])) = split_der(der) else { return None };
    let (SEQUENCE, mut fields, _) = split_der(list)? else { return None };
    while !fields.is_empty() {
        let (tag, content, behind) = split_der(fields)?;
        fields = behind;
        if tag != EXTENSIONS {
            continue;
        }
        let (SEQUENCE, mut extensions, []) = split_der(content)? else { return None };
        while !extensions.is_empty() {
            let (_, extension, others) = split_der(extensions)?;
            let (_, oid, _) = split_der(extension)?;
            if oid == DELTA_CRL_INDICATOR {
                return Some(true);
            }
            extensions = others;
        }
    }
    Some(false)
}
