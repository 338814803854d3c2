//! The name that the client asks for (RFC 6066 section 3), and what the server makes of it.

use tls_object_core::{Capability, Config, ServerName, VerifyMode, Wrap};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::pki::{KeyType, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "sni::identity_by_name",
        "A server shows the certificate of the name that was asked for, in whichever case.",
        Dims::VERSIONS.variants(&["alpha.example", "beta.example", "ALPHA.Example"]),
        identity_by_name,
    )
    .needs_each(&[Capability::Sni], &[Capability::Sni, Capability::SniIdentity]),
    Scenario::new(
        "sni::identity_of_another_key_type",
        "The certificate for a name may have a key of another type than the default one.",
        Dims::VERSIONS,
        identity_of_another_key_type,
    )
    .needs_each(&[Capability::Sni], &[Capability::Sni, Capability::SniIdentity]),
    Scenario::new(
        "sni::unknown_name",
        "A server that has no certificate for the name shows its default one.",
        Dims::VERSIONS,
        |lab| default_shown(lab, "gamma.example", Some("gamma.example")),
    )
    .needs_each(&[Capability::Sni], &[Capability::Sni, Capability::SniIdentity]),
    Scenario::new(
        "sni::ip_address",
        "An address is never asked for by SNI, and the default certificate is shown.",
        Dims::VERSIONS.variants(&["127.0.0.1", "::1"]),
        |lab| default_shown(lab, lab.variant(), None),
    )
    .needs_each(&[Capability::VerifyIpAddress], &[Capability::Sni, Capability::SniIdentity]),
    Scenario::new(
        "sni::no_name",
        "A client without a name asks for none.",
        Dims::VERSIONS,
        no_name,
    )
    .needs(&[Capability::Sni]),
    Scenario::new(
        "sni::lower_case",
        "Both ends tell the name in lower case and without a dot at its end.",
        Dims::VERSIONS,
        lower_case,
    )
    .needs(&[Capability::Sni]),
];

/// A server with a certificate for each of two names besides its default one.
fn server(lab: &Lab) -> Config {
    let mut server = lab.server_config();
    for name in ["alpha.example", "beta.example"] {
        server.identities_by_name.insert(name.to_owned(), vec![pki().server_named(&[name])]);
    }
    server
}

fn asked(lab: &Lab, pair: &mut Pair, expected: Option<&str>) -> Result<(), Failure> {
    if expected.is_some() {
        for side in SIDES {
            lab.fact(side, Capability::Sni, pair.tls(side).facts().server_name.as_ref())?;
        }
    }
    let facts = lab.same_facts(pair)?;
    ensure!(facts.server_name.as_deref() == expected, "asked for {:?}", facts.server_name);
    pair.exchange()
}

fn identity_by_name(lab: &Lab) -> Result<(), Failure> {
    let name = lab.variant().to_ascii_lowercase();
    let server = server(lab);
    let shown = server.identities_by_name[&name][0].chain()[0].clone();
    let mut pair = lab.pair_to(lab.variant(), &lab.client_config(), &server)?;
    pair.handshake()?;
    ensure!(pair.client().getpeercert() == Some(&shown), "another certificate was shown");
    asked(lab, &mut pair, Some(&name))
}

fn identity_of_another_key_type(lab: &Lab) -> Result<(), Failure> {
    let family = pki().family(KeyType::Rsa2048);
    let mut client = lab.client_config();
    client.trust_store.add(family.authority.root());
    let mut server = lab.server_config();
    server.identities = vec![pki().server_named(&["other.example"])];
    server.identities_by_name.insert(SERVER_NAME.to_owned(), vec![family.server.clone()]);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    ensure!(pair.client().getpeercert() == family.server.leaf(), "another certificate");
    asked(lab, &mut pair, Some(SERVER_NAME))
}

fn default_shown(lab: &Lab, name: &str, expected: Option<&str>) -> Result<(), Failure> {
    let mut server = server(lab);
    let shown = pki().server_named(&[name]);
    server.identities = vec![shown.clone()];
    let mut pair = lab.pair_to(name, &lab.client_config(), &server)?;
    pair.handshake()?;
    ensure!(pair.client().getpeercert() == shown.leaf(), "another certificate was shown");
    asked(lab, &mut pair, expected)
}

fn no_name(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.verify_mode = VerifyMode::None;
    let mut pair = lab.contexts(&client, &lab.server_config())?.pair(Wrap::nameless_client())?;
    pair.handshake()?;
    asked(lab, &mut pair, None)
}

fn lower_case(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut pair = contexts.pair(Wrap::client(ServerName::new("LOCALHOST.")?))?;
    pair.handshake()?;
    asked(lab, &mut pair, Some(SERVER_NAME))
}
