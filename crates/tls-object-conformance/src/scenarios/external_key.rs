//! Private keys that are held elsewhere: the application signs.

use std::error::Error as _;
use std::sync::Arc;

use tls_object_core::{
    Alert, Capability, CipherSuite, Config, ErrorKind, ExternalKey, Hook, Identity, Setting, Side,
    SignatureScheme, Signer, SignerError, TrustStore, VerifyMode,
};

use crate::agent::Agent;
use crate::failure::{Failure, ensure};
use crate::lab::{Lab, ended_by_panic, panic_quietly};
use crate::pair::{Pair, Progress};
use crate::pki::{KeyType, Purpose, pki};
use crate::scenario::{Dims, Scenario};

/// Of each type of key, and each padding and hash of RSA.
const SCHEMES: &[&str] = &[
    "ecdsa_secp256r1_sha256",
    "ecdsa_secp384r1_sha384",
    "ed25519",
    "rsa_pss_rsae_sha256",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512",
];

/// Those that TLS 1.3 has for certificates only.
const SCHEMES_12: &[&str] = &["rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512"];

const FAULTS: &[&str] = &["error", "empty", "long", "wrong"];

const SERVER: &[Capability] = &[Capability::ExternalKey];
const CLIENT: &[Capability] = &[Capability::ExternalKey, Capability::ClientCertificate];
const ASKING: &[Capability] =
    &[Capability::ClientAuthRequired, Capability::VerifyChain, Capability::VerifyTime];

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "external_key::server",
        "A server shows a certificate whose key is held elsewhere, and has it sign by the scheme that it is for.",
        Dims::VERSIONS.variants(SCHEMES),
        |lab| signs(lab, Side::Server),
    )
    .needs_each(&[], SERVER),
    Scenario::new(
        "external_key::server_pkcs1",
        "A server signs with a key held elsewhere by RSASSA-PKCS1-v1_5, under TLS 1.2.",
        Dims::TLS12.variants(SCHEMES_12),
        |lab| signs(lab, Side::Server),
    )
    .needs_each(&[], SERVER),
    Scenario::new(
        "external_key::client",
        "A client shows a certificate whose key is held elsewhere, and has it sign by the scheme that it is for.",
        Dims::VERSIONS.variants(SCHEMES),
        |lab| signs(lab, Side::Client),
    )
    .needs_each(CLIENT, ASKING),
    Scenario::new(
        "external_key::client_pkcs1",
        "A client signs with a key held elsewhere by RSASSA-PKCS1-v1_5, under TLS 1.2.",
        Dims::TLS12.variants(SCHEMES_12),
        |lab| signs(lab, Side::Client),
    )
    .needs_each(CLIENT, ASKING),
    Scenario::new(
        "external_key::server_fails",
        "A server that gets no signature, or one that does not hold, ends the handshake, and says that it was not the peer's fault.",
        Dims::VERSIONS.variants(FAULTS),
        |lab| fails(lab, Side::Server),
    )
    .needs_each(&[], &[Capability::ExternalKey, Capability::AlertSent]),
    Scenario::new(
        "external_key::client_fails",
        "A client that gets no signature, or one that does not hold, ends the handshake, and says that it was not the peer's fault.",
        Dims::VERSIONS.variants(FAULTS),
        |lab| fails(lab, Side::Client),
    )
    .needs_each(
        &[Capability::ExternalKey, Capability::ClientCertificate, Capability::AlertSent],
        ASKING,
    ),
    Scenario::new(
        "external_key::server_panics",
        "A server whose signer panics is over, and tells its client.",
        Dims::VERSIONS,
        |lab| panics(lab, Side::Server),
    )
    .needs_each(&[], SERVER),
    Scenario::new(
        "external_key::client_panics",
        "A client whose signer panics is over, and tells its server.",
        Dims::VERSIONS,
        |lab| panics(lab, Side::Client),
    )
    .needs_each(CLIENT, ASKING),
    Scenario::new(
        "external_key::no_shared_scheme",
        "A server does not sign by another scheme than the key is for, though its type would allow it.",
        Dims::VERSIONS,
        no_shared_scheme,
    )
    .needs_each(
        &[Capability::SignatureSchemes],
        &[Capability::ExternalKey, Capability::AlertSent],
    ),
    Scenario::new(
        "external_key::one_of_several",
        "A certificate whose key is held elsewhere is shown where it is the one that fits, and no other is asked to sign.",
        Dims::VERSIONS.variants(&["held_elsewhere", "at_hand"]),
        one_of_several,
    )
    .needs_each(
        &[Capability::SignatureSchemes],
        &[Capability::ExternalKey, Capability::SeveralIdentities, Capability::OwnCertificate],
    ),
    Scenario::new(
        "external_key::resumed",
        "A key that is held elsewhere is not needed to resume a session, and the server knows with which certificate that began.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13],
        &[Capability::ExternalKey, Capability::OwnCertificate, Capability::ServerResumption],
    ),
    Scenario::new(
        "external_key::other_type",
        "A key that is said to sign in a way in which the certificate's key cannot is refused when a context is made.",
        Dims::alone(Side::Server),
        other_type,
    )
    .needs(SERVER),
    Scenario::new(
        "external_key::decryption",
        "A server whose key signs only does not have suites whose clients encrypt to it.",
        Dims::alone(Side::Server),
        decryption,
    ),
];

fn scheme(lab: &Lab) -> Result<SignatureScheme, Failure> {
    let name = lab.variant();
    SignatureScheme::from_name(name).ok_or_else(|| Failure::new(format!("no scheme {name}")))
}

/// An identity whose key signs by `scheme`, the key being at hand.
fn at_hand(scheme: SignatureScheme, purpose: Purpose) -> Identity {
    use SignatureScheme as S;
    let key = match scheme {
        S::ECDSA_SECP384R1_SHA384 => return pki().p384(purpose),
        S::ECDSA_SECP256R1_SHA256 => KeyType::P256,
        S::ED25519 => KeyType::Ed25519,
        _ => KeyType::Rsa2048,
    };
    let family = pki().family(key);
    match purpose {
        Purpose::Client => family.client.clone(),
        Purpose::Server => family.server.clone(),
    }
}

/// The same identity with its key held elsewhere.
fn elsewhere(
    identity: &Identity,
    schemes: &[SignatureScheme],
    signer: Arc<dyn Signer>,
) -> Result<Identity, Failure> {
    let key = ExternalKey::new(schemes, Hook::new(signer))?;
    Ok(Identity::new(identity.chain().to_vec(), key)?)
}

/// A pair of which the end on `side` signs by `scheme` with the key of another thread, or with `signer` if there is one.
#[track_caller]
fn pair(
    lab: &Lab,
    side: Side,
    scheme: SignatureScheme,
    signer: Option<Arc<dyn Signer>>,
) -> Result<(Pair, Arc<Agent>), Failure> {
    if scheme == SignatureScheme::ED25519 {
        lab.need(Side::Client, Capability::Ed25519)?;
        lab.need(Side::Server, Capability::Ed25519)?;
    }
    let purpose = if side == Side::Client { Purpose::Client } else { Purpose::Server };
    let identity = at_hand(scheme, purpose);
    let agent = Arc::new(Agent::holding(&identity));
    let signer = signer.unwrap_or_else(|| agent.clone());
    let identity = elsewhere(&identity, &[scheme], signer)?;
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    for config in [&mut client, &mut server] {
        config.trust_store = every_root();
    }
    match side {
        Side::Client => {
            client.identities = vec![identity];
            server.verify_mode = VerifyMode::Required;
        }
        Side::Server => server.identities = vec![identity],
    }
    Ok((lab.pair(&client, &server)?, agent))
}

/// The authorities of every type of key.
fn every_root() -> TrustStore {
    KeyType::ALL.iter().map(|&key| pki().family(key).authority.root()).collect()
}

fn signs(lab: &Lab, side: Side) -> Result<(), Failure> {
    let scheme = scheme(lab)?;
    let (mut pair, agent) = pair(lab, side, scheme, None)?;
    pair.handshake()?;
    ensure!(agent.asked() == [scheme], "asked to sign by {:?}", agent.asked());
    pair.exchange()?;
    for end in [Side::Client, Side::Server] {
        if lab.has(end, Capability::SignatureFact) {
            let facts = pair.tls(end).facts().clone();
            let told = match side {
                Side::Client => facts.client_signature,
                Side::Server => facts.server_signature,
            };
            ensure!(told == Some(scheme), "{facts:?}");
        }
    }
    pair.shut_down()
}

/// A scheme that every backend has.
const COMMON: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;

fn fails(lab: &Lab, side: Side) -> Result<(), Failure> {
    let fault = lab.variant();
    let purpose = if side == Side::Client { Purpose::Client } else { Purpose::Server };
    let agent = Agent::holding(&at_hand(COMMON, purpose));
    let signer = move |scheme, message: &[u8]| -> Result<Vec<u8>, SignerError> {
        match fault {
            "error" => Err("the key is out of reach".into()),
            "empty" => Ok(Vec::new()),
            "long" => Ok([agent.sign(scheme, message)?, vec![0; 1024]].concat()),
            // Of another message.
            _ => agent.sign(scheme, &[message, b"!"].concat()),
        }
    };
    let (mut pair, _) = pair(lab, side, COMMON, Some(Arc::new(signer)))?;
    let handshake = pair.drive()?;
    let Progress::Failed(error) = handshake.of(side) else {
        return Err(Failure::new(format!("{handshake:?}")));
    };
    ensure!(error.kind() == ErrorKind::SignerFailed, "{error:?}");
    if fault == "error" {
        let why = error.source().map(ToString::to_string);
        ensure!(why.as_deref() == Some("the key is out of reach"), "{error:?}");
    }
    let fact = if lab.is_tls13() { "alert under TLS 1.3" } else { "alert" };
    lab.expect(fact, Some(Alert::INTERNAL_ERROR), error.alert_sent())?;
    lab.final_error(&mut pair, side, error)?;
    match error.alert_sent() {
        Some(alert) => lab.told(&mut pair, side.peer(), handshake.of(side.peer()), alert),
        None => Ok(()),
    }
}

fn panics(lab: &Lab, side: Side) -> Result<(), Failure> {
    let signer = |_, _: &[u8]| -> Result<Vec<u8>, SignerError> { panic_quietly() };
    let (mut pair, _) = pair(lab, side, COMMON, Some(Arc::new(signer)))?;
    ended_by_panic(&mut pair, side)?;
    lab.told_of_panic(&mut pair, side, Alert::INTERNAL_ERROR)
}

/// A server that shows `identities` to a client that accepts these schemes only, and trusts every authority.
fn picky(
    lab: &Lab,
    schemes: &[SignatureScheme],
    identities: Vec<Identity>,
) -> Result<(Config, Config), Failure> {
    let mut client = lab.client_config();
    client.trust_store = every_root();
    client.signature_schemes = Setting::Required(schemes.to_vec());
    let mut server = lab.server_config();
    server.identities = identities;
    Ok((client, server))
}

fn no_shared_scheme(lab: &Lab) -> Result<(), Failure> {
    use SignatureScheme as S;
    let identity = at_hand(S::RSA_PSS_RSAE_SHA256, Purpose::Server);
    let agent = Arc::new(Agent::holding(&identity));
    let identity = elsewhere(&identity, &[S::RSA_PSS_RSAE_SHA384], agent.clone())?;
    // The second is for the certificates under TLS 1.3, and would do under TLS 1.2.
    let accepted = [S::RSA_PSS_RSAE_SHA256, S::RSA_PKCS1_SHA256];
    let (client, server) = picky(lab, &accepted, vec![identity])?;
    let mut pair = lab.pair(&client, &server)?;
    let handshake = pair.drive()?;
    let Progress::Failed(error) = handshake.of(Side::Server) else {
        return Err(Failure::new(format!("{handshake:?}")));
    };
    if lab.is_tls13() {
        ensure!(error.kind() == ErrorKind::NoSharedSignatureScheme, "{error:?}");
    } else {
        lab.expect("error under TLS 1.2", ErrorKind::NoSharedCipher, error.kind())?;
    }
    ensure!(error.alert_sent() == Some(Alert::HANDSHAKE_FAILURE), "{error:?}");
    lab.final_error(&mut pair, Side::Server, error)?;
    let told = handshake.of(Side::Client);
    lab.told(&mut pair, Side::Client, told, Alert::HANDSHAKE_FAILURE)?;
    ensure!(agent.asked().is_empty(), "asked to sign by {:?}", agent.asked());
    Ok(())
}

fn one_of_several(lab: &Lab) -> Result<(), Failure> {
    use SignatureScheme as S;
    let rsa = at_hand(S::RSA_PSS_RSAE_SHA256, Purpose::Server);
    let agent = Arc::new(Agent::holding(&rsa));
    let identity = elsewhere(&rsa, &[S::RSA_PSS_RSAE_SHA256], agent.clone())?;
    let other = at_hand(S::ECDSA_SECP256R1_SHA256, Purpose::Server);
    let is_asked = lab.variant() == "held_elsewhere";
    let (accepted, expected) = if is_asked {
        (vec![S::RSA_PSS_RSAE_SHA256, S::RSA_PKCS1_SHA256], &rsa)
    } else {
        (vec![S::ECDSA_SECP256R1_SHA256], &other)
    };
    let (client, server) = picky(lab, &accepted, vec![identity, other.clone()])?;
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    let shown = pair.client().getpeercert() == expected.leaf();
    ensure!(shown, "another certificate was shown");
    let own = pair.server().own_certificate()?;
    ensure!(own.as_ref() == expected.leaf(), "it says to have shown another");
    ensure!(agent.asked().len() == usize::from(is_asked), "asked {} times", agent.asked().len());
    Ok(())
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let identity = at_hand(COMMON, Purpose::Server);
    let agent = Arc::new(Agent::holding(&identity));
    let mut server = lab.server_config();
    server.identities = vec![elsewhere(&identity, &[COMMON], agent.clone())?];
    let contexts = lab.contexts(&lab.client_config(), &server)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    let mut second = contexts.resume(lab, &mut first)?;
    second.exchange()?;
    ensure!(agent.asked() == [COMMON], "asked to sign by {:?}", agent.asked());
    for pair in [&mut first, &mut second] {
        let own = pair.server().own_certificate()?;
        ensure!(own.as_ref() == identity.leaf(), "it says to have shown another");
    }
    Ok(())
}

fn other_type(lab: &Lab) -> Result<(), Failure> {
    use SignatureScheme as S;
    let identity = at_hand(COMMON, Purpose::Server);
    let agent = Arc::new(Agent::holding(&identity));
    for schemes in [&[S::RSA_PSS_RSAE_SHA256][..], &[S::ED25519], &[COMMON, S::RSA_PKCS1_SHA256]] {
        let mut server = lab.server_config();
        server.identities = vec![elsewhere(&identity, schemes, agent.clone())?];
        lab.refused_for(&server, ErrorKind::KeyMismatch)?;
    }
    let none = ExternalKey::new(&[], Hook::new(agent));
    let kind = none.as_ref().err().map(tls_object_core::Error::kind);
    ensure!(kind == Some(ErrorKind::InvalidPrivateKey), "{none:?}");
    Ok(())
}

fn decryption(lab: &Lab) -> Result<(), Failure> {
    let suite = CipherSuite::RSA_WITH_AES_128_GCM_SHA256;
    let identity = at_hand(SignatureScheme::RSA_PSS_RSAE_SHA256, Purpose::Server);
    let agent = Arc::new(Agent::holding(&identity));
    let mut server = lab.server_config();
    server.identities = vec![elsewhere(&identity, &[SignatureScheme::RSA_PSS_RSAE_SHA256], agent)?];
    server.cipher_suites = Setting::Required(vec![suite]);
    lab.refused_for(&server, ErrorKind::InvalidConfig)
}
