//! Code of the application that judges the peer: beside the library, above it or in its place.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tls_object_core::{
    Capability, Certificate, Config, ErrorKind, Hook, Identity, PeerVerifier, PresentedPeer,
    ServerName, Side, TrustStore, VerifierRole, VerifyCode, VerifyMode,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Lab, ended_by_panic, panic_quietly};
use crate::pair::{Pair, Progress};
use crate::pki::{NOW, Purpose, SERVER_NAME, Shape, pki};
use crate::scenario::{Dims, Scenario};
use crate::scenarios::chain::extensions::is_shown;

/// Defines each scenario twice: a client judges its server, and a server its client.
macro_rules! judged {
    ($dims:ident; $( $name:literal, $summary:literal, [$($needed:ident)*], $run:expr; )*) => {
        &[
            $(
                Scenario::new(
                    concat!("verifier::", $name),
                    $summary,
                    Dims::$dims.variants(&["client"]),
                    $run,
                )
                .needs_each(&[Capability::VerifyHook, $(Capability::$needed),*], &[]),
                Scenario::new(
                    concat!("client_verifier::", $name),
                    $summary,
                    Dims::$dims.variants(&["server"]),
                    $run,
                )
                .needs_each(
                    &[Capability::ClientCertificate],
                    &[
                        Capability::ClientAuthRequired,
                        Capability::VerifyChain,
                        Capability::VerifyTime,
                        Capability::VerifyHook,
                        $(Capability::$needed),*
                    ],
                ),
            )*
        ]
    };
}

pub(super) const SCENARIOS: &[Scenario] = judged! { VERSIONS;
    "also_asked", "A verifier is shown the chain as it was sent, whose it is, the time and the library's verdict.", [],
        also_asked;
    "also_refuses", "What a verifier refuses is refused with its code and the alert of that.", [VerifyCode AlertSent],
        also_refuses;
    "also_not_asked", "A verifier that is asked besides is not asked of what the library refuses.", [VerifyCode AlertSent],
        also_not_asked;
    "last_word", "A verifier with the last word may accept what the library refuses.", [VerifyCode],
        last_word;
    "last_word_agrees", "A verifier with the last word may leave the library's verdict as it is.", [VerifyCode AlertSent],
        last_word_agrees;
    "other_connection", "A verifier may drive another connection, whose refusal is its own.", [VerifyCode AlertSent],
        other_connection;
    "odd_leaf", "A verifier may accept a leaf with a critical extension that nobody knows.", [VerifyCode],
        odd_leaf;
    "instead", "A verifier in the library's place needs no trust anchor.", [],
        instead;
    "panic", "A verifier that panics lets nobody in, and its connection is over, as the peer is told.", [],
        panic;
    "no_code", "A refusal with OpenSSL's number for no fault at all is one by the application.", [VerifyCode AlertSent],
        no_code;
};

/// Under TLS 1.2 some libraries have no suite for such a key.
pub(super) const KEY_USAGE: &[Scenario] = judged! { TLS13;
    "key_usage", "A verifier may accept a leaf whose key is not for signing, as its certificate says.", [VerifyCode],
        key_usage;
};

/// What a verifier was shown.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    certificates: Vec<Certificate>,
    side: Side,
    server_name: Option<ServerName>,
    time: Duration,
    library: Option<Result<(), VerifyCode>>,
}

/// A verifier that notes what it is shown.
struct Notes {
    shown: Mutex<Vec<Shown>>,
    answer: Answer,
}

#[derive(Clone, Copy)]
enum Answer {
    Accept,
    Refuse(VerifyCode),
    AsLibrary,
    Panic,
}

impl PeerVerifier for Notes {
    fn verify(&self, peer: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(Shown {
            certificates: peer.certificates.to_vec(),
            side: peer.side,
            server_name: peer.server_name.cloned(),
            time: peer.time,
            library: peer.library,
        });
        match self.answer {
            Answer::Accept => Ok(()),
            Answer::Refuse(code) => Err(code),
            Answer::AsLibrary => peer.library.unwrap_or(Err(VerifyCode::ApplicationVerification)),
            Answer::Panic => panic_quietly(),
        }
    }
}

fn judge(lab: &Lab) -> Side {
    if lab.variant() == "server" { Side::Server } else { Side::Client }
}

/// What the certificate is for that is judged.
fn purpose(lab: &Lab) -> Purpose {
    match judge(lab) {
        Side::Client => Purpose::Server,
        Side::Server => Purpose::Client,
    }
}

/// A pair of which one end shows `identity` to the other, whose verifier answers so.
#[track_caller]
fn pair(
    lab: &Lab,
    identity: &Identity,
    role: VerifierRole,
    answer: Answer,
    configure: impl Fn(&mut Config),
) -> Result<(Pair, Arc<Notes>), Failure> {
    let notes = Arc::new(Notes { shown: Mutex::default(), answer });
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    let judging = match judge(lab) {
        Side::Client => {
            server.identities = vec![identity.clone()];
            &mut client
        }
        Side::Server => {
            client.identities = vec![identity.clone()];
            server.verify_mode = VerifyMode::Required;
            server.trust_store = vec![lab.family().authority.root()].into();
            &mut server
        }
    };
    judging.verifier = Some(Hook::new(notes.clone()));
    judging.verifier_role = role;
    configure(judging);
    Ok((lab.pair(&client, &server)?, notes))
}

/// What the judge is shown that trusts it.
fn valid(lab: &Lab) -> Identity {
    lab.family().shown_to(judge(lab)).clone()
}

fn stranger(lab: &Lab) -> Identity {
    pki().strangers().shown_to(judge(lab)).clone()
}

/// The verifier was asked once, about this chain, with this verdict of the library's.
#[track_caller]
fn asked_once(
    lab: &Lab,
    notes: &Notes,
    identity: &Identity,
    library: Option<Result<(), VerifyCode>>,
) -> Result<(), Failure> {
    let shown = notes.shown.lock().unwrap_or_else(PoisonError::into_inner);
    let server_name = match judge(lab) {
        Side::Client => Some(ServerName::new(SERVER_NAME)?),
        Side::Server => None,
    };
    let expected = Shown {
        certificates: identity.chain().to_vec(),
        side: judge(lab).peer(),
        server_name,
        time: NOW,
        library,
    };
    ensure!(*shown == [expected], "the verifier was shown {shown:?}");
    Ok(())
}

fn also_asked(lab: &Lab) -> Result<(), Failure> {
    let identity = valid(lab);
    let (mut pair, notes) = pair(lab, &identity, VerifierRole::Also, Answer::Accept, |_| ())?;
    pair.handshake()?;
    pair.exchange()?;
    asked_once(lab, &notes, &identity, Some(Ok(())))
}

fn also_refuses(lab: &Lab) -> Result<(), Failure> {
    for code in [
        VerifyCode::ApplicationVerification,
        VerifyCode::BadSignature,
        VerifyCode::Expired,
        VerifyCode::NameMismatch,
        VerifyCode::NotYetValid,
        VerifyCode::Revoked,
        VerifyCode::UnhandledCriticalExtension,
        VerifyCode::UnknownIssuer,
        VerifyCode::WeakKey,
        VerifyCode::WrongPurpose,
    ] {
        let identity = valid(lab);
        let answer = Answer::Refuse(code);
        let (mut pair, notes) = pair(lab, &identity, VerifierRole::Also, answer, |_| ())?;
        let kind = ErrorKind::CertificateVerify(code);
        lab.refused(&mut pair, judge(lab), kind, code.alert())?;
        asked_once(lab, &notes, &identity, Some(Ok(())))?;
    }
    Ok(())
}

fn also_not_asked(lab: &Lab) -> Result<(), Failure> {
    let (mut pair, notes) = pair(lab, &stranger(lab), VerifierRole::Also, Answer::Accept, |_| ())?;
    let code = VerifyCode::UnknownIssuer;
    lab.refused(&mut pair, judge(lab), ErrorKind::CertificateVerify(code), code.alert())?;
    let shown = notes.shown.lock().unwrap_or_else(PoisonError::into_inner);
    ensure!(shown.is_empty(), "the verifier was shown {shown:?}");
    Ok(())
}

fn last_word(lab: &Lab) -> Result<(), Failure> {
    let identity = stranger(lab);
    let (mut pair, notes) = pair(lab, &identity, VerifierRole::LastWord, Answer::Accept, |_| ())?;
    pair.handshake()?;
    pair.exchange()?;
    asked_once(lab, &notes, &identity, Some(Err(VerifyCode::UnknownIssuer)))
}

fn last_word_agrees(lab: &Lab) -> Result<(), Failure> {
    let identity = pki().expired(purpose(lab));
    let role = VerifierRole::LastWord;
    let (mut pair, notes) = pair(lab, &identity, role, Answer::AsLibrary, |_| ())?;
    let code = VerifyCode::Expired;
    lab.refused(&mut pair, judge(lab), ErrorKind::CertificateVerify(code), code.alert())?;
    asked_once(lab, &notes, &identity, Some(Err(code)))?;
    let depth = pair.expect_error(judge(lab))?.verify_depth();
    ensure!(depth == Some(0), "{depth:?}");
    Ok(())
}

/// Drives another connection, which is refused for another reason, and leaves the library's verdict as it is.
struct Driver {
    other: Mutex<Pair>,
    side: Side,
}

impl PeerVerifier for Driver {
    fn verify(&self, peer: &PresentedPeer<'_>) -> Result<(), VerifyCode> {
        let mut other = self.other.lock().unwrap_or_else(PoisonError::into_inner);
        let unknown = ErrorKind::CertificateVerify(VerifyCode::UnknownIssuer);
        let refused = other.drive().and_then(|_| other.expect_error(self.side));
        match refused {
            Ok(error) if error.kind() == unknown => {
                peer.library.unwrap_or(Err(VerifyCode::ApplicationVerification))
            }
            _ => Err(VerifyCode::ApplicationVerification),
        }
    }
}

fn other_connection(lab: &Lab) -> Result<(), Failure> {
    let side = judge(lab);
    let identity = pki().expired(purpose(lab));
    let role = VerifierRole::LastWord;
    let (other, _) = pair(lab, &stranger(lab), role, Answer::AsLibrary, |_| ())?;
    let driver = Arc::new(Driver { other: Mutex::new(other), side });
    let configure = |config: &mut Config| config.verifier = Some(Hook::new(driver.clone()));
    let (mut pair, _) = pair(lab, &identity, role, Answer::AsLibrary, configure)?;
    let code = VerifyCode::Expired;
    lab.refused(&mut pair, side, ErrorKind::CertificateVerify(code), code.alert())?;
    let error = pair.expect_error(side)?;
    ensure!(error.verify_depth() == Some(0), "{error:?}");
    ensure!(error.refused_certificate() == identity.chain().first(), "{error:?}");
    Ok(())
}

fn instead(lab: &Lab) -> Result<(), Failure> {
    let identity = stranger(lab);
    let trust_nobody = |config: &mut Config| config.trust_store = TrustStore::new();
    let role = VerifierRole::Instead;
    let (mut pair, notes) = pair(lab, &identity, role, Answer::Accept, trust_nobody)?;
    pair.handshake()?;
    pair.exchange()?;
    asked_once(lab, &notes, &identity, None)
}

fn odd_leaf(lab: &Lab) -> Result<(), Failure> {
    let identity = pki().shaped(purpose(lab), Shape::UnknownCritical);
    let unknown = Err(VerifyCode::UnhandledCriticalExtension);
    for (role, library) in [(VerifierRole::LastWord, Some(unknown)), (VerifierRole::Instead, None)]
    {
        let (mut pair, notes) = pair(lab, &identity, role, Answer::Accept, |_| ())?;
        pair.handshake()?;
        pair.exchange()?;
        asked_once(lab, &notes, &identity, library)?;
    }
    Ok(())
}

/// That the verifier is asked is a fact that may deviate: the leaf is refused then.
fn key_usage(lab: &Lab) -> Result<(), Failure> {
    let identity = pki().shaped(purpose(lab), Shape::LeafMayNotSign);
    if !is_shown(lab, &identity)? {
        return Ok(());
    }
    let unfit = Err(VerifyCode::WrongPurpose);
    for (role, library) in [(VerifierRole::LastWord, Some(unfit)), (VerifierRole::Instead, None)] {
        let (mut pair, notes) = pair(lab, &identity, role, Answer::Accept, |_| ())?;
        let handshake = pair.drive()?;
        let was_asked = !notes.shown.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        lab.expect("asked", true, was_asked)?;
        if was_asked {
            pair.exchange()?;
            asked_once(lab, &notes, &identity, library)?;
            continue;
        }
        let Progress::Failed(error) = handshake.of(judge(lab)) else {
            return Err(Failure::new("accepted by nobody"));
        };
        let refused = ErrorKind::CertificateVerify(VerifyCode::WrongPurpose);
        ensure!(error.kind() == refused, "{error:?}");
        lab.final_error(&mut pair, judge(lab), error)?;
    }
    Ok(())
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    let role = VerifierRole::Instead;
    let (mut pair, _) = pair(lab, &valid(lab), role, Answer::Panic, |_| ())?;
    ended_by_panic(&mut pair, judge(lab))?;
    lab.told_of_panic(&mut pair, judge(lab), VerifyCode::ApplicationVerification.alert())
}

fn no_code(lab: &Lab) -> Result<(), Failure> {
    let no_fault = Answer::Refuse(VerifyCode::from_openssl(0));
    let (mut pair, _) = pair(lab, &valid(lab), VerifierRole::Also, no_fault, |_| ())?;
    let code = VerifyCode::ApplicationVerification;
    lab.refused(&mut pair, judge(lab), ErrorKind::CertificateVerify(code), code.alert())
}
