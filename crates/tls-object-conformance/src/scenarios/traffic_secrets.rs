//! The keys of a connection that others go on with.

use tls_object_core::{
    Capability, CipherSuite, Config, Error, ErrorKind, Setting, Side, Status, TrafficKeys,
    TrafficSecrets,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Event, Pair, SIDES};
use crate::pki::{KeyType, pki};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "traffic_secrets::crosswise",
        "What one end writes with is what the other reads with, with each suite that both have.",
        Dims::VERSIONS,
        crosswise,
    )
    .needs(&[
        Capability::TrafficSecrets,
        Capability::CipherSuites12,
        Capability::CipherSuites13,
    ]),
    Scenario::new(
        "traffic_secrets::after_key_updates",
        "Keys that were changed are handed out as they are by then, and an answer that the peer waits for goes out first.",
        Dims::TLS13,
        after_key_updates,
    )
    .needs(&[Capability::TrafficSecrets, Capability::KeyUpdate]),
    Scenario::new(
        "traffic_secrets::ended",
        "An object whose secrets are handed out sends nothing, refuses each call and keeps its facts.",
        Dims::VERSIONS.variants(CLIENT),
        ended,
    )
    .needs_each(SECRETS, &[]),
    Scenario::new(
        "traffic_secrets::ended_server",
        "A server's object does the same.",
        Dims::VERSIONS.variants(SERVER),
        ended,
    )
    .needs_each(&[], SECRETS),
    Scenario::new(
        "traffic_secrets::at_rest",
        "Secrets are handed out between two records: not before all is written out, nor with data or part of a record in hand.",
        Dims::VERSIONS.variants(CLIENT),
        at_rest,
    )
    .needs_each(SECRETS, &[]),
    Scenario::new(
        "traffic_secrets::at_rest_server",
        "A server does the same.",
        Dims::VERSIONS.variants(SERVER),
        at_rest,
    )
    .needs_each(&[], SECRETS),
    Scenario::new(
        "traffic_secrets::out_of_turn",
        "Secrets are handed out after the handshake, before the end, and where the configuration says so.",
        Dims::VERSIONS.variants(CLIENT),
        out_of_turn,
    )
    .needs_each(SECRETS, &[]),
];

const SECRETS: &[Capability] = &[Capability::TrafficSecrets];
const CLIENT: &[&str] = &["client"];
const SERVER: &[&str] = &["server"];

/// Who hands secrets out.
fn side(lab: &Lab) -> Side {
    if lab.variant() == "server" { Side::Server } else { Side::Client }
}

/// Configurations by which `sides` may hand out secrets.
fn configs(lab: &Lab, sides: &[Side]) -> [Config; 2] {
    [lab.client_config(), lab.server_config()].map(|mut config| {
        config.extract_secrets = sides.contains(&config.side);
        config
    })
}

/// A pair of which `sides` may hand out secrets, handshake done.
fn connected(lab: &Lab, sides: &[Side]) -> Result<Pair, Failure> {
    let [client, server] = configs(lab, sides);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    Ok(pair)
}

fn extract(pair: &mut Pair, side: Side) -> Result<Status<TrafficSecrets>, Error> {
    pair.call(side, |tls| tls.extract_traffic_secrets())
}

/// The secrets of `side`, which stand in the way of nothing.
fn secrets(pair: &mut Pair, side: Side) -> Result<TrafficSecrets, Failure> {
    // Under TLS 1.3 there may be an answer to be written out first.
    for _ in 0..2 {
        if let Status::Done(secrets) = extract(pair, side).map_err(|it| Failure::of(side, &it))? {
            return Ok(secrets);
        }
    }
    Err(Failure::new(format!("{side:?} does not come to rest")))
}

/// What is written with is what is read with.
fn same_keys(write: &TrafficKeys, read: &TrafficKeys, fixed: usize) -> Result<(), Failure> {
    ensure!(write.key() == read.key(), "two keys");
    ensure!(write.iv()[..fixed] == read.iv()[..fixed], "two nonces");
    ensure!(write.sequence() == read.sequence(), "{write:?} and {read:?}");
    Ok(())
}

/// Takes the secrets of both ends and compares them.
fn compare(lab: &Lab, pair: &mut Pair) -> Result<[TrafficSecrets; 2], Failure> {
    let facts = lab.same_facts(pair)?;
    let both = [secrets(pair, Side::Client)?, secrets(pair, Side::Server)?];
    let [client, server] = &both;
    for secrets in &both {
        ensure!(Some(secrets.version) == facts.version, "{secrets:?}");
        ensure!(Some(secrets.suite) == facts.cipher_suite, "{secrets:?}");
        ensure!(secrets.write.key() != secrets.read.key(), "one key for both directions");
        let key_len = secrets.suite.traffic_key_len();
        ensure!(key_len == Some(secrets.write.key().len()), "{key_len:?}");
    }
    let fixed = if client.suite.has_explicit_nonce() { 4 } else { 12 };
    same_keys(&client.write, &server.read, fixed)?;
    same_keys(&server.write, &client.read, fixed)?;
    Ok(both)
}

fn crosswise(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        lab.need(side, Capability::TrafficSecrets)?;
    }
    let of = |side| {
        let mut suites = lab.backend(side).capabilities().cipher_suites;
        suites.retain(|suite| suite.version() == lab.version() && !suite.is_psk());
        suites
    };
    let at_server = of(Side::Server);
    let mut shared = of(Side::Client);
    shared.retain(|suite| at_server.contains(suite));
    ensure!(shared.len() >= 3, "hardly a suite in common: {shared:?}");
    for suite in shared {
        let [mut client, mut server] = configs(lab, &SIDES);
        if suite.iana_name().is_some_and(|name| name.contains("_RSA_")) {
            let rsa = pki().family(KeyType::Rsa2048);
            client.trust_store = vec![rsa.authority.root()].into();
            server.identities = vec![rsa.server.clone()];
        }
        client.cipher_suites = Setting::Required(vec![suite]);
        server.cipher_suites = Setting::Required(vec![suite]);
        let mut pair = lab.pair(&client, &server)?;
        pair.handshake()?;
        // More in one direction than in the other, and tickets are read.
        pair.exchange()?;
        pair.write_all(Side::Client, b"once more")?;
        pair.expect_data(Side::Server, b"once more")?;
        if suite.traffic_key_len().is_some() {
            compare(lab, &mut pair)?;
        } else {
            without_such_keys(&mut pair, suite)?;
        }
    }
    Ok(())
}

/// A suite with another encryption is refused, and the connection goes on.
fn without_such_keys(pair: &mut Pair, suite: CipherSuite) -> Result<(), Failure> {
    for side in SIDES {
        let result = extract(pair, side);
        let kind = ErrorKind::Unsupported(Capability::TrafficSecrets);
        ensure!(result.as_ref().is_err_and(|error| error.kind() == kind), "{suite}: {result:?}");
    }
    pair.exchange()
}

fn after_key_updates(lab: &Lab) -> Result<(), Failure> {
    let mut untouched = connected(lab, &SIDES)?;
    untouched.exchange()?;
    compare(lab, &mut untouched)?;

    let mut pair = connected(lab, &SIDES)?;
    pair.exchange()?;
    for by in SIDES {
        let updated = pair.call(by, |tls| tls.key_update(true));
        ensure!(matches!(updated, Ok(Status::Done(()))), "{updated:?}");
        pair.exchange()?;
    }
    // The server has yet to answer this one when its secrets are asked for, and the client to read the answer.
    let updated = pair.call(Side::Client, |tls| tls.key_update(true));
    ensure!(matches!(updated, Ok(Status::Done(()))), "{updated:?}");
    pair.expect_dry(Side::Server)?;
    let server = secrets(&mut pair, Side::Server)?;
    pair.expect_dry(Side::Client)?;
    let client = secrets(&mut pair, Side::Client)?;
    same_keys(&client.write, &server.read, 12)?;
    same_keys(&server.write, &client.read, 12)
}

fn ended(lab: &Lab) -> Result<(), Failure> {
    let side = side(lab);
    let mut pair = connected(lab, &[side])?;
    pair.exchange()?;
    let shown = pair.tls(side).peer_certificates().to_vec();
    secrets(&mut pair, side)?;
    let mut out = [0; 16];
    let refused = [
        extract(&mut pair, side).map(|_| ()),
        pair.call(side, |tls| tls.export_keying_material(&mut out, "EXPORTER-test", None)),
        pair.call(side, |tls| tls.shared_ciphers().map(|_| ())),
        pair.call(side, |tls| tls.key_update(true).map(|_| ())),
    ];
    for result in refused {
        ensure!(result.as_ref().is_err_and(|it| it.kind() == ErrorKind::HandedOver), "{result:?}");
    }
    ensure!(pair.tls(side).session().is_none(), "a session of somebody else's connection");
    ensure!(pair.tls(side).peer_certificates() == shown, "another chain");
    let result = pair.call(side, |tls| tls.read(&mut out));
    let Err(error) = result else { return Err(Failure::new(format!("{result:?}"))) };
    ensure!(error.kind() == ErrorKind::HandedOver, "{error:?}");
    lab.final_error(&mut pair, side, &error)
}

fn at_rest(lab: &Lab) -> Result<(), Failure> {
    let side = side(lab);
    let mut pair = connected(lab, &[side])?;
    pair.exchange()?;
    let waits = |result: &Result<Status<TrafficSecrets>, Error>, what: &str| {
        let holds = match what {
            "write" => matches!(result, Ok(Status::WantWrite)),
            "read" => matches!(result, Ok(Status::WantRead)),
            _ => result.as_ref().is_err_and(|error| error.kind() == ErrorKind::UnreadData),
        };
        ensure!(holds, "for {what}: {result:?}");
        Ok(())
    };
    // Nothing is written out between these two.
    let written = pair.tls(side).write(b"not yet out");
    ensure!(matches!(written, Ok(Status::Done(11))), "{written:?}");
    waits(&pair.tls(side).extract_traffic_secrets(), "write")?;
    pair.collect(side);
    pair.expect_data(side.peer(), b"not yet out")?;

    pair.write_all(side.peer(), b"half read")?;
    ensure!(matches!(pair.read(side, 4), Event::Data(read) if read == b"half"), "not half of it");
    waits(&extract(&mut pair, side), "data")?;
    pair.expect_data(side, b" read")?;

    // Part of a record in the library, the rest not yet there.
    pair.write_all(side.peer(), b"in two pieces")?;
    let mut record = Vec::new();
    while pair.wire_to(side).in_flight() > 0 {
        pair.wire_to(side).deliver(usize::MAX, &mut |bytes| {
            record.extend_from_slice(bytes);
            bytes.len()
        });
    }
    let (front, rest) = record.split_at(9);
    pair.tls(side).incoming().write(front)?;
    pair.expect_dry(side)?;
    waits(&extract(&mut pair, side), "read")?;
    pair.tls(side).incoming().write(rest)?;
    waits(&extract(&mut pair, side), "data")?;
    pair.expect_data(side, b"in two pieces")?;

    // What nobody has begun to read stays where it is.
    pair.write_all(side.peer(), b"for somebody else")?;
    pair.deliver_all(side);
    let waiting = pair.tls(side).incoming().pending();
    secrets(&mut pair, side)?;
    ensure!(pair.tls(side).incoming().pending() == waiting, "taken out of the incoming BIO");
    Ok(())
}

fn out_of_turn(lab: &Lab) -> Result<(), Failure> {
    let side = side(lab);
    let refused = |pair: &mut Pair, kind| {
        let result = extract(pair, side);
        ensure!(result.as_ref().is_err_and(|error| error.kind() == kind), "{kind:?}: {result:?}");
        Ok(())
    };
    let [client, server] = configs(lab, &[side]);
    let mut pair = lab.pair(&client, &server)?;
    refused(&mut pair, ErrorKind::HandshakeNotDone)?;
    pair.handshake()?;
    pair.exchange()?;
    pair.close(side)?;
    refused(&mut pair, ErrorKind::ProtocolIsShutdown)?;

    let mut pair = connected(lab, &[])?;
    refused(&mut pair, ErrorKind::InvalidArgument)?;
    pair.exchange()?;
    pair.shut_down()
}
