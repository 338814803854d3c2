//! Values one after another, as DER has them.
//!
//! As tolerant as OpenSSL where that costs nothing (a length may be spelled longer than it need be); what BER
//! allows beyond that, lengths that are not told at the beginning above all, has no place in a certificate.

use tls_object_core::{Error, ErrorKind};

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag of field `number` in its context.
pub(crate) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag of field `number` in its context, made of other values.
pub(crate) const fn context_of_values(number: u8) -> u8 {
    0xa0 | number
}

/// What is wrong with a certificate.
#[cold]
pub(crate) fn invalid(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidCertificate).with_detail(what)
}

/// One value: its tag as one byte, and its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
}

impl<'a> Value<'a> {
    /// The values that a value is made of.
    pub(crate) const fn values(self) -> Reader<'a> {
        Reader(self.content)
    }
}

/// Reads values one after another.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(der: &'a [u8]) -> Self {
        Self(der)
    }

    /// Whether all values were read.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value; `None` when there is none.
    pub(crate) fn next(&mut self) -> Result<Option<Value<'a>>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let (value, rest) = split(self.0).ok_or_else(|| invalid("not DER"))?;
        self.0 = rest;
        Ok(Some(value))
    }

    /// The content of the next value if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, Error> {
        match self.clone().next()? {
            Some(value) if value.tag == tag => {
                self.next()?;
                Ok(Some(value.content))
            }
            _ => Ok(None),
        }
    }

    /// The content of the next value, which has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<&'a [u8], Error> {
        self.optional(tag)?.ok_or_else(|| invalid("another value than expected"))
    }

    /// The values in the next value, which has this tag.
    pub(crate) fn expect_values(&mut self, tag: u8) -> Result<Self, Error> {
        self.expect(tag).map(Self)
    }

    /// The values in the next value, if it has this tag, which is one that holds any number of them. OpenSSL does not look
    /// at the bit that says so.
    pub(crate) fn optional_list(&mut self, tag: u8) -> Result<Option<Self>, Error> {
        const CONSTRUCTED: u8 = 0x20;
        match self.clone().next()? {
            Some(value) if value.tag | CONSTRUCTED == tag => {
                self.next()?;
                Ok(Some(value.values()))
            }
            _ => Ok(None),
        }
    }

    /// The values in the next value, which is such a one.
    pub(crate) fn expect_list(&mut self, tag: u8) -> Result<Self, Error> {
        self.optional_list(tag)?.ok_or_else(|| invalid("another value than a list"))
    }

    /// Nothing is left.
    pub(crate) fn end(&self) -> Result<(), Error> {
        if self.is_empty() { Ok(()) } else { Err(invalid("more values than expected")) }
    }
}

/// The first value, and what follows it.
fn split(der: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    if tag & 0x1f == 0x1f {
        // A tag of several bytes, which nothing in a certificate has.
        return None;
    }
    let (len, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (len, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let significant = len.iter().position(|&byte| byte != 0).map_or(&[][..], |at| &len[at..]);
        if len.is_empty() || significant.len() > size_of::<u32>() {
            return None;
        }
        let len = significant.iter().fold(0_u32, |len, &byte| len << 8 | u32::from(byte));
        (usize::try_from(len).ok()?, rest)
    };
    let (content, rest) = rest.split_at_checked(len)?;
    Some((Value { tag, content }, rest))
}
