//! Configurations of any settings.
//!
//! The check says the same each time; what it refuses is no context, with its first error; and what becomes a
//! context makes objects that begin a handshake or refuse it, without fault of their own.

#![no_main]

use core::time::Duration;

use libfuzzer_sys::fuzz_target;
use tls_object::{
    AlpnMismatch, AlpnProtocol, CipherSuite, Config, DynBackend, NamedGroup, Origin,
    ProtocolVersion, Purpose, Setting, Side, SignatureScheme, Status, TicketKey, VerifyMode,
    VerifyTime, backends,
};
use tls_object_fuzz::input::Input;
use tls_object_fuzz::labs;

const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::TLS12, ProtocolVersion::TLS13, ProtocolVersion::new(0x0302)];

fn setting<T: Clone>(input: &mut Input<'_>, known: &'static [T], unknown: T) -> Setting<T> {
    let mut values = input.some_of(known);
    if input.u8() == 0xff {
        values.push(unknown);
    }
    match input.u8() % 3 {
        0 => Setting::Default,
        1 => Setting::Preferred(values),
        _ => Setting::Required(values),
    }
}

fn protocols(input: &mut Input<'_>) -> Vec<AlpnProtocol> {
    (0..input.u8() % 4).filter_map(|_| AlpnProtocol::new(input.slice()).ok()).collect()
}

fn config(input: &mut Input<'_>) -> Config {
    let mut config = if input.flag() { labs::client() } else { labs::server() };
    let flags = input.u16();
    let flag = |bit: u16| flags >> bit & 1 == 1;
    if flag(0) {
        config.identities.push(labs::PKI.identity.clone());
    }
    if flag(1) {
        config.trust_store.add(labs::PKI.authority.clone());
    }
    // Each side has settings that mean nothing to the other, which is refused.
    match config.side {
        Side::Client => config.check_server_name = flag(2),
        Side::Server if flag(2) => config.alpn_mismatch = AlpnMismatch::Continue,
        Side::Server => {}
    }
    config.check_common_name = flag(3);
    config.partial_chain = flag(4);
    config.strict_certificates = flag(5);
    config.request_ocsp = flag(6);
    config.resumption = flag(7);
    config.post_handshake_auth = flag(8);
    config.verify_mode =
        *input.one_of(&[VerifyMode::Required, VerifyMode::Optional, VerifyMode::None]);
    config.purpose =
        *input.one_of(&[Purpose::Peer, Purpose::Client, Purpose::Server, Purpose::Any]);
    config.min_version = *input.one_of(&VERSIONS);
    config.max_version = *input.one_of(&VERSIONS);
    config.cipher_suites = setting(input, CipherSuite::KNOWN, CipherSuite::new(0xdada));
    config.groups = setting(input, NamedGroup::KNOWN, NamedGroup::new(0xdada));
    config.signature_schemes = setting(input, SignatureScheme::KNOWN, SignatureScheme::new(0xdada));
    config.alpn = protocols(input);
    match input.u8() % 8 {
        0 => config.cipher_string = Some(String::from_utf8_lossy(input.slice()).into_owned()),
        1 => config.security_level = Some(input.u8()),
        2 => config.num_tickets = Some(usize::from(input.u8())),
        3 => config.session_cache = usize::from(input.u16()),
        4 => config.max_early_data = u32::from(input.u16()),
        5 => config.ticket_keys = vec![TicketKey::from_bytes([7; TicketKey::LEN])],
        6 => config.max_intermediates = Some(input.u8()),
        _ => {
            config.verify_time =
                VerifyTime::Fixed(Duration::from_secs(u64::from(input.u16()) << 20))
        }
    }
    config
}

fn try_out(backend: &dyn DynBackend, config: &Config) {
    let name = backend.name();
    let report = backend.check(config);
    assert_eq!(format!("{report:?}"), format!("{:?}", backend.check(config)));
    let context = match backend.context(config) {
        Ok(context) => context,
        Err(error) => {
            assert!(
                matches!(error.origin(), Origin::Config | Origin::Misuse),
                "{name}: {error:?} of {config:?}"
            );
            if let Err(first) = report.into_result() {
                assert_eq!(error.kind(), first.kind(), "{name}");
            }
            return;
        }
    };
    assert!(report.is_usable(), "{name}: {report:?} and a context all the same");
    let mut tls = labs::object(&*context);
    match tls.do_handshake() {
        Ok(Status::WantRead) => {}
        Ok(other) => panic!("{name}: {other:?}"),
        Err(error) => {
            assert_ne!(error.origin(), Origin::Internal, "{name}: {error:?} of {config:?}");
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let config = config(&mut Input::new(input));
    for &backend in backends() {
        try_out(backend, &config);
    }
});
