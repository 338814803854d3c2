//! Certificates and lists that were changed and signed once more.

use rcgen::{Issuer, KeyPair, SigningKey as _};

use crate::der::{encode, split};

const BIT_STRING: u8 = 0x03;
pub(super) const SEQUENCE: u8 = 0x30;
/// The fields of a certificate that not each has (RFC 5280 section 4.1).
pub(super) const VERSION: u8 = 0xa0;
pub(super) const EXTENSIONS_OF_CERTIFICATE: u8 = 0xa3;

/// What `issuer` signs with each field of the signed part as `change` makes it of its tag and content: RFC 5280 sections 4.1
/// and 5.1.
pub(super) fn resigned(
    der: &[u8],
    issuer: &Issuer<'_, KeyPair>,
    change: impl Fn(u8, &[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let (_, outer, _) = split(der);
    let (_, mut fields, rest) = split(outer);
    let (_, algorithm, _) = split(rest);
    let mut signed = Vec::new();
    while !fields.is_empty() {
        let (tag, content, after) = split(fields);
        signed.extend(change(tag, content));
        fields = after;
    }
    let signed = encode(SEQUENCE, &signed);
    let signature = issuer.key().sign(&signed).expect("the key has signed before");
    let signature = encode(BIT_STRING, &[&[0], &*signature].concat());
    encode(SEQUENCE, &[signed, encode(SEQUENCE, algorithm), signature].concat())
}
