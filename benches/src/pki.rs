//! Certificates and keys.

use std::path::Path;
use std::{fs, io};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize,
};
use serde::{Deserialize, Serialize};

use crate::setup::{Key, Setup};

/// A root, and a server and a client below it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Pki {
    /// What both ends trust, in DER.
    pub root: Vec<u8>,
    /// What the server shows.
    pub server: Identity,
    /// What the client shows if it is asked.
    pub client: Identity,
}

/// A chain of two and the key of its leaf.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Identity {
    /// The leaf first, in DER.
    pub chain: Vec<Vec<u8>>,
    /// The key of the leaf, in DER by PKCS #8.
    pub key: Vec<u8>,
}

impl Pki {
    /// Makes certificates with keys of this kind.
    ///
    /// # Panics
    /// If they cannot be made.
    pub fn new(kind: Key) -> Self {
        let root_key = generate(kind);
        let root_params = authority("root");
        let root = root_params.self_signed(&root_key).expect("a root");
        let root_issuer = Issuer::new(root_params, root_key);

        let intermediate_key = generate(kind);
        let intermediate_params = authority("intermediate");
        let intermediate = intermediate_params
            .signed_by(&intermediate_key, &root_issuer)
            .expect("an intermediate authority");
        let issuer = Issuer::new(intermediate_params, intermediate_key);

        let identity = |usage| {
            let key = generate(kind);
            let mut params = CertificateParams::new([Setup::NAME.to_owned()]).expect("a name");
            params.extended_key_usages = vec![usage];
            let leaf = params.signed_by(&key, &issuer).expect("a leaf");
            Identity {
                chain: vec![leaf.der().to_vec(), intermediate.der().to_vec()],
                key: key.serialize_der(),
            }
        };
        Self {
            root: root.der().to_vec(),
            server: identity(ExtendedKeyUsagePurpose::ServerAuth),
            client: identity(ExtendedKeyUsagePurpose::ClientAuth),
        }
    }

    /// Keeps it in a file, for other processes to do the same work: no two signatures cost alike.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_vec(self)?)
    }

    /// Takes it from a file.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn load(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }
}

fn generate(kind: Key) -> KeyPair {
    match kind {
        Key::P256 => KeyPair::generate(),
        Key::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
    }
    .expect("a key")
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}
