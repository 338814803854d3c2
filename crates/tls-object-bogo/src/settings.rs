//! What the flags ask for.

use std::path::PathBuf;

use tls_object::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

use crate::policy::Policy;

/// What the flags ask of one connection. The names are those of the flags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) backend: String,
    pub(crate) port: u16,
    pub(crate) ipv6: bool,
    pub(crate) shim_id: u64,
    pub(crate) server: bool,
    pub(crate) resume_count: usize,
    pub(crate) is_handshaker_supported: bool,

    // How bytes are moved and calls are made.
    pub(crate) asynchronous: bool,
    pub(crate) implicit_handshake: bool,
    pub(crate) handshake_twice: bool,
    pub(crate) read_size: Option<usize>,
    pub(crate) peek_then_read: bool,

    // What is negotiated.
    pub(crate) min_version: Option<ProtocolVersion>,
    pub(crate) max_version: Option<ProtocolVersion>,
    pub(crate) refused_versions: Vec<ProtocolVersion>,
    pub(crate) cipher: Option<String>,
    pub(crate) tls13_ciphers: Vec<CipherSuite>,
    pub(crate) curves: Vec<NamedGroup>,
    pub(crate) verify_prefs: Vec<SignatureScheme>,
    pub(crate) advertise_alpn: Vec<u8>,
    pub(crate) select_alpn: Vec<u8>,
    pub(crate) reject_alpn: bool,
    pub(crate) host_name: Option<String>,
    pub(crate) no_ticket: bool,
    pub(crate) enable_ocsp_stapling: bool,
    pub(crate) enable_signed_cert_timestamps: bool,
    pub(crate) enable_early_data: bool,

    // Who is shown, and how the peer is judged.
    pub(crate) credential: Credential,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) psk: Vec<u8>,
    pub(crate) psk_identity: Vec<u8>,
    pub(crate) decline_ocsp_callback: bool,
    pub(crate) require_any_client_certificate: bool,
    pub(crate) verify_peer: bool,
    pub(crate) verify_fail: bool,
    pub(crate) use_custom_verify_callback: bool,
    pub(crate) reverify_on_resume: bool,
    pub(crate) fail_early_callback: bool,
    pub(crate) fail_cert_callback: bool,
    pub(crate) fail_ddos_callback: bool,
    pub(crate) fail_ocsp_callback: bool,
    pub(crate) fail_cert_callback_alert: Option<u8>,

    // What is done on the connection.
    pub(crate) shim_writes_first: bool,
    pub(crate) shim_initial_write: Option<Vec<u8>>,
    pub(crate) repeat_shim_initial_write: Option<usize>,
    pub(crate) write_different_record_sizes: bool,
    pub(crate) shim_shuts_down: bool,
    pub(crate) check_close_notify: bool,
    pub(crate) key_update: bool,
    pub(crate) key_update_before_read: bool,
    pub(crate) export_keying_material: Option<usize>,
    pub(crate) export_label: String,
    pub(crate) export_context: Vec<u8>,
    pub(crate) use_export_context: bool,
    pub(crate) tls_unique: bool,

    /// What stands above all the others.
    pub(crate) policies: Vec<&'static Policy>,

    // What is to come of it.
    pub(crate) expect: Expectations,
}

/// What a connection is to come to. The names are those of the flags, without `-expect-`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expectations {
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) cipher: Option<u16>,
    pub(crate) cipher_aes: Option<u16>,
    pub(crate) curve_id: Option<NamedGroup>,
    pub(crate) peer_signature_algorithm: Option<SignatureScheme>,
    pub(crate) server_name: Option<String>,
    pub(crate) no_server_name: bool,
    pub(crate) alpn: Vec<u8>,
    pub(crate) advertised_alpn: Option<Vec<u8>>,
    pub(crate) session_miss: bool,
    pub(crate) session_id: bool,
    pub(crate) no_session_id: bool,
    pub(crate) no_session: bool,
    pub(crate) ticket_renewal: bool,
    pub(crate) ticket_supports_early_data: bool,
    pub(crate) accept_early_data: bool,
    pub(crate) reject_early_data: bool,
    pub(crate) early_data_reason: Option<String>,
    pub(crate) no_offer_early_data: bool,
    pub(crate) hrr: bool,
    pub(crate) no_hrr: bool,
    pub(crate) extended_master_secret: bool,
    pub(crate) verify_result: bool,
    pub(crate) ocsp_response: Option<Vec<u8>>,
    pub(crate) signed_cert_timestamps: Option<Vec<u8>>,
    pub(crate) peer_cert_file: Option<PathBuf>,
    pub(crate) no_peer_cert: bool,
    pub(crate) selected_credential: Option<i64>,
    pub(crate) msg_callback: Option<String>,
    pub(crate) total_renegotiations: u32,
    pub(crate) handshake_never_done: bool,
}

/// A certificate, its key and what goes with them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Credential {
    pub(crate) cert_file: Option<PathBuf>,
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) signing_prefs: Vec<SignatureScheme>,
    pub(crate) ocsp_response: Option<Vec<u8>>,
    pub(crate) signed_cert_timestamps: Option<Vec<u8>>,
}

impl Settings {
    /// The credential that a flag about credentials speaks of: the newest.
    pub(crate) fn newest_credential(&mut self) -> &mut Credential {
        self.credentials.last_mut().unwrap_or(&mut self.credential)
    }

    /// What is written first, where that is asked for.
    pub(crate) fn initial_write(&self) -> &[u8] {
        self.shim_initial_write.as_deref().unwrap_or(b"hello")
    }

    /// Whether the flags leave TLS 1.0 or 1.1 on: the runner takes for granted that both are.
    pub(crate) fn speaks_before_tls12(&self) -> bool {
        [TLS10, TLS11].into_iter().any(|version| self.speaks(version))
    }

    /// Whether the flags leave `version` on.
    pub(crate) fn speaks(&self, version: ProtocolVersion) -> bool {
        self.min_version.is_none_or(|min| min <= version)
            && self.max_version.is_none_or(|max| version <= max)
            && !self.refused_versions.contains(&version)
    }
}

/// TLS 1.0 (RFC 2246), which no backend speaks.
pub(crate) const TLS10: ProtocolVersion = ProtocolVersion::new(0x0301);

/// TLS 1.1 (RFC 4346), which no backend speaks.
pub(crate) const TLS11: ProtocolVersion = ProtocolVersion::new(0x0302);
