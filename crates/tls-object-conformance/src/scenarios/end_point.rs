//! The channel binding `tls-server-end-point` (RFC 5929 section 4).

use sha2::{Digest, Sha256, Sha384, Sha512};
use tls_object_core::{Capability, Certificate, ChannelBinding, ErrorKind, VerifyMode};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::pki::{KeyType, Signature, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "end_point::hash",
        "Both ends give the hash of the server's certificate, by the hash function of its signature.",
        Dims::VERSIONS.variants(&[
            "ecdsa-sha256",
            "ecdsa-sha384",
            "rsa-sha256",
            "rsa-sha384",
            "rsa-sha512",
        ]),
        hash,
    )
    .needs(END_POINT),
    Scenario::new(
        "end_point::keys",
        "The binding depends on how the certificate is signed: with Ed25519 it is undefined, and refused by both ends.",
        Dims::VERSIONS.keys(),
        keys,
    )
    .needs(END_POINT),
    Scenario::new(
        "end_point::unverified",
        "A client that verifies nothing has the binding all the same.",
        Dims::VERSIONS,
        unverified,
    )
    .needs(END_POINT),
    Scenario::new(
        "end_point::resumed",
        "A resumed connection has the binding of the first one.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[
            Capability::ChannelBindingEndPoint,
            Capability::Resumption12,
            Capability::Resumption13,
        ],
        &[Capability::ChannelBindingEndPoint, Capability::ServerResumption],
    ),
];

const END_POINT: &[Capability] = &[Capability::ChannelBindingEndPoint];

/// Both ends give `expected`, and give it again.
#[track_caller]
fn agree(pair: &mut Pair, expected: &[u8]) -> Result<(), Failure> {
    for side in [SIDES, SIDES].concat() {
        let binding = pair
            .tls(side)
            .get_channel_binding(ChannelBinding::TlsServerEndPoint)
            .map_err(|error| Failure::of(side, &error))?;
        ensure!(binding == expected, "{side:?}: {binding:?}, expected {expected:?}");
    }
    Ok(())
}

fn sha256(certificate: &Certificate) -> Vec<u8> {
    Sha256::digest(certificate.der()).to_vec()
}

fn hash(lab: &Lab) -> Result<(), Failure> {
    type Hash = fn(&[u8]) -> Vec<u8>;
    let sha384: Hash = |der| Sha384::digest(der).to_vec();
    let (signature, hash): (_, Hash) = match lab.variant() {
        "ecdsa-sha256" => (Signature::EcdsaSha256, |der| Sha256::digest(der).to_vec()),
        "ecdsa-sha384" => (Signature::EcdsaSha384, sha384),
        "rsa-sha256" => (Signature::RsaSha256, |der| Sha256::digest(der).to_vec()),
        "rsa-sha384" => (Signature::RsaSha384, sha384),
        _ => (Signature::RsaSha512, |der| Sha512::digest(der).to_vec()),
    };
    let (identity, root) = pki().server_signed_with(signature);
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.trust_store = vec![root].into();
    server.identities = vec![identity.clone()];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    agree(&mut pair, &hash(identity.chain()[0].der()))?;
    pair.exchange()?;
    pair.shut_down()?;
    agree(&mut pair, &hash(identity.chain()[0].der()))
}

fn keys(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    if lab.key() != KeyType::Ed25519 {
        return agree(&mut pair, &sha256(&lab.family().server.chain()[0]));
    }
    for side in SIDES {
        let result = pair.tls(side).get_channel_binding(ChannelBinding::TlsServerEndPoint);
        ensure!(
            result.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidArgument),
            "{side:?}: {result:?}"
        );
    }
    pair.exchange()
}

fn unverified(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.verify_mode = VerifyMode::None;
    let mut pair = lab.pair(&client, &lab.server_config())?;
    pair.handshake()?;
    agree(&mut pair, &sha256(&lab.family().server.chain()[0]))
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    let expected = sha256(&lab.family().server.chain()[0]);
    agree(&mut first, &expected)?;
    let mut second = contexts.resume(lab, &mut first)?;
    agree(&mut second, &expected)
}
