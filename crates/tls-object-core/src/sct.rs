//! Signed certificate timestamps (RFC 6962), which nothing here looks into.

/// For backends: whether `bytes` are a `SignedCertificateTimestampList` (RFC 6962 section 3.3): at least one timestamp, none
/// of them empty, and nothing behind.
pub fn is_sct_list(bytes: &[u8]) -> bool {
    let Some(mut list) = whole(bytes).filter(|list| !list.is_empty()) else { return false };
    while !list.is_empty() {
        match prefixed(list) {
            Some((sct, rest)) if !sct.is_empty() => list = rest,
            _ => return false,
        }
    }
    true
}

/// What stands behind its length of 16 bits, if nothing else follows.
fn whole(bytes: &[u8]) -> Option<&[u8]> {
    prefixed(bytes).filter(|(_, rest)| rest.is_empty()).map(|(inner, _)| inner)
}

/// What stands behind its length of 16 bits, and what follows it.
fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&len, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(len).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_timestamps_and_nothing_else() {
        assert!(is_sct_list(&[0, 4, 0, 2, 7, 7]));
        assert!(is_sct_list(&[0, 7, 0, 1, 9, 0, 2, 7, 7]));
        for not in [
            &[][..],
            &[0],
            &[0, 0],
            &[0, 2, 0, 0],
            &[0, 4, 0, 2, 7],
            &[0, 4, 0, 2, 7, 7, 7],
            &[0, 4, 0, 3, 7, 7],
            &[0, 5, 0, 2, 7, 7, 0],
        ] {
            assert!(!is_sct_list(not), "{not:?}");
        }
    }
}
