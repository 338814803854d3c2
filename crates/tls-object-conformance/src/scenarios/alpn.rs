//! Application protocols (RFC 7301).

use tls_object_core::{Alert, AlpnMismatch, AlpnProtocol, Capability, Config, ErrorKind, Side};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "alpn::agreed",
        "A protocol that both ends have is agreed on.",
        Dims::VERSIONS,
        |lab| agreed(lab, &["h2", "http/1.1"], &["http/1.1"], Some("http/1.1")),
    )
    .needs(ALPN),
    Scenario::new(
        "alpn::server_order",
        "Of several in common the server takes the first of its own list.",
        Dims::VERSIONS,
        |lab| agreed(lab, &["a", "b", "c"], &["x", "c", "b"], Some("c")),
    )
    .needs(ALPN),
    Scenario::new(
        "alpn::longest_name",
        "A name of 255 bytes of any value is a name like any other.",
        Dims::VERSIONS,
        longest_name,
    )
    .needs(&[Capability::Alpn, Capability::AlpnBytes]),
    Scenario::new(
        "alpn::one_sided",
        "Where one end names no protocol, none is agreed on.",
        Dims::VERSIONS.variants(&["client", "server"]),
        one_sided,
    )
    .needs(ALPN),
    Scenario::new(
        "alpn::none_shared",
        "A server that has none of the client's protocols refuses with the alert for it.",
        Dims::VERSIONS,
        none_shared,
    )
    .needs_each(ALPN, &[Capability::Alpn, Capability::AlertSent]),
    Scenario::new(
        "alpn::none_shared_continue",
        "A server that is told to goes on without a protocol in common.",
        Dims::VERSIONS,
        none_shared_continue,
    )
    .needs_each(ALPN, &[Capability::Alpn, Capability::AlpnContinue]),
    Scenario::new(
        "alpn::continue_agrees",
        "A server that would go on without still agrees on what is in common.",
        Dims::VERSIONS,
        continue_agrees,
    )
    .needs_each(ALPN, &[Capability::Alpn, Capability::AlpnContinue]),
];

const ALPN: &[Capability] = &[Capability::Alpn];

fn protocols(names: &[&str]) -> Result<Vec<AlpnProtocol>, Failure> {
    names.iter().map(|&name| Ok(AlpnProtocol::new(name)?)).collect()
}

/// Configurations that name these protocols.
fn configs(lab: &Lab, client: &[&str], server: &[&str]) -> Result<(Config, Config), Failure> {
    let mut configs = (lab.client_config(), lab.server_config());
    configs.0.alpn = protocols(client)?;
    configs.1.alpn = protocols(server)?;
    Ok(configs)
}

fn settled(
    lab: &Lab,
    client: &Config,
    server: &Config,
    expected: Option<&[u8]>,
) -> Result<(), Failure> {
    let mut pair = lab.pair(client, server)?;
    pair.handshake()?;
    let facts = lab.same_facts(&mut pair)?;
    let agreed = facts.alpn.as_ref().map(AlpnProtocol::as_bytes);
    ensure!(agreed == expected, "{agreed:?} agreed on, expected {expected:?}");
    ensure!(pair.client().selected_alpn_protocol() == expected, "two views of one fact");
    pair.exchange()
}

fn agreed(
    lab: &Lab,
    client: &[&str],
    server: &[&str],
    expected: Option<&str>,
) -> Result<(), Failure> {
    let (client, server) = configs(lab, client, server)?;
    settled(lab, &client, &server, expected.map(str::as_bytes))
}

fn longest_name(lab: &Lab) -> Result<(), Failure> {
    let name: Vec<u8> = (1..=255).collect();
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.alpn = vec![AlpnProtocol::new(name.clone())?];
    server.alpn.clone_from(&client.alpn);
    settled(lab, &client, &server, Some(&name))
}

fn one_sided(lab: &Lab) -> Result<(), Failure> {
    match lab.variant() {
        "client" => agreed(lab, &["h2"], &[], None),
        _ => agreed(lab, &[], &["h2"], None),
    }
}

fn none_shared(lab: &Lab) -> Result<(), Failure> {
    let (client, server) = configs(lab, &["h2", "http/1.1"], &["imap"])?;
    let mut pair = lab.pair(&client, &server)?;
    let alert = Alert::NO_APPLICATION_PROTOCOL;
    lab.refused(&mut pair, Side::Server, ErrorKind::NoSharedAlpn, alert)
}

fn none_shared_continue(lab: &Lab) -> Result<(), Failure> {
    let (client, mut server) = configs(lab, &["h2", "http/1.1"], &["imap"])?;
    server.alpn_mismatch = AlpnMismatch::Continue;
    settled(lab, &client, &server, None)
}

fn continue_agrees(lab: &Lab) -> Result<(), Failure> {
    let (client, mut server) = configs(lab, &["h2", "imap"], &["imap", "h2"])?;
    server.alpn_mismatch = AlpnMismatch::Continue;
    settled(lab, &client, &server, Some(b"imap"))
}
