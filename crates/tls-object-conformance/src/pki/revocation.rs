//! Certificates that were taken back, and the lists that say so.

use rcgen::{
    CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use tls_object_core::{Crl, Identity};

use crate::der::{encode, split};

use super::resigned::{SEQUENCE, resigned};
use super::{
    Authority, KeyType, Pki, Purpose, SERVER_NAMES, SOUND, authority_params, leaf_params,
    subordinate,
};

/// The field of a list's own extensions (RFC 5280 section 5.1).
pub(super) const EXTENSIONS: u8 = 0xa0;

pub(super) const REVOKED_LEAF: u64 = 0x7e01;
const REVOKED_INTERMEDIATE: u64 = 0x7e02;

impl Pki {
    /// Valid, under an intermediate authority that the root has taken back.
    pub(crate) fn under_revoked_intermediate(&self) -> (Identity, Vec<Crl>) {
        let (certificate, issuer) = subordinate(
            authority_params("revoked intermediate", REVOKED_INTERMEDIATE),
            &self.authority().root_issuer,
            KeyType::P256.generate(),
        );
        let crls = vec![
            crl(&self.authority().root_issuer, 2045, &[REVOKED_INTERMEDIATE]),
            crl(&issuer, 2045, &[]),
        ];
        (self.leaf_under(&certificate, &issuer), crls)
    }

    /// Taken back by its authority, if [`crl`](Self::crl) is asked.
    pub(crate) fn revoked(&self, purpose: Purpose) -> Identity {
        self.authority().leaf(leaf_params(purpose, SERVER_NAMES, REVOKED_LEAF))
    }

    /// What the intermediate authority has taken back: the one leaf of [`revoked`](Self::revoked).
    pub(crate) fn crl(&self) -> Crl {
        self.authority().crl(2045, &[REVOKED_LEAF])
    }

    /// A list of the intermediate authority's that should have been replaced in 2013.
    pub(crate) fn expired_crl(&self) -> Crl {
        self.authority().crl(2013, &[REVOKED_LEAF])
    }

    /// A list of the intermediate authority's that is in force from 2099 on.
    pub(crate) fn early_crl(&self) -> Crl {
        crl_between(2099, 2100, &self.authority().intermediate_issuer, &[])
    }

    /// A list of the intermediate authority's with a signature that does not hold.
    pub(crate) fn badly_signed_crl(&self) -> Crl {
        let good = crl_between(2012, 2045, &self.authority().intermediate_issuer, &[]);
        let mut der = good.der().to_vec();
        // The last number of an ECDSA signature ends the list.
        *der.last_mut().expect("a list is not empty") ^= 1;
        Crl::from_der(der)
    }

    /// Two lists of the intermediate authority's that are both in force, the older first. The newer one names the leaf of
    /// [`revoked`](Self::revoked) if it is `taken_back`, the older one if it is not.
    pub(crate) fn older_and_newer_crl(&self, taken_back: bool) -> [Crl; 2] {
        let list = |year, revoked: &[u64]| {
            crl_between(year, 2045, &self.authority().intermediate_issuer, revoked)
        };
        if taken_back {
            [list(2012, &[]), list(2013, &[REVOKED_LEAF])]
        } else {
            [list(2012, &[REVOKED_LEAF]), list(2013, &[])]
        }
    }

    /// [`crl`](Self::crl) with this extension, given as DER, besides.
    pub(crate) fn unusual_crl(&self, extension: &[u8]) -> Crl {
        let issuer = &self.authority().intermediate_issuer;
        let with_extension = |tag, content: &[u8]| {
            if tag != EXTENSIONS {
                return encode(tag, content);
            }
            let (_, others, _) = split(content);
            encode(EXTENSIONS, &encode(SEQUENCE, &[others, extension].concat()))
        };
        Crl::from_der(resigned(self.crl().der(), issuer, with_extension))
    }

    /// A list of another authority with the name of the intermediate one, which is newer than the lists of that.
    pub(crate) fn namesake_crl(&self) -> Crl {
        let namesake =
            Issuer::new(authority_params("p256 intermediate", 2), KeyType::P256.generate());
        crl_between(2013, 2045, &namesake, &[])
    }

    /// What the root has taken back: nothing.
    pub(crate) fn root_crl(&self) -> Crl {
        crl(&self.authority().root_issuer, 2045, &[])
    }

    /// A list that has nothing to do with any certificate in use.
    pub(crate) fn unrelated_crl(&self) -> Crl {
        self.strangers.authority.crl(2045, &[])
    }
}

impl Authority {
    /// What the intermediate authority has taken back.
    fn crl(&self, next_update: i32, revoked: &[u64]) -> Crl {
        crl(&self.intermediate_issuer, next_update, revoked)
    }
}

pub(super) fn crl(issuer: &Issuer<'_, KeyPair>, next_update: i32, revoked: &[u64]) -> Crl {
    crl_between(2012, next_update, issuer, revoked)
}

pub(super) fn crl_between(
    this_update: i32,
    next_update: i32,
    issuer: &Issuer<'_, KeyPair>,
    revoked: &[u64],
) -> Crl {
    let revoked_certs = revoked
        .iter()
        .map(|&serial| RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: date_time_ymd(2011, 6, 1),
            reason_code: None,
            invalidity_date: None,
        })
        .collect();
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(this_update, 1, 1),
        next_update: date_time_ymd(next_update, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs,
        key_identifier_method: KeyIdMethod::Sha256,
    };
    signed_list(issuer, params)
}

pub(super) fn signed_list(
    issuer: &Issuer<'_, KeyPair>,
    params: CertificateRevocationListParams,
) -> Crl {
    let list = params.signed_by(issuer).expect(SOUND);
    Crl::from_der(list.der().to_vec())
}
