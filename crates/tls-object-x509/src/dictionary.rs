//! What Python's `getpeercert()` tells of a certificate.

use tls_object_core::{Certificate, Error};

use crate::certificate::ParsedCertificate;
use crate::der::{IA5_STRING, UTF8_STRING, invalid};
use crate::general_name::GeneralName;
use crate::name::{AttributeValue, Name};
use crate::oid::Oid;

/// A distinguished name: the names and values of the attributes of each of its parts.
pub type RelativeNames = Vec<Vec<(String, AttributeValue)>>;

/// The dictionary that CPython's `getpeercert()` gives of a certificate, to the letter; keys in its order, those
/// that are absent left out.
///
/// With the feature `serde` it is a map with CPython's keys. In JSON a value that Python has as `bytes`, which a BIT
/// STRING is, is `{"bytes": ...}` with hexadecimal digits; an empty one is `null`, as Python has `None` for it.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Dictionary {
    /// Whom it is about.
    pub subject: RelativeNames,
    /// Who has issued it.
    pub issuer: RelativeNames,
    /// The version, from 1 on.
    pub version: i64,
    /// The serial number in hexadecimal.
    pub serial_number: String,
    /// When it begins to be valid, such as `Nov  2 01:53:22 2026 GMT`.
    pub not_before: String,
    /// When it is valid last.
    pub not_after: String,
    /// The subject's other names, each with its kind.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub subject_alt_name: Option<Vec<(&'static str, AltName)>>,
    /// Where the authority answers on the state of the certificate.
    #[cfg_attr(feature = "serde", serde(rename = "OCSP", skip_serializing_if = "Vec::is_empty"))]
    pub ocsp: Vec<String>,
    /// Where the certificates of the issuer are.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub ca_issuers: Vec<String>,
    /// Where the revocation lists are.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub crl_distribution_points: Vec<String>,
}

/// One of the subject's other names.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum AltName {
    /// A text.
    Text(String),
    /// Of the kind `DirName`: a distinguished name.
    Directory(RelativeNames),
}

impl Dictionary {
    /// The dictionary of a certificate.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`](tls_object_core::ErrorKind::InvalidCertificate) if it is none, or says something
    /// that is no text where Python wants one; Python raises an error then too.
    pub fn of(certificate: &Certificate) -> Result<Self, Error> {
        Self::of_parsed(ParsedCertificate::parse(certificate)?)
    }

    fn of_parsed(parsed: ParsedCertificate) -> Result<Self, Error> {
        let alt_names = parsed.subject_alt_names;
        let alt_names = alt_names.map(|names| names.into_iter().map(alt_name).collect());
        Ok(Self {
            subject: relative_names(parsed.subject)?,
            issuer: relative_names(parsed.issuer)?,
            version: parsed.version,
            serial_number: parsed.serial.python(),
            not_before: parsed.not_before.python(),
            not_after: parsed.not_after.python(),
            subject_alt_name: alt_names.transpose()?,
            ocsp: uris(parsed.ocsp)?,
            ca_issuers: uris(parsed.ca_issuers)?,
            crl_distribution_points: uris(parsed.crl_distribution_points)?,
        })
    }
}

fn relative_names(name: Name) -> Result<RelativeNames, Error> {
    let attribute = |it: crate::Attribute| match it.value {
        AttributeValue::Other { .. } => Err(invalid("an attribute that is no text")),
        value => Ok((it.oid.name(), value)),
    };
    name.parts.into_iter().map(|part| part.into_iter().map(attribute).collect()).collect()
}

/// The URIs among these names.
fn uris(names: Vec<GeneralName>) -> Result<Vec<String>, Error> {
    names
        .into_iter()
        .filter_map(|name| match name {
            GeneralName::Uri(uri) => Some(Ok(uri)),
            GeneralName::NoText { uri: true, .. } => Some(Err(invalid("a URI that is no text"))),
            _ => None,
        })
        .collect()
}

fn alt_name(name: GeneralName) -> Result<(&'static str, AltName), Error> {
    Ok(match name {
        GeneralName::Email(text) => ("email", AltName::Text(text)),
        GeneralName::Dns(text) => ("DNS", AltName::Text(text)),
        GeneralName::Uri(text) => ("URI", AltName::Text(text)),
        GeneralName::Ip(address) => ("IP Address", AltName::Text(ip_address(&address))),
        GeneralName::Directory(name) => ("DirName", AltName::Directory(relative_names(name)?)),
        GeneralName::RegisteredId(oid) => ("Registered ID", AltName::Text(oid.name())),
        GeneralName::X400(_) => ("X400Name", AltName::Text(UNSUPPORTED.to_owned())),
        GeneralName::EdiParty(_) => ("EdiPartyName", AltName::Text(UNSUPPORTED.to_owned())),
        GeneralName::Other { oid, tag, content } => {
            ("othername", AltName::Text(other_name(&oid, tag, &content)?))
        }
        GeneralName::NoText { .. } => return Err(invalid("an alternative name that is no text")),
    })
}

const UNSUPPORTED: &str = "<unsupported>";

/// IPv6 in eight groups, none shortened.
fn ip_address(bytes: &[u8]) -> String {
    match bytes.len() {
        4 => bytes.iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        16 => {
            let group = |pair: &[u8]| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]]));
            bytes.chunks_exact(2).map(group).collect::<Vec<_>>().join(":")
        }
        _ => "<invalid>".to_owned(),
    }
}

/// The kinds of other names that OpenSSL prints.
const OTHER_NAMES: &[(&[u8], &str)] = &[
    (&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3], "UPN:"),
    (&[0x2b, 6, 1, 5, 5, 7, 8, 5], "XmppAddr:"),
    (&[0x2b, 6, 1, 5, 5, 7, 8, 7], "SRVName:"),
    (&[0x2b, 6, 1, 5, 5, 7, 8, 8], "NAIRealm:"),
    (&[0x2b, 6, 1, 5, 5, 7, 8, 9], "SmtpUTF8Mailbox:"),
];

/// Behind `othername:`, what OpenSSL prints: one line, as Python reads it.
fn other_name(oid: &Oid, tag: u8, content: &[u8]) -> Result<String, Error> {
    /// As many bytes as Python takes, the prefix included.
    const LINE: usize = 2046;

    let known = OTHER_NAMES.iter().find(|(known, _)| *known == oid.der());
    let wanted =
        if known.is_some_and(|(_, label)| *label == "SRVName:") { IA5_STRING } else { UTF8_STRING };
    let Some((_, label)) = known.filter(|_| tag == wanted) else {
        return Ok(UNSUPPORTED.to_owned());
    };
    let text = content.split(|&byte| byte == 0).next().unwrap_or(content);
    let mut line = [label.as_bytes(), text].concat();
    if let Some(end) = line.iter().position(|&byte| byte == b'\n') {
        line.truncate(end + 1);
    }
    line.truncate(LINE - "othername:".len());
    String::from_utf8(line).map_err(|_| invalid("an alternative name that is no text"))
}

/// As [`Dictionary`] says.
#[cfg(feature = "serde")]
impl serde::Serialize for AttributeValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bits(bytes) if bytes.is_empty() => serializer.serialize_none(),
            Self::Bits(bytes) | Self::Other { content: bytes, .. } => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("bytes", &hex)?;
                map.end()
            }
        }
    }
}
