//! Private keys that carry their public key.
//!
//! PKCS#8 came in version 1 (RFC 5208, numbered 0) and has a second (RFC 5958, numbered 1), which may
//! bring the public key along; that is what much software writes for Ed25519. BoringSSL, and
//! OpenSSL before 3.2, read the first only.

use tls_object_core::{KeyFormat, PrivateKey};
use zeroize::Zeroizing;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// `[1] IMPLICIT BIT STRING`.
const PUBLIC_KEY: u8 = 0x81;

/// The DER of `key`, in the first version if it was in the second.
///
/// What cannot be taken apart is left as it is, for the library to refuse.
pub fn without_public_key(key: &PrivateKey) -> Zeroizing<Vec<u8>> {
    let rewritten = match key.format() {
        KeyFormat::Pkcs8 => rewrite(key.secret_der()),
        _ => None,
    };
    Zeroizing::new(rewritten.unwrap_or_else(|| key.secret_der().to_vec()))
}

/// `None` unless it is of the second version.
fn rewrite(der: &[u8]) -> Option<Vec<u8>> {
    let (tag, mut rest, []) = split(der)? else { return None };
    if tag != SEQUENCE {
        return None;
    }
    let mut fields = Zeroizing::new(Vec::with_capacity(der.len()));
    let (INTEGER, [1], behind) = split(rest)? else { return None };
    fields.extend_from_slice(&[INTEGER, 1, 0]);
    rest = behind;
    while !rest.is_empty() {
        let (tag, _, behind) = split(rest)?;
        if tag != PUBLIC_KEY {
            fields.extend_from_slice(&rest[..rest.len() - behind.len()]);
        }
        rest = behind;
    }
    let mut whole = Vec::with_capacity(fields.len() + 4);
    whole.push(SEQUENCE);
    match u16::try_from(fields.len()).ok()?.to_be_bytes() {
        [0, len @ ..0x80] => whole.push(len),
        [0, len] => whole.extend_from_slice(&[0x81, len]),
        len => whole.extend_from_slice(&[0x82, len[0], len[1]]),
    }
    whole.extend_from_slice(&fields);
    Some(whole)
}

/// The tag and the content of the first value, and what stands behind it.
fn split(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut len = usize::from(first);
    if first >= 0x80 {
        // Keys of more than 64 KiB do not exist.
        let digits = usize::from(first & 0x7f);
        let (bytes, behind) =
            rest.split_at_checked(digits).filter(|_| (1..=2).contains(&digits))?;
        len = bytes.iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
        rest = behind;
    }
    let (content, behind) = rest.split_at_checked(len)?;
    Some((tag, content, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_is_left_out() {
        let second = [0x30, 13, 2, 1, 1, 0x30, 1, 9, 4, 1, 7, 0x81, 2, 0, 5];
        assert_eq!(rewrite(&second), Some(vec![0x30, 9, 2, 1, 0, 0x30, 1, 9, 4, 1, 7]));
        // A byte too few or too many: not to be taken apart.
        assert_eq!(rewrite(&second[..14]), None);
        assert_eq!(rewrite(&[&second[..], &[0]].concat()), None);
    }

    #[test]
    fn the_first_version_and_other_bytes_are_left_alone() {
        assert_eq!(rewrite(&[0x30, 9, 2, 1, 0, 0x30, 1, 9, 4, 1, 7]), None);
        for junk in
            [&[][..], &[0x30], &[0x30, 0x85, 1, 1, 1, 1, 1], &[0x30, 0x82, 0xff], &[2, 1, 1]]
        {
            assert_eq!(rewrite(junk), None);
        }
    }

    #[test]
    fn long_contents_keep_their_length() {
        let secret = [&[4, 0x82, 1, 0][..], &[7; 256]].concat();
        let fields = [&[2, 1, 1, 0x30, 0][..], &secret, &[0x81, 1, 0]].concat();
        let second = [&[0x30, 0x82, 1, 12][..], &fields].concat();
        let first = rewrite(&second).unwrap();
        assert_eq!(first[..7], [0x30, 0x82, 1, 9, 2, 1, 0]);
        assert_eq!(first.len(), 4 + 265);
    }
}
