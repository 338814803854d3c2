//! Settings that a configuration could do nothing with.

use core::time::Duration;

use tls_object_core::{
    AlpnMismatch, Capability, Config, ErrorKind, ProtocolVersion, Side, VerifierRole, VerifyTime,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "config::no_effect_on_client",
        "What only servers do, and the role of a verifier that is not there, contradict a client.",
        Dims::alone(Side::Client).variants(&[
            "alpn-mismatch",
            "last-word",
            "instead",
            "tickets",
            "post-handshake-1.2",
        ]),
        |lab| no_effect(lab, lab.client_config()),
    ),
    Scenario::new(
        "config::no_effect_on_server",
        "What only clients do, and the role of a verifier that is not there, contradict a server.",
        Dims::alone(Side::Server).variants(&[
            "server-name",
            "last-word",
            "instead",
            "sessions",
            "tickets-1.2",
            "early-data-no-tickets",
        ]),
        |lab| no_effect(lab, lab.server_config()),
    ),
    Scenario::new(
        "config::far_future",
        "Certificates are judged up to the end of the year 9999, and no later time is taken.",
        Dims::alone(Side::Client),
        far_future,
    )
    .needs(&[Capability::VerifyTime]),
];

/// A contradiction is one on every backend, also where the library lacks what is asked for.
fn no_effect(lab: &Lab, mut config: Config) -> Result<(), Failure> {
    match lab.variant() {
        "alpn-mismatch" => config.alpn_mismatch = AlpnMismatch::Continue,
        "tickets" => config.num_tickets = Some(1),
        "tickets-1.2" => {
            config.max_version = ProtocolVersion::TLS12;
            config.num_tickets = Some(1);
        }
        "post-handshake-1.2" => {
            config.max_version = ProtocolVersion::TLS12;
            config.post_handshake_auth = true;
        }
        "early-data-no-tickets" => {
            config.max_early_data = Config::EARLY_DATA;
            config.num_tickets = Some(0);
        }
        "server-name" => config.check_server_name = true,
        "sessions" => config.reverify_on_resume = true,
        "last-word" => config.verifier_role = VerifierRole::LastWord,
        _ => config.verifier_role = VerifierRole::Instead,
    }
    let error = lab.refused_config(&config)?;
    ensure!(error.kind() == ErrorKind::InvalidConfig, "{error:?}");
    Ok(())
}

fn far_future(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.client_config();
    config.verify_time = VerifyTime::Fixed(VerifyTime::LAST);
    lab.context(&config)?;
    for later in [VerifyTime::LAST + Duration::from_secs(1), Duration::MAX] {
        config.verify_time = VerifyTime::Fixed(later);
        let error = lab.refused_config(&config)?;
        ensure!(error.kind() == ErrorKind::InvalidConfig, "{later:?}: {error:?}");
    }
    Ok(())
}
