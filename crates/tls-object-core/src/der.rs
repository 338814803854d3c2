//! DER, as far as the core and the crates around it read it by hand.

/// The tag and the content of the first value, and what stands behind it; `None` where there is none, or no DER.
///
/// For the crates of this project: `tls-object-x509` takes certificates apart.
pub fn split_der(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (len, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let digits = usize::from(first & 0x7f);
        let (digits, rest) = rest.split_at_checked(digits).filter(|_| (1..=4).contains(&digits))?;
        let len = digits.iter().fold(0_u32, |len, &byte| len << 8 | u32::from(byte));
        (usize::try_from(len).ok()?, rest)
    };
    let (content, rest) = rest.split_at_checked(len)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split_off() {
        assert_eq!(split_der(&[2, 1, 7, 5, 0]), Some((2, &[7][..], &[5, 0][..])));
        assert_eq!(split_der(&[4, 0x81, 2, 8, 9]), Some((4, &[8, 9][..], &[][..])));
        assert_eq!(split_der(&[4, 0x84, 0, 0, 0, 1, 3]), Some((4, &[3][..], &[][..])));
    }

    #[test]
    fn what_is_cut_off_or_of_no_length_is_none() {
        let refused: [&[u8]; 6] =
            [&[], &[4], &[4, 1], &[4, 0x80, 0, 0], &[4, 0x82, 1], &[4, 0x85, 0, 0, 0, 0, 0]];
        for der in refused {
            assert_eq!(split_der(der), None, "{der:?}");
        }
    }
}
