//! Which hash of the server's certificate is the channel binding `tls-server-end-point`.

use crate::{Error, ErrorKind, split_der};

/// A hash function, for backends to compute with their library.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum HashAlgorithm {
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

/// Object identifiers in DER, without tag and length.
mod oid {
    /// RFC 8017: `pkcs-1`, with the last number left out.
    pub(super) const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    /// RFC 5758: `ecdsa-with-SHA2`, with the last number left out.
    pub(super) const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    /// RFC 3279: `ecdsa-with-SHA1`.
    pub(super) const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
    /// RFC 5754: `sha2`, with the last number left out.
    pub(super) const SHA2: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
    /// RFC 3279: `id-sha1`.
    pub(super) const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
}

const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The field `hashAlgorithm` of `RSASSA-PSS-params`.
const PSS_HASH: u8 = 0xa0;

/// The hash function of the binding (RFC 5929 section 4.1): that of the certificate's signature, and SHA-256
/// where that is MD5 or SHA-1.
///
/// # Errors
/// * [`ErrorKind::InvalidArgument`] where the binding is undefined: the signature algorithm has no hash function of
///   its own (Ed25519, Ed448), or one that not every library has. Two ends that made something up would have to
///   make up the same.
/// * [`ErrorKind::InvalidCertificate`]: this is no certificate.
pub(crate) fn hash_of(certificate: &[u8]) -> Result<HashAlgorithm, Error> {
    let broken = || Error::from(ErrorKind::InvalidCertificate);
    let (oid, parameters) = signature_algorithm(certificate).ok_or_else(broken)?;
    let weak_is_sha256 = HashAlgorithm::Sha256;
    let found = match oid.split_last() {
        // RFC 8017 appendix A.2: MD5 and SHA-1 with RSA.
        Some((4 | 5, oid::PKCS1)) => Some(weak_is_sha256),
        Some((10, oid::PKCS1)) => pss_hash(parameters).ok_or_else(broken)?,
        Some((11, oid::PKCS1)) | Some((2, oid::ECDSA_SHA2)) => Some(HashAlgorithm::Sha256),
        Some((12, oid::PKCS1)) | Some((3, oid::ECDSA_SHA2)) => Some(HashAlgorithm::Sha384),
        Some((13, oid::PKCS1)) | Some((4, oid::ECDSA_SHA2)) => Some(HashAlgorithm::Sha512),
        _ if oid == oid::ECDSA_SHA1 => Some(weak_is_sha256),
        _ => None,
    };
    found.ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument)
            .with_detail("tls-server-end-point is undefined for this signature algorithm")
    })
}

/// The identifier of the algorithm that a certificate is signed with, and its parameters.
fn signature_algorithm(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let (fields, _) = value(certificate, SEQUENCE)?;
    let (_, fields) = value(fields, SEQUENCE)?;
    let (algorithm, _) = value(fields, SEQUENCE)?;
    value(algorithm, OID)
}

/// The hash function among the parameters of RSA-PSS (RFC 4055 section 3.1); the inner `None` is one that is
/// not known here.
fn pss_hash(parameters: &[u8]) -> Option<Option<HashAlgorithm>> {
    let (parameters, _) = value(parameters, SEQUENCE)?;
    let Some((hash, _)) = value(parameters, PSS_HASH) else {
        // SHA-1 unless said otherwise.
        return Some(Some(HashAlgorithm::Sha256));
    };
    let (algorithm, _) = value(hash, SEQUENCE)?;
    let (oid, _) = value(algorithm, OID)?;
    Some(match oid.split_last() {
        _ if oid == oid::SHA1 => Some(HashAlgorithm::Sha256),
        Some((1, oid::SHA2)) => Some(HashAlgorithm::Sha256),
        Some((2, oid::SHA2)) => Some(HashAlgorithm::Sha384),
        Some((3, oid::SHA2)) => Some(HashAlgorithm::Sha512),
        _ => None,
    })
}

/// The content of the first value, which must have this tag, and what follows it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = split_der(der)?;
    (found == tag).then_some((content, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let len = u8::try_from(content.len()).unwrap();
        if len < 0x80 {
            [&[tag, len], content].concat()
        } else {
            [&[tag, 0x81, len], content].concat()
        }
    }

    fn certificate(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
        let algorithm = der(SEQUENCE, &[&der(OID, oid), parameters].concat());
        der(SEQUENCE, &[der(SEQUENCE, &[0; 130]), algorithm, der(3, &[0])].concat())
    }

    fn kind(certificate: &[u8]) -> Result<HashAlgorithm, ErrorKind> {
        hash_of(certificate).map_err(|error| error.kind())
    }

    fn with(oid: &[u8], last: u8) -> Vec<u8> {
        [oid, &[last]].concat()
    }

    #[test]
    fn the_hash_is_that_of_the_signature_unless_weak() {
        use HashAlgorithm::{Sha256, Sha384, Sha512};
        for (prefix, last, expected) in [
            (oid::PKCS1, 4, Ok(Sha256)),
            (oid::PKCS1, 5, Ok(Sha256)),
            (oid::PKCS1, 11, Ok(Sha256)),
            (oid::PKCS1, 12, Ok(Sha384)),
            (oid::PKCS1, 13, Ok(Sha512)),
            (oid::PKCS1, 14, Err(ErrorKind::InvalidArgument)),
            (oid::ECDSA_SHA2, 2, Ok(Sha256)),
            (oid::ECDSA_SHA2, 3, Ok(Sha384)),
            (oid::ECDSA_SHA2, 4, Ok(Sha512)),
        ] {
            assert_eq!(kind(&certificate(&with(prefix, last), &[5, 0])), expected, "{last}");
        }
        assert_eq!(kind(&certificate(oid::ECDSA_SHA1, &[])), Ok(Sha256));
        let ed25519 = [0x2b, 0x65, 0x70];
        assert_eq!(kind(&certificate(&ed25519, &[])), Err(ErrorKind::InvalidArgument));
    }

    #[test]
    fn rsa_pss_has_it_in_its_parameters() {
        let pss = with(oid::PKCS1, 10);
        let parameters = |hash: &[u8]| {
            der(SEQUENCE, &der(PSS_HASH, &der(SEQUENCE, &[&der(OID, hash), &[5, 0][..]].concat())))
        };
        for (hash, expected) in [
            (with(oid::SHA2, 1), Ok(HashAlgorithm::Sha256)),
            (with(oid::SHA2, 2), Ok(HashAlgorithm::Sha384)),
            (with(oid::SHA2, 3), Ok(HashAlgorithm::Sha512)),
            (oid::SHA1.to_vec(), Ok(HashAlgorithm::Sha256)),
            (with(oid::SHA2, 8), Err(ErrorKind::InvalidArgument)),
        ] {
            assert_eq!(kind(&certificate(&pss, &parameters(&hash))), expected);
        }
        assert_eq!(kind(&certificate(&pss, &der(SEQUENCE, &[]))), Ok(HashAlgorithm::Sha256));
        assert_eq!(kind(&certificate(&pss, &[])), Err(ErrorKind::InvalidCertificate));
    }

    proptest! {
        #[test]
        fn anything_is_taken_for_what_it_is(bytes: Vec<u8>) {
            let _ = hash_of(&bytes);
        }

        #[test]
        fn a_certificate_cut_short_is_none(keep in 0_usize..140) {
            let whole = certificate(&with(oid::PKCS1, 11), &[5, 0]);
            prop_assert_eq!(kind(&whole[..keep]), Err(ErrorKind::InvalidCertificate));
        }
    }
}
