//! What a file asks for before its key is derived.
//!
//! The files say how many rounds of a hash a passphrase goes through, and scrypt how much memory. All algorithms note
//! it alike: a salt, an OCTET STRING, and behind it in the same SEQUENCE one or more INTEGERs. So a walk over the DER finds
//! it wherever it is, without knowing the algorithms.

use tls_object_core::{Error, ErrorKind, split_der};

/// Rounds, of all derivations of a file together.
const MAX_ROUNDS: u64 = 10_000_000;
/// scrypt: the product of cost and block size, in units of 128 bytes; 64 MiB.
const MAX_BLOCKS: u64 = 1 << 19;
/// scrypt: that, times how often.
const MAX_WORK: u64 = 1 << 22;
/// Deeper than any of the formats.
const MAX_DEPTH: usize = 32;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;

/// Refuses a file that asks for too much.
///
/// # Errors
/// [`ErrorKind::InvalidPrivateKey`], with what it asks for.
pub(crate) fn check(der: &[u8]) -> Result<(), Error> {
    let mut rounds = 0;
    walk(der, 0, &mut rounds)?;
    if rounds > MAX_ROUNDS {
        return Err(too_much(&format!(
            "{rounds} rounds of a hash, of which {MAX_ROUNDS} are allowed"
        )));
    }
    Ok(())
}

fn too_much(what: &str) -> Error {
    Error::new(ErrorKind::InvalidPrivateKey).with_detail(format!("it asks for {what}"))
}

fn walk(mut rest: &[u8], depth: usize, rounds: &mut u64) -> Result<(), Error> {
    let mut numbers: Vec<u64> = Vec::new();
    let mut salted = false;
    while let Some((tag, content, behind)) = split_der(rest) {
        rest = behind;
        if tag == INTEGER && salted {
            numbers.push(number(content));
            if !rest.is_empty() {
                continue;
            }
        }
        count(&numbers, rounds)?;
        numbers.clear();
        salted = tag == OCTET_STRING || tag == INTEGER && salted;
        // An OCTET STRING may hold more DER.
        let nested = tag & CONSTRUCTED != 0 || tag == OCTET_STRING;
        if nested && depth < MAX_DEPTH {
            walk(content, depth + 1, rounds)?;
        }
    }
    count(&numbers, rounds)
}

/// What stands behind one salt.
fn count(numbers: &[u64], rounds: &mut u64) -> Result<(), Error> {
    match *numbers {
        [] => {}
        // PBKDF2 may have the length of the key behind the rounds.
        [these] | [these, _] => *rounds = rounds.saturating_add(these),
        [cost, size, times, ..] => {
            let blocks = cost.saturating_mul(size);
            if blocks > MAX_BLOCKS || blocks.saturating_mul(times) > MAX_WORK {
                return Err(too_much(&format!(
                    "scrypt with the cost {cost}, blocks of {size} and {times} times"
                )));
            }
        }
    }
    Ok(())
}

/// A positive INTEGER; what is too large for the type is as good as its largest value.
fn number(content: &[u8]) -> u64 {
    content.iter().fold(
        0_u64,
        |sum, &byte| {
            if sum >> 56 == 0 { sum << 8 | u64::from(byte) } else { u64::MAX }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SEQUENCE { OCTET STRING, INTEGER ... }`, each number of four bytes.
    fn parameters(numbers: &[u32]) -> Vec<u8> {
        let mut content = vec![OCTET_STRING, 2, 7, 7];
        for number in numbers {
            content.extend([INTEGER, 4]);
            content.extend(number.to_be_bytes());
        }
        let mut der = vec![0x30, u8::try_from(content.len()).unwrap()];
        der.extend(content);
        der
    }

    fn is_allowed(der: &[u8]) -> bool {
        check(der).is_ok()
    }

    #[test]
    fn rounds_are_counted_together() {
        assert!(is_allowed(&parameters(&[10_000_000])));
        assert!(!is_allowed(&parameters(&[10_000_001])));
        assert!(!is_allowed(&[parameters(&[6_000_000]), parameters(&[6_000_000, 32])].concat()));
        assert!(!is_allowed(&parameters(&[u32::MAX])));
    }

    #[test]
    fn memory_is_counted() {
        assert!(is_allowed(&parameters(&[16384, 8, 1])));
        assert!(is_allowed(&parameters(&[16384, 8, 1, 32])));
        assert!(!is_allowed(&parameters(&[1 << 20, 8, 1])));
        assert!(!is_allowed(&parameters(&[16384, 8, 1 << 10])));
    }

    #[test]
    fn what_is_nested_is_found() {
        let mut der = parameters(&[u32::MAX]);
        for tag in [OCTET_STRING, 0xa0, 0x30] {
            let len = u8::try_from(der.len()).unwrap();
            der = [&[tag, len][..], &der].concat();
        }
        assert!(!is_allowed(&der));
    }

    #[test]
    fn numbers_without_a_salt_are_no_rounds() {
        assert!(is_allowed(&[0x30, 6, INTEGER, 4, 0x7f, 0xff, 0xff, 0xff]));
        assert!(is_allowed(b"junk"));
        assert!(is_allowed(&[0x30; 200]));
    }
}
