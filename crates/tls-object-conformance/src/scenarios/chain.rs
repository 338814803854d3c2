//! Which chains are accepted, and in which words the others are refused: the same on both sides and every backend.

use core::time::Duration;

use tls_object_core::{
    Capability, Certificate, Config, ErrorKind, Identity, Purpose as For, Side, VerifyCode,
    VerifyMode, VerifyTime,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::Progress;
use crate::pki::{Purpose, Shape, pki};
use crate::scenario::{Dims, Scenario};

/// Defines each scenario twice: a client judges its server, and a server its client. In brackets what the judge must be
/// able to do besides telling why it refuses.
macro_rules! judged {
    (TLS13; $( $name:literal, $summary:literal, [$($needed:ident)*], $run:expr; )*) => {
        each_side! { TLS13; $( $name, $summary, [VerifyCode AlertSent $($needed)*], $run; )* }
    };
    ($( $name:literal, $summary:literal, [$($needed:ident)*], $run:expr; )*) => {
        each_side! { $( $name, $summary, [VerifyCode AlertSent $($needed)*], $run; )* }
    };
}

/// The same where nothing is refused.
macro_rules! each_side {
    ($( $name:literal, $summary:literal, [$($needed:ident)*], $run:expr; )*) => {
        each_side! { VERSIONS; $( $name, $summary, [$($needed)*], $run; )* }
    };
    ($dims:ident; $( $name:literal, $summary:literal, [$($needed:ident)*], $run:expr; )*) => {
        &[
            $(
                Scenario::new(
                    concat!("chain::", $name),
                    $summary,
                    Dims::$dims.variants(&["client"]),
                    $run,
                )
                .needs_each(&[$(Capability::$needed),*], &[]),
                Scenario::new(
                    concat!("client_chain::", $name),
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
                        $(Capability::$needed),*
                    ],
                ),
            )*
        ]
    };
}

pub(super) mod anchor;
pub(super) mod common_name;
pub(super) mod extensions;
pub(super) mod revocation;
pub(super) mod trusted_leaf;
pub(super) mod twins;

/// Those of servers alone.
pub(super) const OTHERS: &[Scenario] = &[
    Scenario::new(
        "chain::authority_as_leaf",
        "A leaf that says it is an authority is accepted: RFC 5280 does not forbid it.",
        Dims::VERSIONS,
        |lab| refused_for_nothing(lab, Shape::LeafIsAuthority),
    ),
    Scenario::new(
        "chain::name_before_dates",
        "A server with the wrong name and an old certificate is refused for the name, which is told.",
        Dims::VERSIONS.variants(&["other.example", "192.0.2.1"]),
        name_before_dates,
    )
    .needs_each(
        &[Capability::VerifyCode, Capability::AlertSent, Capability::VerifyIpAddress],
        &[],
    ),
];

pub(super) const SCENARIOS: &[Scenario] = judged! {
    "stranger_with_root", "A chain that ends in a root which nobody trusts is refused for that root.", [],
        |lab| refused(lab, Pki::StrangerWithRoot, VerifyCode::SelfSignedInChain, 2);
    "intermediate_alone", "An intermediate authority that is trusted does not stand for its root.", [],
        |lab| {
            let code = VerifyCode::UnknownIntermediateIssuer;
            refused_if(lab, Pki::Valid, |config, identity| trust(config, identity, 1), code, 1)
        };
    "leaf_alone", "A leaf that is trusted and not its own issuer needs its issuer.", [],
        |lab| {
            let code = VerifyCode::UnknownIssuer;
            refused_if(lab, Pki::LeafAlone, |config, identity| trust(config, identity, 0), code, 0)
        };
    "partial_intermediate", "With partial chains an intermediate authority is trusted without its root.", [PartialChain],
        |lab| accepted_if(lab, Pki::Valid, |config, identity| {
            trust(config, identity, 1);
            config.partial_chain = true;
        });
    "partial_leaf", "With partial chains a leaf is trusted without its issuer.", [PartialChain],
        |lab| accepted_if(lab, Pki::LeafAlone, |config, identity| {
            trust(config, identity, 0);
            config.partial_chain = true;
        });
    "no_authority", "A certificate that says it is no authority issues nothing.", [],
        |lab| refused(lab, Pki::Shaped(Shape::IssuerIsNoAuthority), VerifyCode::InvalidCa, 1);
    "may_not_sign", "An authority whose key is not for signing certificates issues nothing.", [],
        |lab| refused(lab, Pki::Shaped(Shape::IssuerMayNotSign), VerifyCode::InvalidCa, 1);
    "too_deep", "An authority under one that allows none is refused.", [],
        |lab| refused(lab, Pki::Shaped(Shape::TooDeep), VerifyCode::PathLengthExceeded, 2);
    "bad_signature", "A certificate whose signature does not hold is refused.", [],
        |lab| refused(lab, Pki::BadlySigned, VerifyCode::BadSignature, 0);
    "expired_twice", "Of two certificates that have expired the upper one is refused.", [],
        |lab| refused(lab, Pki::Shaped(Shape::ExpiredTwice), VerifyCode::Expired, 1);
    "dates", "A certificate is valid from its first second on, and no more in the second at which it ends.", [VerifyTime],
        dates;
    "limit", "As many intermediate authorities as are allowed are accepted, and no more.", [VerifyDepth],
        |lab| {
            let two = Pki::Shaped(Shape::TwoIntermediates);
            accepted_if(lab, two, |config, _| config.max_intermediates = Some(2))?;
            let one = |config: &mut Config, _: &Identity| config.max_intermediates = Some(1);
            refused_if(lab, two, one, VerifyCode::ChainTooLong, 2)?;
            let none = |config: &mut Config, _: &Identity| config.max_intermediates = Some(0);
            refused_if(lab, Pki::Valid, none, VerifyCode::ChainTooLong, 1)
        };
    "any_purpose", "A judge that asks for no purpose accepts certificates for any.", [VerifyPurpose],
        any_purpose;
    "other_purpose", "A judge that asks for another purpose refuses the usual one.", [VerifyPurpose],
        |lab| {
            // The judge's own side: what a peer's certificate is usually not for.
            let other = match judge(lab) {
                Side::Client => For::Client,
                Side::Server => For::Server,
            };
            let wanted = |config: &mut Config, _: &Identity| config.purpose = other;
            refused_if(lab, Pki::Valid, wanted, VerifyCode::WrongPurpose, 0)
        };
    "strict", "Under strict rules a certificate says by which key it was signed (RFC 5280 section 4.2.1.1).", [VerifyStrict],
        |lab| {
            let shape = Pki::Shaped(Shape::NoKeyIdentifier);
            let strict = |config: &mut Config, _: &Identity| config.strict_certificates = true;
            accepted_if(lab, Pki::Valid, strict)?;
            accepted_if(lab, shape, |_, _| ())?;
            refused_if(lab, shape, strict, VerifyCode::MissingAuthorityKeyIdentifier, 0)
        };
};

/// Which chain is shown.
#[derive(Clone, Copy)]
enum Pki {
    Valid,
    LeafAlone,
    Shaped(Shape),
    BadlySigned,
    StrangerWithRoot,
}

impl Pki {
    fn identity(self, lab: &Lab, purpose: Purpose) -> Identity {
        let valid = || match purpose {
            Purpose::Client => lab.family().client.clone(),
            Purpose::Server => lab.family().server.clone(),
        };
        match self {
            Self::Valid => valid(),
            Self::LeafAlone => alone(&valid()),
            Self::Shaped(shape) => pki().shaped(purpose, shape),
            Self::BadlySigned => pki().badly_signed(purpose),
            Self::StrangerWithRoot => pki().stranger_with_root(purpose),
        }
    }
}

/// The leaf without what is above it.
fn alone(identity: &Identity) -> Identity {
    Identity::new(vec![identity.chain()[0].clone()], identity.key().clone())
        .expect("the chain has a leaf")
}

/// The side that the variant says judges.
fn judge(lab: &Lab) -> Side {
    if lab.variant().starts_with("server") { Side::Server } else { Side::Client }
}

/// A configuration for each end: the judge's, and that of the one who shows `identity`.
fn configs(
    lab: &Lab,
    identity: &Identity,
    configure: impl Fn(&mut Config, &Identity),
) -> (Config, Config) {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    match judge(lab) {
        Side::Client => {
            server.identities = vec![identity.clone()];
            configure(&mut client, identity);
        }
        Side::Server => {
            client.identities = vec![identity.clone()];
            server.verify_mode = VerifyMode::Required;
            server.trust_store = vec![lab.family().authority.root()].into();
            configure(&mut server, identity);
        }
    }
    (client, server)
}

/// What a chain is for that the judge judges.
fn shown_by(lab: &Lab) -> Purpose {
    match judge(lab) {
        Side::Client => Purpose::Server,
        Side::Server => Purpose::Client,
    }
}

#[track_caller]
fn refused(lab: &Lab, chain: Pki, code: VerifyCode, depth: u32) -> Result<(), Failure> {
    refused_if(lab, chain, |_, _| (), code, depth)
}

/// The judge, told more by `configure`, refuses the certificate so far above the leaf.
#[track_caller]
fn refused_if(
    lab: &Lab,
    chain: Pki,
    configure: impl Fn(&mut Config, &Identity),
    code: VerifyCode,
    depth: u32,
) -> Result<(), Failure> {
    refused_by(lab, &chain.identity(lab, shown_by(lab)), configure, code, depth)
}

/// The same of a chain at hand.
#[track_caller]
fn refused_by(
    lab: &Lab,
    identity: &Identity,
    configure: impl Fn(&mut Config, &Identity),
    code: VerifyCode,
    depth: u32,
) -> Result<(), Failure> {
    let (client, server) = configs(lab, identity, configure);
    let mut pair = lab.pair(&client, &server)?;
    let judge = judge(lab);
    lab.refused(&mut pair, judge, ErrorKind::CertificateVerify(code), code.alert())?;
    let error = pair.expect_error(judge)?;
    lab.expect("depth", Some(depth), error.verify_depth())?;
    if let Some(sent) = identity.chain().get(depth as usize) {
        lab.expect("certificate", true, error.refused_certificate() == Some(sent))?;
    }
    let message = error.verify_message();
    ensure!(message.as_deref() == Some(code.text()), "{message:?}");
    Ok(())
}

/// The judge refuses a certificate of a chain at hand, so far above the leaf. That it does is a fact that may deviate.
#[track_caller]
fn may_refuse(
    lab: &Lab,
    identity: &Identity,
    configure: impl Fn(&mut Config, &Identity),
    code: VerifyCode,
    (depth, refused): (u32, &Certificate),
) -> Result<(), Failure> {
    let (client, server) = configs(lab, identity, configure);
    let mut pair = lab.pair(&client, &server)?;
    let (side, kind) = (judge(lab), ErrorKind::CertificateVerify(code));
    if !matches!(pair.drive()?.of(side), Progress::Failed(_)) {
        lab.expect("refused for", Some(kind), None)?;
        return pair.exchange();
    }
    lab.refused(&mut pair, side, kind, code.alert())?;
    let error = pair.expect_error(side)?;
    lab.expect("refused for", Some(kind), Some(error.kind()))?;
    lab.expect("depth", Some(depth), error.verify_depth())?;
    lab.expect("certificate", true, error.refused_certificate() == Some(refused))
}

#[track_caller]
fn accepted_if(
    lab: &Lab,
    chain: Pki,
    configure: impl Fn(&mut Config, &Identity),
) -> Result<(), Failure> {
    accepted_by(lab, &chain.identity(lab, shown_by(lab)), configure)
}

/// The same of a chain at hand.
#[track_caller]
fn accepted_by(
    lab: &Lab,
    identity: &Identity,
    configure: impl Fn(&mut Config, &Identity),
) -> Result<(), Failure> {
    let (client, server) = configs(lab, identity, configure);
    let mut pair = lab.pair(&client, &server)?;
    pair.handshake()?;
    pair.exchange()
}

/// Trusts nobody but the certificate so far above the leaf.
fn trust(config: &mut Config, identity: &Identity, depth: usize) {
    config.trust_store = vec![identity.chain()[depth].clone()].into();
}

/// One for clients and one for servers are both good for any use.
fn any_purpose(lab: &Lab) -> Result<(), Failure> {
    for shown in [lab.family().client.clone(), lab.family().server.clone()] {
        let (mut client, server) = configs(lab, &shown, |config, _| config.purpose = For::Any);
        client.check_server_name = false;
        lab.pair(&client, &server)?.handshake()?;
    }
    Ok(())
}

/// OpenSSL counts that second as past, RFC 5280 section 4.1.2.5 does not: they all go by OpenSSL.
fn dates(lab: &Lab) -> Result<(), Failure> {
    let identity = pki().valid_then(shown_by(lab));
    let at = |seconds| {
        let time = VerifyTime::Fixed(Duration::from_secs(seconds));
        move |config: &mut Config, _: &Identity| config.verify_time = time
    };
    // 2015-01-01T00:00:00Z, from when on the root is valid too, and 2016-01-01T00:00:00Z.
    let (first, end) = (1_420_070_400, 1_451_606_400);
    refused_by(lab, &identity, at(first - 1), VerifyCode::NotYetValid, 2)?;
    accepted_by(lab, &identity, at(first))?;
    accepted_by(lab, &identity, at(end - 1))?;
    refused_by(lab, &identity, at(end), VerifyCode::Expired, 0)
}

/// The judge accepts a chain; what it refuses one for is a fact that may deviate.
#[track_caller]
fn refused_for_nothing(lab: &Lab, shape: Shape) -> Result<(), Failure> {
    refused_for_nothing_if(lab, shape, |_, _| ())
}

/// The same of a judge that is told more by `configure`.
#[track_caller]
fn refused_for_nothing_if(
    lab: &Lab,
    shape: Shape,
    configure: impl Fn(&mut Config, &Identity),
) -> Result<(), Failure> {
    let identity = Pki::Shaped(shape).identity(lab, shown_by(lab));
    let (client, server) = configs(lab, &identity, configure);
    let mut pair = lab.pair(&client, &server)?;
    match pair.drive()?.of(judge(lab)) {
        Progress::Failed(error) => {
            lab.expect("refused for", None, Some(error.kind()))?;
            lab.final_error(&mut pair, judge(lab), error)
        }
        _ => {
            lab.expect("refused for", None::<ErrorKind>, None)?;
            pair.exchange()
        }
    }
}

fn name_before_dates(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    server.identities = vec![pki().expired(Purpose::Server)];
    let (code, what) = match lab.variant() {
        "other.example" => (VerifyCode::NameMismatch, "Hostname"),
        _ => (VerifyCode::IpAddressMismatch, "IP address"),
    };
    let mut pair = lab.pair_to(lab.variant(), &lab.client_config(), &server)?;
    let kind = ErrorKind::CertificateVerify(code);
    lab.refused(&mut pair, Side::Client, kind, code.alert())?;
    let message = pair.expect_error(Side::Client)?.verify_message();
    let expected = format!("{what} mismatch, certificate is not valid for '{}'.", lab.variant());
    ensure!(message.as_deref() == Some(&*expected), "{message:?}");
    Ok(())
}
