//! Distinguished names.

use tls_object_core::Error;

use crate::der::{
    BIT_STRING, BMP_STRING, IA5_STRING, NUMERIC_STRING, OBJECT_IDENTIFIER, PRINTABLE_STRING,
    Reader, SEQUENCE, SET, T61_STRING, UNIVERSAL_STRING, UTF8_STRING, Value, invalid,
};
use crate::oid::Oid;

/// A distinguished name: its parts from the root down, each of one attribute or more (RFC 5280 section 4.1.2.4).
#[non_exhaustive]
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Name {
    /// The parts.
    pub parts: Vec<Vec<Attribute>>,
}

/// One attribute of a name.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Attribute {
    /// What it is, such as the common name.
    pub oid: Oid,
    /// What it says.
    pub value: AttributeValue,
}

/// What an attribute says.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum AttributeValue {
    /// A text of any of the kinds of strings there are.
    Text(String),
    /// A BIT STRING, without the number of its unused bits.
    Bits(Vec<u8>),
    /// Something that should not be there, and that OpenSSL lets pass.
    Other {
        /// The tag.
        tag: u8,
        /// The content.
        content: Vec<u8>,
    },
}

impl AttributeValue {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn read(Value { tag, content }: Value<'_>) -> Result<Self, Error> {
        match tag {
            BIT_STRING => bits(content).map(Self::Bits),
            NUMERIC_STRING | PRINTABLE_STRING | T61_STRING | IA5_STRING | UTF8_STRING
            | BMP_STRING | UNIVERSAL_STRING => text(tag, content)
                .map(Self::Text)
                .ok_or_else(|| invalid("an attribute that is no text")),
            // Tags that stand for nothing, and those of a structure, OpenSSL lets pass.
            7..=9 | 11 | 13..=15 | 29 | SEQUENCE => {
                Ok(Self::Other { tag, content: content.to_vec() })
            }
            _ => Err(invalid("an attribute that is no text")),
        }
    }
}

impl Name {
    /// The value of the last attribute of the kind that OpenSSL calls so, such as `commonName`.
    pub fn last(&self, long_name: &str) -> Option<&AttributeValue> {
        let mut attributes = self.parts.iter().flatten().rev();
        attributes.find(|it| it.oid.long_name() == Some(long_name)).map(|it| &it.value)
    }

    /// The name in the next value.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut sets = reader.expect_list(SEQUENCE)?;
        let mut parts = Vec::new();
        while !sets.is_empty() {
            let mut set = sets.expect_list(SET)?;
            let mut part = Vec::new();
            while !set.is_empty() {
                let mut attribute = set.expect_values(SEQUENCE)?;
                let oid = Oid::from_der(attribute.expect(OBJECT_IDENTIFIER)?)?;
                let value = attribute.next()?.ok_or_else(|| invalid("attribute"))?;
                attribute.end()?;
                part.push(Attribute { oid, value: AttributeValue::read(value)? });
            }
            // OpenSSL forgets a part that says nothing.
            if !part.is_empty() {
                parts.push(part);
            }
        }
        Ok(Self { parts })
    }
}

/// The bytes of a BIT STRING, those bits that are unused being 0.
pub(crate) fn bits(content: &[u8]) -> Result<Vec<u8>, Error> {
    let Some((&unused @ 0..=7, bits)) = content.split_first() else {
        return Err(invalid("bit string"));
    };
    let mut bits = bits.to_vec();
    if let Some(last) = bits.last_mut() {
        *last &= 0xff << unused;
    }
    Ok(bits)
}

/// The text of a string of the kind that `tag` says, as OpenSSL has it; `None` if it is no text.
fn text(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        UTF8_STRING => String::from_utf8(content.to_vec()).ok(),
        // Each byte a character, whatever the kind: nobody has ever used the rest of T.61.
        NUMERIC_STRING | PRINTABLE_STRING | T61_STRING | IA5_STRING => {
            Some(content.iter().copied().map(char::from).collect())
        }
        BMP_STRING => characters(content, |&unit: &[u8; 2]| u16::from_be_bytes(unit).into()),
        UNIVERSAL_STRING => characters(content, |&unit: &[u8; 4]| u32::from_be_bytes(unit)),
        _ => None,
    }
}

/// The text whose characters have `N` bytes each.
fn characters<const N: usize>(content: &[u8], code: fn(&[u8; N]) -> u32) -> Option<String> {
    let mut units = content.chunks_exact(N);
    let text = units
        .by_ref()
        .map(|unit| char::from_u32(code(unit.try_into().ok()?)))
        .collect::<Option<String>>()?;
    units.remainder().is_empty().then_some(text)
}
