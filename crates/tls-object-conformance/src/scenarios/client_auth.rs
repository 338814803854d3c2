//! Certificates of clients: who asks for one, who must have one, and what a refusal looks like.

use tls_object_core::{
    Alert, Capability, Config, ErrorKind, Identity, Side, VerifyCode, VerifyMode, VerifyTime,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{NOW, Purpose, SelfSigned, TOO_LATE, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "client_auth::not_asked",
        "A server that verifies nobody asks for no certificate and sees none.",
        Dims::VERSIONS,
        not_asked,
    )
    .needs_each(&[Capability::ClientCertificate], &[]),
    Scenario::new(
        "client_auth::optional_with",
        "A server that asks sees the chain of a client that has one, as it was sent.",
        Dims::VERSIONS,
        |lab| accepted(lab, VerifyMode::Optional, Some(lab.family().client.clone())),
    )
    .needs_each(&[Capability::ClientCertificate], OPTIONAL),
    Scenario::new(
        "client_auth::optional_without",
        "A server that asks goes on without.",
        Dims::VERSIONS,
        |lab| accepted(lab, VerifyMode::Optional, None),
    )
    .needs_each(&[], OPTIONAL),
    Scenario::new(
        "client_auth::required_with",
        "A server that insists sees the chain of a client that has one, as it was sent.",
        Dims::VERSIONS.keys(),
        |lab| accepted(lab, VerifyMode::Required, Some(lab.family().client.clone())),
    )
    .needs_each(
        &[Capability::ClientCertificate],
        &[Capability::ClientAuthRequired, Capability::PeerChain, Capability::VerifyChain],
    ),
    Scenario::new(
        "client_auth::required_without",
        "A server that insists refuses a client without a certificate.",
        Dims::VERSIONS,
        required_without,
    )
    .needs_each(&[], REQUIRED),
    Scenario::new(
        "client_auth::unknown_issuer",
        "A client under an authority that the server does not trust is refused.",
        Dims::VERSIONS.variants(MODES),
        |lab| refused(lab, pki().strangers().client.clone(), VerifyCode::UnknownIssuer),
    )
    .needs_each(&[Capability::ClientCertificate], BOTH_MODES),
    Scenario::new(
        "client_auth::self_signed",
        "A client that is its own issuer is refused as self-signed.",
        Dims::VERSIONS.variants(MODES),
        |lab| {
            refused(
                lab,
                pki().self_signed(Purpose::Client, SelfSigned::Plain),
                VerifyCode::SelfSigned,
            )
        },
    )
    .needs_each(&[Capability::ClientCertificate], BOTH_MODES),
    Scenario::new(
        "client_auth::expired",
        "A client whose certificate has expired is refused, though it need not have shown one.",
        Dims::VERSIONS.variants(MODES),
        |lab| refused(lab, pki().expired(Purpose::Client), VerifyCode::Expired),
    )
    .needs_each(&[Capability::ClientCertificate], BOTH_MODES),
    Scenario::new(
        "client_auth::not_yet_valid",
        "A client whose certificate is not valid yet is refused as such.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().not_yet_valid(Purpose::Client), VerifyCode::NotYetValid),
    )
    .needs_each(&[Capability::ClientCertificate], REFUSED),
    Scenario::new(
        "client_auth::given_time",
        "Clients are judged at the time that is given, whatever the clock says.",
        Dims::VERSIONS,
        given_time,
    )
    .needs_each(
        &[Capability::ClientCertificate],
        &[
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
            Capability::VerifyTime,
            Capability::VerifyCode,
            Capability::AlertSent,
        ],
    ),
    Scenario::new(
        "client_auth::wrong_purpose",
        "A certificate for servers is refused from a client.",
        Dims::VERSIONS,
        |lab| refused(lab, lab.family().server.clone(), VerifyCode::WrongPurpose),
    )
    .needs_each(&[Capability::ClientCertificate], REFUSED),
    Scenario::new(
        "client_auth::revoked",
        "A client whose certificate was taken back is refused.",
        Dims::VERSIONS,
        revoked,
    )
    .needs_each(
        &[Capability::ClientCertificate],
        &[
            Capability::ClientAuthRequired,
            Capability::VerifyChain,
            Capability::VerifyCode,
            Capability::Crl,
            Capability::AlertSent,
        ],
    ),
];

const MODES: &[&str] = &["optional", "required"];
const OPTIONAL: &[Capability] =
    &[Capability::ClientAuthOptional, Capability::PeerChain, Capability::VerifyChain];
const REQUIRED: &[Capability] =
    &[Capability::ClientAuthRequired, Capability::VerifyChain, Capability::AlertSent];
const REFUSED: &[Capability] = &[
    Capability::ClientAuthRequired,
    Capability::VerifyChain,
    Capability::VerifyCode,
    Capability::AlertSent,
];
const BOTH_MODES: &[Capability] = &[
    Capability::ClientAuthOptional,
    Capability::ClientAuthRequired,
    Capability::VerifyChain,
    Capability::VerifyCode,
    Capability::AlertSent,
];

/// A server that asks for the certificate of a client under the case's authority.
fn asking(lab: &Lab, mode: VerifyMode) -> Config {
    let mut server = lab.server_config();
    server.verify_mode = mode;
    server.trust_store = vec![lab.family().authority.root()].into();
    server
}

fn with_identity(lab: &Lab, identity: Option<Identity>) -> Config {
    let mut client = lab.client_config();
    client.identities = identity.into_iter().collect();
    client
}

fn not_asked(lab: &Lab) -> Result<(), Failure> {
    let client = with_identity(lab, Some(lab.family().client.clone()));
    let mut pair = lab.pair(&client, &lab.server_config())?;
    pair.handshake()?;
    ensure!(pair.server().peer_certificates().is_empty(), "the server sees a certificate");
    pair.exchange()
}

fn accepted(lab: &Lab, mode: VerifyMode, identity: Option<Identity>) -> Result<(), Failure> {
    let sent = identity.as_ref().map(|identity| identity.chain().to_vec()).unwrap_or_default();
    let mut pair = lab.pair(&with_identity(lab, identity), &asking(lab, mode))?;
    pair.handshake()?;
    let seen = pair.server().peer_certificates();
    ensure!(*seen == sent, "{} certificates sent, {} seen or others", sent.len(), seen.len());
    lab.same_facts(&mut pair)?;
    pair.exchange()
}

/// RFC 8446 section 4.4.2.4 has an alert of its own for this; RFC 5246 section 7.4.6 has not.
fn required_without(lab: &Lab) -> Result<(), Failure> {
    let alert = if lab.is_tls13() { Alert::CERTIFICATE_REQUIRED } else { Alert::HANDSHAKE_FAILURE };
    refused_with(
        lab,
        lab.client_config(),
        asking(lab, VerifyMode::Required),
        ErrorKind::CertificateRequired,
        alert,
    )
}

fn refused(lab: &Lab, identity: Identity, code: VerifyCode) -> Result<(), Failure> {
    let mode =
        if lab.variant() == "optional" { VerifyMode::Optional } else { VerifyMode::Required };
    let client = with_identity(lab, Some(identity));
    refused_with(lab, client, asking(lab, mode), ErrorKind::CertificateVerify(code), code.alert())
}

fn given_time(lab: &Lab) -> Result<(), Failure> {
    let mut server = asking(lab, VerifyMode::Required);
    server.verify_time = VerifyTime::Fixed(NOW);
    let then = with_identity(lab, Some(pki().valid_then(Purpose::Client)));
    let mut pair = lab.pair(&then, &server)?;
    pair.handshake()?;
    pair.exchange()?;
    server.verify_time = VerifyTime::Fixed(TOO_LATE);
    let client = with_identity(lab, Some(lab.family().client.clone()));
    let code = VerifyCode::Expired;
    refused_with(lab, client, server, ErrorKind::CertificateVerify(code), code.alert())
}

fn revoked(lab: &Lab) -> Result<(), Failure> {
    let mut server = asking(lab, VerifyMode::Required);
    server.trust_store.add_crl(pki().crl());
    let client = with_identity(lab, Some(pki().revoked(Purpose::Client)));
    let code = VerifyCode::Revoked;
    refused_with(lab, client, server, ErrorKind::CertificateVerify(code), code.alert())
}

/// The server refuses. Under TLS 1.3 the client has finished its handshake by then and learns of
/// it when it reads; under TLS 1.2 its handshake fails.
fn refused_with(
    lab: &Lab,
    client: Config,
    server: Config,
    kind: ErrorKind,
    alert: Alert,
) -> Result<(), Failure> {
    let mut pair = lab.pair(&client, &server)?;
    lab.refused(&mut pair, Side::Server, kind, alert)?;
    let finished = pair.client().version().is_some();
    ensure!(finished == lab.is_tls13(), "the client's handshake: finished is {finished}");
    Ok(())
}
