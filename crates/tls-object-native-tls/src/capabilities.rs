//! What native-tls can do, one line for each capability.

use tls_object_core::{Capabilities, Capability, Support};

use crate::platform;

/// The table for this platform.
pub(crate) fn capabilities() -> Capabilities {
    Capabilities::new(support, Vec::new(), Vec::new(), Vec::new())
}

fn support(capability: Capability) -> Support {
    use Capability as C;
    if let Some(why) = platform::UNTRIED {
        return no(why);
    }
    match capability {
        C::Client
        | C::Server
        | C::Tls12
        | C::Tls13
        | C::Ed25519
        | C::VerifyChain
        | C::VerifyIpAddress
        | C::VerifyCommonName
        | C::ClientCertificate
        | C::Alpn
        | C::AlpnContinue
        | C::HalfClose
        | C::ServerResumption => Support::Native,

        C::VerifyName => emulated(
            "a certificate with its name in the subject alone is refused when the handshake is done",
        ),
        C::Truncation | C::PlaintextAfterClose => {
            emulated("native-tls is given one record at a time, and never an end")
        }
        C::Sni | C::GroupFact => emulated("heard on the wire, where it stands in plain text"),
        C::AlertSent => {
            emulated("read off the wire; derived from the error where the alert is encrypted")
        }
        C::OwnCertificate => emulated("there is one, that of the configuration"),
        C::ChannelBindingEndPoint => emulated("the certificate is hashed by the library"),
        C::AlpnPerConnection => emulated("a connector or an acceptor is made for the connection"),

        C::Tls13Server => no("on OpenSSL native-tls' acceptor has TLS 1.3 switched off"),
        C::CipherSuites12 | C::CipherSuites13 => no("native-tls has no cipher suites to choose"),
        C::Groups | C::PostQuantumGroup => no("native-tls has no groups to choose"),
        C::SignatureFact => no("native-tls does not tell by what is signed"),
        C::HandshakeKind => no("native-tls does not tell how the handshake went"),
        C::SecurityLevel => no("native-tls has no security level to choose"),
        C::VerifyHook => no("native-tls asks nobody for a verdict"),
        C::ReverifyOnResume => no("native-tls judges a chain when it is shown, and not again"),
        C::SignatureSchemes | C::SigningSchemes => {
            no("native-tls has no signature schemes to choose")
        }
        C::VerifyTime => no("native-tls judges by the clock"),
        C::VerifyCode => no("native-tls tells why a certificate was refused in words only"),
        C::PartialChain => no("on OpenSSL native-tls trusts nothing below a root"),
        C::VerifyPurpose | C::VerifyDepth | C::VerifyStrict => {
            no("native-tls has no rules for chains to choose")
        }
        C::Crl | C::CrlChain => no("native-tls takes no revocation lists"),
        C::ClientAuthOptional | C::ClientAuthRequired => {
            no("native-tls' acceptor asks no client for a certificate")
        }
        C::ExternalKeyPause | C::VerifyPauseClient | C::VerifyPauseServer => {
            no("native-tls waits for nobody's decision")
        }
        C::ExternalKey => no("native-tls takes private keys and nothing that signs in their place"),
        C::SniIdentity | C::SeveralIdentities => no("native-tls takes one identity"),
        C::AlpnBytes => no("native-tls takes the names of protocols as text"),
        C::LentRead => no("native-tls shows decrypted data to nobody before it is copied"),
        C::Exporter | C::ChannelBindingExporter | C::ChannelBindingExporter12 => {
            no("native-tls exports no keying material")
        }
        C::PeerChain | C::VerifiedChain => {
            no("native-tls gives the peer's own certificate and no other")
        }
        C::Resumption12
        | C::Resumption13
        | C::SessionDetails
        | C::SessionEvents
        | C::SessionSerialisation => no("native-tls gives no session"),
        C::NoServerResumption => no("native-tls' acceptor always issues tickets"),
        C::TicketKeys | C::TicketCount => no("native-tls has nothing to say about tickets"),
        C::KeyUpdate | C::KeyUpdateOwn => {
            no("native-tls changes keys when the peer asks for it only")
        }
        C::KeyLog | C::TrafficSecrets => no("native-tls tells no secrets"),
        C::EarlyDataClient | C::EarlyDataServer | C::EarlyDataLimit => {
            no("native-tls has no early data")
        }
        C::SharedCiphers => no("native-tls does not tell the server's cipher suites"),
        C::ChannelBindingUnique => no("native-tls does not expose Finished messages"),
        C::SctClient | C::SctServer => no("native-tls knows no signed certificate timestamps"),
        C::OcspStapleClient | C::OcspStapleServer => no("native-tls knows no OCSP responses"),
        C::Psk12 | C::Psk13 => no("native-tls knows no keys but those of certificates"),
        C::SessionCache12 | C::SessionCache13 | C::SessionStore | C::SessionStats => {
            no("native-tls keeps its sessions to itself")
        }
        C::PostHandshakeAuth => no("native-tls never asks for a client's certificate"),
        C::RawPublicKeys12 | C::RawPublicKeys13 | C::RawExternalKeys | C::CertificateTypes => {
            no("native-tls knows certificates only")
        }
        C::Messages => no("native-tls shows no messages"),
        _ => no("unknown to this backend"),
    }
}

fn emulated(how: &'static str) -> Support {
    Support::Emulated(how.into())
}

fn no(why: &'static str) -> Support {
    Support::No(why.into())
}
