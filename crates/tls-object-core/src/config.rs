//! What a context is made of: plain data, to be cloned and compared.

mod alpn;
mod fingerprint;
mod named_fingerprint;
mod setting;
mod suites;
mod ticket_key;
mod verification;
mod wrap;

use std::collections::BTreeMap;

use crate::{
    CertificateType, CipherSuite, ExternalKey, Hook, Identity, KeyLog, NamedGroup, OnClientHello,
    OnMessage, PeerVerifier, ProtocolVersion, PskClient, PskServer, PublicKey, SessionSink,
    SessionStore, SignatureScheme, TrustStore, VerifierRole,
};

pub use alpn::{AlpnMismatch, AlpnProtocol};
pub use named_fingerprint::NamedFingerprint;
pub use setting::Setting;
pub use suites::Suites;
pub use ticket_key::TicketKey;
pub use verification::{CrlScope, Purpose, VerifyMode, VerifyTime};
pub use wrap::Wrap;

/// Which end of the connection this is. Python: `server_side`.
#[allow(clippy::exhaustive_enums)] // a connection has two ends
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// The end that begins.
    Client,
    /// The end that answers.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Everything a context is made of.
///
/// Plain data without a TLS library in it: made once, handed to any backend. Start from
/// [`Config::client`] or [`Config::server`] and set the fields that matter;
/// [`Backend::check`](crate::Backend::check) says what a backend makes of it before any key is touched.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// The end that objects made from it play. Python: `PROTOCOL_TLS_CLIENT`, `PROTOCOL_TLS_SERVER`.
    pub side: Side,
    /// What this end shows of itself: the first whose key signs in a way that the peer accepts, by its signature
    /// schemes and, under TLS 1.2, its cipher suites. So one certificate for each type of key serves every peer, and
    /// the best comes first. A server needs one, and a client may be asked for one; where none fits, a server fails and a
    /// client shows none. Python: `load_cert_chain`, once for each.
    pub identities: Vec<Identity>,
    /// Server: what is shown instead to a client that asks for this name by SNI. Keys are
    /// lower-case A-labels, compared whole.
    pub identities_by_name: BTreeMap<String, Vec<Identity>>,
    /// The authorities whose word is taken, and what they have revoked; without a revocation list, revocation is not checked.
    /// Python: `load_verify_locations`.
    pub trust_store: TrustStore,
    /// What the peer may show of itself, the best first; X.509 certificates unless told otherwise. What this end may show
    /// follows from its [identities](Self::identities). A peer that can show nothing of this, or that looks for none of
    /// what this end can show, is refused. Of one that shows a raw public key (RFC 7250) no name, date, purpose or
    /// revocation is looked at: it must be one of [`trusted_public_keys`](Self::trusted_public_keys), unless a
    /// [verifier](Self::verifier) says otherwise.
    pub peer_certificate_types: Vec<CertificateType>,
    /// The raw public keys of peers that are accepted, byte for byte.
    pub trusted_public_keys: Vec<PublicKey>,
    /// Whether the peer must show a certificate. Python: `verify_mode`.
    pub verify_mode: VerifyMode,
    /// Client: whether the server's certificate must carry the name that was asked for.
    /// Python: `check_hostname`.
    pub check_server_name: bool,
    /// Client: whether the common name of a certificate's subject counts as a host name, if the
    /// certificate has none where they belong. Python: `hostname_checks_common_name`.
    pub check_common_name: bool,
    /// What the peer's certificate must be for.
    pub purpose: Purpose,
    /// Whether a trust anchor ends a chain though it is not its own issuer: an intermediate
    /// authority, or the leaf. Python: `VERIFY_X509_PARTIAL_CHAIN`.
    pub partial_chain: bool,
    /// Whether certificates must keep to the letter of RFC 5280. Python: `VERIFY_X509_STRICT`.
    pub strict_certificates: bool,
    /// How many intermediate authorities a chain may have between the leaf and the trust anchor;
    /// `None` for the library's own limit.
    pub max_intermediates: Option<u8>,
    /// Of which certificates revocation is checked, when there are revocation lists.
    pub crl_scope: CrlScope,
    /// At which time certificates and revocation lists are judged.
    pub verify_time: VerifyTime,
    /// What judges the peer's chain besides, or instead; see [`verifier_role`](Self::verifier_role). It is not asked where
    /// nothing is verified.
    pub verifier: Option<Hook<dyn PeerVerifier>>,
    /// Whether the handshake is [suspended](crate::Status::Suspended) where a [verifier](Self::verifier) would be asked, until
    /// [`resume`](crate::SslObject::resume) has the [verdict](crate::Answer::verdict) that is
    /// [awaited](crate::Awaited::Verdict).
    pub pause_for_verdict: bool,
    /// What the verdict of [`verifier`](Self::verifier), or of whoever is awaited, is beside the library's. Where nobody is
    /// asked, only the default is accepted.
    pub verifier_role: VerifierRole,
    /// Client: whether the chain of a resumed session is judged anew, by the library and by a
    /// [verifier](Self::verifier) as on the first connection: before early data is sent, otherwise while hands are
    /// shaken. Without it a session stands for the verdict that it began with, as everywhere in TLS.
    pub reverify_on_resume: bool,
    /// Client: whether the server is asked for an OCSP response on its certificate, which
    /// [`SslObject::ocsp_response`](crate::SslObject::ocsp_response) then gives. Nothing here judges it; OpenSSL from 3.6 on
    /// ends the handshake where it cannot read it.
    pub request_ocsp: bool,
    /// Client: whether the server is asked for signed certificate timestamps of its certificate, which
    /// [`SslObject::sct_list`](crate::SslObject::sct_list) then gives. Nothing here judges them, nor those that are in the
    /// certificate itself.
    pub request_sct: bool,
    /// Client: offers a key that both ends have from elsewhere. A connection that rests on one has no certificate of the
    /// server's, and its name is not checked: having the key says who it is. Under TLS 1.2 it takes a suite with a
    /// pre-shared key, of which one with forward secrecy is in front of the default ones; under TLS 1.3 the key goes with
    /// SHA-256 (RFC 8446 section 4.2.11), so a suite with that hash. Python: `set_psk_client_callback`.
    pub psk_client: Option<Hook<dyn PskClient>>,
    /// Server: finds the keys of clients. It needs no [identity](Self::identities) then. A client that has shown its key
    /// is asked for no certificate. Under TLS 1.3 the suites with SHA-256 are in front of the default ones; where the best
    /// suite that both ends have is another, no key is looked for. A session that began with a key is resumed also when
    /// the key is no longer found: [`resumption`](Self::resumption) says whether there are any. A
    /// resumed connection of TLS 1.3 tells the server no own certificate and no `tls-server-end-point`, whatever its
    /// session began with. Python: `set_psk_server_callback`.
    pub psk_server: Option<Hook<dyn PskServer>>,
    /// Server: what clients of TLS 1.2 are told to help them choose a key (RFC 4279 section 2), in plain text. 1 to 128
    /// bytes without zero. Python: `identity_hint` of `set_psk_server_callback`.
    pub psk_identity_hint: Option<String>,
    /// The oldest version of the protocol that is spoken. Python: `minimum_version`.
    pub min_version: ProtocolVersion,
    /// The newest version of the protocol that is spoken. Python: `maximum_version`.
    pub max_version: ProtocolVersion,
    /// Cipher suites, the best first; of a version that has none among these, none is spoken. With a
    /// [`cipher_string`](Self::cipher_string), those of TLS 1.3 only. Python: `set_ciphersuites`.
    pub cipher_suites: Setting<CipherSuite>,
    /// The cipher suites of TLS 1.2 as an OpenSSL cipher string, which is read for each backend as
    /// [`CipherString`](crate::CipherString) says. Its `@SECLEVEL=n` is a [`security_level`](Self::security_level).
    /// Python: `set_ciphers`.
    pub cipher_string: Option<String>,
    /// What is too weak to be used, by OpenSSL's levels 0 to 5: keys, signatures, groups and suites of less than 0, 80,
    /// 112, 128, 192 or 256 bits of security. `None` for the library's own. Python: `security_level`.
    pub security_level: Option<u8>,
    /// Groups for the key exchange, the best first. Python: `set_groups`.
    pub groups: Setting<NamedGroup>,
    /// Signature schemes accepted from the peer, the best first. Python: `set_server_sigalgs` of a client,
    /// `set_client_sigalgs` of a server.
    pub signature_schemes: Setting<SignatureScheme>,
    /// Signature schemes that this end signs the handshake by, the best first; those of them that its key can and the
    /// peer accepts. Python: `set_client_sigalgs` of a client, `set_server_sigalgs` of a server.
    pub signing_schemes: Setting<SignatureScheme>,
    /// Application protocols, the best first. A server goes by its own order. Python: `set_alpn_protocols`.
    pub alpn: Vec<AlpnProtocol>,
    /// Server: what it does when it and the client have no application protocol in common.
    pub alpn_mismatch: AlpnMismatch,
    /// Server: decides on each client when it has spoken. Python: `sni_callback`.
    pub on_client_hello: Option<Hook<dyn OnClientHello>>,
    /// Whether sessions are kept to be resumed: handed out by a client object, issued by a server.
    pub resumption: bool,
    /// Client: who takes each session as it arrives. [`SslObject::session`](crate::SslObject::session) gives the newest
    /// all the same.
    pub on_session: Option<Hook<dyn SessionSink>>,
    /// Server: what session tickets are sealed with: the first of these, and each of them opens one. With none, the
    /// library makes keys of its own, which no other context knows. Servers that share them, of the same library
    /// and with settings alike (see [`session_fingerprint`](Self::session_fingerprint)), resume each other's sessions, each for
    /// the server name that it began with. A server with another certificate begins anew. Where a [verifier](Self::verifier)
    /// judges clients it must be the same on all of them: code has no fingerprint.
    pub ticket_keys: Vec<TicketKey>,
    /// Server: how many sessions it keeps itself, in memory, instead of sending them away in tickets; 0 for none. The
    /// client then holds an id only. The oldest make room for new ones. Each context has a cache of its own.
    pub session_cache: usize,
    /// Server: who keeps its sessions instead, under ids that the client then holds. Servers that share a store, of the same
    /// library and with settings alike, certificates included, resume each other's sessions, as with
    /// [`ticket_keys`](Self::ticket_keys): what it gives of another server leads to a full handshake.
    pub session_store: Option<Hook<dyn SessionStore>>,
    /// Server: how many tickets follow a full handshake of TLS 1.3, 16 at most; `None` for the library's own number.
    /// Python: `num_tickets`.
    pub num_tickets: Option<usize>,
    /// Server: how many bytes of early data it takes of a client that resumes a session of TLS 1.3; 0 for none at
    /// all. Whoever copies a client's first flight off the wire can send it again: early data must be such that it
    /// does no harm to act on it twice. Servers that keep sessions themselves take each once; BoringSSL's do not.
    /// What arrives must be read, by [`read_early_data`](crate::SslObject::read_early_data).
    ///
    /// A client sends as much as it was promised with its session: a server that takes less now than it did then, or none, ends
    /// the connection where it is too much (RFC 8446 section 4.2.10). Lower it when the sessions from before are over.
    ///
    /// Not every library lets this be chosen: [`EARLY_DATA`](Self::EARLY_DATA) they all have.
    pub max_early_data: u32,
    /// Client: shows its certificate also when it is asked for one after the handshake, which takes TLS 1.3. Server: asks
    /// no client in the handshake, but each when told by
    /// [`verify_client_post_handshake`](crate::SslObject::verify_client_post_handshake). Python: `post_handshake_auth`.
    pub post_handshake_auth: bool,
    /// What is told the secrets of every connection, so that a recording of it can be read. Python: `keylog_filename`.
    pub key_log: Option<Hook<dyn KeyLog>>,
    /// Whether the secrets of a connection may be handed out, by
    /// [`extract_traffic_secrets`](crate::SslObject::extract_traffic_secrets). Some libraries have to note them from the start.
    pub extract_secrets: bool,
    /// What is shown the messages of every connection. Python: `_msg_callback`.
    pub on_message: Option<Hook<dyn OnMessage>>,
}

impl Config {
    /// A limit of early data that every library has that takes early data: what fits one record of BoringSSL's.
    pub const EARLY_DATA: u32 = 14336;

    /// A client that verifies the server's certificate and name, trusts nobody yet, and
    /// speaks TLS 1.2 and 1.3.
    pub fn client() -> Self {
        Self::new(Side::Client, Vec::new())
    }

    /// A server that shows `identity`, asks clients for none, and speaks TLS 1.2 and 1.3.
    pub fn server(identity: Identity) -> Self {
        Self::new(Side::Server, vec![identity])
    }

    /// A server that has no certificate and shares a key with each of its clients, and speaks TLS 1.2 and 1.3.
    pub fn psk_server(keys: Hook<dyn PskServer>) -> Self {
        Self { psk_server: Some(keys), ..Self::new(Side::Server, Vec::new()) }
    }

    fn new(side: Side, identities: Vec<Identity>) -> Self {
        Self {
            side,
            identities,
            identities_by_name: BTreeMap::new(),
            trust_store: TrustStore::new(),
            peer_certificate_types: vec![CertificateType::X509],
            trusted_public_keys: Vec::new(),
            verify_mode: match side {
                Side::Client => VerifyMode::Required,
                Side::Server => VerifyMode::None,
            },
            check_server_name: matches!(side, Side::Client),
            check_common_name: false,
            purpose: Purpose::Peer,
            partial_chain: false,
            strict_certificates: false,
            max_intermediates: None,
            crl_scope: CrlScope::Leaf,
            verify_time: VerifyTime::System,
            verifier: None,
            pause_for_verdict: false,
            verifier_role: VerifierRole::Also,
            reverify_on_resume: false,
            request_ocsp: false,
            request_sct: false,
            psk_client: None,
            psk_server: None,
            psk_identity_hint: None,
            min_version: ProtocolVersion::TLS12,
            max_version: ProtocolVersion::TLS13,
            cipher_suites: Setting::Default,
            cipher_string: None,
            security_level: None,
            groups: Setting::Default,
            signature_schemes: Setting::Default,
            signing_schemes: Setting::Default,
            alpn: Vec::new(),
            alpn_mismatch: AlpnMismatch::Alert,
            on_client_hello: None,
            resumption: true,
            on_session: None,
            ticket_keys: Vec::new(),
            session_cache: 0,
            session_store: None,
            num_tickets: None,
            max_early_data: 0,
            post_handshake_auth: false,
            key_log: None,
            extract_secrets: false,
            on_message: None,
        }
    }

    /// Whether a client that is made from this needs to be told the server's name.
    pub fn needs_server_name(&self) -> bool {
        self.side == Side::Client
            && self.verify_mode != VerifyMode::None
            && self.check_server_name
            && self.accepts(CertificateType::X509)
    }

    /// Whether the peer may show this of itself.
    pub fn accepts(&self, certificate_type: CertificateType) -> bool {
        self.peer_certificate_types.contains(&certificate_type)
    }

    /// The oldest and the newest version that is spoken in the end: one that the list of cipher
    /// suites leaves no suite for is not. The former is the newer when there is none at all, which
    /// [`check`](crate::check) refuses.
    pub fn version_range(&self) -> (ProtocolVersion, ProtocolVersion) {
        let named = self.cipher_suites.values().filter(|_| self.cipher_string.is_none());
        let Some(suites) = named else {
            return (self.min_version, self.max_version);
        };
        let versions = suites.iter().map(|suite| suite.version());
        let oldest = versions.clone().min().unwrap_or(self.min_version);
        let newest = versions.max().unwrap_or(self.max_version);
        (self.min_version.max(oldest), self.max_version.min(newest))
    }

    /// Whether any of the identities has signed certificate timestamps to give.
    pub fn has_sct_list(&self) -> bool {
        self.all_identities().any(|identity| identity.sct_list().is_some())
    }

    /// Whether there may be keys that both ends have from elsewhere.
    pub const fn has_psk(&self) -> bool {
        self.psk_client.is_some() || self.psk_server.is_some()
    }

    /// Whether the application has a word in the judgement of peers, now or after a pause.
    pub const fn asks_for_verdict(&self) -> bool {
        self.verifier.is_some() || self.pause_for_verdict
    }

    /// The keys that are held elsewhere.
    pub(crate) fn external_keys(&self) -> impl Iterator<Item = &ExternalKey> {
        self.all_identities().filter_map(|identity| identity.key().external())
    }

    /// What this end can show, whatever name is asked for.
    pub(crate) fn all_identities(&self) -> impl Iterator<Item = &Identity> {
        self.identities.iter().chain(self.identities_by_name.values().flatten())
    }

    /// What a server has to show to a client that asks for `name`, the best first.
    pub fn identities_for(&self, name: Option<&str>) -> &[Identity] {
        name.and_then(|name| self.identities_by_name.get(&name.to_ascii_lowercase()))
            .unwrap_or(&self.identities)
    }
}
