//! Serial numbers.

use core::fmt;

use tls_object_core::Error;

use crate::der::invalid;

/// A certificate's serial number, a whole number of any size.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Serial {
    negative: bool,
    /// The absolute value, the highest byte first; one byte at least, and no more than need be.
    magnitude: Box<[u8]>,
}

impl Serial {
    /// How many bytes OpenSSL prints on a line, of which Python takes the first.
    const LINE: usize = 35;

    pub(crate) fn from_der(content: &[u8]) -> Result<Self, Error> {
        let (&first, rest) = content.split_first().ok_or_else(|| invalid("serial number"))?;
        // X.690 section 8.3.2: the first nine bits are not all the same.
        let is_padded = rest.first().is_some_and(|&second| match first {
            0 => second < 0x80,
            0xff => second >= 0x80,
            _ => false,
        });
        if is_padded {
            return Err(invalid("serial number"));
        }
        let negative = first >= 0x80;
        let mut magnitude = content.to_vec();
        if negative {
            // Two's complement: each bit turned, plus one.
            let mut carry = true;
            for byte in magnitude.iter_mut().rev() {
                (*byte, carry) = (!*byte).overflowing_add(carry.into());
            }
        }
        if magnitude.len() > 1 && magnitude[0] == 0 {
            magnitude.remove(0);
        }
        Ok(Self { negative, magnitude: magnitude.into() })
    }

    /// Whether it is less than 0, which RFC 5280 section 4.1.2.2 forbids and some are.
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The absolute value, the highest byte first.
    pub fn magnitude(&self) -> &[u8] {
        &self.magnitude
    }

    /// As Python has it: hexadecimal, and of a number that OpenSSL prints on several lines the first one.
    pub(crate) fn python(&self) -> String {
        let mut line = if self.negative { "-".to_owned() } else { String::new() };
        line.extend(self.magnitude.iter().take(Self::LINE).map(|byte| format!("{byte:02X}")));
        if self.magnitude.len() > Self::LINE {
            line.push_str("\\\n");
        }
        line
    }
}

/// Hexadecimal, with a sign if it is negative.
impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        self.magnitude.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
