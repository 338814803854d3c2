//! Sessions as bytes.

use std::sync::Arc;

use tls_object_core::{
    Capability, Config, DynContext, ErrorKind, Hook, PeerVerifier, PresentedPeer, ServerName,
    Session, Side, VecBio, VerifyCode, VerifyMode, Wrap,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab};
use crate::pki::pki;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "saved::resumed",
        "A session that was saved is resumed by other contexts with the same settings, and renewed.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "saved::other_name",
        "A session that was saved is still refused for another server name than its own.",
        Dims::VERSIONS,
        other_name,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "saved::other_settings",
        "A session that was saved is refused where the peer is judged in another way.",
        Dims::VERSIONS,
        other_settings,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "saved::judged_by_code",
        "A session of peers that the application judges is not saved, and none is loaded there.",
        Dims::VERSIONS,
        judged_by_code,
    )
    .needs_each(JUDGED, SERVER),
    Scenario::new(
        "saved::other_backend",
        "A session that was saved is refused by another backend.",
        Dims::VERSIONS,
        other_backend,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "saved::other_context",
        "A context saves the sessions of no other.",
        Dims::VERSIONS,
        other_context,
    )
    .needs_each(CLIENT, SERVER),
    Scenario::new(
        "saved::other_bytes",
        "Bytes that were cut off, changed, or never a session are refused.",
        Dims::VERSIONS,
        other_bytes,
    )
    .needs_each(CLIENT, SERVER),
];

const CLIENT: &[Capability] =
    &[Capability::Resumption12, Capability::Resumption13, Capability::SessionSerialisation];
const JUDGED: &[Capability] = &[
    Capability::Resumption12,
    Capability::Resumption13,
    Capability::SessionSerialisation,
    Capability::VerifyHook,
];
const SERVER: &[Capability] = &[Capability::ServerResumption];

/// A connection, and the session that it ends with.
fn session(lab: &Lab, contexts: &Contexts, offered: Option<Session>) -> Result<Session, Failure> {
    let mut wrap = lab.wrap()?;
    let resumes = offered.is_some();
    wrap.session = offered;
    let mut pair = contexts.pair(wrap)?;
    pair.handshake()?;
    ensure!(lab.same_facts(&mut pair)?.resumed == resumes, "resumed, or not");
    pair.exchange()?;
    let session = lab.session(&mut pair)?;
    pair.shut_down()?;
    Ok(session)
}

fn contexts(lab: &Lab) -> Result<Contexts, Failure> {
    lab.contexts(&lab.client_config(), &lab.server_config())
}

fn save(context: &dyn DynContext, session: &Session) -> Result<Vec<u8>, Failure> {
    context.save_session(session).map_err(|error| Failure::of(Side::Client, &error))
}

fn load(context: &dyn DynContext, saved: &[u8]) -> Result<Session, Failure> {
    context.load_session(saved).map_err(|error| Failure::of(Side::Client, &error))
}

/// Loading fails with an error of this kind.
fn refused(context: &dyn DynContext, saved: &[u8], kind: ErrorKind) -> Result<(), Failure> {
    match context.load_session(saved) {
        Err(error) if error.kind() == kind => Ok(()),
        other => Err(Failure::new(format!("{kind:?} expected: {other:?}"))),
    }
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = contexts(lab)?;
    let mut newest = session(lab, &contexts, None)?;
    for _ in 0..3 {
        let saved = save(&*contexts.client, &newest)?;
        let mut alike = lab.client_config();
        // What is spoken above does not matter.
        alike.alpn = Vec::new();
        contexts.client = lab.context(&alike)?;
        let loaded = load(&*contexts.client, &saved)?;
        ensure!(loaded.version() == newest.version(), "{loaded:?}");
        ensure!(loaded.server_name() == newest.server_name(), "{loaded:?}");
        ensure!(loaded.time() == newest.time() && loaded.id() == newest.id(), "{loaded:?}");
        newest = session(lab, &contexts, Some(loaded))?;
    }
    Ok(())
}

fn other_name(lab: &Lab) -> Result<(), Failure> {
    let mut contexts = contexts(lab)?;
    let saved = save(&*contexts.client, &session(lab, &contexts, None)?)?;
    contexts.client = lab.context(&lab.client_config())?;
    let loaded = load(&*contexts.client, &saved)?;
    let bio = || Box::<VecBio>::default();
    for wrap in [
        Wrap::client(ServerName::new("other.example")?),
        Wrap::client(ServerName::new("127.0.0.1")?),
    ] {
        match contexts.client.wrap_bio(bio(), bio(), wrap.with_session(loaded.clone())) {
            Err(error) if error.kind() == ErrorKind::SessionMismatch => {}
            other => return Err(Failure::new(format!("offered to another: {other:?}"))),
        }
    }
    session(lab, &contexts, Some(loaded)).map(|_| ())
}

fn other_settings(lab: &Lab) -> Result<(), Failure> {
    let mut careless = lab.client_config();
    careless.verify_mode = VerifyMode::None;
    let careless_contexts = lab.contexts(&careless, &lab.server_config())?;
    let unverified = session(lab, &careless_contexts, None)?;
    let saved = save(&*careless_contexts.client, &unverified)?;
    refused(&*lab.context(&lab.client_config())?, &saved, ErrorKind::SessionMismatch)?;

    let contexts = contexts(lab)?;
    let saved = save(&*contexts.client, &session(lab, &contexts, None)?)?;
    let changes: &[&dyn Fn(&mut Config)] = &[
        &|config| config.verify_mode = VerifyMode::None,
        &|config| config.check_server_name = false,
        &|config| config.trust_store = vec![pki().strangers().authority.root()].into(),
        &|config| _ = config.trust_store.add(pki().strangers().authority.root()),
        &|config| config.identities = vec![lab.family().client.clone()],
    ];
    for change in changes {
        let mut config = lab.client_config();
        change(&mut config);
        refused(&*lab.context(&config)?, &saved, ErrorKind::SessionMismatch)?;
    }
    Ok(())
}

struct AcceptsAll;

impl PeerVerifier for AcceptsAll {
    fn verify(&self, _: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
        Ok(())
    }
}

fn judged_by_code(lab: &Lab) -> Result<(), Failure> {
    let plain = contexts(lab)?;
    let saved = save(&*plain.client, &session(lab, &plain, None)?)?;
    let mut client = lab.client_config();
    client.verifier = Some(Hook::new(Arc::new(AcceptsAll)));
    let judged = lab.contexts(&client, &lab.server_config())?;
    let session = session(lab, &judged, None)?;
    match judged.client.save_session(&session) {
        Err(error) if error.kind() == ErrorKind::SessionMismatch => {}
        other => return Err(Failure::new(format!("saved: {other:?}"))),
    }
    refused(&*judged.client, &saved, ErrorKind::SessionMismatch)
}

fn other_backend(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let saved = save(&*contexts.client, &session(lab, &contexts, None)?)?;
    let other = lab.backend(Side::Server);
    let stranger = other.context(&lab.client_config_for(other))?;
    if other.name() == lab.backend(Side::Client).name() {
        return load(&*stranger, &saved).map(|_| ());
    }
    let expected = if lab.has(Side::Server, Capability::SessionSerialisation) {
        ErrorKind::SessionMismatch
    } else {
        ErrorKind::Unsupported(Capability::SessionSerialisation)
    };
    refused(&*stranger, &saved, expected)
}

fn other_context(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let session = session(lab, &contexts, None)?;
    save(&*contexts.client, &session)?;
    match lab.context(&lab.client_config())?.save_session(&session) {
        Err(error) if error.kind() == ErrorKind::SessionMismatch => Ok(()),
        other => Err(Failure::new(format!("saved by another: {other:?}"))),
    }
}

fn other_bytes(lab: &Lab) -> Result<(), Failure> {
    let contexts = contexts(lab)?;
    let context = &*contexts.client;
    let saved = save(context, &session(lab, &contexts, None)?)?;
    load(context, &saved)?;
    for len in 0..saved.len() {
        refused(context, &saved[..len], ErrorKind::InvalidSession)?;
        let mut changed = saved.clone();
        changed[len] ^= 0x40;
        refused(context, &changed, ErrorKind::InvalidSession)?;
    }
    let longer = [&saved[..], b"more"].concat();
    for bytes in [&longer, &b"-----BEGIN SSL SESSION PARAMETERS-----".repeat(9), &vec![0; 4096]] {
        refused(context, bytes, ErrorKind::InvalidSession)?;
    }
    Ok(())
}
