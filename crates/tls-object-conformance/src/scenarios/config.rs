//! Configurations: what is refused before a connection is made, and how.

pub(super) mod material;
pub(super) mod no_effect;
pub(super) mod values;

use tls_object_core::{
    AlpnProtocol, Capability, Config, ErrorKind, ProtocolVersion, Purpose, Side, VecBio, VerifyMode,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "config::versions_crossed",
        "An oldest version that is newer than the newest contradicts itself.",
        Dims::alone(Side::Client),
        |lab| {
            let mut config = lab.client_config();
            config.min_version = ProtocolVersion::TLS13;
            config.max_version = ProtocolVersion::TLS12;
            invalid(lab, &config)
        },
    ),
    Scenario::new(
        "config::too_much_alpn",
        "More application protocols than a ClientHello takes are refused before it is sent.",
        Dims::alone(Side::Client),
        |lab| {
            let mut config = lab.client_config();
            let many = vec![AlpnProtocol::new(vec![b'a'; 200])?; 400];
            let bio = || Box::<VecBio>::default();
            let wrap = lab.wrap()?.with_alpn(many.clone());
            let wrapped = lab.context(&config)?.wrap_bio(bio(), bio(), wrap);
            let kind = wrapped.map(drop).map_err(|error| error.kind());
            ensure!(kind == Err(ErrorKind::InvalidConfig), "of one connection: {kind:?}");
            config.alpn = many;
            invalid(lab, &config)
        },
    )
    .needs(&[Capability::Alpn]),
    Scenario::new(
        "config::rules_without_verification",
        "How a chain is judged contradicts that none is.",
        Dims::alone(Side::Client).variants(&[
            "purpose",
            "depth",
            "strict",
            "partial",
            "anew",
            "common-name",
        ]),
        rules_without_verification,
    ),
    Scenario::new(
        "config::identity_for_no_name",
        "A server's certificate for a name that no client can ask for contradicts itself, and a name without one.",
        Dims::alone(Side::Server).variants(&["Upper.example", "127.0.0.1", "two..dots", "nothing"]),
        identity_for_no_name,
    ),
    Scenario::new(
        "config::server_without_certificate",
        "A server needs a certificate.",
        Dims::alone(Side::Server),
        server_without_certificate,
    ),
    Scenario::new(
        "config::backend_is_named",
        "A backend has a name and a library with a version, and says how or why of what is not native.",
        Dims::alone(Side::Client),
        backend_is_named,
    ),
];

/// Refused as a contradiction, by the check and by the context.
fn invalid(lab: &Lab, config: &Config) -> Result<(), Failure> {
    let foretold = lab.backend(config.side).check(config);
    ensure!(!foretold.is_usable(), "check finds nothing");
    lab.refused_for(config, ErrorKind::InvalidConfig)
}

fn identity_for_no_name(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    let (name, identities) = match lab.variant() {
        "nothing" => ("localhost", Vec::new()),
        name => (name, vec![lab.family().server.clone()]),
    };
    config.identities_by_name.insert(name.to_owned(), identities);
    invalid(lab, &config)
}

fn server_without_certificate(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.server_config();
    config.identities = Vec::new();
    lab.refused_for(&config, ErrorKind::NoCertificate)
}

fn backend_is_named(lab: &Lab) -> Result<(), Failure> {
    let backend = lab.backend(Side::Client);
    let library = backend.library();
    ensure!(!backend.name().is_empty() && !library.name.is_empty(), "{backend:?}: {library:?}");
    ensure!(library.version.contains(|c: char| c.is_ascii_digit()), "{library:?}");
    for (capability, support) in backend.capabilities().iter() {
        let native = support.name() == "native";
        ensure!(native == support.note().is_empty(), "{capability}: {support:?}");
    }
    lab.context(&lab.client_config()).map(|_| ())
}

fn rules_without_verification(lab: &Lab) -> Result<(), Failure> {
    let mut config = lab.client_config();
    config.verify_mode = VerifyMode::None;
    match lab.variant() {
        "purpose" => config.purpose = Purpose::Any,
        "depth" => config.max_intermediates = Some(1),
        "strict" => config.strict_certificates = true,
        "partial" => config.partial_chain = true,
        "anew" => config.reverify_on_resume = true,
        _ => config.check_common_name = true,
    }
    let report = lab.backend(Side::Client).check(&config);
    let told = report.errors.iter().any(|error| error.kind() == ErrorKind::InvalidConfig);
    ensure!(told, "{:?}", report.errors);
    lab.refused_config(&config).map(drop)
}
