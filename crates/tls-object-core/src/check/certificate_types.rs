//! Raw public keys and certificates: who may show what, and who is trusted.

use super::Report;
use crate::{
    Capabilities, Capability, CertificateType, Config, Identity, ProtocolVersion, VerifierRole,
    VerifyMode,
};

pub(super) fn certificate_types(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    let raw = CertificateType::RawPublicKey;
    let types = &config.peer_certificate_types;
    let verifies = config.verify_mode != VerifyMode::None;
    let shown: Vec<_> = config.all_identities().map(Identity::certificate_type).collect();
    let (oldest, newest) = config.version_range();
    let speaks = |version| (oldest..=newest).contains(&version);
    let any = types.contains(&raw) || shown.contains(&raw);
    report.require(
        capabilities,
        Capability::RawPublicKeys12,
        any && speaks(ProtocolVersion::TLS12),
    );
    report.require(
        capabilities,
        Capability::RawPublicKeys13,
        any && speaks(ProtocolVersion::TLS13),
    );
    let mixed = types.len() > 1 || shown.iter().any(|it| *it != shown[0]);
    report.require(capabilities, Capability::CertificateTypes, mixed);
    let is_external = |it: &Identity| it.certificate_type() == raw && it.key().external().is_some();
    let external = config.all_identities().any(is_external);
    report.require(capabilities, Capability::RawExternalKeys, external);
    if types.is_empty() {
        report.invalid("a peer that can show nothing of itself");
    }
    if (1..types.len()).any(|at| types[..at].contains(&types[at])) {
        report.invalid("a type of certificate, twice");
    }
    let beside = |it: &Identity| it.ocsp_response().is_some() || it.sct_list().is_some();
    if config.all_identities().any(|it| it.certificate_type() == raw && beside(it)) {
        report.invalid("a public key without a certificate, and what is said of its certificate");
    }
    let trusts = !config.trusted_public_keys.is_empty();
    if trusts && !(verifies && types.contains(&raw)) {
        report.invalid("public keys to be trusted, and none is verified");
    }
    let overrules = config.asks_for_verdict() && config.verifier_role != VerifierRole::Also;
    if types.contains(&raw) && verifies && !trusts && !overrules {
        report.invalid("raw public keys are accepted, and none is trusted");
    }
}
