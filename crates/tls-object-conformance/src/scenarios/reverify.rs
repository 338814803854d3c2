//! Chains of resumed sessions, which are judged anew where a client wants that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tls_object_core::{
    Capability, Config, ErrorKind, Hook, PeerVerifier, PresentedPeer, ServerName, Session, Side,
    VerifyCode,
};

use super::resume::{first, resumed, session_of};
use crate::failure::{Failure, ensure};
use crate::lab::{Contexts, Lab};
use crate::pair::Pair;
use crate::pki::SERVER_NAME;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "reverify::accepted",
        "A client that judges chains anew is asked about the one of a session, and goes on.",
        Dims::VERSIONS,
        accepted,
    )
    .needs_each(REVERIFIES, SERVER),
    Scenario::new(
        "reverify::refused",
        "A client that judges chains anew may refuse the one of a session that it has accepted before.",
        Dims::VERSIONS,
        refused,
    )
    .needs_each(REVERIFIES, SERVER),
    Scenario::new(
        "reverify::not_asked_for",
        "A session stands for the verdict that it began with where nothing else is asked for.",
        Dims::VERSIONS,
        not_asked_for,
    )
    .needs_each(
        &[Capability::Resumption12, Capability::Resumption13, Capability::VerifyHook],
        SERVER,
    ),
];

const REVERIFIES: &[Capability] = &[
    Capability::Resumption12,
    Capability::Resumption13,
    Capability::VerifyHook,
    Capability::ReverifyOnResume,
    Capability::AlertSent,
];
const SERVER: &[Capability] = &[Capability::ServerResumption];

/// What a judge refuses with.
const CODE: VerifyCode = VerifyCode::Revoked;

/// A verifier that counts what it is asked, and changes its mind when it is told to.
#[derive(Default)]
struct Judge {
    asked: AtomicU32,
    refuses: AtomicBool,
}

impl PeerVerifier for Judge {
    fn verify(&self, peer: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let name = ServerName::new(SERVER_NAME).ok();
        if peer.library != Some(Ok(())) || peer.server_name != name.as_ref() {
            return Err(VerifyCode::Unspecified);
        }
        if self.refuses.load(Ordering::Relaxed) { Err(CODE) } else { Ok(()) }
    }
}

/// Contexts whose client asks a judge, and the session of a first connection, on which it was asked once.
fn judged(
    lab: &Lab,
    configure: impl Fn(&mut Config),
) -> Result<(Contexts, Arc<Judge>, Session), Failure> {
    let judge = Arc::new(Judge::default());
    let mut client = lab.client_config();
    client.verifier = Some(Hook::new(judge.clone()));
    configure(&mut client);
    let contexts = lab.contexts(&client, &lab.server_config())?;
    let (session, _) = first(lab, &contexts)?;
    asked(&judge, 1)?;
    Ok((contexts, judge, session))
}

#[track_caller]
fn asked(judge: &Judge, times: u32) -> Result<(), Failure> {
    let asked = judge.asked.load(Ordering::Relaxed);
    ensure!(asked == times, "asked {asked} times, and not {times}");
    Ok(())
}

/// A connection that resumes `session` after its client was asked `times` times in all, and shows the whole chain.
fn same_chain(
    lab: &Lab,
    contexts: &Contexts,
    judge: &Judge,
    session: &Session,
    times: u32,
) -> Result<Pair, Failure> {
    let mut pair = resumed(lab, contexts, session)?;
    asked(judge, times)?;
    let client = pair.client();
    if lab.has(Side::Client, Capability::PeerChain) {
        ensure!(client.peer_certificates() == lab.family().server.chain(), "another chain");
    }
    pair.exchange()?;
    Ok(pair)
}

fn accepted(lab: &Lab) -> Result<(), Failure> {
    let (contexts, judge, session) = judged(lab, |client| client.reverify_on_resume = true)?;
    let mut second = same_chain(lab, &contexts, &judge, &session, 2)?;
    if lab.has(Side::Client, Capability::VerifiedChain) {
        let chain = second.client().verified_chain()?;
        let root = lab.family().authority.root();
        ensure!(chain.last() == Some(&root), "{} certificates", chain.len());
    }
    let session = session_of(lab, &mut second)?;
    same_chain(lab, &contexts, &judge, &session, 3)?.shut_down()
}

fn refused(lab: &Lab) -> Result<(), Failure> {
    let (contexts, judge, session) = judged(lab, |client| client.reverify_on_resume = true)?;
    judge.refuses.store(true, Ordering::Relaxed);
    let mut pair = contexts.pair(lab.wrap()?.with_session(session))?;
    lab.refused(&mut pair, Side::Client, ErrorKind::CertificateVerify(CODE), CODE.alert())?;
    asked(&judge, 2)
}

fn not_asked_for(lab: &Lab) -> Result<(), Failure> {
    let (contexts, judge, session) = judged(lab, |_| ())?;
    judge.refuses.store(true, Ordering::Relaxed);
    same_chain(lab, &contexts, &judge, &session, 1)?.shut_down()
}
