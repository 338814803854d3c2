//! As much DER as it takes to lay a private key out in another way.

use tls_object_core::PrivateKey;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const PARAMETERS: u8 = 0xa0;

/// The object identifier of P-256, with its tag (RFC 5480 section 2.1.1.1).
const PRIME256V1: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// What stands in a PKCS#8 key: the algorithm with its tag, and the key in the algorithm's own layout.
struct Pkcs8<'a> {
    algorithm: Vec<u8>,
    key: &'a [u8],
}

impl<'a> Pkcs8<'a> {
    fn new(key: &'a PrivateKey) -> Self {
        let (_, fields, _) = split(key.secret_der());
        let (_, _version, fields) = split(fields);
        let (tag, algorithm, fields) = split(fields);
        let (_, key, _) = split(fields);
        Self { algorithm: encode(tag, algorithm), key }
    }
}

/// A key of any type as the first version of PKCS#8, without its public half.
pub(crate) fn pkcs8_v1(key: &PrivateKey) -> PrivateKey {
    let Pkcs8 { algorithm, key } = Pkcs8::new(key);
    let fields = [encode(INTEGER, &[0]), algorithm, encode(OCTET_STRING, key)].concat();
    from_der(encode(SEQUENCE, &fields))
}

/// An RSA key as PKCS#1.
pub(crate) fn pkcs1(key: &PrivateKey) -> PrivateKey {
    from_der(Pkcs8::new(key).key.to_vec())
}

/// A P-256 key as SEC 1, which names the curve that PKCS#8 has in the algorithm.
pub(crate) fn sec1(key: &PrivateKey) -> PrivateKey {
    let (_, fields, _) = split(Pkcs8::new(key).key);
    let (_, version, fields) = split(fields);
    let (_, scalar, public_key) = split(fields);
    let fields = [
        encode(INTEGER, version),
        encode(OCTET_STRING, scalar),
        encode(PARAMETERS, PRIME256V1),
        public_key.to_vec(),
    ];
    from_der(encode(SEQUENCE, &fields.concat()))
}

fn from_der(der: Vec<u8>) -> PrivateKey {
    PrivateKey::from_der(der).expect("one of the layouts there are")
}

/// The tag and the content of the first value, and what follows it.
pub(crate) fn split(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (header, len) = match der[1] {
        short @ 0..0x80 => (2, usize::from(short)),
        long => {
            let count = usize::from(long & 0x7f);
            let len = der[2..2 + count].iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
            (2 + count, len)
        }
    };
    let (value, rest) = der.split_at(header + len);
    (der[0], &value[header..], rest)
}

pub(crate) fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(len @ 0..0x80) => out.push(len),
        Ok(len) => out.extend([0x81, len]),
        Err(_) => {
            let len = u16::try_from(content.len()).expect("keys are short");
            out.push(0x82);
            out.extend(len.to_be_bytes());
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use tls_object_core::KeyFormat;

    use super::*;
    use crate::pki::{KeyType, key_of, pki};

    #[test]
    fn each_layout_is_recognised_as_itself() {
        let key = |key_type| key_of(&pki().family(key_type).server);
        assert_eq!(pkcs1(key(KeyType::Rsa2048)).format(), KeyFormat::Pkcs1);
        assert_eq!(sec1(key(KeyType::P256)).format(), KeyFormat::Sec1);
        for key_type in KeyType::ALL {
            let v1 = pkcs8_v1(key(*key_type));
            assert_eq!(v1.format(), KeyFormat::Pkcs8);
            assert_eq!(pkcs8_v1(&v1), v1);
        }
    }

    #[test]
    fn lengths_of_every_size_come_back() {
        for len in [0, 1, 127, 128, 255, 256, 2000] {
            let content = vec![7; len];
            let mut der = encode(OCTET_STRING, &content);
            der.push(9);
            assert_eq!(split(&der), (OCTET_STRING, &content[..], &[9][..]));
        }
    }
}
