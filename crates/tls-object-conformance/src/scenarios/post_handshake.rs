//! A client that is asked for its certificate after the handshake (RFC 8446 section 4.6.2).

use std::sync::Arc;

use tls_object_core::{
    Alert, Capability, Config, ErrorKind, ExternalKey, Hook, Identity, Side, SignatureScheme,
    Signer, SignerError, Status, VerifyMode,
};

use crate::agent::Agent;
use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::Pair;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "post_handshake::asked",
        "A server asks after the handshake, again if it likes, and has the client's chain then.",
        Dims::TLS13,
        asked,
    )
    .needs(LATER),
    Scenario::new(
        "post_handshake::without",
        "A client without a certificate is let on where none is required, and refused where one is.",
        Dims::TLS13.variants(&["optional", "required"]),
        without,
    )
    .needs(LATER),
    Scenario::new(
        "post_handshake::out_of_turn",
        "Only a server asks, after the handshake, and again when it was answered.",
        Dims::TLS13,
        out_of_turn,
    )
    .needs(LATER),
    Scenario::new(
        "post_handshake::not_offered",
        "A client that has not offered it is not asked, and the connection goes on.",
        Dims::TLS13,
        not_offered,
    )
    .needs_each(&[], LATER),
    Scenario::new(
        "post_handshake::external_key",
        "A client that is asked after the handshake has its key sign that is held elsewhere, or fails with that.",
        Dims::TLS13.variants(&["signs", "fails"]),
        external_key,
    )
    .needs_each(&[Capability::PostHandshakeAuth, Capability::ExternalKey], LATER),
    Scenario::new(
        "post_handshake::undefined",
        "Nobody is asked after the handshake under TLS 1.2, and the connection goes on.",
        Dims::TLS12,
        undefined,
    )
    .needs_each(&[], LATER),
];

const LATER: &[Capability] = &[Capability::PostHandshakeAuth];

/// A server that asks later.
fn asking(lab: &Lab, mode: VerifyMode) -> Config {
    let mut server = lab.server_config();
    server.verify_mode = mode;
    server.trust_store = vec![lab.family().authority.root()].into();
    server.post_handshake_auth = true;
    server
}

/// A client that may be asked later.
fn offering(lab: &Lab) -> Config {
    let mut client = lab.client_config();
    client.post_handshake_auth = true;
    client
}

fn with_certificate(lab: &Lab) -> Config {
    let mut client = offering(lab);
    client.identities = vec![lab.family().client.clone()];
    client
}

fn ask(pair: &mut Pair) -> Result<(), Failure> {
    let result = pair.call(Side::Server, |tls| tls.verify_client_post_handshake());
    ensure!(matches!(result, Ok(Status::Done(()))), "{result:?}");
    Ok(())
}

fn expect(pair: &mut Pair, side: Side, kind: ErrorKind) -> Result<(), Failure> {
    let result = pair.call(side, |tls| tls.verify_client_post_handshake());
    ensure!(result.as_ref().is_err_and(|error| error.kind() == kind), "{result:?}");
    Ok(())
}

fn asked(lab: &Lab) -> Result<(), Failure> {
    for mode in [VerifyMode::Optional, VerifyMode::Required] {
        let mut pair = lab.pair(&with_certificate(lab), &asking(lab, mode))?;
        pair.handshake()?;
        pair.exchange()?;
        ensure!(pair.server().peer_certificates().is_empty(), "asked in the handshake");
        for _ in 0..2 {
            ask(&mut pair)?;
            // Answered when the client reads, judged when the server does.
            pair.write_all(Side::Server, b"who is there?")?;
            pair.expect_data(Side::Client, b"who is there?")?;
            pair.write_all(Side::Client, b"this is")?;
            pair.expect_data(Side::Server, b"this is")?;
            let chain = pair.server().peer_certificates();
            ensure!(chain == lab.family().client.chain(), "{} certificates", chain.len());
        }
        pair.shut_down()?;
    }
    Ok(())
}

fn without(lab: &Lab) -> Result<(), Failure> {
    let required = lab.variant() == "required";
    let mode = if required { VerifyMode::Required } else { VerifyMode::Optional };
    let mut pair = lab.pair(&offering(lab), &asking(lab, mode))?;
    pair.handshake()?;
    pair.exchange()?;
    ask(&mut pair)?;
    pair.expect_dry(Side::Client)?;
    if !required {
        pair.exchange()?;
        ensure!(pair.server().peer_certificates().is_empty(), "a certificate out of nothing");
        return pair.shut_down();
    }
    let error = pair.expect_error(Side::Server)?;
    ensure!(error.kind() == ErrorKind::CertificateRequired, "{error:?}");
    ensure!(error.alert_sent() == Some(Alert::CERTIFICATE_REQUIRED), "{error:?}");
    lab.final_error(&mut pair, Side::Server, &error)?;
    let told = pair.expect_error(Side::Client)?;
    ensure!(told.alert_received() == Some(Alert::CERTIFICATE_REQUIRED), "{told:?}");
    Ok(())
}

fn external_key(lab: &Lab) -> Result<(), Failure> {
    let at_hand = &lab.family().client;
    let agent = Agent::holding(at_hand);
    let signs = lab.variant() == "signs";
    let signer = move |scheme, message: &[u8]| -> Result<Vec<u8>, SignerError> {
        if signs { agent.sign(scheme, message) } else { Err("the key is out of reach".into()) }
    };
    let schemes = [SignatureScheme::ECDSA_SECP256R1_SHA256];
    let key = ExternalKey::new(&schemes, Hook::new(Arc::new(signer) as Arc<dyn Signer>))?;
    let mut client = offering(lab);
    client.identities = vec![Identity::new(at_hand.chain().to_vec(), key)?];
    let mut pair = lab.pair(&client, &asking(lab, VerifyMode::Required))?;
    pair.handshake()?;
    pair.exchange()?;
    ask(&mut pair)?;
    if signs {
        pair.expect_dry(Side::Client)?;
        pair.exchange()?;
        ensure!(pair.server().peer_certificates() == at_hand.chain(), "another chain");
        return pair.shut_down();
    }
    let error = pair.expect_error(Side::Client)?;
    ensure!(error.kind() == ErrorKind::SignerFailed, "{error:?}");
    ensure!(error.alert_sent() == Some(Alert::INTERNAL_ERROR), "{error:?}");
    lab.final_error(&mut pair, Side::Client, &error)?;
    let told = pair.expect_error(Side::Server)?;
    ensure!(told.alert_received() == Some(Alert::INTERNAL_ERROR), "{told:?}");
    Ok(())
}

fn out_of_turn(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&with_certificate(lab), &asking(lab, VerifyMode::Optional))?;
    expect(&mut pair, Side::Server, ErrorKind::HandshakeNotDone)?;
    pair.handshake()?;
    pair.exchange()?;
    expect(&mut pair, Side::Client, ErrorKind::WrongSide)?;
    ask(&mut pair)?;
    expect(&mut pair, Side::Server, ErrorKind::StillInInit)?;
    pair.expect_dry(Side::Client)?;
    pair.expect_dry(Side::Server)?;
    ask(&mut pair)?;
    pair.exchange()?;
    pair.close(Side::Server)?;
    expect(&mut pair, Side::Server, ErrorKind::ProtocolIsShutdown)
}

fn not_offered(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &asking(lab, VerifyMode::Optional))?;
    pair.handshake()?;
    expect(&mut pair, Side::Server, ErrorKind::ExtensionNotReceived)?;
    pair.exchange()?;
    pair.shut_down()
}

fn undefined(lab: &Lab) -> Result<(), Failure> {
    let error = lab.refused_config(&offering(lab))?;
    ensure!(error.kind() == ErrorKind::InvalidConfig, "{error:?}");
    let mut pair = lab.pair(&lab.client_config(), &asking(lab, VerifyMode::Optional))?;
    pair.handshake()?;
    expect(&mut pair, Side::Server, ErrorKind::InvalidArgument)?;
    pair.exchange()?;
    pair.shut_down()
}
