//! What BoringSSL can do.

use std::sync::OnceLock;

use boring::ssl::{SslContext, SslContextBuilder, SslMethod};
use tls_object_core::{
    Capabilities, Capability, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme, Support,
};

use crate::ffi;

/// The table for the library that is linked; found out once.
pub(crate) fn capabilities() -> Capabilities {
    static TABLE: OnceLock<Capabilities> = OnceLock::new();
    TABLE.get_or_init(probe).clone()
}

fn probe() -> Capabilities {
    Capabilities::new(
        support,
        usable(CipherSuite::KNOWN, |builder, suite| {
            let name = suite.openssl_name().filter(|_| suite.is_offered());
            name.is_some_and(|name| match suite.version() {
                ProtocolVersion::TLS13 => ffi::set_tls13_suites(builder, &[suite]).is_ok(),
                _ => builder.set_strict_cipher_list(name).is_ok(),
            })
        }),
        usable(NamedGroup::KNOWN, |builder, group| ffi::set_groups(builder, &[group]).is_ok()),
        usable(SignatureScheme::KNOWN, |builder, scheme| {
            builder.set_verify_algorithm_prefs(&[scheme.code().into()]).is_ok()
        }),
    )
}

/// The values that a context of the linked library takes.
fn usable<T: Copy>(known: &[T], take: impl Fn(&mut SslContextBuilder, T) -> bool) -> Vec<T> {
    let Ok(mut builder) = SslContext::builder(SslMethod::tls()) else { return Vec::new() };
    known.iter().copied().filter(|&value| take(&mut builder, value)).collect()
}

fn support(capability: Capability) -> Support {
    use Capability as C;
    match capability {
        C::ChannelBindingExporter | C::ChannelBindingExporter12 => {
            Support::Emulated("by the exporter".into())
        }
        C::ChannelBindingEndPoint => {
            Support::Emulated("BoringSSL's hash of the server's certificate".into())
        }
        C::TrafficSecrets => Support::Emulated(
            "under TLS 1.3 derived from the secrets that BoringSSL logs, by its own HKDF".into(),
        ),
        C::VerifiedChain => Support::Emulated("kept when it is verified".into()),
        C::PostHandshakeAuth => {
            Support::No("BoringSSL asks for certificates in the handshake only".into())
        }
        C::SessionStats => Support::Emulated("counted by this project".into()),
        C::LentRead => {
            Support::No("BoringSSL shows decrypted data to nobody before it is copied".into())
        }
        C::VerifyStrict => {
            Support::No("BoringSSL has one set of rules: its flag does nothing".into())
        }
        C::Psk13 => Support::No(
            "BoringSSL takes keys for TLS 1.3 through the importer of RFC 9258 only".into(),
        ),
        C::SessionCache13 => {
            Support::No("BoringSSL resumes sessions of TLS 1.3 by ticket only".into())
        }
        C::EarlyDataLimit => Support::No("BoringSSL has one limit of its own, 14336 bytes".into()),
        C::SharedCiphers => Support::No("BoringSSL's SSL_get_shared_ciphers is a stub".into()),
        C::SecurityLevel => Support::No("BoringSSL has no security levels".into()),
        _ => Support::Native,
    }
}
