//! BoringSSL's compliance policies: lists of what may be negotiated, and nothing else.
//!
//! They are those of `SSL_set_compliance_policy` in the `ssl/ssl_lib.cc` that the crate `boring-sys` builds: it patches
//! BoringSSL's, and the runner's expectations with it.

use tls_object::{CipherSuite, DynBackend, NamedGroup, ProtocolVersion, SignatureScheme};

use crate::failure::Failure;
use crate::settings::Settings;

/// What a policy allows, the best first. A list that is empty leaves a setting as it is.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The oldest version; the newest is TLS 1.3.
    min_version: Option<ProtocolVersion>,
    tls12_ciphers: &'static [CipherSuite],
    tls13_ciphers: &'static [CipherSuite],
    groups: &'static [NamedGroup],
    schemes: &'static [SignatureScheme],
}

/// Puts what the policy of `settings`, if there is one, says in place of what other flags do, as BoringSSL's shim does.
///
/// # Errors
/// [`Failure::Unimplemented`] for several policies, and for one of which the library has nothing that is allowed.
pub(crate) fn apply(settings: &mut Settings, backend: &dyn DynBackend) -> Result<(), Failure> {
    match settings.policies[..] {
        [] => Ok(()),
        [policy] => policy.apply(settings, backend),
        _ => Err(Failure::unimplemented("several policies")),
    }
}

impl Policy {
    /// What the library lacks is forbidden without being named.
    fn apply(&self, settings: &mut Settings, backend: &dyn DynBackend) -> Result<(), Failure> {
        let capabilities = backend.capabilities();
        let suites = &capabilities.cipher_suites;
        if let Some(oldest) = self.min_version {
            settings.min_version = Some(oldest);
            settings.max_version = Some(ProtocolVersion::TLS13);
        }
        if let Some(allowed) = common(self.tls12_ciphers, suites, "cipher suites of TLS 1.2")? {
            let names: Vec<_> = allowed.iter().filter_map(|suite| suite.openssl_name()).collect();
            settings.cipher = Some(names.join(":"));
        }
        if let Some(allowed) = common(self.tls13_ciphers, suites, "cipher suites of TLS 1.3")? {
            settings.tls13_ciphers = allowed;
        }
        if let Some(allowed) = common(self.groups, &capabilities.groups, "groups")? {
            settings.curves = allowed;
        }
        let schemes = &capabilities.signature_schemes;
        if let Some(allowed) = common(self.schemes, schemes, "signature schemes")? {
            settings.credential.signing_prefs.clone_from(&allowed);
            settings.verify_prefs = allowed;
        }
        Ok(())
    }
}

/// What is in both lists, in the order of the first; `None` if that is empty.
fn common<T: Copy + PartialEq>(
    allowed: &[T],
    available: &[T],
    what: &str,
) -> Result<Option<Vec<T>>, Failure> {
    if allowed.is_empty() {
        return Ok(None);
    }
    let both: Vec<_> = allowed.iter().copied().filter(|one| available.contains(one)).collect();
    if both.is_empty() {
        return Err(Failure::unimplemented(format!("a policy none of whose {what} is there")));
    }
    Ok(Some(both))
}

const AES_GCM_12: &[CipherSuite] = &[
    CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

const AES_GCM_13: &[CipherSuite] =
    &[CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_AES_256_GCM_SHA384];

const AES_256_GCM_13: &[CipherSuite] = &[CipherSuite::TLS13_AES_256_GCM_SHA384];

const FIPS_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::MLDSA44,
    SignatureScheme::MLDSA65,
    SignatureScheme::MLDSA87,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
];

const CNSA_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PKCS1_SHA384,
];

/// A group from before ML-KEM was a standard.
const P256_KYBER768_DRAFT00: NamedGroup = NamedGroup::new(0xfe32);

/// `-fips-202205`.
pub(crate) const FIPS_202205: Policy = Policy {
    min_version: Some(ProtocolVersion::TLS12),
    tls12_ciphers: AES_GCM_12,
    tls13_ciphers: AES_GCM_13,
    groups: &[
        NamedGroup::X25519MLKEM768,
        P256_KYBER768_DRAFT00,
        NamedGroup::SECP256R1,
        NamedGroup::SECP384R1,
    ],
    schemes: FIPS_SCHEMES,
};

/// `-fips-202609`. BoringSSL prefers the first two groups alike.
pub(crate) const FIPS_202609: Policy = Policy {
    min_version: Some(ProtocolVersion::TLS12),
    tls12_ciphers: AES_GCM_12,
    tls13_ciphers: AES_GCM_13,
    groups: &[
        NamedGroup::X25519MLKEM768,
        NamedGroup::MLKEM1024,
        NamedGroup::SECP256R1,
        NamedGroup::SECP384R1,
    ],
    schemes: FIPS_SCHEMES,
};

/// `-wpa-202304`.
pub(crate) const WPA_202304: Policy = Policy {
    min_version: Some(ProtocolVersion::TLS12),
    tls12_ciphers: &[
        CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ],
    tls13_ciphers: AES_256_GCM_13,
    groups: &[NamedGroup::SECP384R1],
    schemes: &[
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA512,
    ],
};

/// `-cnsa-202407`: an order of suites, which forbids none.
pub(crate) const CNSA_202407: Policy = Policy {
    min_version: None,
    tls12_ciphers: &[],
    tls13_ciphers: &[
        CipherSuite::TLS13_AES_256_GCM_SHA384,
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    ],
    groups: &[],
    schemes: &[],
};

/// `-cnsa1-202603`.
pub(crate) const CNSA1_202603: Policy = Policy {
    min_version: Some(ProtocolVersion::TLS12),
    tls12_ciphers: &[
        CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::RSA_WITH_AES_256_GCM_SHA384,
    ],
    tls13_ciphers: AES_256_GCM_13,
    groups: &[NamedGroup::MLKEM1024, NamedGroup::SECP384R1],
    schemes: CNSA_SCHEMES,
};

/// `-cnsa2-202603`.
pub(crate) const CNSA2_202603: Policy = Policy {
    min_version: Some(ProtocolVersion::TLS13),
    tls12_ciphers: &[],
    tls13_ciphers: AES_256_GCM_13,
    groups: &[NamedGroup::MLKEM1024],
    schemes: CNSA_SCHEMES,
};
