//! Revocation lists that are out of the ordinary in one way.

use rcgen::{
    CertificateRevocationListParams, CrlDistributionPoint, CrlIssuingDistributionPoint, Issuer,
    KeyIdMethod, KeyPair, RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};
use tls_object_core::{Crl, Identity};

use crate::der::{encode, split};

use super::resigned::{SEQUENCE, resigned};
use super::revocation::{EXTENSIONS, REVOKED_LEAF, crl, crl_between, signed_list};
use super::shapes::extension;
use super::{KeyType, Pki, Purpose, SERVER_NAMES, authority_params, leaf_params, subordinate};

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
/// As DER has it, with a zero in front: the first bit is the sign's.
const HIGH_SERIAL: u64 = 0xfe01;

/// What is peculiar about a list of the intermediate authority's that names the leaf of [`Pki::revoked`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum List {
    /// It ends at [`NOW`](super::NOW).
    EndsNow,
    /// The leaf is another issuer's, as the entry says (RFC 5280 section 5.3.3), though the list is not about those.
    EntryOfOther,
    /// It does not say when it ends.
    Endless,
    /// The serial number has a zero in front that DER does not allow.
    PaddedSerial,
    /// It says that the leaf is to be taken from an earlier list (RFC 5280 section 5.3.1).
    Removes,
    /// It begins at [`NOW`](super::NOW).
    StartsNow,
    /// It is of version 1, which has no extensions.
    Version1,
}

impl Pki {
    /// A list of this kind.
    pub(crate) fn peculiar_crl(&self, list: List) -> Crl {
        let issuer = &self.authority().intermediate_issuer;
        let plain = self.crl();
        let changed = |change: &dyn Fn(u8, &[u8]) -> Vec<u8>| {
            Crl::from_der(resigned(plain.der(), issuer, change))
        };
        match list {
            List::EntryOfOther => changed(&|tag, content| match tag {
                SEQUENCE if content[0] == SEQUENCE => encode(tag, &of_other(content)),
                _ => encode(tag, content),
            }),
            List::EndsNow => dated(issuer, (2012, 1), (2015, 7), None),
            List::Endless => changed(&|tag, content| match tag {
                UTC_TIME if content.starts_with(b"45") => Vec::new(),
                _ => encode(tag, content),
            }),
            List::PaddedSerial => changed(&|tag, content| match tag {
                SEQUENCE if content[0] == SEQUENCE => encode(tag, &padded(content)),
                _ => encode(tag, content),
            }),
            List::Removes => {
                dated(issuer, (2012, 1), (2045, 1), Some(RevocationReason::RemoveFromCrl))
            }
            List::StartsNow => dated(issuer, (2015, 7), (2045, 1), None),
            List::Version1 => changed(&|tag, content| match tag {
                INTEGER | EXTENSIONS => Vec::new(),
                _ => encode(tag, content),
            }),
        }
    }

    /// A list of the intermediate authority's, in force from the first day of one year to that of another. It names the leaf
    /// of [`revoked`](Self::revoked) if that is `taken_back`, else nobody.
    pub(crate) fn dated_crl(&self, from: i32, to: i32, taken_back: bool) -> Crl {
        let revoked: &[u64] = if taken_back { &[REVOKED_LEAF] } else { &[] };
        crl_between(from, to, &self.authority().intermediate_issuer, revoked)
    }

    /// A list of another authority with the name of the intermediate one, in force from the first day of a year on. It does not
    /// say by which key it is signed.
    pub(crate) fn anonymous_crl(&self, from: i32) -> Crl {
        let params = authority_params("p256 intermediate", 2);
        let namesake = Issuer::new(params, KeyType::P256.generate());
        let named = crl_between(from, 2045, &namesake, &[]);
        let without_extensions = |tag, content: &[u8]| match tag {
            EXTENSIONS => encode(EXTENSIONS, &encode(SEQUENCE, &crl_number(content))),
            _ => encode(tag, content),
        };
        Crl::from_der(resigned(named.der(), &namesake, without_extensions))
    }

    /// A leaf that was taken back, whose serial number begins with a zero in DER, and the list that says so.
    pub(crate) fn revoked_with_high_serial(&self, purpose: Purpose) -> (Identity, Crl) {
        let params = leaf_params(purpose, SERVER_NAMES, HIGH_SERIAL);
        let list = crl(&self.authority().intermediate_issuer, 2045, &[HIGH_SERIAL]);
        (self.authority().leaf(params), list)
    }

    /// The leaf of [`revoked`](Self::revoked), whose list is at these addresses: all of it, or what is there `for_reasons` only.
    pub(crate) fn listed_at(&self, purpose: Purpose, uris: &[&str], for_reasons: bool) -> Identity {
        /// `keyCompromise` alone (RFC 5280 section 4.2.1.13).
        const REASONS: &[u8] = &[0x81, 2, 6, 0x40];
        let names: Vec<_> = uris.iter().map(|uri| encode(0x86, uri.as_bytes())).collect();
        let point = encode(0xa0, &encode(0xa0, &names.concat()));
        let reasons = if for_reasons { REASONS } else { &[] };
        let points = encode(SEQUENCE, &encode(SEQUENCE, &[&*point, reasons].concat()));
        let mut params = leaf_params(purpose, SERVER_NAMES, REVOKED_LEAF);
        params.custom_extensions.push(extension(31, points, false));
        self.authority().leaf(params)
    }

    /// A list of the intermediate authority's that is at this address. It names the leaf of [`revoked`](Self::revoked) if that
    /// is `taken_back`, else another.
    pub(crate) fn crl_at(&self, uri: &str, taken_back: bool) -> Crl {
        let serial = if taken_back { REVOKED_LEAF } else { HIGH_SERIAL };
        signed_list(
            &self.authority().intermediate_issuer,
            CertificateRevocationListParams {
                issuing_distribution_point: Some(CrlIssuingDistributionPoint {
                    distribution_point: CrlDistributionPoint { uris: vec![uri.to_owned()] },
                    scope: None,
                }),
                ..list_params((2012, 1), (2045, 1), serial, None)
            },
        )
    }

    /// A leaf under two authorities below the root, all of which are sent, and the list of the lower one.
    pub(crate) fn two_deep_with_crl(&self, purpose: Purpose) -> (Identity, Crl) {
        let root = &self.authority().root_issuer;
        let params = authority_params("listless intermediate", 32);
        let (upper, upper_issuer) = subordinate(params, root, KeyType::P256.generate());
        let params = authority_params("listing intermediate", 33);
        let (lower, issuer) = subordinate(params, &upper_issuer, KeyType::P256.generate());
        let leaf = leaf_params(purpose, SERVER_NAMES, 30);
        (self.signed(leaf, &issuer, &[&lower, &upper]), crl(&issuer, 2045, &[]))
    }

    /// What the intermediate authority has taken back, and a list of the root's that names the root.
    pub(crate) fn crls_revoking_root(&self) -> Vec<Crl> {
        const ROOT: u64 = 1;
        vec![self.crl(), crl(&self.authority().root_issuer, 2045, &[ROOT])]
    }
}

/// A list in force between the first days of two months, each with its year, that names the leaf of [`Pki::revoked`].
fn dated(
    issuer: &Issuer<'_, KeyPair>,
    from: (i32, u8),
    to: (i32, u8),
    reason_code: Option<RevocationReason>,
) -> Crl {
    signed_list(issuer, list_params(from, to, REVOKED_LEAF, reason_code))
}

fn list_params(
    from: (i32, u8),
    to: (i32, u8),
    serial: u64,
    reason_code: Option<RevocationReason>,
) -> CertificateRevocationListParams {
    CertificateRevocationListParams {
        this_update: date_time_ymd(from.0, from.1, 1),
        next_update: date_time_ymd(to.0, to.1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: date_time_ymd(2011, 6, 1),
            reason_code,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    }
}

/// The only entry of a list with a zero more in front of its serial number.
fn padded(entries: &[u8]) -> Vec<u8> {
    let (_, entry, _) = split(entries);
    let (tag, serial, rest) = split(entry);
    let serial = encode(tag, &[&[0], serial].concat());
    encode(SEQUENCE, &[&*serial, rest].concat())
}

/// The only entry of a list with a `certificateIssuer` that has no name in its subject.
fn of_other(entries: &[u8]) -> Vec<u8> {
    const ISSUER: &[u8] =
        b"\x30\x10\x06\x03\x55\x1d\x1d\x01\x01\xff\x04\x06\x30\x04\xa4\x02\x30\x00";
    let (_, entry, _) = split(entries);
    encode(SEQUENCE, &[entry, &encode(SEQUENCE, ISSUER)].concat())
}

/// The last of a list's extensions, its number.
fn crl_number(extensions: &[u8]) -> Vec<u8> {
    let (_, mut all, _) = split(extensions);
    loop {
        let (tag, content, rest) = split(all);
        if rest.is_empty() {
            return encode(tag, content);
        }
        all = rest;
    }
}
