//! The common name of a subject in the place of a host name.

use tls_object_core::{Capability, Config, Identity, Side, VerifyCode};

use super::{TOLD, accepted_to, refused, refused_by, refused_name_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pair::Progress;
use crate::pki::{Beside, Purpose, SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "verify::common_name_ignored",
        "A name in the subject alone is no name (RFC 9525 section 2).",
        Dims::VERSIONS,
        |lab| refused(lab, pki().common_name_and(Beside::Nothing), VerifyCode::NameMismatch),
    )
    .needs_each(TOLD, &[]),
    Scenario::new(
        "verify::common_name",
        "A client that was told so takes the subject's common name where no host name is where it belongs.",
        Dims::VERSIONS.variants(&["alone", "beside-address", "beside-mail", "beside-uri"]),
        |lab| {
            let server = pki().common_name_and(beside(lab.variant()));
            accepted_to(lab, SERVER_NAME, &client(lab), server)
        },
    )
    .needs_each(&[Capability::VerifyCommonName], &[]),
    Scenario::new(
        "verify::common_name_last",
        "A client that takes the subject's common name does so where there is no host name only.",
        Dims::VERSIONS.variants(&["beside-another"]),
        // RFC 6125 section 6.4.4: a last resort.
        |lab| {
            let server = pki().common_name_and(Beside::Host("other.example"));
            refused_by(lab, &client(lab), server, VerifyCode::NameMismatch)
        },
    )
    .needs_each(TOLD_OF_COMMON_NAME, &[]),
    Scenario::new(
        "verify::common_name_beside",
        "A client that takes the subject's common name takes no other name for it, whatever stands beside it.",
        Dims::VERSIONS.variants(&["other.example"]),
        |lab| {
            for beside in [Beside::Address, Beside::Mail, Beside::Uri] {
                let server = pki().common_name_and(beside);
                refused_name_by(lab, &client(lab), server, VerifyCode::NameMismatch)?;
            }
            Ok(())
        },
    )
    .needs_each(TOLD_OF_COMMON_NAME, &[]),
    Scenario::new(
        "verify::common_name_constraint",
        "A common name that is taken for the host's must be one that the authorities may speak for.",
        Dims::VERSIONS.variants(&["host.other.example"]),
        |lab| {
            for beside in [Beside::Nothing, Beside::Uri] {
                let server = constrained(lab, beside);
                refused_name_by(lab, &client(lab), server, VerifyCode::NameConstraint)?;
            }
            Ok(())
        },
    )
    .needs_each(TOLD_OF_COMMON_NAME, &[]),
    Scenario::new(
        "verify::common_name_wildcard_constraint",
        "A wildcard that is taken for the host's name must be one that the authorities may speak for.",
        Dims::VERSIONS.variants(&["host.other.example"]),
        wildcard_constraint,
    )
    .needs_each(&[Capability::VerifyCommonName], &[]),
    Scenario::new(
        "verify::common_name_permitted",
        "A common name that the authorities may speak for is taken for the host's.",
        Dims::VERSIONS.variants(&["permitted.example"]),
        |lab| {
            for beside in [Beside::Nothing, Beside::Uri] {
                accepted_to(lab, lab.variant(), &client(lab), constrained(lab, beside))?;
            }
            Ok(())
        },
    )
    .needs_each(&[Capability::VerifyCommonName], &[]),
];

const TOLD_OF_COMMON_NAME: &[Capability] =
    &[Capability::VerifyCommonName, Capability::VerifyCode, Capability::AlertSent];

/// A client that takes the common name.
fn client(lab: &Lab) -> Config {
    let mut client = lab.client_config();
    client.check_common_name = true;
    client
}

/// What the variant says stands beside the common name.
fn beside(variant: &str) -> Beside {
    match variant {
        "beside-address" => Beside::Address,
        "beside-mail" => Beside::Mail,
        "beside-uri" => Beside::Uri,
        _ => Beside::Nothing,
    }
}

/// A server whose common name is the one that the variant says, under an authority that may speak for one name only.
fn constrained(lab: &Lab, beside: Beside) -> Identity {
    pki().common_name_under_constraint(Purpose::Server, lab.variant(), beside)
}

/// That the client refuses the server is a fact that may deviate.
fn wildcard_constraint(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.server_config();
    let wildcard = "*.other.example";
    server.identities =
        vec![pki().common_name_under_constraint(Purpose::Server, wildcard, Beside::Nothing)];
    let mut pair = lab.pair_to(lab.variant(), &client(lab), &server)?;
    let handshake = pair.drive()?;
    let Progress::Failed(error) = handshake.of(Side::Client) else {
        lab.expect("refused", true, false)?;
        return pair.exchange();
    };
    lab.expect("refused", true, true)?;
    lab.final_error(&mut pair, Side::Client, error)
}
