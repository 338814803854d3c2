//! The extensions that are looked into.

use tls_object_core::Error;

use crate::der::{
    BOOLEAN, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, context, context_of_values, invalid,
};
use crate::general_name::GeneralName;
use crate::name::bits;
use crate::oid::Oid;

const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const CRL_DISTRIBUTION_POINTS: &[u8] = &[0x55, 0x1d, 0x1f];
const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
const OCSP: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 1];
const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 2];

/// The extensions of a certificate, each as it came.
#[derive(Debug, Default)]
pub(crate) struct Extensions<'a>(Vec<(Oid, &'a [u8])>);

impl<'a> Extensions<'a> {
    /// The extensions in the next value.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let mut extensions = reader.expect_list(SEQUENCE)?;
        let mut all = Vec::new();
        while !extensions.is_empty() {
            let mut extension = extensions.expect_values(SEQUENCE)?;
            let oid = Oid::from_der(extension.expect(OBJECT_IDENTIFIER)?)?;
            if extension.optional(BOOLEAN)?.is_some_and(|critical| critical.len() != 1) {
                return Err(invalid("extension"));
            }
            all.push((oid, extension.expect(OCTET_STRING)?));
            extension.end()?;
        }
        Ok(Self(all))
    }

    /// What the extension has, if it is there once and can be read: OpenSSL looks away from any other.
    fn get<T>(&self, oid: &[u8], read: impl FnOnce(Reader<'a>) -> Result<T, Error>) -> Option<T> {
        let mut found = self.0.iter().filter(|(it, _)| it.der() == oid);
        let (_, content) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        Reader::new(content).expect_list(SEQUENCE).and_then(read).ok()
    }

    pub(crate) fn subject_alt_names(&self) -> Option<Vec<GeneralName>> {
        self.get(SUBJECT_ALT_NAME, GeneralName::read_all)
    }

    /// Where the revocation lists are, of all points in one list. A point may have none, and names relative to the
    /// issuer's are passed over.
    pub(crate) fn crl_distribution_points(&self) -> Vec<GeneralName> {
        let read = |mut points: Reader<'a>| {
            let mut names = Vec::new();
            while !points.is_empty() {
                let mut fields = points.expect_values(SEQUENCE)?;
                if let Some(point) = fields.optional(context_of_values(0))? {
                    let mut point = Reader::new(point);
                    match point.optional_list(context_of_values(0))? {
                        Some(full) => names.extend(GeneralName::read_all(full)?),
                        None => {
                            point.expect_list(context_of_values(1))?;
                        }
                    }
                    point.end()?;
                }
                if let Some(reasons) = fields.optional(context(1))? {
                    bits(reasons)?;
                }
                if let Some(issuer) = fields.optional_list(context_of_values(2))? {
                    GeneralName::read_all(issuer)?;
                }
                fields.end()?;
            }
            Ok(names)
        };
        self.get(CRL_DISTRIBUTION_POINTS, read).unwrap_or_default()
    }

    /// Where the authority answers on the state of the certificate.
    pub(crate) fn ocsp(&self) -> Vec<GeneralName> {
        self.authority_info(OCSP)
    }

    /// Where the certificates of the issuer are.
    pub(crate) fn ca_issuers(&self) -> Vec<GeneralName> {
        self.authority_info(CA_ISSUERS)
    }

    fn authority_info(&self, method: &[u8]) -> Vec<GeneralName> {
        let read = |mut descriptions: Reader<'a>| {
            let mut names = Vec::new();
            while !descriptions.is_empty() {
                let mut description = descriptions.expect_values(SEQUENCE)?;
                let oid = Oid::from_der(description.expect(OBJECT_IDENTIFIER)?)?;
                let name = GeneralName::read(&mut description)?;
                description.end()?;
                if oid.der() == method {
                    names.push(name);
                }
            }
            Ok(names)
        };
        self.get(AUTHORITY_INFO_ACCESS, read).unwrap_or_default()
    }
}
