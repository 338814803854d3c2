//! Signed certificate timestamps that a server gives with its certificate (RFC 6962). What is in them is for others to judge.

use tls_object_core::{Capability, Config, ErrorKind, VerifyMode};

use crate::failure::{Failure, ensure};
use crate::lab::{Lab, ask_again, two_hellos};
use crate::pair::Pair;
use crate::pki::{KeyType, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "sct::given",
        "A client that asks is given the server's timestamps as they are, whether it verifies the server or not.",
        Dims::VERSIONS.variants(&["verified", "unverified"]),
        given,
    )
    .needs_each(&[Capability::SctClient], &[Capability::SctServer]),
    Scenario::new(
        "sct::second_hello",
        "They come after a second ClientHello too.",
        Dims::TLS13,
        second_hello,
    )
    .needs_each(
        &[Capability::SctClient, Capability::Groups],
        &[Capability::SctServer, Capability::Groups],
    ),
    Scenario::new(
        "sct::not_asked",
        "A client that does not ask has none, and the server none to tell of.",
        Dims::VERSIONS,
        not_asked,
    )
    .needs_each(&[], &[Capability::SctServer]),
    Scenario::new(
        "sct::nothing_to_give",
        "A client that asks a server without timestamps goes on without.",
        Dims::VERSIONS,
        nothing_to_give,
    )
    .needs_each(&[Capability::SctClient], &[]),
    Scenario::new(
        "sct::by_name",
        "The timestamps belong to the certificate that is shown, whether the default one has any or not.",
        Dims::VERSIONS.variants(&["both", "named"]),
        by_name,
    )
    .needs_each(
        &[Capability::SctClient, Capability::Sni],
        &[Capability::SctServer, Capability::SniIdentity],
    ),
    Scenario::new(
        "sct::by_key",
        "Of several identities the one that is shown gives its timestamps.",
        Dims::VERSIONS,
        by_key,
    )
    .needs_each(
        &[Capability::SctClient],
        &[Capability::SctServer, Capability::SeveralIdentities],
    ),
    Scenario::new(
        "sct::resumed",
        "A resumed connection has none: they came with the certificate.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[Capability::SctClient, Capability::Resumption12, Capability::Resumption13],
        &[Capability::SctServer, Capability::ServerResumption],
    ),
    Scenario::new(
        "sct::wrong_side",
        "A client gives no timestamps, and a server asks for none; what is no list of them is refused at once.",
        Dims::ONCE,
        wrong_side,
    ),
];

/// Stands for a list of two timestamps: libraries look no deeper.
const LIST: &[u8] = &[0, 9, 0, 3, 1, 2, 3, 0, 2, 4, 5];
const ANOTHER: &[u8] = &[0, 3, 0, 1, 6];

/// A client that asks.
fn asking(lab: &Lab) -> Config {
    let mut client = lab.client_config();
    client.request_sct = true;
    client
}

/// A server with a list for its one certificate.
fn giving(lab: &Lab) -> Result<Config, Failure> {
    let mut server = lab.server_config();
    server.identities = vec![lab.family().server.clone().with_sct_list(LIST)?];
    Ok(server)
}

/// The client has been given `expected`, and the server nothing.
fn expect(pair: &mut Pair, expected: Option<&[u8]>) -> Result<(), Failure> {
    pair.exchange()?;
    let given = pair.client().sct_list()?;
    ensure!(given.as_deref() == expected, "the client has {given:?}");
    let own = pair.server().sct_list()?;
    ensure!(own.is_none(), "the server has {own:?}");
    Ok(())
}

fn given(lab: &Lab) -> Result<(), Failure> {
    let mut client = asking(lab);
    if lab.variant() == "unverified" {
        client.verify_mode = VerifyMode::None;
    }
    let mut pair = lab.pair(&client, &giving(lab)?)?;
    let early = pair.client().sct_list().map_err(|error| error.kind());
    ensure!(early == Err(ErrorKind::HandshakeNotDone), "before the handshake: {early:?}");
    pair.handshake()?;
    expect(&mut pair, Some(LIST))
}

fn second_hello(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (asking(lab), giving(lab)?);
    ask_again(&mut client, &mut server);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    two_hellos(&mut pair)?;
    expect(&mut pair, Some(LIST))
}

fn not_asked(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &giving(lab)?)?;
    pair.handshake()?;
    expect(&mut pair, None)
}

fn nothing_to_give(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&asking(lab), &lab.server_config())?;
    pair.handshake()?;
    expect(&mut pair, None)
}

fn by_name(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    if lab.variant() == "both" {
        server.identities = vec![lab.family().server.clone().with_sct_list(ANOTHER)?];
    }
    let named = vec![pki().server_named(&[SERVER_NAME]).with_sct_list(LIST)?];
    server.identities_by_name.insert(SERVER_NAME.to_owned(), named);
    let mut pair = lab.pair(&asking(lab), &server)?;
    pair.handshake()?;
    expect(&mut pair, Some(LIST))
}

fn by_key(lab: &Lab) -> Result<(), Failure> {
    let mut server = giving(lab)?;
    let rsa = pki().family(KeyType::Rsa2048).server.clone();
    server.identities.push(rsa.with_sct_list(ANOTHER)?);
    let mut pair = lab.pair(&asking(lab), &server)?;
    pair.handshake()?;
    expect(&mut pair, Some(LIST))
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&asking(lab), &giving(lab)?)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    let mut second = contexts.resume(lab, &mut first)?;
    expect(&mut first, Some(LIST))?;
    expect(&mut second, None)
}

fn wrong_side(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![lab.family().client.clone().with_sct_list(LIST)?];
    server.request_sct = true;
    for config in [client, server] {
        let kind = lab.refused_config(&config)?.kind();
        ensure!(kind == ErrorKind::InvalidConfig, "{:?}: {kind:?}", config.side);
    }
    let refused = lab.family().server.clone().with_sct_list(&LIST[1..]);
    ensure!(
        refused.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidCertificate),
        "{refused:?}"
    );
    Ok(())
}
