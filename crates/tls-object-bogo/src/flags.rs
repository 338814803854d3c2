//! The flags: what each is called, whether a value follows, and what it sets.

use core::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tls_object::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

use crate::failure::Failure;
use crate::policy;
use crate::settings::{Credential, Settings, TLS10, TLS11};

/// A flag.
struct Flag {
    name: &'static str,
    sets: Sets,
}

/// What a flag does.
enum Sets {
    /// It stands alone.
    Alone(fn(&mut Settings)),
    /// The next argument is its value.
    Value(fn(&mut Settings, &[u8]) -> Option<()>),
}

/// A flag that stands alone.
const fn on(name: &'static str, set: fn(&mut Settings)) -> Flag {
    Flag { name, sets: Sets::Alone(set) }
}

/// A flag whose value is the next argument; what it sets refuses values by `None`.
const fn with(name: &'static str, set: fn(&mut Settings, &[u8]) -> Option<()>) -> Flag {
    Flag { name, sets: Sets::Value(set) }
}

/// A flag that chooses between ways of BoringSSL's API which come to the same.
const fn same(name: &'static str) -> Flag {
    on(name, |_| {})
}

const FLAGS: &[Flag] = &[
    // Who the shim is, and where the runner listens.
    with("-backend", |s, v| put(&mut s.backend, text(v)?)),
    with("-port", |s, v| put(&mut s.port, number(v)?)),
    on("-ipv6", |s| s.ipv6 = true),
    with("-shim-id", |s, v| put(&mut s.shim_id, number(v)?)),
    on("-server", |s| s.server = true),
    with("-resume-count", |s, v| put(&mut s.resume_count, number(v)?)),
    on("-is-handshaker-supported", |s| s.is_handshaker_supported = true),
    // How calls are made.
    on("-async", |s| s.asynchronous = true),
    on("-implicit-handshake", |s| s.implicit_handshake = true),
    on("-handshake-twice", |s| s.handshake_twice = true),
    on("-no-op-extra-handshake", |s| s.handshake_twice = true),
    on("-peek-then-read", |s| s.peek_then_read = true),
    with("-read-size", |s, v| some(&mut s.read_size, number(v)?)),
    same("-use-early-callback"),
    same("-use-old-client-cert-callback"),
    same("-install-ddos-callback"),
    same("-use-ocsp-callback"),
    same("-set-ocsp-in-callback"),
    // What is negotiated.
    with("-min-version", |s, v| some(&mut s.min_version, version(v)?)),
    with("-max-version", |s, v| some(&mut s.max_version, version(v)?)),
    on("-no-tls1", |s| s.refused_versions.push(TLS10)),
    on("-no-tls11", |s| s.refused_versions.push(TLS11)),
    on("-no-tls12", |s| s.refused_versions.push(ProtocolVersion::TLS12)),
    on("-no-tls13", |s| s.refused_versions.push(ProtocolVersion::TLS13)),
    with("-cipher", |s, v| some(&mut s.cipher, text(v)?)),
    with("-tls13-ciphers", |s, v| push(&mut s.tls13_ciphers, CipherSuite::new(number(v)?))),
    with("-curves", |s, v| push(&mut s.curves, NamedGroup::new(number(v)?))),
    with("-verify-prefs", |s, v| push(&mut s.verify_prefs, scheme(v)?)),
    with("-advertise-alpn", |s, v| put(&mut s.advertise_alpn, v.to_vec())),
    with("-select-alpn", |s, v| put(&mut s.select_alpn, v.to_vec())),
    on("-decline-alpn", |s| s.select_alpn.clear()),
    on("-reject-alpn", |s| s.reject_alpn = true),
    with("-host-name", |s, v| some(&mut s.host_name, text(v)?)),
    on("-no-ticket", |s| s.no_ticket = true),
    on("-enable-ocsp-stapling", |s| s.enable_ocsp_stapling = true),
    on("-enable-signed-cert-timestamps", |s| s.enable_signed_cert_timestamps = true),
    on("-enable-early-data", |s| s.enable_early_data = true),
    on("-fips-202205", |s| s.policies.push(&policy::FIPS_202205)),
    on("-fips-202609", |s| s.policies.push(&policy::FIPS_202609)),
    on("-wpa-202304", |s| s.policies.push(&policy::WPA_202304)),
    on("-cnsa-202407", |s| s.policies.push(&policy::CNSA_202407)),
    on("-cnsa1-202603", |s| s.policies.push(&policy::CNSA1_202603)),
    on("-cnsa2-202603", |s| s.policies.push(&policy::CNSA2_202603)),
    // Who is shown, and how the peer is judged.
    with("-cert-file", |s, v| some(&mut s.newest_credential().cert_file, text(v)?.into())),
    with("-key-file", |s, v| some(&mut s.newest_credential().key_file, text(v)?.into())),
    with("-signing-prefs", |s, v| push(&mut s.newest_credential().signing_prefs, scheme(v)?)),
    with("-ocsp-response", |s, v| some(&mut s.newest_credential().ocsp_response, base64(v)?)),
    with("-signed-cert-timestamps", |s, v| {
        some(&mut s.newest_credential().signed_cert_timestamps, base64(v)?)
    }),
    on("-decline-ocsp-callback", |s| s.decline_ocsp_callback = true),
    on("-new-x509-credential", |s| s.credentials.push(Credential::default())),
    // What BoringSSL's shim does with it too: nothing, since its callback accepts every chain.
    with("-trust-cert", |_, _| Some(())),
    with("-psk", |s, v| put(&mut s.psk, v.to_vec())),
    with("-psk-identity", |s, v| put(&mut s.psk_identity, v.to_vec())),
    on("-require-any-client-certificate", |s| s.require_any_client_certificate = true),
    on("-verify-peer", |s| s.verify_peer = true),
    on("-verify-fail", |s| s.verify_fail = true),
    on("-use-custom-verify-callback", |s| s.use_custom_verify_callback = true),
    on("-reverify-on-resume", |s| s.reverify_on_resume = true),
    on("-fail-early-callback", |s| s.fail_early_callback = true),
    on("-fail-cert-callback", |s| s.fail_cert_callback = true),
    on("-fail-ddos-callback", |s| s.fail_ddos_callback = true),
    on("-fail-ocsp-callback", |s| s.fail_ocsp_callback = true),
    with("-fail-cert-callback-alert", |s, v| some(&mut s.fail_cert_callback_alert, number(v)?)),
    // What is done on the connection.
    on("-shim-writes-first", |s| s.shim_writes_first = true),
    with("-shim-initial-write", |s, v| some(&mut s.shim_initial_write, v.to_vec())),
    with("-repeat-shim-initial-write", |s, v| some(&mut s.repeat_shim_initial_write, number(v)?)),
    on("-write-different-record-sizes", |s| s.write_different_record_sizes = true),
    on("-shim-shuts-down", |s| s.shim_shuts_down = true),
    on("-check-close-notify", |s| s.check_close_notify = true),
    on("-key-update", |s| s.key_update = true),
    on("-key-update-before-read", |s| s.key_update_before_read = true),
    with("-export-keying-material", |s, v| some(&mut s.export_keying_material, number(v)?)),
    with("-export-label", |s, v| put(&mut s.export_label, text(v)?)),
    with("-export-context", |s, v| put(&mut s.export_context, v.to_vec())),
    on("-use-export-context", |s| s.use_export_context = true),
    on("-tls-unique", |s| s.tls_unique = true),
    // What is to come of it.
    with("-expect-version", |s, v| some(&mut s.expect.version, version(v)?)),
    with("-expect-cipher", |s, v| some(&mut s.expect.cipher, number(v)?)),
    with("-expect-cipher-aes", |s, v| some(&mut s.expect.cipher_aes, number(v)?)),
    // Of processors without AES instructions, which the backends do not tell: not looked at.
    with("-expect-cipher-no-aes", |_, v| number::<u16>(v).map(|_| ())),
    with("-expect-curve-id", |s, v| some(&mut s.expect.curve_id, NamedGroup::new(number(v)?))),
    with("-expect-peer-signature-algorithm", |s, v| {
        some(&mut s.expect.peer_signature_algorithm, scheme(v)?)
    }),
    with("-expect-server-name", |s, v| some(&mut s.expect.server_name, text(v)?)),
    on("-expect-no-server-name", |s| s.expect.no_server_name = true),
    with("-expect-alpn", |s, v| put(&mut s.expect.alpn, v.to_vec())),
    with("-expect-advertised-alpn", |s, v| some(&mut s.expect.advertised_alpn, v.to_vec())),
    on("-expect-session-miss", |s| s.expect.session_miss = true),
    on("-expect-session-id", |s| s.expect.session_id = true),
    on("-expect-no-session-id", |s| s.expect.no_session_id = true),
    on("-expect-no-session", |s| s.expect.no_session = true),
    on("-expect-ticket-renewal", |s| s.expect.ticket_renewal = true),
    on("-expect-ticket-supports-early-data", |s| s.expect.ticket_supports_early_data = true),
    on("-expect-accept-early-data", |s| s.expect.accept_early_data = true),
    on("-expect-reject-early-data", |s| s.expect.reject_early_data = true),
    with("-expect-early-data-reason", |s, v| some(&mut s.expect.early_data_reason, text(v)?)),
    on("-expect-no-offer-early-data", |s| s.expect.no_offer_early_data = true),
    on("-expect-hrr", |s| s.expect.hrr = true),
    on("-expect-no-hrr", |s| s.expect.no_hrr = true),
    on("-expect-extended-master-secret", |s| s.expect.extended_master_secret = true),
    on("-expect-verify-result", |s| s.expect.verify_result = true),
    with("-expect-ocsp-response", |s, v| some(&mut s.expect.ocsp_response, base64(v)?)),
    with("-expect-signed-cert-timestamps", |s, v| {
        some(&mut s.expect.signed_cert_timestamps, base64(v)?)
    }),
    with("-expect-peer-cert-file", |s, v| some(&mut s.expect.peer_cert_file, text(v)?.into())),
    on("-expect-no-peer-cert", |s| s.expect.no_peer_cert = true),
    with("-expect-selected-credential", |s, v| some(&mut s.expect.selected_credential, number(v)?)),
    with("-expect-msg-callback", |s, v| some(&mut s.expect.msg_callback, text(v)?)),
    with("-expect-total-renegotiations", |s, v| {
        put(&mut s.expect.total_renegotiations, number(v)?)
    }),
    on("-handshake-never-done", |s| s.expect.handshake_never_done = true),
];

/// What the flags ask for, by kind of connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scopes {
    /// The first connection.
    pub(crate) initial: Settings,
    /// Those after it.
    pub(crate) resume: Settings,
    /// What goes on after the server has rejected early data.
    pub(crate) retry: Settings,
}

impl Scopes {
    /// Reads a command line, program name left out.
    ///
    /// # Errors
    /// [`Failure::Unimplemented`] for a flag that is not in the table and a value that is not one of its flag's.
    pub(crate) fn parse(args: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Failure> {
        let mut scopes = Self::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let arg = String::from_utf8_lossy(&arg);
            let (flag, scope) = find(&arg)?;
            let value = match flag.sets {
                Sets::Alone(_) => None,
                Sets::Value(_) => args.next(),
            };
            for settings in scopes.of(scope) {
                let done = match flag.sets {
                    Sets::Alone(set) => {
                        set(settings);
                        Some(())
                    }
                    Sets::Value(set) => value.as_deref().and_then(|value| set(settings, value)),
                };
                done.ok_or_else(|| Failure::unimplemented(format!("the value of {arg}")))?;
            }
        }
        Ok(scopes)
    }

    fn of(&mut self, scope: Scope) -> Vec<&mut Settings> {
        match scope {
            Scope::All => vec![&mut self.initial, &mut self.resume, &mut self.retry],
            Scope::Initial => vec![&mut self.initial],
            Scope::Resume => vec![&mut self.resume],
            Scope::Retry => vec![&mut self.retry],
            Scope::Nothing => Vec::new(),
        }
    }
}

/// Which connections a flag is about.
#[derive(Clone, Copy)]
enum Scope {
    All,
    Initial,
    Resume,
    Retry,
    /// Those of BoringSSL's handshaker, another process.
    Nothing,
}

/// The flag that `arg` stands for, and its scope.
fn find(arg: &str) -> Result<(&'static Flag, Scope), Failure> {
    let strip = |name: &str, prefix: &str| {
        name.strip_prefix(prefix).filter(|rest| rest.starts_with('-')).map(str::to_owned)
    };
    let mut name = strip(arg, "-on-shim").unwrap_or_else(|| arg.to_owned());
    let mut scope = Scope::All;
    if let Some(rest) = strip(&name, "-on-handshaker") {
        (name, scope) = (rest, Scope::Nothing);
    }
    for (prefix, of) in [
        ("-on-initial", Scope::Initial),
        ("-on-resume", Scope::Resume),
        ("-on-retry", Scope::Retry),
    ] {
        if let Some(rest) = strip(&name, prefix) {
            (name, scope) = (rest, if matches!(scope, Scope::Nothing) { scope } else { of });
        }
    }
    let flag = FLAGS.iter().find(|flag| flag.name == name);
    Ok((flag.ok_or_else(|| Failure::unimplemented(format!("flag {name}")))?, scope))
}

fn put<T>(field: &mut T, value: T) -> Option<()> {
    *field = value;
    Some(())
}

fn some<T>(field: &mut Option<T>, value: T) -> Option<()> {
    *field = Some(value);
    Some(())
}

fn push<T>(field: &mut Vec<T>, value: T) -> Option<()> {
    field.push(value);
    Some(())
}

fn text(value: &[u8]) -> Option<String> {
    String::from_utf8(value.to_vec()).ok()
}

fn number<T: FromStr>(value: &[u8]) -> Option<T> {
    core::str::from_utf8(value).ok()?.parse().ok()
}

fn version(value: &[u8]) -> Option<ProtocolVersion> {
    number(value).map(ProtocolVersion::new)
}

fn scheme(value: &[u8]) -> Option<SignatureScheme> {
    number(value).map(SignatureScheme::new)
}

fn base64(value: &[u8]) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Scopes, Failure> {
        Scopes::parse(args.iter().map(|arg| arg.as_bytes().to_vec()))
    }

    #[test]
    fn each_flag_has_a_name_of_its_own() {
        for (at, flag) in FLAGS.iter().enumerate() {
            assert!(FLAGS[at + 1..].iter().all(|other| other.name != flag.name), "{}", flag.name);
        }
    }

    #[test]
    fn prefixes_choose_the_connections() {
        let scopes = parse(&[
            "-server",
            "-on-resume-verify-fail",
            "-on-initial-curves",
            "29",
            "-on-shim-on-retry-expect-no-session",
            "-on-handshaker-key-file",
            "x",
        ])
        .unwrap();
        assert!(scopes.initial.server && scopes.resume.server && scopes.retry.server);
        assert!(scopes.resume.verify_fail && !scopes.initial.verify_fail);
        assert_eq!(scopes.initial.curves, [NamedGroup::X25519]);
        assert_eq!(scopes.resume.curves, []);
        assert!(scopes.retry.expect.no_session && !scopes.resume.expect.no_session);
        assert_eq!(scopes.initial.credential, Credential::default());
    }

    #[test]
    fn credentials_are_told_apart() {
        let scopes =
            parse(&["-cert-file", "a", "-new-x509-credential", "-cert-file", "b"]).unwrap();
        let Settings { credential, credentials, .. } = scopes.initial;
        assert_eq!(credential.cert_file, Some("a".into()));
        assert_eq!(credentials.len(), 1);
        assert_eq!(credentials[0].cert_file, Some("b".into()));
    }

    #[test]
    fn what_is_unknown_is_unimplemented() {
        for args in [&["-quic"][..], &["-port"], &["-port", "x"], &["-on-resume"]] {
            assert!(matches!(parse(args), Err(Failure::Unimplemented { .. })), "{args:?}");
        }
    }
}
