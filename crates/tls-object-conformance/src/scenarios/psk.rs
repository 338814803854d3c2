//! Keys that both ends have from elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use tls_object_core::{
    Alert, Capability, ChannelBinding, CipherSuite, Config, ErrorKind, HandshakeKind, Hook,
    PreSharedKey, PskClient, PskOffer, PskServer, Setting, Side, TrustStore, VerifyCode,
    VerifyMode,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Lab, ask_again, ended_by_panic, panic_quietly, two_hellos};
use crate::pair::{Pair, Progress, SIDES};
use crate::pki::SERVER_NAME;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "psk::agreed",
        "Two ends with the same key need no certificate, and have none to tell of.",
        Dims::VERSIONS.variants(&["hint", "no_hint"]),
        agreed,
    )
    .needs(PSK),
    Scenario::new(
        "psk::beside_certificate",
        "A server that has keys and certificates takes the key of a client that offers one, and asks it for no certificate.",
        Dims::VERSIONS.variants(&["one", "by_name"]),
        beside_certificate,
    )
    .needs(PSK),
    Scenario::new(
        "psk::wrong_key",
        "A server refuses a client with another key than its own.",
        Dims::VERSIONS,
        wrong_key,
    )
    .needs(PSK),
    Scenario::new(
        "psk::unknown_identity",
        "A client whose identity has no key is refused under TLS 1.2, and under TLS 1.3 shown a certificate if there is one.",
        Dims::VERSIONS.variants(&["certificate", "keys alone"]),
        unknown_identity,
    )
    .needs(PSK),
    Scenario::new(
        "psk::nothing_offered",
        "A client without a key for the server gives up under TLS 1.2 and is shown a certificate under TLS 1.3.",
        Dims::VERSIONS,
        nothing_offered,
    )
    .needs(PSK),
    Scenario::new(
        "psk::keys_at_server_only",
        "A server with keys alone refuses a client without.",
        Dims::VERSIONS,
        keys_at_server_only,
    )
    .needs_each(&[], PSK),
    Scenario::new(
        "psk::keys_at_client_only",
        "A server without keys shows a client with one its certificate, which is verified.",
        Dims::VERSIONS.variants(&["trusted", "unknown"]),
        keys_at_client_only,
    )
    .needs_each(PSK, &[]),
    Scenario::new(
        "psk::second_hello",
        "A key survives a second ClientHello.",
        Dims::TLS13,
        second_hello,
    )
    .needs(&[Capability::Psk13, Capability::CipherSuites13, Capability::Groups]),
    Scenario::new(
        "psk::second_hello_without",
        "A key is left out of a second ClientHello where the server has chosen a suite without its hash.",
        Dims::TLS13,
        second_hello_without,
    )
    .needs_each(
        &[Capability::Psk13, Capability::CipherSuites13, Capability::Groups],
        &[Capability::CipherSuites13, Capability::Groups],
    ),
    Scenario::new(
        "psk::suites",
        "Each cipher suite with a key that both ends have can be spoken.",
        Dims::TLS12,
        suites,
    )
    .needs(&[Capability::Psk12, Capability::CipherSuites12]),
    Scenario::new(
        "psk::resumed",
        "A session that began with a key is resumed.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[
            Capability::Psk12,
            Capability::Psk13,
            Capability::Resumption12,
            Capability::Resumption13,
        ],
        &[Capability::Psk12, Capability::Psk13, Capability::ServerResumption],
    ),
    Scenario::new(
        "psk::panic",
        "A hook for keys that panics ends the connection; a server tells the client so.",
        Dims::VERSIONS.variants(&["client", "server"]),
        panic,
    )
    .needs(PSK),
    Scenario::new(
        "psk::contradictions",
        "Keys on the wrong side or without a suite, hints without keys or of no use, suites without keys and certificates in spite of keys are refused.",
        Dims::ONCE,
        contradictions,
    ),
];

const PSK: &[Capability] = &[Capability::Psk12, Capability::Psk13];

const IDENTITY: &str = "a client, \u{e9}tranger";
const HINT: &str = "a server";
const KEY: &[u8] = &[7; 32];

/// Offers one key, or none, and notes the hints.
struct Offers {
    offer: Option<PskOffer>,
    hints: Mutex<Vec<Option<Vec<u8>>>>,
}

impl PskClient for Offers {
    fn offer(&self, hint: Option<&[u8]>) -> Option<PskOffer> {
        let mut hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        hints.push(hint.map(<[u8]>::to_vec));
        self.offer.clone()
    }
}

/// Has one key, and notes the identities.
struct Keys {
    key: PreSharedKey,
    identities: Mutex<Vec<Vec<u8>>>,
}

impl PskServer for Keys {
    fn find(&self, identity: &[u8]) -> Option<PreSharedKey> {
        let mut identities = self.identities.lock().unwrap_or_else(PoisonError::into_inner);
        identities.push(identity.to_vec());
        (identity == IDENTITY.as_bytes()).then(|| self.key.clone())
    }
}

fn offers(identity: &str, key: &[u8]) -> Result<Arc<Offers>, Failure> {
    let offer = Some(PskOffer::new(identity, PreSharedKey::new(key)?)?);
    Ok(Arc::new(Offers { offer, hints: Mutex::default() }))
}

fn keys() -> Result<Arc<Keys>, Failure> {
    Ok(Arc::new(Keys { key: PreSharedKey::new(KEY)?, identities: Mutex::default() }))
}

fn client_hook(code: Arc<Offers>) -> Option<Hook<dyn PskClient>> {
    Some(Hook::new(code))
}

fn server_hook(code: Arc<Keys>) -> Option<Hook<dyn PskServer>> {
    Some(Hook::new(code))
}

/// A client that offers the server's key.
fn client(lab: &Lab) -> Result<Config, Failure> {
    let mut config = lab.client_config();
    config.psk_client = client_hook(offers(IDENTITY, KEY)?);
    Ok(config)
}

/// A server with keys and nothing else.
fn server(lab: &Lab) -> Result<Config, Failure> {
    let mut config = beside(lab)?;
    config.identities.clear();
    Ok(config)
}

/// A server with keys and a certificate.
fn beside(lab: &Lab) -> Result<Config, Failure> {
    let mut config = lab.server_config();
    config.psk_server = server_hook(keys()?);
    Ok(config)
}

/// A finished handshake rests on the key and on no certificate.
fn rests_on_key(lab: &Lab, pair: &mut Pair) -> Result<(), Failure> {
    let facts = lab.same_facts(pair)?;
    ensure!(facts.resumed == lab.is_tls13(), "{facts:?}");
    let kind = if lab.is_tls13() { HandshakeKind::Resumed } else { HandshakeKind::Full };
    ensure!(facts.handshake == Some(kind), "{facts:?}");
    ensure!(facts.client_signature.is_none() && facts.server_signature.is_none(), "{facts:?}");
    ensure!(facts.cipher_suite.is_some_and(|suite| suite.is_psk()) != lab.is_tls13(), "{facts:?}");
    for side in SIDES {
        let tls = pair.tls(side);
        ensure!(tls.peer_certificates().is_empty() && !tls.peer_is_verified(), "{side:?}");
        if lab.has(side, Capability::OwnCertificate) {
            let own = pair.tls(side).own_certificate()?;
            ensure!(own.is_none(), "{side:?} has shown {own:?}");
        }
    }
    pair.exchange()
}

/// A finished handshake rests on the server's certificate.
fn rests_on_certificate(lab: &Lab, pair: &mut Pair) -> Result<(), Failure> {
    let facts = lab.same_facts(pair)?;
    ensure!(!facts.resumed, "{facts:?}");
    ensure!(pair.client().peer_certificates() == lab.family().server.chain(), "another chain");
    pair.exchange()
}

fn agreed(lab: &Lab) -> Result<(), Failure> {
    let (offers, keys) = (offers(IDENTITY, KEY)?, keys()?);
    let (mut client, mut server) = (lab.client_config(), server(lab)?);
    client.psk_client = client_hook(offers.clone());
    server.psk_server = server_hook(keys.clone());
    let hint = (lab.variant() == "hint").then_some(HINT);
    server.psk_identity_hint = hint.map(str::to_owned);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    rests_on_key(lab, &mut pair)?;
    let identities = keys.identities.lock().unwrap_or_else(PoisonError::into_inner);
    ensure!(*identities == [IDENTITY.as_bytes()], "{identities:?}");
    let hints = offers.hints.lock().unwrap_or_else(PoisonError::into_inner);
    // TLS 1.3 has no hints.
    let told = hint.filter(|_| !lab.is_tls13()).map(|hint| hint.as_bytes().to_vec());
    ensure!(*hints == [told], "{hints:?}");
    Ok(())
}

fn beside_certificate(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (client(lab)?, beside(lab)?);
    client.identities = vec![lab.family().client.clone()];
    if lab.has(Side::Server, Capability::ClientAuthOptional) {
        server.verify_mode = VerifyMode::Optional;
        server.trust_store = vec![lab.family().authority.root()].into();
    }
    if lab.variant() == "by_name" && lab.has(Side::Server, Capability::SniIdentity) {
        let identities = server.identities.clone();
        server.identities_by_name.insert(SERVER_NAME.to_owned(), identities);
    }
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    rests_on_key(lab, &mut pair)
}

fn wrong_key(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.psk_client = client_hook(offers(IDENTITY, &[8; 32])?);
    let mut pair = lab.pair(&client, &beside(lab)?)?;
    let (kind, alert) = if lab.is_tls13() {
        (ErrorKind::BadHandshakeSignature, Alert::DECRYPT_ERROR)
    } else {
        (ErrorKind::BadRecordMac, Alert::BAD_RECORD_MAC)
    };
    lab.refused(&mut pair, Side::Server, kind, alert)
}

fn unknown_identity(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.psk_client = client_hook(offers("a stranger", KEY)?);
    let alone = lab.variant() == "keys alone";
    let server = if alone { server(lab)? } else { beside(lab)? };
    let mut pair = lab.pair(&client, &server)?;
    if lab.is_tls13() && !alone {
        pair.handshake()?;
        return rests_on_certificate(lab, &mut pair);
    }
    let tls12 = !lab.is_tls13();
    let alert = if tls12 { Alert::UNKNOWN_PSK_IDENTITY } else { Alert::HANDSHAKE_FAILURE };
    let kind = ErrorKind::UnknownPskIdentity;
    lab.refused(&mut pair, Side::Server, kind, alert)
}

fn nothing_offered(lab: &Lab) -> Result<(), Failure> {
    let mut client = lab.client_config();
    client.psk_client = client_hook(Arc::new(Offers { offer: None, hints: Mutex::default() }));
    let mut pair = lab.pair(&client, &beside(lab)?)?;
    if lab.is_tls13() {
        pair.handshake()?;
        return rests_on_certificate(lab, &mut pair);
    }
    let (kind, alert) = (ErrorKind::UnknownPskIdentity, Alert::HANDSHAKE_FAILURE);
    lab.refused(&mut pair, Side::Client, kind, alert)
}

fn keys_at_server_only(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &server(lab)?)?;
    let kind =
        if lab.is_tls13() { ErrorKind::NoSharedSignatureScheme } else { ErrorKind::NoSharedCipher };
    lab.refused(&mut pair, Side::Server, kind, Alert::HANDSHAKE_FAILURE)
}

fn keys_at_client_only(lab: &Lab) -> Result<(), Failure> {
    let mut client = client(lab)?;
    if lab.variant() == "unknown" {
        client.trust_store = TrustStore::new();
    }
    let mut pair = lab.pair(&client, &lab.server_config())?;
    if lab.variant() == "unknown" {
        let code = VerifyCode::UnknownIssuer;
        let kind = ErrorKind::CertificateVerify(code);
        return lab.refused(&mut pair, Side::Client, kind, code.alert());
    }
    pair.handshake()?;
    rests_on_certificate(lab, &mut pair)
}

/// A client with a key, and `server`, which asks it for another group and speaks `suite` alone.
fn retried(lab: &Lab, mut server: Config, suite: CipherSuite) -> Result<Pair, Failure> {
    let mut client = client(lab)?;
    ask_again(&mut client, &mut server);
    server.cipher_suites = Setting::Required(vec![suite]);
    lab.pair(&client, &server)
}

fn second_hello(lab: &Lab) -> Result<(), Failure> {
    let mut pair = retried(lab, server(lab)?, CipherSuite::TLS13_AES_128_GCM_SHA256)?;
    pair.handshake()?;
    two_hellos(&mut pair)?;
    rests_on_key(lab, &mut pair)
}

fn second_hello_without(lab: &Lab) -> Result<(), Failure> {
    let suite = CipherSuite::TLS13_AES_256_GCM_SHA384;
    let mut pair = retried(lab, lab.server_config(), suite)?;
    let handshake = pair.drive()?;
    two_hellos(&mut pair)?;
    let error = match handshake.of(Side::Server) {
        Progress::Failed(error) => Some(error.kind()),
        Progress::Done | Progress::Waiting => None,
    };
    lab.expect("error of the server", None, error)?;
    match error {
        Some(_) => Ok(()),
        None => rests_on_certificate(lab, &mut pair),
    }
}

fn suites(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        lab.need(side, Capability::Psk12)?;
    }
    let of = |side| {
        let mut suites = lab.backend(side).capabilities().cipher_suites;
        suites.retain(|suite| suite.is_psk());
        suites
    };
    let mut shared = of(Side::Client);
    let at_server = of(Side::Server);
    shared.retain(|suite| at_server.contains(suite));
    ensure!(shared.len() >= 3, "hardly a suite in common: {shared:?}");
    for suite in shared {
        let (mut client, mut server) = (client(lab)?, server(lab)?);
        client.cipher_suites = Setting::Required(vec![suite]);
        server.cipher_suites = Setting::Required(vec![suite]);
        let mut pair = lab.pair(&client, &server)?;
        pair.handshake()?;
        let facts = lab.same_facts(&mut pair)?;
        ensure!(facts.cipher_suite == Some(suite), "{suite} asked, {facts:?}");
        ensure!(facts.group.is_none() || suite.is_forward_secret(), "{suite}: {facts:?}");
        rests_on_key(lab, &mut pair)?;
    }
    Ok(())
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let keys = keys()?;
    let mut server = beside(lab)?;
    server.psk_server = server_hook(keys.clone());
    let contexts = lab.contexts(&client(lab)?, &server)?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    let mut second = contexts.resume(lab, &mut first)?;
    let asked = keys.identities.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let about_client = asked.iter().filter(|identity| **identity == *IDENTITY.as_bytes()).count();
    ensure!(about_client == 1, "asked {about_client} times: {asked:?}");
    for side in SIDES {
        let shown = second.tls(side).peer_certificates();
        ensure!(shown.is_empty(), "{side:?} has {shown:?}");
        let end_point = second.tls(side).get_channel_binding(ChannelBinding::TlsServerEndPoint);
        ensure!(end_point.is_err(), "{side:?} has {end_point:?}");
    }
    if lab.has(Side::Server, Capability::OwnCertificate) {
        let own = second.server().own_certificate()?;
        ensure!(own.is_none(), "the server has shown {own:?}");
    }
    second.exchange()
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    let by = if lab.variant() == "client" { Side::Client } else { Side::Server };
    let (mut client, mut server) = (client(lab)?, beside(lab)?);
    match by {
        Side::Client => {
            let code = |_: Option<&[u8]>| -> Option<PskOffer> { panic_quietly() };
            client.psk_client = Some(Hook::new(Arc::new(code)));
        }
        Side::Server => {
            let code = |_: &[u8]| -> Option<PreSharedKey> { panic_quietly() };
            server.psk_server = Some(Hook::new(Arc::new(code)));
        }
    }
    let mut pair = lab.pair(&client, &server)?;
    ended_by_panic(&mut pair, by)?;
    match by {
        Side::Client => Ok(()),
        Side::Server => lab.told_of_panic(&mut pair, by, Alert::INTERNAL_ERROR),
    }
}

fn contradictions(lab: &Lab) -> Result<(), Failure> {
    let mut wrong_client = lab.client_config();
    wrong_client.psk_server = server_hook(keys()?);
    let mut wrong_server = lab.server_config();
    wrong_server.psk_client = client_hook(offers(IDENTITY, KEY)?);
    let mut hint_alone = lab.server_config();
    hint_alone.psk_identity_hint = Some(HINT.to_owned());
    let mut required = beside(lab)?;
    required.verify_mode = VerifyMode::Required;
    required.trust_store = vec![lab.family().authority.root()].into();
    let mut cases = vec![wrong_client, wrong_server, hint_alone, required];
    for hint in [String::new(), "a\0b".to_owned(), "a".repeat(129)] {
        let mut config = beside(lab)?;
        config.psk_identity_hint = Some(hint);
        cases.push(config);
    }
    let mut of_no_use = [beside(lab)?, lab.client_config()];
    of_no_use[1].psk_client = client_hook(offers(IDENTITY, KEY)?);
    for mut config in of_no_use.into_iter().filter(|it| lab.has(it.side, Capability::Psk13)) {
        config.cipher_suites = Setting::Required(vec![CipherSuite::TLS13_AES_256_GCM_SHA384]);
        cases.push(config);
    }
    let capabilities = lab.backend(Side::Client).capabilities();
    let suites = capabilities.cipher_suites.iter().copied().filter(|suite| suite.is_psk());
    for suite in suites.take(1) {
        let mut config = lab.client_config();
        config.min_version = suite.version();
        config.max_version = suite.version();
        config.cipher_suites = Setting::Required(vec![suite]);
        cases.push(config);
    }
    for config in cases {
        let report = lab.backend(config.side).check(&config);
        let invalid = report.errors.iter().any(|error| error.kind() == ErrorKind::InvalidConfig);
        ensure!(invalid, "{:?}: {report:?}", config.side);
        lab.refused_config(&config)?;
    }
    Ok(())
}
