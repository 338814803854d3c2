//! What a backend will make of a configuration, found out before any key is touched.

mod certificate_types;
mod sessions;
mod suites;

use crate::capability::version_capability;
use crate::psk::check_name;
use crate::{
    AlpnMismatch, AlpnProtocol, Capabilities, Capability, CertificateType, CipherSuite, Config,
    CrlScope, Error, ErrorKind, Identity, ProtocolVersion, Purpose, ServerName, Setting, Side,
    SignatureScheme, VerifierRole, VerifyMode, VerifyTime,
};

/// What a backend will make of a configuration.
///
/// Pure: no key is parsed, no library is called.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Why the configuration cannot be used; empty when it can.
    pub errors: Vec<Error>,
    /// Preferences that the backend leaves out, each in words.
    pub approximated: Vec<String>,
}

impl Report {
    /// Whether a context can be made, as far as can be told without touching keys.
    pub fn is_usable(&self) -> bool {
        self.errors.is_empty()
    }

    /// The capabilities that are asked for and not there.
    pub fn unsupported(&self) -> impl Iterator<Item = Capability> + '_ {
        self.errors.iter().filter_map(|error| match error.kind() {
            ErrorKind::Unsupported(capability) => Some(capability),
            _ => None,
        })
    }

    /// The first error, if there is one.
    ///
    /// # Errors
    /// Whatever [`errors`](Self::errors) begins with.
    pub fn into_result(self) -> Result<(), Error> {
        self.errors.into_iter().next().map_or(Ok(()), Err)
    }

    fn require(&mut self, capabilities: &Capabilities, capability: Capability, needed: bool) {
        if needed {
            self.errors.extend(capabilities.require(capability).err());
        }
    }

    fn invalid(&mut self, detail: impl Into<String>) {
        self.errors.push(Error::new(ErrorKind::InvalidConfig).with_detail(detail));
    }

    /// A list setting against the values that the backend has.
    fn list<T: Copy + Eq + core::fmt::Display>(
        &mut self,
        what: &str,
        setting: &Setting<T>,
        available: &[T],
        missing_capability: impl Fn(T) -> Capability,
    ) {
        let Some(values) = setting.values() else { return };
        if values.is_empty() {
            return self.invalid(format!("an empty list of {what}"));
        }
        let twice = |&(at, value): &(usize, &T)| values[..at].contains(value);
        if let Some((_, value)) = values.iter().enumerate().find(twice) {
            return self.invalid(format!("{what}: {value}, twice"));
        }
        let lacking = values.iter().filter(|value| !available.contains(value));
        match setting {
            Setting::Preferred(_) if values.iter().any(|value| available.contains(value)) => {
                self.approximated
                    .extend(lacking.map(|value| format!("{what}: {value} is left out")));
            }
            _ => self.errors.extend(lacking.map(|&value| {
                Error::new(ErrorKind::Unsupported(missing_capability(value)))
                    .with_detail(format!("{what}: {value}, which the library lacks"))
            })),
        }
    }
}

/// Checks `config` against what a backend can do.
///
/// For backends: what [`Backend::check`](crate::Backend::check) returns.
pub fn check(config: &Config, capabilities: &Capabilities) -> Report {
    let mut report = Report::default();
    sides(&mut report, config, capabilities);
    versions(&mut report, config, capabilities);
    lists(&mut report, config, capabilities);
    certificate_types::certificate_types(&mut report, config, capabilities);
    suites::suites(&mut report, config, capabilities);
    pre_shared_keys(&mut report, config, capabilities);
    verification(&mut report, config, capabilities);
    sessions::sessions(&mut report, config, capabilities);
    // What contradicts itself is the same error on every backend, whatever that lacks.
    report.errors.sort_by_key(|error| {
        matches!(error.kind(), ErrorKind::Unsupported(_) | ErrorKind::NoCipherSelected)
    });
    report
}

fn sides(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    let client = config.side == Side::Client;
    report.require(capabilities, Capability::Client, client);
    report.require(capabilities, Capability::Server, !client);
    report.require(
        capabilities,
        Capability::ClientCertificate,
        client && !config.identities.is_empty(),
    );
    let staples = |identities: &Vec<Identity>| {
        identities.iter().any(|identity| identity.ocsp_response().is_some())
    };
    let staples = staples(&config.identities) || config.identities_by_name.values().any(staples);
    report.require(capabilities, Capability::OcspStapleServer, !client && staples);
    report.require(capabilities, Capability::OcspStapleClient, client && config.request_ocsp);
    if client && staples {
        report.invalid("an OCSP response is for servers to give");
    }
    if !client && config.request_ocsp {
        report.invalid("an OCSP response is for clients to ask for");
    }
    report.require(capabilities, Capability::SctServer, !client && config.has_sct_list());
    report.require(capabilities, Capability::SctClient, client && config.request_sct);
    if client && config.has_sct_list() {
        report.invalid("signed certificate timestamps are for servers to give");
    }
    if !client && config.request_sct {
        report.invalid("signed certificate timestamps are for clients to ask for");
    }
    if config.all_identities().any(is_too_much_for_tls13)
        && config.version_range().1 >= ProtocolVersion::TLS13
    {
        report.invalid("more beside a certificate than TLS 1.3 has room for");
    }
    let several = |identities: &Vec<Identity>| identities.len() > 1;
    report.require(
        capabilities,
        Capability::SeveralIdentities,
        several(&config.identities) || config.identities_by_name.values().any(several),
    );
    let external = config.external_keys().next().is_some();
    report.require(capabilities, Capability::ExternalKey, external);
    let pauses = config.external_keys().any(|key| key.signer().is_none());
    report.require(capabilities, Capability::ExternalKeyPause, pauses);
    report.require(capabilities, Capability::SniIdentity, !config.identities_by_name.is_empty());
    report.require(capabilities, Capability::Alpn, !config.alpn.is_empty());
    report.require(
        capabilities,
        Capability::AlpnContinue,
        !client && !config.alpn.is_empty() && config.alpn_mismatch == AlpnMismatch::Continue,
    );
    if client && config.alpn_mismatch != AlpnMismatch::Alert {
        report.invalid("servers decide without an application protocol in common");
    }
    let all_text = config.alpn.iter().all(|one| core::str::from_utf8(one.as_bytes()).is_ok());
    report.require(capabilities, Capability::AlpnBytes, !all_text);
    report.require(capabilities, Capability::NoServerResumption, !client && !config.resumption);
    report.require(capabilities, Capability::ClientHello, config.on_client_hello.is_some());
    if client && config.on_client_hello.is_some() {
        report.invalid("a hook for ClientHellos is for servers");
    }
    report.require(capabilities, Capability::PostHandshakeAuth, config.post_handshake_auth);
    if !client && config.post_handshake_auth && config.verify_mode == VerifyMode::None {
        report.invalid("a certificate asked for after the handshake, and not verified");
    }
    if client && config.post_handshake_auth && config.version_range().1 < ProtocolVersion::TLS13 {
        report.invalid("a certificate shown after the handshake, which TLS 1.3 alone has");
    }
    report.require(capabilities, Capability::KeyLog, config.key_log.is_some());
    report.require(capabilities, Capability::TrafficSecrets, config.extract_secrets);
    report.require(capabilities, Capability::Messages, config.on_message.is_some());
    if client && !config.identities_by_name.is_empty() {
        report.invalid("identities by name are for servers");
    }
    if !client && config.identities.is_empty() && config.psk_server.is_none() {
        report.errors.push(ErrorKind::NoCertificate.into());
    }
    report.errors.extend(AlpnProtocol::check(&config.alpn).err());
    for (name, identities) in &config.identities_by_name {
        if identities.is_empty() {
            report.invalid(format!("no identity for {name:?}"));
        }
        let usable = matches!(ServerName::new(name), Ok(ServerName::Dns(dns)) if dns.as_str() == name)
            && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        if !usable {
            report.invalid(format!("identity for {name:?}, which is no lower-case host name"));
        }
    }
}

/// Whether the OCSP response and the timestamps of an identity are more than the extensions of a certificate may have in
/// all (RFC 8446 section 4.4.2).
fn is_too_much_for_tls13(identity: &Identity) -> bool {
    const HEADER: usize = 4;
    const STATUS_TYPE_AND_LENGTH: usize = 4;
    let response = identity.ocsp_response();
    let response = response.map_or(0, |it| HEADER + STATUS_TYPE_AND_LENGTH + it.len());
    let timestamps = identity.sct_list().map_or(0, |it| HEADER + it.len());
    response + timestamps > 0xffff
}

fn versions(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    if config.min_version > config.max_version {
        report.invalid(format!(
            "the oldest version, {}, is newer than the newest, {}",
            config.min_version, config.max_version
        ));
    }
    let (oldest, newest) = config.version_range();
    if config.min_version <= config.max_version && oldest > newest {
        report.invalid("no cipher suite for any of the versions");
    }
    for version in [config.min_version, config.max_version] {
        match version_capability(version, config.side) {
            Some(capability) => report.require(capabilities, capability, true),
            None => report.invalid(format!("unknown protocol version {version}")),
        }
    }
}

fn lists(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    report.list("cipher suites", &config.cipher_suites, &capabilities.cipher_suites, |suite| {
        if suite.version() == ProtocolVersion::TLS13 {
            Capability::CipherSuites13
        } else {
            Capability::CipherSuites12
        }
    });
    report.list("groups", &config.groups, &capabilities.groups, crate::NamedGroup::capability);
    report.list(
        "signature schemes",
        &config.signature_schemes,
        &capabilities.signature_schemes,
        |_| Capability::SignatureSchemes,
    );
    report.list(
        "signing schemes",
        &config.signing_schemes,
        &capabilities.signature_schemes,
        |_| Capability::SigningSchemes,
    );
    if let Some(schemes) = config.signature_schemes.values() {
        let (oldest, newest) = config.version_range();
        let known = |scheme: &&SignatureScheme| capabilities.signature_schemes.contains(scheme);
        let mut known = schemes.iter().filter(known).peekable();
        // Where none is known, that is told above.
        if known.peek().is_some()
            && !known.any(|scheme| scheme.is_for(oldest) || scheme.is_for(newest))
        {
            report.invalid("no signature scheme is left for the versions that are spoken");
        }
    }
    let signs = config.signing_schemes.values().is_some();
    let shows = !config.identities.is_empty() || !config.identities_by_name.is_empty();
    if signs && !shows {
        report.invalid("schemes to sign by, without a key");
    }
}

fn pre_shared_keys(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    let (oldest, newest) = config.version_range();
    let speaks = |version| config.has_psk() && (oldest..=newest).contains(&version);
    report.require(capabilities, Capability::Psk12, speaks(ProtocolVersion::TLS12));
    report.require(capabilities, Capability::Psk13, speaks(ProtocolVersion::TLS13));
    let strangers = match config.side {
        Side::Client => config.psk_server.is_some(),
        Side::Server => config.psk_client.is_some(),
    };
    if strangers {
        report.invalid("pre-shared keys are offered by clients and found by servers");
    }
    if config.psk_server.is_some() && config.verify_mode == VerifyMode::Required {
        report.invalid("a certificate that is required of clients, who may show a key instead");
    }
    if let Some(hint) = &config.psk_identity_hint {
        if config.psk_server.is_none() {
            report.invalid("a hint at pre-shared keys, and none of them");
        }
        report.errors.extend(check_name("hint", hint.as_bytes()).err());
    }
    let named = config.cipher_suites.values().unwrap_or_default();
    if !config.has_psk() && named.iter().any(|suite| suite.is_psk()) {
        report.invalid("a cipher suite with a pre-shared key, and none of them");
    }
    if let (true, Ok(suites)) = (config.has_psk(), config.suites(capabilities)) {
        let with_key = |suites: Option<Vec<CipherSuite>>| {
            suites.is_none_or(|suites| suites.iter().any(|suite| suite.goes_with_psk()))
        };
        let versions = [
            (ProtocolVersion::TLS12, with_key(suites.tls12)),
            (ProtocolVersion::TLS13, with_key(suites.tls13)),
        ];
        let has = |version| match version {
            ProtocolVersion::TLS12 => capabilities.has(Capability::Psk12),
            _ => capabilities.has(Capability::Psk13),
        };
        let spoken = || versions.iter().filter(|(version, _)| speaks(*version) && has(*version));
        if spoken().next().is_none() {
            // Told above.
        } else if spoken().all(|(_, is_usable)| !is_usable) {
            report.invalid("pre-shared keys, and no cipher suite that they go with");
        } else {
            let lost = spoken().filter(|(_, is_usable)| !is_usable);
            let lines =
                lost.map(|(it, _)| format!("pre-shared keys: no suite of {it} goes with them"));
            report.approximated.extend(lines);
        }
    }
}

fn verification(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    let client = config.side == Side::Client;
    let verifies = config.verify_mode != VerifyMode::None;
    report.require(capabilities, Capability::VerifyChain, verifies);
    report.require(
        capabilities,
        Capability::VerifyTime,
        verifies && config.verify_time != VerifyTime::System,
    );
    if matches!(config.verify_time, VerifyTime::Fixed(since_1970) if since_1970.as_secs() > VerifyTime::LAST.as_secs())
    {
        report.invalid("a time after the year 9999, beyond which certificates know none");
    }
    report.require(capabilities, Capability::VerifyName, config.needs_server_name());
    report.require(capabilities, Capability::VerifyCommonName, config.check_common_name);
    report.require(capabilities, Capability::VerifyPurpose, config.purpose != Purpose::Peer);
    report.require(capabilities, Capability::VerifyDepth, config.max_intermediates.is_some());
    report.require(capabilities, Capability::VerifyStrict, config.strict_certificates);
    report.require(capabilities, Capability::PartialChain, config.partial_chain);
    let about_chains = config.purpose != Purpose::Peer
        || config.max_intermediates.is_some()
        || config.strict_certificates
        || config.partial_chain;
    let judges_chains = verifies && config.accepts(CertificateType::X509);
    if !judges_chains && about_chains {
        report.invalid("how chains are judged, and none is verified");
    }
    if !client && config.check_server_name {
        report.invalid("the server's name is for clients to check");
    }
    if config.check_common_name && !config.needs_server_name() {
        report.invalid("names looked for in the subject, where no name is checked");
    }
    let optional = !client && config.verify_mode == VerifyMode::Optional;
    report.require(capabilities, Capability::ClientAuthOptional, optional);
    let required = !client && config.verify_mode == VerifyMode::Required;
    report.require(capabilities, Capability::ClientAuthRequired, required);
    report.require(capabilities, Capability::VerifyHook, config.verifier.is_some());
    let pause = if client { Capability::VerifyPauseClient } else { Capability::VerifyPauseServer };
    report.require(capabilities, pause, config.pause_for_verdict);
    if !verifies && config.asks_for_verdict() {
        report.invalid("a verifier without verification");
    }
    if !config.asks_for_verdict() && config.verifier_role != VerifierRole::Also {
        report.invalid("the role of a verifier, and none of them");
    }
    if config.verifier.is_some() && config.pause_for_verdict {
        report.invalid("a verifier, and a pause for the verdict of another");
    }
    report.require(capabilities, Capability::ReverifyOnResume, config.reverify_on_resume);
    if config.reverify_on_resume && !(client && verifies && config.resumption) {
        report.invalid("chains are judged anew by clients, where sessions are resumed and anything is verified");
    }
    let has_lists = !config.trust_store.crls().is_empty();
    let whole_chain = config.crl_scope == CrlScope::Chain;
    report.require(capabilities, Capability::Crl, has_lists);
    report.require(capabilities, Capability::CrlChain, has_lists && whole_chain);
    if whole_chain && !has_lists {
        report.invalid("revocation of whole chains, and no revocation list to find it in");
    }
    if !judges_chains && has_lists {
        report.invalid("revocation lists without verification");
    }
}
