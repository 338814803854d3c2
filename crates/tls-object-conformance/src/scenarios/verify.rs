//! Which servers a client accepts, and what it says of those it does not.

pub(super) mod common_name;
pub(super) mod revocation;

use tls_object_core::{
    Capability, Config, ErrorKind, Identity, ServerName, Side, TrustStore, VerifyCode, VerifyMode,
    VerifyTime, Wrap,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pki::{NOW, Purpose, SERVER_NAME, SelfSigned, TOO_LATE, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "verify::chain_as_sent",
        "The client is shown the chain as the server sent it.",
        Dims::VERSIONS.keys(),
        chain_as_sent,
    )
    .needs_each(&[Capability::PeerChain], &[]),
    Scenario::new(
        "verify::expired",
        "A certificate that is no longer valid is refused as expired.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().expired(Purpose::Server), VerifyCode::Expired),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::not_yet_valid",
        "A certificate that is not valid yet is refused as such.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().not_yet_valid(Purpose::Server), VerifyCode::NotYetValid),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::given_time",
        "Certificates are judged at the time that is given, whatever the clock says.",
        Dims::VERSIONS,
        given_time,
    )
    .needs_each(&[Capability::VerifyTime, Capability::VerifyCode, Capability::AlertSent], &[]),
    Scenario::new(
        "verify::unknown_issuer",
        "A chain that ends in an authority nobody trusts is refused.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().strangers().server.clone(), VerifyCode::UnknownIssuer),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::missing_intermediate",
        "A leaf without the certificate that links it to the trusted root is refused.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().without_intermediate(), VerifyCode::UnknownIssuer),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::nobody_trusted",
        "A client that trusts nobody refuses everybody.",
        Dims::VERSIONS,
        nobody_trusted,
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::self_signed",
        "A certificate that is its own issuer and not trusted is refused as self-signed.",
        Dims::VERSIONS.variants(&["any-usage", "may-not-sign"]),
        |lab| {
            let shape = match lab.variant() {
                "any-usage" => SelfSigned::Plain,
                _ => SelfSigned::MayNotSign,
            };
            refused(lab, pki().self_signed(Purpose::Server, shape), VerifyCode::SelfSigned)
        },
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::wrong_purpose",
        "A certificate for clients is refused from a server.",
        Dims::VERSIONS,
        |lab| refused(lab, lab.family().client.clone(), VerifyCode::WrongPurpose),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::expired_intermediate",
        "A valid leaf under an authority whose certificate has expired is refused as expired.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().under_expired_intermediate(), VerifyCode::Expired),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::name_constraint",
        "A name outside what an authority may speak for is refused.",
        Dims::VERSIONS,
        |lab| refused(lab, pki().outside_name_constraint(), VerifyCode::NameConstraint),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::wrong_name",
        "A certificate without the name asked for is refused, whether the name is a stranger's or a subdomain.",
        Dims::VERSIONS.variants(&["other.example", "sub.localhost", "localhos"]),
        |lab| refused_name(lab, pki().server_named(&[SERVER_NAME]), VerifyCode::NameMismatch),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::wrong_ip",
        "A certificate without the address asked for is refused, even if it has the name of the same spelling.",
        Dims::VERSIONS.variants(&["192.0.2.1", "2001:db8::1"]),
        |lab| {
            let identity = pki().server_named(&["127.0.0.1", "::1", "x192.0.2.1.example"]);
            refused_name(lab, identity, VerifyCode::IpAddressMismatch)
        },
    )
    .needs_each(
        &[Capability::VerifyIpAddress, Capability::VerifyCode, Capability::AlertSent],
        &[],
    ),
    Scenario::new(
        "verify::name",
        "A name is accepted in any case, and by a wildcard for one label.",
        Dims::VERSIONS.variants(&["LocalHost", "one.wild.example", "under_score.example"]),
        accepted_name,
    ),
    Scenario::new(
        "verify::wildcard_limits",
        "A wildcard stands for one whole label, no more and no less.",
        Dims::VERSIONS.variants(&[
            "wild.example",
            "one.two.wild.example",
            "part.partial.example",
            "one.middle.example",
            "one.single",
            "_one.wild.example",
        ]),
        |lab| refused_name(lab, pki().server_named(NAMES), VerifyCode::NameMismatch),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::ip",
        "A certificate with the address asked for is accepted.",
        Dims::VERSIONS.variants(&["127.0.0.1", "::1"]),
        |lab| accepted_to(lab, lab.variant(), &lab.client_config(), lab.family().server.clone()),
    )
    .needs_each(&[Capability::VerifyIpAddress], &[]),
    Scenario::new(
        "verify::name_unchecked",
        "A client that checks chains and no names accepts any name, with and without one asked for.",
        Dims::VERSIONS.variants(&["other-name", "no-name"]),
        name_unchecked,
    ),
    Scenario::new(
        "verify::chain_still_checked",
        "A client that checks no names still refuses a chain that it does not trust.",
        Dims::VERSIONS,
        chain_still_checked,
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::off",
        "A client that verifies nothing accepts anybody.",
        Dims::VERSIONS.variants(&["self-signed", "expired", "unknown-issuer"]),
        off,
    ),
    Scenario::new(
        "verify::server_name_required",
        "A client that verifies names does not begin without one.",
        Dims::alone(Side::Client),
        server_name_required,
    ),
    Scenario::new(
        "verify::leaf_as_anchor",
        "A leaf that is its own issuer needs no authority when it is trusted itself.",
        Dims::VERSIONS.variants(&["self-signed", "self-signed-authority"]),
        leaf_as_anchor,
    ),
    Scenario::new(
        "verify::leaf_as_anchor_expired",
        "A leaf that is trusted itself is refused once it has expired.",
        Dims::VERSIONS,
        |lab| {
            let identity = pki().self_signed(Purpose::Server, SelfSigned::Expired);
            let mut client = lab.client_config();
            client.trust_store = vec![identity.chain()[0].clone()].into();
            refused_by(lab, &client, identity, VerifyCode::Expired)
        },
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::expired_anchor",
        "An authority whose own certificate has expired is trusted no more.",
        Dims::VERSIONS,
        |lab| {
            let identity = pki().under_expired_intermediate();
            let mut client = lab.client_config();
            client.trust_store = vec![identity.chain()[1].clone()].into();
            client.partial_chain = true;
            refused_by(lab, &client, identity, VerifyCode::Expired)
        },
    )
    .needs_each(TOLD_UNDER_PARTIAL_CHAIN, &[]),
    Scenario::new(
        "verify::renewed_anchor",
        "An authority that is trusted by an old and by a valid certificate is trusted.",
        Dims::VERSIONS,
        |lab| {
            let identity = pki().under_expired_intermediate();
            let mut client = lab.client_config();
            client.trust_store =
                vec![identity.chain()[1].clone(), lab.family().authority.root()].into();
            let mut pair = lab.pair(&client, &lab.server_config())?;
            pair.handshake()
        },
    ),
    Scenario::new(
        "verify::leaf_as_anchor_name",
        "A leaf that is trusted itself is refused for another name than its own.",
        Dims::VERSIONS.variants(&["other.example"]),
        |lab| {
            let identity = pki().self_signed(Purpose::Server, SelfSigned::Plain);
            let mut client = lab.client_config();
            client.trust_store = vec![identity.chain()[0].clone()].into();
            refused_name_by(lab, &client, identity, VerifyCode::NameMismatch)
        },
    )
    .needs_each(TOLD, &[]),
];

const TOLD: &[Capability] = &[Capability::VerifyCode, Capability::AlertSent];
const TOLD_UNDER_PARTIAL_CHAIN: &[Capability] =
    &[Capability::PartialChain, Capability::VerifyCode, Capability::AlertSent];
const NAMES: &[&str] = &[
    SERVER_NAME,
    "*.wild.example",
    "p*.partial.example",
    "one.*.example",
    "*.single",
    "under_score.example",
];

/// The plain client refuses a server that shows `identity`, with this code and the alert that goes with it.
#[track_caller]
fn refused(lab: &Lab, identity: Identity, code: VerifyCode) -> Result<(), Failure> {
    refused_by(lab, &lab.client_config(), identity, code)
}

#[track_caller]
fn refused_by(
    lab: &Lab,
    client: &Config,
    identity: Identity,
    code: VerifyCode,
) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.identities = vec![identity];
    let mut pair = lab.pair(client, &server)?;
    lab.refused(&mut pair, Side::Client, ErrorKind::CertificateVerify(code), code.alert())
}

/// The plain client asks for the name in the variant, and refuses.
#[track_caller]
fn refused_name(lab: &Lab, identity: Identity, code: VerifyCode) -> Result<(), Failure> {
    refused_name_by(lab, &lab.client_config(), identity, code)
}

#[track_caller]
fn refused_name_by(
    lab: &Lab,
    client: &Config,
    identity: Identity,
    code: VerifyCode,
) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.identities = vec![identity];
    let mut pair = lab.pair_to(lab.variant(), client, &server)?;
    lab.refused(&mut pair, Side::Client, ErrorKind::CertificateVerify(code), code.alert())
}

/// The client asks for `name` and accepts a server that shows `identity`.
#[track_caller]
fn accepted_to(lab: &Lab, name: &str, client: &Config, identity: Identity) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.identities = vec![identity];
    let mut pair = lab.pair_to(name, client, &server)?;
    pair.handshake()?;
    pair.exchange()
}

fn chain_as_sent(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let sent = lab.family().server.chain();
    let seen = pair.client().peer_certificates();
    ensure!(seen.first() == sent.first(), "another leaf than was sent");
    ensure!(
        sent.starts_with(seen),
        "{} certificates sent, {} seen or others",
        sent.len(),
        seen.len()
    );
    let whole = (seen.len() == sent.len()).then_some(());
    lab.fact(Side::Client, Capability::PeerChain, whole)
}

fn given_time(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.verify_time = VerifyTime::Fixed(NOW);
    accepted_to(lab, SERVER_NAME, &client, pki().valid_then(Purpose::Server))?;
    client.verify_time = VerifyTime::Fixed(TOO_LATE);
    refused_by(lab, &client, lab.family().server.clone(), VerifyCode::Expired)
}

fn nobody_trusted(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.trust_store = TrustStore::new();
    refused_by(lab, &client, lab.family().server.clone(), VerifyCode::UnknownIssuer)
}

fn accepted_name(lab: &Lab) -> Result<(), Failure> {
    accepted_to(lab, lab.variant(), &lab.client_config(), pki().server_named(NAMES))
}

fn name_unchecked(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.check_server_name = false;
    let wrap = match lab.variant() {
        "no-name" => Wrap::nameless_client(),
        _ => Wrap::client(ServerName::new("other.example")?),
    };
    let mut pair = lab.contexts(&client, &lab.server_config())?.pair(wrap)?;
    pair.handshake()?;
    lab.same_facts(&mut pair)?;
    pair.exchange()
}

fn chain_still_checked(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.check_server_name = false;
    refused_by(lab, &client, pki().strangers().server.clone(), VerifyCode::UnknownIssuer)
}

fn off(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.verify_mode = VerifyMode::None;
    let identity = match lab.variant() {
        "self-signed" => pki().self_signed(Purpose::Server, SelfSigned::Plain),
        "expired" => pki().expired(Purpose::Server),
        _ => pki().strangers().server.clone(),
    };
    accepted_to(lab, "other.example", &client, identity)
}

fn server_name_required(lab: &Lab) -> Result<(), Failure> {
    let bio = || Box::<tls_object_core::VecBio>::default();
    let context = lab.context(&lab.client_config())?;
    match context.wrap_bio(bio(), bio(), Wrap::nameless_client()) {
        Err(error) if error.kind() == ErrorKind::ServerNameRequired => Ok(()),
        other => Err(Failure::new(format!("without a name: {other:?}"))),
    }
}

fn leaf_as_anchor(lab: &Lab) -> Result<(), Failure> {
    let identity = match lab.variant() {
        "self-signed" => pki().self_signed(Purpose::Server, SelfSigned::Plain),
        _ => pki().self_signed(Purpose::Server, SelfSigned::Authority),
    };
    let mut client = lab.client_config();
    client.trust_store = vec![identity.chain()[0].clone()].into();
    accepted_to(lab, SERVER_NAME, &client, identity)
}
