//! What a session's security rests on, in 32 bytes.

use sha2::{Digest as _, Sha256};

use crate::{Certificate, Config, Identity, PublicKey, Setting, Side, VerifyTime};

/// Collects values without ambiguity: each with its length before it.
struct Collector(Sha256);

impl Collector {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    /// In any order, as they are looked at.
    fn set<'a>(&mut self, values: impl Iterator<Item = &'a [u8]>) {
        let mut values: Vec<_> = values.collect();
        values.sort_unstable();
        values.dedup();
        self.number(values.len() as u64);
        values.into_iter().for_each(|value| self.bytes(value));
    }

    /// What an end on this `side` shows, with all of a client's chains and the leaves of a server's.
    fn identities(&mut self, side: Side, identities: &[Identity]) {
        self.number(identities.len() as u64);
        for identity in identities {
            let chain = match side {
                Side::Client => identity.chain(),
                Side::Server => identity.chain().get(..1).unwrap_or_default(),
            };
            self.number(chain.len() as u64);
            chain.iter().for_each(|certificate| self.bytes(certificate.der()));
            self.bytes(identity.public_key().map_or(&[], PublicKey::der));
        }
    }

    fn setting<T: Copy>(&mut self, setting: &Setting<T>, code: impl Fn(T) -> u16) {
        let values = setting.values();
        self.number(values.map_or(u64::MAX, |values| values.len() as u64));
        for &value in values.unwrap_or_default() {
            self.number(code(value).into());
        }
    }
}

impl Config {
    /// Tells configurations apart under which a session must not be resumed that began under the other: all
    /// that decides whether a peer is accepted and how well a connection is protected, and what either end shows of
    /// itself: a client all of it, a server its leaves and raw public keys, on which `tls-server-end-point` rests. How these
    /// are proven, and which protocols are spoken above, may change.
    ///
    /// The same in every process that runs the same version of this crate.
    pub fn session_fingerprint(&self) -> [u8; 32] {
        // By name, so that whoever adds a setting has to say here whether sessions depend on it.
        let Self {
            side,
            identities,
            identities_by_name,
            trust_store,
            peer_certificate_types,
            trusted_public_keys,
            verify_mode,
            check_server_name,
            check_common_name,
            purpose,
            partial_chain,
            strict_certificates,
            max_intermediates,
            crl_scope,
            verify_time,
            verifier,
            pause_for_verdict,
            verifier_role,
            reverify_on_resume: _,
            request_ocsp: _,
            request_sct: _,
            psk_client,
            psk_server,
            psk_identity_hint: _,
            min_version,
            max_version,
            cipher_suites,
            cipher_string,
            security_level,
            groups,
            signature_schemes,
            signing_schemes: _,
            alpn: _,
            alpn_mismatch: _,
            on_client_hello: _,
            resumption: _,
            on_session: _,
            ticket_keys: _,
            session_cache: _,
            session_store: _,
            num_tickets: _,
            max_early_data: _,
            post_handshake_auth: _,
            key_log: _,
            extract_secrets: _,
            on_message: _,
        } = self;
        let mut all = Collector(Sha256::new());
        all.bytes(env!("CARGO_PKG_VERSION").as_bytes());
        all.bytes(&[
            *side as u8,
            *verify_mode as u8,
            (*check_server_name).into(),
            (*check_common_name).into(),
            *purpose as u8,
            (*partial_chain).into(),
            (*strict_certificates).into(),
            *crl_scope as u8,
            // Code has no fingerprint: that there is some must do.
            (verifier.is_some() || *pause_for_verdict).into(),
            *verifier_role as u8,
            psk_client.is_some().into(),
            psk_server.is_some().into(),
        ]);
        all.number(max_intermediates.map_or(u64::MAX, u64::from));
        all.identities(*side, identities);
        all.number(identities_by_name.len() as u64);
        for (name, identities) in identities_by_name {
            all.bytes(name.as_bytes());
            all.identities(*side, identities);
        }
        let types: Vec<_> = peer_certificate_types.iter().map(|it| it.code()).collect();
        all.bytes(&types);
        all.set(trusted_public_keys.iter().map(PublicKey::der));
        all.set(trust_store.certificates().iter().map(Certificate::der));
        all.set(trust_store.crls().iter().map(crate::Crl::der));
        match verify_time {
            VerifyTime::System => all.number(0),
            VerifyTime::Fixed(since_1970) => {
                all.number(1);
                all.number(since_1970.as_secs());
            }
        }
        all.number(min_version.code().into());
        all.number(max_version.code().into());
        all.setting(cipher_suites, |suite| suite.code());
        all.number(cipher_string.as_ref().map_or(u64::MAX, |text| text.len() as u64));
        all.bytes(cipher_string.as_deref().unwrap_or_default().as_bytes());
        all.number(security_level.map_or(u64::MAX, u64::from));
        all.setting(groups, |group| group.code());
        all.setting(signature_schemes, |scheme| scheme.code());
        all.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::{
        AlpnProtocol, CertificateType, CipherSuite, CrlScope, Hook, PrivateKey, ProtocolVersion,
        Purpose, VerifyMode,
    };

    fn public_key() -> PublicKey {
        // An algorithm without a name, and no bits.
        PublicKey::from_der([0x30, 5, 0x30, 0, 3, 1, 0]).unwrap()
    }

    fn raw_identity() -> Identity {
        // As little of an RSA key as is told by its layout.
        let key = PrivateKey::from_der(vec![0x30, 3, 2, 1, 0]).unwrap();
        Identity::raw_public_key(public_key(), key)
    }

    #[test]
    fn what_sessions_depend_on_tells_configurations_apart() {
        let plain = Config::client();
        let certificate = |byte| Certificate::from_der(vec![byte; 3]);
        let changes: &[&dyn Fn(&mut Config)] = &[
            &|config| config.side = Side::Server,
            &|config| config.verify_mode = VerifyMode::None,
            &|config| config.check_server_name = false,
            &|config| config.check_common_name = true,
            &|config| config.trust_store = vec![certificate(1)].into(),
            &|config| config.trust_store = vec![certificate(1), certificate(2)].into(),
            &|config| config.peer_certificate_types = vec![CertificateType::RawPublicKey],
            &|config| config.trusted_public_keys = vec![public_key()],
            &|config| config.identities = vec![raw_identity()],
            &|config| config.purpose = Purpose::Any,
            &|config| config.partial_chain = true,
            &|config| config.strict_certificates = true,
            &|config| config.max_intermediates = Some(0),
            &|config| _ = config.trust_store.add_crl(crate::Crl::from_der(vec![1])),
            &|config| config.crl_scope = CrlScope::Chain,
            &|config| config.verify_time = VerifyTime::Fixed(Duration::ZERO),
            &|config| config.psk_client = Some(Hook::new(Arc::new(|_: Option<&[u8]>| None))),
            &|config| config.psk_server = Some(Hook::new(Arc::new(|_: &[u8]| None))),
            &|config| config.min_version = ProtocolVersion::TLS13,
            &|config| config.max_version = ProtocolVersion::TLS12,
            &|config| config.cipher_suites = Setting::Required(CipherSuite::KNOWN[..1].to_vec()),
        ];
        let mut seen = vec![plain.session_fingerprint()];
        for change in changes {
            let mut config = plain.clone();
            change(&mut config);
            let fingerprint = config.session_fingerprint();
            assert!(!seen.contains(&fingerprint), "{config:?}");
            seen.push(fingerprint);
        }
        let mut alike = plain.clone();
        alike.alpn = vec![AlpnProtocol::new("h2").unwrap()];
        assert_eq!(alike.session_fingerprint(), seen[0]);
        let key = || PrivateKey::from_der(vec![0x30, 3, 2, 1, 0]).unwrap();
        let shows = |chain: &[u8]| {
            let chain = chain.iter().map(|&byte| certificate(byte)).collect();
            Config::server(Identity::new(chain, key()).unwrap())
        };
        let server = shows(&[1, 2]).session_fingerprint();
        assert_eq!(shows(&[1, 3]).session_fingerprint(), server, "another issuer");
        assert_ne!(shows(&[3, 2]).session_fingerprint(), server, "another leaf");
        let mut named = shows(&[1, 2]);
        named.identities_by_name.insert("other.example".to_owned(), shows(&[3]).identities);
        assert_ne!(named.session_fingerprint(), server, "another leaf by name");
        let mut turned = plain;
        turned.trust_store = vec![certificate(2), certificate(1)].into();
        assert_eq!(turned.session_fingerprint(), seen[6], "the order of anchors says nothing");
    }
}
