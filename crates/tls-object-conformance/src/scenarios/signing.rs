//! By which schemes each end signs the handshake, where it is told.

use tls_object_core::{
    Alert, Capability, Config, ErrorKind, Setting, Side, SignatureScheme, VerifyMode,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{KeyType, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "signing::schemes",
        "Each end signs by the first of its schemes that the other accepts.",
        Dims::VERSIONS.variants(&["one", "several"]),
        schemes,
    )
    .needs_each(
        &[
            Capability::SigningSchemes,
            Capability::SignatureFact,
            Capability::ClientCertificate,
            Capability::SeveralIdentities,
        ],
        &[
            Capability::SigningSchemes,
            Capability::SignatureFact,
            Capability::SignatureSchemes,
            Capability::ClientAuthRequired,
            Capability::SeveralIdentities,
        ],
    ),
    Scenario::new(
        "signing::no_shared_scheme",
        "A server that signs by no scheme that the client accepts refuses it, though its key could.",
        Dims::VERSIONS,
        no_shared_scheme,
    )
    .needs_each(
        &[Capability::SignatureSchemes],
        &[Capability::SigningSchemes, Capability::AlertSent],
    ),
];

/// Both with RSA keys, which sign by more than one scheme.
fn configs(lab: &Lab) -> (Config, Config) {
    let family = pki().family(KeyType::Rsa2048);
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    server.identities = vec![family.server.clone()];
    client.trust_store = [family.authority.root()].into_iter().collect();
    server.trust_store = client.trust_store.clone();
    (client, server)
}

fn schemes(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = configs(lab);
    client.identities = vec![pki().family(KeyType::Rsa2048).client.clone()];
    if lab.variant() == "several" {
        // Keys that none of the schemes is for.
        client.identities.insert(0, pki().family(KeyType::P256).client.clone());
        server.identities.insert(0, pki().family(KeyType::P256).server.clone());
    }
    client.signing_schemes = Setting::Required(vec![
        SignatureScheme::RSA_PSS_RSAE_SHA512,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA256,
    ]);
    server.signing_schemes = Setting::Required(vec![
        SignatureScheme::RSA_PSS_RSAE_SHA512,
        SignatureScheme::RSA_PSS_RSAE_SHA256,
    ]);
    server.verify_mode = VerifyMode::Required;
    // The last is for the authorities.
    server.signature_schemes = Setting::Required(vec![
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PKCS1_SHA256,
    ]);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    let expected =
        (Some(SignatureScheme::RSA_PSS_RSAE_SHA384), Some(SignatureScheme::RSA_PSS_RSAE_SHA512));
    ensure!((facts.client_signature, facts.server_signature) == expected, "{facts:?}");
    pair.exchange()
}

/// Under TLS 1.2 the server then has no suite to offer: its key signs in none.
fn no_shared_scheme(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = configs(lab);
    // The second is for the authorities.
    client.signature_schemes = Setting::Required(vec![
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PKCS1_SHA256,
    ]);
    server.signing_schemes = Setting::Required(vec![SignatureScheme::RSA_PSS_RSAE_SHA512]);
    let mut pair = lab.pair(&client, &server)?;
    let kind =
        if lab.is_tls13() { ErrorKind::NoSharedSignatureScheme } else { ErrorKind::NoSharedCipher };
    lab.refused(&mut pair, Side::Server, kind, Alert::HANDSHAKE_FAILURE)
}
