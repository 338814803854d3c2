//! What rustls can do, one line for each capability.

use rustls::NamedGroup as RustlsGroup;
use tls_object_core::{
    Capabilities, Capability, CipherSuite, NamedGroup, SignatureScheme, Support,
};

use crate::Rustls;

/// The table for one provider.
pub(crate) fn of(backend: &Rustls) -> Capabilities {
    let provider = backend.provider();
    let groups = backend.groups();
    let post_quantum = groups.iter().any(|group| group.name() == RustlsGroup::X25519MLKEM768);
    Capabilities::new(
        |capability| support(capability, post_quantum),
        provider.cipher_suites.iter().map(|suite| CipherSuite::new(suite.suite().into())).collect(),
        groups.iter().map(|group| NamedGroup::new(group.name().into())).collect(),
        provider
            .signature_verification_algorithms
            .supported_schemes()
            .into_iter()
            .map(|scheme| SignatureScheme::new(scheme.into()))
            .collect(),
    )
}

fn support(capability: Capability, post_quantum: bool) -> Support {
    match capability {
        Capability::Client
        | Capability::Server
        | Capability::Tls12
        | Capability::Tls13
        | Capability::Tls13Server
        | Capability::CipherSuites12
        | Capability::CipherSuites13
        | Capability::Groups
        | Capability::SignatureSchemes
        | Capability::SigningSchemes
        | Capability::Ed25519
        | Capability::VerifyChain
        | Capability::VerifyName
        | Capability::VerifyIpAddress
        | Capability::VerifyPurpose
        | Capability::VerifyHook
        | Capability::OcspStapleClient
        | Capability::OcspStapleServer
        | Capability::VerifyTime
        | Capability::VerifyCode
        | Capability::Crl
        | Capability::CrlChain
        | Capability::ClientCertificate
        | Capability::ClientAuthOptional
        | Capability::ClientAuthRequired
        | Capability::Sni
        | Capability::SeveralIdentities
        | Capability::ExternalKey
        | Capability::SniIdentity
        | Capability::Alpn
        | Capability::AlpnBytes
        | Capability::AlpnPerConnection
        | Capability::HalfClose
        | Capability::LentRead
        | Capability::Truncation
        | Capability::PeerChain
        | Capability::OwnCertificate
        | Capability::GroupFact
        | Capability::HandshakeKind
        | Capability::Exporter
        | Capability::KeyLog
        | Capability::TrafficSecrets
        | Capability::KeyUpdate
        | Capability::Resumption12
        | Capability::ServerResumption
        | Capability::NoServerResumption
        | Capability::SessionEvents
        | Capability::EarlyDataClient
        | Capability::EarlyDataLimit
        | Capability::SessionCache12
        | Capability::SessionCache13
        | Capability::SessionStore
        | Capability::RawPublicKeys13
        | Capability::RawExternalKeys
        | Capability::TicketCount => Support::Native,

        Capability::VerifyCommonName => emulated("webpki knows no common names; compared here"),
        Capability::VerifyDepth | Capability::PartialChain => {
            emulated("a path that webpki has found is looked at again")
        }
        Capability::VerifyStrict => no("webpki has rules of its own and no others"),
        Capability::EarlyDataServer => emulated(
            "sessions are then kept by the server, since rustls takes early data of no others",
        ),

        Capability::PostQuantumGroup if post_quantum => Support::Native,
        Capability::PostQuantumGroup => no("ring has no ML-KEM"),

        Capability::AlpnContinue => {
            emulated("the ClientHello is read first, and ALPN left out when nothing is in common")
        }
        Capability::AlertSent => {
            emulated("read off the wire; derived from rustls' error where the alert is encrypted")
        }
        Capability::Resumption13 => emulated(
            "a session is good for as many connections as the server has issued tickets, the last eight of them; an object that was made with one has taken one",
        ),
        Capability::SessionStats => emulated("counted by this project"),
        Capability::TicketKeys => {
            emulated("rustls leaves it to others what tickets are sealed with")
        }
        Capability::PlaintextAfterClose => emulated("rustls is given one record at a time"),

        Capability::RawPublicKeys12 => no("rustls reads them under TLS 1.3 only"),
        Capability::CertificateTypes => {
            no("rustls takes certificates or raw public keys, and shows the one or the other")
        }
        Capability::ExternalKeyPause
        | Capability::VerifyPauseClient
        | Capability::VerifyPauseServer => no("rustls waits for nobody's decision"),
        Capability::ReverifyOnResume => no("rustls judges a chain when it is shown, and not again"),
        Capability::PostHandshakeAuth => no("rustls asks for certificates in the handshake only"),
        Capability::Messages => no("rustls shows its messages to nobody"),
        Capability::KeyUpdateOwn => no("rustls asks the peer to change its keys each time"),
        Capability::SharedCiphers => emulated("the ClientHello is read first"),
        Capability::ChannelBindingUnique => no("rustls does not expose Finished messages"),
        Capability::ChannelBindingExporter => emulated("by the exporter"),
        Capability::ChannelBindingExporter12 => {
            no("rustls does not tell whether the extended master secret was agreed on")
        }
        Capability::ChannelBindingEndPoint => {
            emulated("the hash of the server's certificate, by the cryptography provider")
        }
        Capability::VerifiedChain => {
            emulated("the path that webpki found, kept when it is verified")
        }

        Capability::SignatureFact => emulated("noted where keys sign and signatures are verified"),
        Capability::Psk12 | Capability::Psk13 => {
            no("rustls knows no keys but those of certificates")
        }
        Capability::SctClient | Capability::SctServer => {
            no("rustls knows no signed certificate timestamps in the handshake")
        }
        Capability::SecurityLevel => no("rustls has no security levels"),

        Capability::SessionDetails | Capability::SessionSerialisation => {
            no("a session of a rustls client shows nobody what is in it")
        }

        _ => no("rustls has nothing for it"),
    }
}

fn emulated(how: &'static str) -> Support {
    Support::Emulated(how.into())
}

fn no(why: &'static str) -> Support {
    Support::No(why.into())
}
