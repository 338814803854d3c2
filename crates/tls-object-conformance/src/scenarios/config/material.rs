//! Keys, certificates and revocation lists that a configuration brings.

use tls_object_core::{
    Capability, Certificate, Config, Crl, ErrorKind, Identity, PrivateKey, Side, VerifyMode,
};

use crate::der;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{KeyType, key_of, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "config::key_of_another",
        "A key that is not the certificate's is refused.",
        Dims::alone(Side::Server).keys(),
        key_of_another,
    ),
    Scenario::new(
        "config::short_key",
        "An RSA key of 1024 bits is refused.",
        Dims::alone(Side::Server),
        |lab| short_key(lab, Vec::new()),
    ),
    Scenario::new(
        "config::short_key_among_others",
        "An RSA key of 1024 bits is refused, though it would seldom be used.",
        Dims::alone(Side::Server),
        |lab| short_key(lab, vec![lab.family().server.clone()]),
    )
    .needs(&[Capability::SeveralIdentities]),
    Scenario::new(
        "config::unknown_key",
        "A private key for an algorithm that nobody knows is refused.",
        Dims::alone(Side::Server),
        unknown_key,
    ),
    Scenario::new(
        "config::key_layouts",
        "A private key may be laid out in each of the ways there are.",
        Dims::ONCE.variants(&["pkcs1", "pkcs8-v1", "pkcs8-v2", "sec1"]),
        key_layouts,
    )
    .needs(&[Capability::Ed25519]),
    Scenario::new(
        "config::broken_certificate",
        "Bytes that are no certificate are refused as an identity.",
        Dims::alone(Side::Server),
        broken_certificate,
    ),
    Scenario::new(
        "config::broken_anchor",
        "Bytes that are no certificate are refused as a trust anchor.",
        Dims::alone(Side::Client),
        |lab| broken_anchor(lab, lab.client_config()),
    ),
    Scenario::new(
        "config::broken_anchor_of_server",
        "Bytes that are no certificate are refused as a trust anchor for clients.",
        Dims::alone(Side::Server),
        |lab| {
            let mut config = lab.server_config();
            config.verify_mode = VerifyMode::Required;
            broken_anchor(lab, config)
        },
    )
    .needs(&[Capability::ClientAuthRequired, Capability::VerifyChain]),
    Scenario::new(
        "config::broken_crl",
        "Bytes that are no revocation list are refused.",
        Dims::alone(Side::Client),
        broken_crl,
    )
    .needs(&[Capability::Crl]),
];

fn key_of_another(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    let other = match lab.key() {
        // The same type of key, and another one.
        KeyType::P256 => pki().strangers().server.key().clone(),
        KeyType::Rsa2048 | KeyType::Ed25519 => pki().family(KeyType::P256).server.key().clone(),
    };
    let chain = lab.family().server.chain().to_vec();
    config.identities = vec![Identity::new(chain, other)?];
    lab.refused_for(&config, ErrorKind::KeyMismatch)
}

/// Keys of the type that comes in the layout; the second version of PKCS#8 (RFC 5958) is what
/// many tools write for Ed25519.
fn key_layouts(lab: &Lab) -> Result<(), Failure> {
    let (key_type, layout): (_, fn(&PrivateKey) -> PrivateKey) = match lab.variant() {
        "pkcs1" => (KeyType::Rsa2048, der::pkcs1),
        "pkcs8-v1" => (KeyType::Ed25519, der::pkcs8_v1),
        "pkcs8-v2" => (KeyType::Ed25519, PrivateKey::clone),
        _ => (KeyType::P256, der::sec1),
    };
    let family = pki().family(key_type);
    let key = layout(key_of(&family.server));
    let mut client = lab.client_config();
    client.trust_store = vec![family.authority.root()].into();
    let mut server = lab.server_config();
    server.identities = vec![Identity::new(family.server.chain().to_vec(), key)?];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()
}

const GARBAGE: &[u8] = b"\x30\x03\x02\x01\x00 and no more than that";

fn short_key(lab: &Lab, before: Vec<Identity>) -> Result<(), Failure> {
    // Made by `openssl req -x509 -newkey rsa:1024 -nodes`.
    const SHORT: &[u8] = include_bytes!("../../pki/rsa1024.pem");
    let mut config = lab.server_config();
    config.identities = before;
    config.identities.push(Identity::from_pem(SHORT, SHORT)?);
    lab.refused_for(&config, ErrorKind::InvalidPrivateKey)
}

fn unknown_key(lab: &Lab) -> Result<(), Failure> {
    /// RFC 5480 section 2.1.1, without its tag.
    const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let family = pki().family(KeyType::P256);
    let mut der = key_of(&family.server).secret_der().to_vec();
    let at = der.windows(ELLIPTIC.len()).position(|window| window == ELLIPTIC);
    let last = at.ok_or_else(|| Failure::new("no algorithm in the key"))? + ELLIPTIC.len() - 1;
    der[last] = 0x7f;
    let mut config = lab.server_config();
    let chain = family.server.chain().to_vec();
    config.identities = vec![Identity::new(chain, PrivateKey::from_der(der)?)?];
    lab.refused_for(&config, ErrorKind::InvalidPrivateKey)
}

fn broken_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    let key = lab.family().server.key().clone();
    config.identities = vec![Identity::new(vec![Certificate::from_der(GARBAGE)], key)?];
    lab.refused_for(&config, ErrorKind::InvalidCertificate)
}

fn broken_anchor(lab: &Lab, mut config: Config) -> Result<(), Failure> {
    config.trust_store.extend([Certificate::from_der(GARBAGE)]);
    lab.refused_for(&config, ErrorKind::InvalidCertificate)?;
    let detail = format!("certificate {0} of {0} of", config.trust_store.certificates().len());
    told_of(lab, &config, &detail)
}

fn broken_crl(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.client_config();
    config.trust_store.add_crl(Crl::from_der(GARBAGE));
    lab.refused_for(&config, ErrorKind::InvalidCrl)?;
    told_of(lab, &config, "revocation list 1 of 1 of")
}

/// The error of a configuration that is refused says what of its trust store cannot be used.
fn told_of(lab: &Lab, config: &Config, which: &str) -> Result<(), Failure> {
    let error = lab.refused_config(config)?;
    ensure!(error.detail().is_some_and(|detail| detail.starts_with(which)), "{error:?}");
    Ok(())
}
