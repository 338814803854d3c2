//! A certificate taken apart.

use tls_object_core::{Certificate, Error};

use crate::der::{
    BIT_STRING, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE, context, context_of_values, invalid,
};
use crate::extensions::Extensions;
use crate::general_name::GeneralName;
use crate::name::Name;
use crate::oid::Oid;
use crate::serial::Serial;
use crate::time::Time;

/// The fields of a certificate (RFC 5280 section 4.1), as far as Python tells them. Nothing of it was judged here.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParsedCertificate {
    /// The version: 1 to 3, unless it is none.
    pub version: i64,
    /// The serial number.
    pub serial: Serial,
    /// Who has issued it.
    pub issuer: Name,
    /// When it begins to be valid.
    pub not_before: Time,
    /// When it is valid last.
    pub not_after: Time,
    /// Whom it is about; may be empty.
    pub subject: Name,
    /// The subject's other names; `None` without the extension, and where it is there twice or cannot be read.
    pub subject_alt_names: Option<Vec<GeneralName>>,
    /// Where the authority answers on the state of the certificate, by the extension "authority information access".
    pub ocsp: Vec<GeneralName>,
    /// Where the certificates of the issuer are, by the same extension.
    pub ca_issuers: Vec<GeneralName>,
    /// Where the revocation lists are, of all distribution points in one list.
    pub crl_distribution_points: Vec<GeneralName>,
}

impl ParsedCertificate {
    /// Takes a certificate apart.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidCertificate`](tls_object_core::ErrorKind::InvalidCertificate) if it is none. An extension that
    /// cannot be read is no error: it counts for missing.
    pub fn parse(certificate: &Certificate) -> Result<Self, Error> {
        let mut fields = Reader::new(certificate.der()).expect_values(SEQUENCE)?;
        let parsed = Self::read(fields.expect_values(SEQUENCE)?)?;
        read_algorithm(&mut fields)?;
        fields.expect(BIT_STRING)?;
        fields.end()?;
        Ok(parsed)
    }

    /// The signed part.
    fn read(mut fields: Reader<'_>) -> Result<Self, Error> {
        let version = match fields.optional(context_of_values(0))? {
            Some(explicit) => version(Reader::new(explicit).expect(INTEGER)?)?,
            None => 1,
        };
        let serial = Serial::from_der(fields.expect(INTEGER)?)?;
        read_algorithm(&mut fields)?;
        let issuer = Name::read(&mut fields)?;
        let mut validity = fields.expect_values(SEQUENCE)?;
        let not_before = Time::read(&mut validity)?;
        let not_after = Time::read(&mut validity)?;
        validity.end()?;
        let subject = Name::read(&mut fields)?;
        let mut key = fields.expect_values(SEQUENCE)?;
        read_algorithm(&mut key)?;
        key.expect(BIT_STRING)?;
        key.end()?;
        for unique_id in [1, 2] {
            fields.optional(context(unique_id))?;
        }
        let extensions = match fields.optional(context_of_values(3))? {
            Some(explicit) => {
                let mut explicit = Reader::new(explicit);
                let extensions = Extensions::read(&mut explicit)?;
                explicit.end()?;
                extensions
            }
            None => Extensions::default(),
        };
        fields.end()?;
        Ok(Self {
            version,
            serial,
            issuer,
            not_before,
            not_after,
            subject,
            subject_alt_names: extensions.subject_alt_names(),
            ocsp: extensions.ocsp(),
            ca_issuers: extensions.ca_issuers(),
            crl_distribution_points: extensions.crl_distribution_points(),
        })
    }
}

/// An algorithm and its parameters, whatever they are.
fn read_algorithm(reader: &mut Reader<'_>) -> Result<(), Error> {
    let mut algorithm = reader.expect_values(SEQUENCE)?;
    Oid::from_der(algorithm.expect(OBJECT_IDENTIFIER)?)?;
    algorithm.next()?;
    algorithm.end()
}

/// The version by the number that stands for it, which is one less.
fn version(number: &[u8]) -> Result<i64, Error> {
    // For the rules of integers.
    Serial::from_der(number)?;
    let sign = if number[0] >= 0x80 { -1 } else { 0 };
    // OpenSSL has -1 for what is beyond all versions.
    let number = if number.len() > size_of::<i64>() {
        -1
    } else {
        number.iter().fold(sign, |value, &byte| value << 8 | i64::from(byte))
    };
    number.checked_add(1).ok_or_else(|| invalid("version"))
}
