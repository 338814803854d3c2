//! Object identifiers, and the names that OpenSSL has for them.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use tls_object_core::Error;

use crate::der::invalid;

/// What OpenSSL calls each object that it knows: the identifier, a space, the long name. Written by
/// `tests/certificates.py`.
const OBJECTS: &str = include_str!("objects.txt");

/// More than this OpenSSL does not print of one number, and the time it takes to do so grows with the square.
const MAX_ARC: usize = 586;

/// An object identifier.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Oid(Box<[u8]>);

impl Oid {
    /// An identifier from the content of its DER encoding.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`](tls_object_core::ErrorKind::InvalidCertificate) if it is none.
    pub fn from_der(content: &[u8]) -> Result<Self, Error> {
        let is_whole = content.last().is_some_and(|byte| byte & 0x80 == 0);
        let is_canonical = arcs(content).all(|arc| arc[0] != 0x80);
        let is_short = arcs(content).all(|arc| arc.len() <= MAX_ARC);
        if is_whole && is_canonical && is_short {
            Ok(Self(content.into()))
        } else {
            Err(invalid("object identifier"))
        }
    }

    /// The content of the DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// OpenSSL's name of it, such as `commonName`; `None` if it has none.
    pub fn long_name(&self) -> Option<&'static str> {
        static NAMES: LazyLock<BTreeMap<&str, &str>> =
            LazyLock::new(|| OBJECTS.lines().filter_map(|line| line.split_once(' ')).collect());
        NAMES.get(self.to_string().as_str()).copied()
    }

    /// OpenSSL's name of it, or else the numbers with dots between them.
    pub fn name(&self) -> String {
        self.long_name().map_or_else(|| self.to_string(), str::to_owned)
    }
}

/// The encodings of the numbers of an identifier.
fn arcs(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split_inclusive(|byte| byte & 0x80 == 0)
}

/// The numbers with dots between them.
impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, arc) in arcs(&self.0).enumerate() {
            match (index, arc) {
                // The first two numbers are encoded as one (X.690 section 8.19.4).
                (0, &[both]) if both < 80 => write!(f, "{}.{}", both / 40, both % 40)?,
                (0, _) => write!(f, "2.{}", Decimal::of(arc, 80))?,
                _ => write!(f, ".{}", Decimal::of(arc, 0))?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

/// A number of any size, in pieces of nine decimal digits, the lowest first.
struct Decimal(Vec<u32>);

impl Decimal {
    const PIECE: u64 = 1_000_000_000;

    /// What is encoded in seven bits of each byte, less `minus`, which is not more.
    fn of(arc: &[u8], minus: u32) -> Self {
        let mut pieces = vec![0_u32];
        for byte in arc {
            let mut carry = u64::from(byte & 0x7f);
            for piece in &mut pieces {
                let value = u64::from(*piece) * 128 + carry;
                // Less than nine digits have.
                *piece = (value % Self::PIECE) as u32;
                carry = value / Self::PIECE;
            }
            if carry > 0 {
                pieces.push(carry as u32);
            }
        }
        let mut borrow = minus;
        for piece in &mut pieces {
            if let Some(rest) = piece.checked_sub(borrow) {
                *piece = rest;
                break;
            }
            *piece += Self::PIECE as u32 - borrow;
            borrow = 1;
        }
        Self(pieces)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = self.0.iter().rev().skip_while(|&&piece| piece == 0);
        write!(f, "{}", pieces.next().unwrap_or(&0))?;
        pieces.try_for_each(|piece| write!(f, "{piece:09}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &[u8]) -> String {
        Oid::from_der(content).unwrap().to_string()
    }

    #[test]
    fn numbers_of_every_size() {
        assert_eq!(text(&[0x55, 4, 3]), "2.5.4.3");
        assert_eq!(text(&[0]), "0.0");
        assert_eq!(text(&[39]), "0.39");
        assert_eq!(text(&[79]), "1.39");
        assert_eq!(text(&[80]), "2.0");
        assert_eq!(text(&[0x88, 0x37]), "2.999");
        assert_eq!(text(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]), "1.2.840.113549");
        // 2^64 and 10^9.
        assert_eq!(
            text(&[0x2a, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0]),
            "1.2.18446744073709551616"
        );
        assert_eq!(text(&[0x2a, 0x83, 0xdc, 0xeb, 0x94, 0]), "1.2.1000000000");
    }

    #[test]
    fn what_is_none_is_refused() {
        for content in [
            &[][..],
            &[0x80],
            &[0x2a, 0x80],
            &[0x2a, 0x80, 1],
            &[[0x81; 600].as_slice(), &[1]].concat(),
        ] {
            assert!(Oid::from_der(content).is_err(), "{content:?}");
        }
    }

    #[test]
    fn known_ones_have_names() {
        let name = |content: &[u8]| Oid::from_der(content).unwrap().name();
        assert_eq!(name(&[0x55, 4, 3]), "commonName");
        assert_eq!(name(&[0x2a, 3, 4, 5]), "1.2.3.4.5");
    }
}
