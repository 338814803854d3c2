//! OCSP responses that a server gives with its certificate (RFC 6066 section 8). What is in them is for others to judge.

use tls_object_core::{Capability, ErrorKind, Side, VerifyMode};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::Progress;
use crate::pki::{KeyType, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "ocsp::staple",
        "A client that asks is given the server's response as it is, whether it verifies the server or not.",
        Dims::VERSIONS.variants(&["verified", "unverified"]),
        staple,
    )
    .needs_each(&[Capability::OcspStapleClient], &[Capability::OcspStapleServer]),
    Scenario::new(
        "ocsp::not_asked",
        "A client that does not ask has no response, and the server none to tell of.",
        Dims::VERSIONS,
        not_asked,
    )
    .needs_each(&[], &[Capability::OcspStapleServer]),
    Scenario::new(
        "ocsp::nothing_to_give",
        "A client that asks a server without a response goes on without.",
        Dims::VERSIONS,
        nothing_to_give,
    )
    .needs_each(&[Capability::OcspStapleClient], &[]),
    Scenario::new(
        "ocsp::by_name",
        "The response belongs to the certificate that is shown.",
        Dims::VERSIONS,
        by_name,
    )
    .needs_each(
        &[Capability::OcspStapleClient, Capability::Sni],
        &[Capability::OcspStapleServer, Capability::SniIdentity],
    ),
    Scenario::new(
        "ocsp::by_key",
        "Of several identities the one that is shown gives its response.",
        Dims::VERSIONS,
        by_key,
    )
    .needs_each(
        &[Capability::OcspStapleClient],
        &[Capability::OcspStapleServer, Capability::SeveralIdentities],
    ),
    Scenario::new(
        "ocsp::no_response",
        "What is no response is refused with the context or by the client, by libraries that read it, or given as it is.",
        Dims::VERSIONS,
        no_response,
    )
    .needs_each(&[Capability::OcspStapleClient], &[Capability::OcspStapleServer]),
    Scenario::new(
        "ocsp::too_long",
        "A response that a certificate's extensions have no room for is refused where TLS 1.3 is spoken.",
        Dims::VERSIONS,
        too_long,
    )
    .needs_each(&[], &[Capability::OcspStapleServer]),
    Scenario::new(
        "ocsp::wrong_side",
        "A client gives no response, and a server asks for none.",
        Dims::ONCE,
        wrong_side,
    ),
];

/// Stands for a response: libraries pass it on unread.
const RESPONSE: &[u8] = &[0x30, 3, 0x0a, 1, 0];
const ANOTHER: &[u8] = &[0x30, 3, 0x0a, 1, 6];

fn staple(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.request_ocsp = true;
    if lab.variant() == "unverified" {
        client.verify_mode = VerifyMode::None;
    }
    server.identities = vec![lab.family().server.clone().with_ocsp_response(RESPONSE)?];
    let mut pair = lab.pair(&client, &server)?;
    let early = pair.client().ocsp_response().map_err(|error| error.kind());
    ensure!(early == Err(ErrorKind::HandshakeNotDone), "before the handshake: {early:?}");
    pair.handshake()?;
    pair.exchange()?;
    let given = pair.client().ocsp_response()?;
    ensure!(given.as_deref() == Some(RESPONSE), "the client has {given:?}");
    let own = pair.server().ocsp_response()?;
    ensure!(own.is_none(), "the server has {own:?}");
    Ok(())
}

fn not_asked(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.identities = vec![lab.family().server.clone().with_ocsp_response(RESPONSE)?];
    let mut pair = lab.pair(&lab.client_config(), &server)?;
    pair.handshake()?;
    pair.exchange()?;
    let given = pair.client().ocsp_response()?;
    ensure!(given.is_none(), "the client has {given:?}");
    Ok(())
}

fn nothing_to_give(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.request_ocsp = true;
    let mut pair = lab.pair(&client, &lab.server_config())?;
    pair.handshake()?;
    pair.exchange()?;
    let given = pair.client().ocsp_response()?;
    ensure!(given.is_none(), "the client has {given:?}");
    Ok(())
}

fn by_name(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.request_ocsp = true;
    let named = pki().server_named(&[SERVER_NAME]);
    server.identities = vec![lab.family().server.clone().with_ocsp_response(ANOTHER)?];
    let named = vec![named.with_ocsp_response(RESPONSE)?];
    server.identities_by_name.insert(SERVER_NAME.to_owned(), named);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let given = pair.client().ocsp_response()?;
    ensure!(given.as_deref() == Some(RESPONSE), "the client has {given:?}");
    Ok(())
}

fn by_key(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.request_ocsp = true;
    let rsa = pki().family(KeyType::Rsa2048).server.clone();
    server.identities = vec![
        lab.family().server.clone().with_ocsp_response(RESPONSE)?,
        rsa.with_ocsp_response(ANOTHER)?,
    ];
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    let given = pair.client().ocsp_response()?;
    ensure!(given.as_deref() == Some(RESPONSE), "the client has {given:?}");
    Ok(())
}

fn no_response(lab: &Lab) -> Result<(), Failure> {
    lab.need(Side::Client, Capability::OcspStapleClient)?;
    lab.need(Side::Server, Capability::OcspStapleServer)?;
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.request_ocsp = true;
    let not_der = &[0x6a; 4];
    server.identities = vec![lab.family().server.clone().with_ocsp_response(&not_der[..])?];
    if let Err(error) = lab.backend(Side::Server).context(&server) {
        ensure!(error.kind() == ErrorKind::InvalidCertificate, "{error:?}");
        return Ok(());
    }
    let mut pair = lab.pair(&client, &server)?;
    if let Progress::Failed(error) = pair.drive()?.of(Side::Client) {
        ensure!(error.kind() == ErrorKind::Decode, "{error:?}");
        return Ok(());
    }
    let given = pair.client().ocsp_response()?;
    ensure!(given.as_deref() == Some(not_der), "the client has {given:?}");
    Ok(())
}

fn too_long(lab: &Lab) -> Result<(), Failure> {
    lab.need(Side::Server, Capability::OcspStapleServer)?;
    // DER of 65528 bytes in all, one more than there is room for beside the headers.
    let response = [&[0x04, 0x82, 0xff, 0xf4][..], &[0; 0xfff4]].concat();
    let mut server = lab.server_config();
    server.identities = vec![lab.family().server.clone().with_ocsp_response(response)?];
    let report = lab.backend(Side::Server).check(&server);
    let refused = report.into_result().map_err(|error| error.kind());
    let expected = if lab.is_tls13() { Err(ErrorKind::InvalidConfig) } else { Ok(()) };
    ensure!(refused == expected, "{refused:?}");
    Ok(())
}

fn wrong_side(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.identities = vec![lab.family().client.clone().with_ocsp_response(RESPONSE)?];
    server.request_ocsp = true;
    for config in [client, server] {
        let kind = lab.refused_config(&config)?.kind();
        ensure!(kind == ErrorKind::InvalidConfig, "{:?}: {kind:?}", config.side);
    }
    Ok(())
}
