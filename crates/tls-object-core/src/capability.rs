//! What a backend can do, asked at run time.

use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{
    CipherRules, CipherSuite, Error, ErrorKind, NamedGroup, ProtocolVersion, Side, SignatureScheme,
};

/// Defines [`Capability`]: name in Rust, name in tables and JSON, one sentence.
macro_rules! capabilities {
    ($( $Name:ident = $name:literal, $doc:literal; )*) => {
        /// One thing that a backend can or cannot do.
        ///
        /// Named after what a user gets, not after how a library calls it. Each is proven both ways
        /// by the conformance suite: what is declared works, what is not is refused as
        /// [`Unsupported`](crate::ErrorKind::Unsupported).
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Capability {
            $( #[doc = $doc] $Name, )*
        }

        impl Capability {
            /// Every capability, in the order of tables.
            pub const ALL: &'static [Self] = &[$(Self::$Name),*];

            /// The name in tables and in JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $( Self::$Name => $name, )*
                }
            }

            /// What it is, in one sentence.
            pub const fn summary(self) -> &'static str {
                match self {
                    $( Self::$Name => $doc, )*
                }
            }
        }
    };
}

capabilities! {
    Client = "client", "Playing the client.";
    Server = "server", "Playing the server.";
    Tls12 = "tls1.2", "TLS 1.2 (RFC 5246).";
    Tls13 = "tls1.3", "TLS 1.3 (RFC 8446), at least as a client.";
    Tls13Server = "tls1.3-server", "TLS 1.3 as a server.";
    CipherSuites12 = "cipher-suites-1.2", "Choosing the cipher suites of TLS 1.2.";
    CipherSuites13 = "cipher-suites-1.3", "Choosing the cipher suites of TLS 1.3.";
    SecurityLevel = "security-level", "Refusing what is weaker than one of OpenSSL's security levels.";
    Groups = "groups", "Choosing the groups of the key exchange.";
    PostQuantumGroup = "post-quantum-group", "The hybrid key exchange X25519MLKEM768.";
    SignatureSchemes = "signature-schemes", "Choosing the signature schemes accepted from the peer.";
    SigningSchemes = "signing-schemes", "Choosing the signature schemes that it signs by.";
    Ed25519 = "ed25519", "Ed25519 certificates, its own and the peer's.";
    VerifyChain = "verify-chain", "Verifying the peer's chain against given trust anchors.";
    VerifyName = "verify-name", "Verifying the server's host name.";
    VerifyIpAddress = "verify-ip-address", "Verifying the server's IP address.";
    VerifyCommonName = "verify-common-name", "Taking the subject's common name for a host name where there is no other.";
    VerifyPurpose = "verify-purpose", "Choosing what the peer's certificate must be for.";
    VerifyDepth = "verify-depth", "Limiting how many intermediate authorities a chain has.";
    VerifyStrict = "verify-strict", "Holding certificates to the letter of RFC 5280.";
    VerifyTime = "verify-time", "Judging certificates at a given time.";
    VerifyCode = "verify-code", "Telling why a certificate was not accepted.";
    OcspStapleClient = "ocsp-staple-client", "Asking the server for an OCSP response, as a client.";
    OcspStapleServer = "ocsp-staple-server", "Giving clients an OCSP response, as a server.";
    SctClient = "sct-client", "Asking the server for signed certificate timestamps (RFC 6962), as a client.";
    SctServer = "sct-server", "Giving clients signed certificate timestamps, as a server.";
    VerifyHook = "verify-hook", "Asking the application for its verdict on the peer.";
    VerifyPauseClient = "verify-pause-client", "Suspending the handshake for the application's verdict on the server, as a client.";
    VerifyPauseServer = "verify-pause-server", "Suspending the handshake for the application's verdict on the client, as a server.";
    ReverifyOnResume = "reverify-on-resume", "Judging the server's chain anew where a session is resumed, as a client.";
    PartialChain = "partial-chain", "Trusting an authority that another has issued, or a leaf, without a root above it.";
    Crl = "crl", "Checking the leaf against given revocation lists.";
    CrlChain = "crl-chain", "Checking the whole chain against given revocation lists.";
    Psk12 = "psk-1.2", "Keys that both ends have from elsewhere instead of certificates (RFC 4279), under TLS 1.2.";
    Psk13 = "psk-1.3", "Keys that both ends have from elsewhere instead of certificates, under TLS 1.3.";
    RawPublicKeys12 = "raw-public-keys-1.2", "Public keys alone instead of certificates (RFC 7250), under TLS 1.2.";
    RawPublicKeys13 = "raw-public-keys-1.3", "Public keys alone instead of certificates (RFC 7250), under TLS 1.3.";
    CertificateTypes = "certificate-types", "Negotiating whether a certificate or a public key alone is shown.";
    RawExternalKeys = "raw-external-keys", "Showing a public key alone whose private key is held elsewhere.";
    ClientCertificate = "client-certificate", "Showing a certificate as a client.";
    ClientAuthOptional = "client-auth-optional", "Asking clients for a certificate and going on without.";
    ClientAuthRequired = "client-auth-required", "Refusing clients without a certificate.";
    Sni = "sni", "Asking for a server by name, and telling which name was asked for.";
    SeveralIdentities = "several-identities", "Having several certificates and showing the first that the peer can verify.";
    ExternalKey = "external-key", "Signing with a private key that is held elsewhere.";
    ExternalKeyPause = "external-key-pause", "Suspending the handshake while a private key that is held elsewhere signs.";
    SniIdentity = "sni-identity", "Choosing the certificate by the name that the client asks for.";
    Alpn = "alpn", "Negotiating an application protocol.";
    AlpnContinue = "alpn-continue", "Going on when no application protocol is in common.";
    AlpnBytes = "alpn-bytes", "Application protocols whose names are not UTF-8.";
    AlpnPerConnection = "alpn-per-connection", "Application protocols of one connection instead of those of its context.";
    ClientHello = "client-hello", "Deciding on a client when it has spoken, by what it says.";
    ClientHelloContext = "client-hello-context", "Going on with another context, the whole of it, when the client has spoken.";
    ClientHelloAlert = "client-hello-alert", "Refusing a client with a chosen alert when it has spoken.";
    ClientHelloPause = "client-hello-pause", "Suspending the handshake when the client has spoken.";
    HalfClose = "half-close", "Closing one direction while the other goes on.";
    Truncation = "truncation", "Telling a truncated stream from a clean end.";
    PlaintextAfterClose = "plaintext-after-close", "Leaving what follows close_notify in the incoming BIO.";
    LentRead = "lent-read", "Lending decrypted data where it lies instead of copying it out.";
    PeerChain = "peer-chain", "The chain as the peer sent it.";
    VerifiedChain = "verified-chain", "The chain as it was verified, up to its trust anchor.";
    OwnCertificate = "own-certificate", "Telling which certificate a server has shown.";
    GroupFact = "group-fact", "Telling the group of the key exchange.";
    SignatureFact = "signature-fact", "Telling by which scheme each end signed the handshake.";
    HandshakeKind = "handshake-kind", "Telling whether a handshake was full, took a second ClientHello, or resumed a session.";
    AlertSent = "alert-sent", "Telling which alert was sent with an error.";
    Exporter = "exporter", "Exporting keying material (RFC 5705, RFC 8446 section 7.5).";
    Resumption12 = "resumption-1.2", "Taking sessions of TLS 1.2 along to resume them, as a client.";
    Resumption13 = "resumption-1.3", "Taking sessions of TLS 1.3 along to resume them, as a client.";
    ServerResumption = "server-resumption", "Resuming the sessions of clients, as a server.";
    NoServerResumption = "no-server-resumption", "Resuming no sessions as a server, when told so.";
    SessionDetails = "session-details", "Telling a session's id, its lifetime and whether it is a ticket.";
    SessionEvents = "session-events", "Handing out each session as it arrives.";
    SessionSerialisation = "session-serialisation", "Making bytes of a session, and a session of them, in another process too.";
    EarlyDataClient = "early-data-client", "Sending early data (0-RTT, RFC 8446 section 2.3) as a client.";
    EarlyDataServer = "early-data-server", "Taking early data as a server.";
    EarlyDataLimit = "early-data-limit", "Choosing how much early data a server takes.";
    SessionCache12 = "session-cache-1.2", "Keeping sessions of TLS 1.2 as a server.";
    SessionCache13 = "session-cache-1.3", "Keeping sessions of TLS 1.3 as a server.";
    SessionStore = "session-store", "Keeping a server's sessions in a store of the application's, so that servers share them.";
    SessionStats = "session-stats", "Counting handshakes and resumed sessions.";
    TicketKeys = "ticket-keys", "Sealing session tickets with given keys, so that servers share them.";
    TicketCount = "ticket-count", "Choosing how many tickets of TLS 1.3 a server sends.";
    KeyUpdate = "key-update", "Changing the keys of both directions while they are in use, under TLS 1.3.";
    KeyUpdateOwn = "key-update-own", "Changing the keys of its own direction alone, under TLS 1.3.";
    PostHandshakeAuth = "post-handshake-auth", "Asking a client for a certificate after the handshake (RFC 8446 section 4.6.2).";
    Messages = "messages", "Showing handshake messages and alerts as they go by.";
    KeyLog = "key-log", "Telling the secrets of connections, for reading recorded traffic.";
    TrafficSecrets = "traffic-secrets", "Handing out the keys of both directions, for a kernel to go on with the connection.";
    SharedCiphers = "shared-ciphers", "Telling which cipher suites both ends have.";
    ChannelBindingUnique = "channel-binding-tls-unique", "Channel binding tls-unique (RFC 5929), TLS 1.2 only.";
    ChannelBindingEndPoint = "channel-binding-tls-server-end-point", "Channel binding tls-server-end-point (RFC 5929).";
    ChannelBindingExporter = "channel-binding-tls-exporter", "Channel binding tls-exporter (RFC 9266), under TLS 1.3.";
    ChannelBindingExporter12 = "channel-binding-tls-exporter-1.2", "Channel binding tls-exporter (RFC 9266), under TLS 1.2 with the extended master secret.";
}

/// How the core does what it does alone.
const BY_THE_CORE: &str = "the ClientHello is read before the library sees it";

impl Capability {
    /// Whether the core does it for every backend that can play the server.
    const fn is_the_cores(self) -> bool {
        matches!(
            self,
            Self::ClientHello
                | Self::ClientHelloContext
                | Self::ClientHelloAlert
                | Self::ClientHelloPause
        )
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How well a backend does one thing.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Support {
    /// The library does it.
    Native,
    /// This project does it on top of the library, and this is how.
    Emulated(Cow<'static, str>),
    /// It cannot be had, and this is why.
    No(Cow<'static, str>),
}

impl Support {
    /// Whether it can be used.
    pub const fn is_usable(&self) -> bool {
        !matches!(self, Self::No(_))
    }

    /// `native`, `emulated` or `no`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Emulated(_) => "emulated",
            Self::No(_) => "no",
        }
    }

    /// How or why; empty when native.
    pub fn note(&self) -> &str {
        match self {
            Self::Native => "",
            Self::Emulated(note) | Self::No(note) => note,
        }
    }
}

/// What a backend can do with the library that it is linked to.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Capabilities {
    support: BTreeMap<Capability, Support>,
    /// Cipher suites that can be asked for, in the backend's order.
    pub cipher_suites: Vec<CipherSuite>,
    /// By which rules cipher strings are read.
    pub cipher_rules: CipherRules,
    /// Groups that can be asked for, in the backend's order.
    pub groups: Vec<NamedGroup>,
    /// Signature schemes that can be asked for, in the backend's order.
    pub signature_schemes: Vec<SignatureScheme>,
}

impl Capabilities {
    /// For backends: a table from the backend's answer for each capability. What the core does for every
    /// server alike is not asked.
    pub fn new(
        support: impl Fn(Capability) -> Support,
        cipher_suites: Vec<CipherSuite>,
        groups: Vec<NamedGroup>,
        signature_schemes: Vec<SignatureScheme>,
    ) -> Self {
        let server = support(Capability::Server).is_usable();
        let support = Capability::ALL
            .iter()
            .map(|&capability| {
                let by_the_core = server && capability.is_the_cores();
                let support = if by_the_core {
                    Support::Emulated(BY_THE_CORE.into())
                } else {
                    support(capability)
                };
                (capability, support)
            })
            .collect();
        Self {
            support,
            cipher_suites,
            cipher_rules: CipherRules::default(),
            groups,
            signature_schemes,
        }
    }

    /// The same with cipher strings read by the rules of another OpenSSL than the newest.
    #[must_use]
    pub fn with_cipher_rules(mut self, rules: CipherRules) -> Self {
        self.cipher_rules = rules;
        self
    }

    /// How well `capability` is done.
    pub fn support(&self, capability: Capability) -> &Support {
        // Filled for `Capability::ALL` by the only constructor.
        &self.support[&capability]
    }

    /// Whether `capability` can be used.
    pub fn has(&self, capability: Capability) -> bool {
        self.support(capability).is_usable()
    }

    /// Refuses what cannot be used.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`], with the reason.
    pub fn require(&self, capability: Capability) -> Result<(), Error> {
        match self.support(capability) {
            Support::No(why) => {
                Err(Error::new(ErrorKind::Unsupported(capability)).with_detail(why.as_ref()))
            }
            Support::Native | Support::Emulated(_) => Ok(()),
        }
    }

    /// Every capability with how well it is done, in the order of tables.
    pub fn iter(&self) -> impl Iterator<Item = (Capability, &Support)> {
        self.support.iter().map(|(&capability, support)| (capability, support))
    }

    /// The versions of the protocol that can be spoken on `side`, old to new.
    pub fn versions(&self, side: Side) -> impl Iterator<Item = ProtocolVersion> + '_ {
        ProtocolVersion::KNOWN.iter().copied().filter(move |&version| {
            version_capability(version, side).is_some_and(|cap| self.has(cap))
        })
    }
}

/// The capability of speaking `version` on `side`; `None` for a version that this project does not know.
pub(crate) fn version_capability(version: ProtocolVersion, side: Side) -> Option<Capability> {
    match (version, side) {
        (ProtocolVersion::TLS12, _) => Some(Capability::Tls12),
        (ProtocolVersion::TLS13, Side::Client) => Some(Capability::Tls13),
        (ProtocolVersion::TLS13, Side::Server) => Some(Capability::Tls13Server),
        _ => None,
    }
}
