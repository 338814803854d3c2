//! General names: who or what a certificate is for, or where something is to be found.

use tls_object_core::Error;

use crate::der::{
    BMP_STRING, IA5_STRING, OBJECT_IDENTIFIER, PRINTABLE_STRING, Reader, T61_STRING,
    UNIVERSAL_STRING, UTF8_STRING, Value, context, context_of_values, invalid,
};
use crate::name::Name;
use crate::oid::Oid;

const URI: u8 = context(6);

/// A general name (RFC 5280 section 4.2.1.6).
#[non_exhaustive]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum GeneralName {
    /// A name of a kind that somebody has made up.
    Other {
        /// The kind.
        oid: Oid,
        /// The tag of the value.
        tag: u8,
        /// The content of the value.
        content: Vec<u8>,
    },
    /// An address of electronic mail.
    Email(String),
    /// A host name.
    Dns(String),
    /// An address of X.400, the content of its DER encoding.
    X400(Vec<u8>),
    /// A distinguished name.
    Directory(Name),
    /// A party of electronic data interchange, the content of its DER encoding.
    EdiParty(Vec<u8>),
    /// A URI.
    Uri(String),
    /// An IP address in network order: 4 or 16 bytes, unless it is none.
    Ip(Vec<u8>),
    /// An object identifier.
    RegisteredId(Oid),
    /// An address of electronic mail, a host name or a URI that should be a text and is none.
    NoText {
        /// Whether it should be a URI.
        uri: bool,
        /// What it is.
        content: Vec<u8>,
    },
}

impl GeneralName {
    /// The name in the next value.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        const OTHER: u8 = context_of_values(0);
        const EMAIL: u8 = context(1);
        const DNS: u8 = context(2);
        const X400: u8 = context_of_values(3);
        const DIRECTORY: u8 = context_of_values(4);
        const EDI_PARTY: u8 = context_of_values(5);
        const IP: u8 = context(7);
        const REGISTERED_ID: u8 = context(8);

        let value = reader.next()?.ok_or_else(|| invalid("general name"))?;
        let content = value.content;
        Ok(match value.tag {
            OTHER => Self::read_other(value.values())?,
            EMAIL => text(value, Self::Email),
            DNS => text(value, Self::Dns),
            X400 => Self::X400(content.to_vec()),
            DIRECTORY => {
                let mut fields = value.values();
                let name = Name::read(&mut fields)?;
                fields.end()?;
                Self::Directory(name)
            }
            EDI_PARTY => {
                check_edi_party(value.values())?;
                Self::EdiParty(content.to_vec())
            }
            URI => text(value, Self::Uri),
            IP => Self::Ip(content.to_vec()),
            REGISTERED_ID => Self::RegisteredId(Oid::from_der(content)?),
            _ => return Err(invalid("general name")),
        })
    }

    fn read_other(mut fields: Reader<'_>) -> Result<Self, Error> {
        let oid = Oid::from_der(fields.expect(OBJECT_IDENTIFIER)?)?;
        let mut value = fields.expect_values(context_of_values(0))?;
        fields.end()?;
        let Value { tag, content } = value.next()?.ok_or_else(|| invalid("other name"))?;
        value.end()?;
        let unit = match tag {
            BMP_STRING => 2,
            UNIVERSAL_STRING => 4,
            _ => 1,
        };
        if content.len() % unit != 0 {
            return Err(invalid("other name"));
        }
        Ok(Self::Other { oid, tag, content: content.to_vec() })
    }

    /// All names in a sequence of them.
    pub(crate) fn read_all(mut names: Reader<'_>) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        while !names.is_empty() {
            all.push(Self::read(&mut names)?);
        }
        Ok(all)
    }
}

fn text(Value { tag, content }: Value<'_>, name: fn(String) -> GeneralName) -> GeneralName {
    match String::from_utf8(content.to_vec()) {
        Ok(text) => name(text),
        Err(error) => GeneralName::NoText { uri: tag == URI, content: error.into_bytes() },
    }
}

/// One or two directory strings, of which the first may be missing.
fn check_edi_party(mut fields: Reader<'_>) -> Result<(), Error> {
    if let Some(assigner) = fields.optional(context_of_values(0))? {
        check_directory_string(Reader::new(assigner))?;
    }
    check_directory_string(fields.expect_values(context_of_values(1))?)?;
    fields.end()
}

fn check_directory_string(mut value: Reader<'_>) -> Result<(), Error> {
    const KINDS: [u8; 6] =
        [UTF8_STRING, PRINTABLE_STRING, T61_STRING, IA5_STRING, UNIVERSAL_STRING, BMP_STRING];
    match value.next()? {
        Some(Value { tag, .. }) if KINDS.contains(&tag) => value.end(),
        _ => Err(invalid("directory string")),
    }
}
