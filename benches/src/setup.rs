//! What every driver is set up with.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// The one version of the protocol that is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

impl Version {
    /// Its code point.
    pub const fn code(self) -> u16 {
        match self {
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// What every driver is set up with, and what costs time on the wire.
///
/// Besides: the key exchange is X25519 (P-256 is offered too, for the certificates' sake), the client verifies the server's chain of two and its
/// name against a root, both ends agree on `h2`, and a server issues as many tickets as its library does by
/// itself. The cipher suite is AES-256-GCM with SHA-384, but BoringSSL's own choice under TLS 1.3, which the
/// `boring` crate has no function to change.
#[derive(Debug)]
pub struct Setup {
    /// The one version that is spoken.
    pub version: Version,
    /// What the client trusts, in DER.
    pub root: Vec<u8>,
    /// What the server shows, the leaf first, in DER.
    pub chain: Vec<Vec<u8>>,
    /// The key of the leaf, in DER by PKCS #8.
    pub key: Vec<u8>,
}

impl Setup {
    /// The server's name.
    pub const NAME: &str = "localhost";
    /// The one application protocol.
    pub const ALPN: &str = "h2";

    /// Makes certificates with keys on P-256.
    ///
    /// # Panics
    /// If they cannot be made.
    pub fn new(version: Version) -> Self {
        let key = || KeyPair::generate().expect("a key");
        let root_key = key();
        let root_params = authority("root");
        let root = root_params.self_signed(&root_key).expect("a root");
        let root_issuer = Issuer::new(root_params, root_key);

        let intermediate_key = key();
        let intermediate_params = authority("intermediate");
        let intermediate = intermediate_params
            .signed_by(&intermediate_key, &root_issuer)
            .expect("an intermediate authority");
        let issuer = Issuer::new(intermediate_params, intermediate_key);

        let leaf_key = key();
        let mut params = CertificateParams::new([Self::NAME.to_owned()]).expect("a name");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params.signed_by(&leaf_key, &issuer).expect("a leaf");
        Self {
            version,
            root: root.der().to_vec(),
            chain: vec![leaf.der().to_vec(), intermediate.der().to_vec()],
            key: leaf_key.serialize_der(),
        }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}
