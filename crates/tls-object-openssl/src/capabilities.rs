//! What OpenSSL can do.

use std::sync::OnceLock;

use openssl::ssl::{SslContext, SslContextBuilder, SslMethod};
use tls_object_core::{
    Capabilities, Capability, CipherRules, CipherSuite, NamedGroup, ProtocolVersion,
    SignatureScheme, Support,
};

use crate::ffi;

/// The table for the library that is linked; found out once.
pub(crate) fn capabilities() -> Capabilities {
    static TABLE: OnceLock<Capabilities> = OnceLock::new();
    TABLE.get_or_init(probe).clone()
}

fn probe() -> Capabilities {
    let groups = usable(NamedGroup::KNOWN, |builder, group| {
        group.openssl_name().is_some_and(|name| builder.set_groups_list(name).is_ok())
    });
    let hybrid = groups.contains(&NamedGroup::X25519MLKEM768);
    Capabilities::new(
        |capability| support(capability, hybrid),
        usable(CipherSuite::KNOWN, |builder, suite| {
            let name = suite.openssl_name().filter(|_| suite.is_offered());
            name.is_some_and(|name| match suite.version() {
                ProtocolVersion::TLS13 => builder.set_ciphersuites(name).is_ok(),
                _ => builder.set_cipher_list(name).is_ok(),
            })
        }),
        groups,
        usable(SignatureScheme::KNOWN, |builder, scheme| {
            scheme.iana_name().is_some_and(|name| builder.set_sigalgs_list(name).is_ok())
        }),
    )
    .with_cipher_rules(cipher_rules())
}

/// By which rules the linked library reads cipher strings.
pub(crate) fn cipher_rules() -> CipherRules {
    /// `OPENSSL_VERSION_NUMBER` of 3.2.0.
    const V3_2: i64 = 0x3020_0000;
    if openssl::version::number() < V3_2 { CipherRules::OpenSsl30 } else { CipherRules::OpenSsl32 }
}

/// The values that a context of the linked library takes.
fn usable<T: Copy>(known: &[T], take: impl Fn(&mut SslContextBuilder, T) -> bool) -> Vec<T> {
    let Ok(mut builder) = SslContext::builder(SslMethod::tls()) else { return Vec::new() };
    known.iter().copied().filter(|&value| take(&mut builder, value)).collect()
}

fn support(capability: Capability, hybrid: bool) -> Support {
    use Capability as C;
    match capability {
        C::PostQuantumGroup if !hybrid => {
            Support::No("the linked OpenSSL is older than 3.5".into())
        }
        C::HalfClose | C::PlaintextAfterClose | C::Truncation => Support::Native,
        C::ChannelBindingExporter | C::ChannelBindingExporter12 => {
            Support::Emulated("by the exporter".into())
        }
        C::ChannelBindingEndPoint => {
            Support::Emulated("OpenSSL's hash of the server's certificate".into())
        }
        C::SctClient | C::SctServer => {
            Support::Emulated("by an extension that OpenSSL leaves to its caller".into())
        }
        C::RawPublicKeys12 | C::RawPublicKeys13 | C::CertificateTypes
            if !ffi::HAS_RAW_PUBLIC_KEYS =>
        {
            Support::No("this was built for an OpenSSL older than 3.2".into())
        }
        C::RawExternalKeys => Support::No(
            "OpenSSL encodes no public key whose private key another provider holds".into(),
        ),
        C::SessionStats => Support::Emulated("counted by this project".into()),
        C::ExternalKeyPause => {
            Support::No("OpenSSL asks for a signature and does not wait for it".into())
        }
        C::VerifyPauseServer => Support::No(
            "OpenSSL has clients wait for a verdict on their server, and no server for one on its client".into(),
        ),
        C::TrafficSecrets => Support::No("OpenSSL tells nobody the numbers of its records".into()),
        C::ReverifyOnResume => {
            Support::No("OpenSSL judges a chain when it is shown, and not again".into())
        }
        C::LentRead => {
            Support::No("OpenSSL shows decrypted data to nobody before it is copied".into())
        }
        _ => Support::Native,
    }
}
