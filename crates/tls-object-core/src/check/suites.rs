//! The settings of cipher suites.

use super::Report;
use crate::{
    Capabilities, Capability, CipherSuite, Config, Error, ErrorKind, ProtocolVersion, Side,
    SignatureScheme,
};

pub(super) fn suites(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    let mut level = config.security_level;
    let mut selected = config.cipher_suites.values().unwrap_or_default().to_vec();
    if let Some(text) = &config.cipher_string {
        report.require(capabilities, Capability::CipherSuites12, true);
        if config.min_version > ProtocolVersion::TLS12 {
            let line = "cipher string: it chooses suites of TLS 1.2, which is not spoken";
            report.approximated.push(line.to_owned());
        }
        if selected.iter().any(|suite| suite.version() != ProtocolVersion::TLS13) {
            report.invalid("suites of TLS 1.2 by name and by a cipher string");
        }
        match config.read_cipher_string(text, capabilities) {
            Err(error) => report.errors.push(error),
            Ok(read) => {
                let ignored = read.ignored().iter();
                let lines = ignored.map(|item| format!("cipher string: {item} selects nothing"));
                report.approximated.extend(lines);
                selected.extend(read.suites());
                if read.suite_b().is_some() {
                    report.invalid("Suite B is more than suites: set groups and signature schemes");
                }
                if level.is_some() && read.security_level().is_some_and(|it| Some(it) != level) {
                    report.invalid("two security levels, of which one is the cipher string's");
                }
                level = level.or_else(|| read.security_level());
            }
        }
    }
    let signs_only = config.side == Side::Server && config.external_keys().next().is_some();
    if signs_only && selected.iter().any(|suite| suite.encrypts_to_certificate()) {
        let detail = "suites whose clients encrypt to the server's key, which is for signing only";
        report.invalid(detail);
    }
    if let Some(level) = level {
        if level > 5 {
            return report.invalid(format!("security level {level}, of 0 to 5"));
        }
        report.require(capabilities, Capability::SecurityLevel, true);
        for suite in selected.iter().filter(|suite| !suite.is_allowed_at(level)) {
            let line = format!("cipher suites: {suite} is below security level {level}");
            report.approximated.push(line);
        }
    }
    if !can_select(config, capabilities) {
        let detail = "no cipher suite is left for the versions that are spoken";
        report.errors.push(Error::new(ErrorKind::NoCipherSelected).with_detail(detail));
    }
}

/// Whether there is a suite for any of the versions that are spoken. What is wrong with the settings is said elsewhere.
fn can_select(config: &Config, capabilities: &Capabilities) -> bool {
    let Ok(suites) = config.suites(capabilities) else { return true };
    let (oldest, newest) = config.version_range();
    let is_allowed = |suite: &CipherSuite| {
        suites.security_level.is_none_or(|level| suite.is_allowed_at(level))
            && goes_with_schemes(*suite, config, capabilities)
    };
    let lists = [(ProtocolVersion::TLS12, &suites.tls12), (ProtocolVersion::TLS13, &suites.tls13)];
    let is_spoken = |(version, _): &&(ProtocolVersion, _)| (oldest..=newest).contains(version);
    let mut spoken = lists.iter().filter(is_spoken).peekable();
    spoken.peek().is_none()
        || spoken.any(|(_, list)| list.as_ref().is_none_or(|list| list.iter().any(is_allowed)))
}

/// Whether a client that takes the signature schemes of `config` can use a suite. OpenSSL asks for a scheme of the
/// server's key even where the key signs nothing.
fn goes_with_schemes(suite: CipherSuite, config: &Config, capabilities: &Capabilities) -> bool {
    let Some(schemes) = config.signature_schemes.values() else { return true };
    let known = |scheme: &&SignatureScheme| capabilities.signature_schemes.contains(scheme);
    config.side == Side::Server
        || schemes.iter().filter(known).any(|&scheme| suite.goes_with(scheme))
}
