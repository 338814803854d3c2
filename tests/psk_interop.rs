//! Keys that both ends have from elsewhere, with `openssl` at the other end.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use tls_object::{
    Capability, Config, Hook, PreSharedKey, ProtocolVersion, PskClient, PskOffer, SslObject, Wrap,
};
use tls_object_tests::endpoint::{Endpoint, client_config, having, listener, server_config, wrap};
use tls_object_tests::openssl::{printed, s_client, s_server};
use tls_object_tests::peers::Version;
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;

const IDENTITY: &str = "a client";
const HINT: &str = "a server";
const KEY: [u8; 16] = [0xa7; 16];

fn capability(version: Version) -> Capability {
    version.pick(Capability::Psk12, Capability::Psk13)
}

/// Tells `openssl` the key of [`IDENTITY`].
fn with_key(command: &mut Command) {
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    command.args(["-psk", &key, "-psk_identity", IDENTITY]);
}

fn speaking(mut config: Config, version: Version) -> Config {
    let version = version.pick(ProtocolVersion::TLS12, ProtocolVersion::TLS13);
    (config.min_version, config.max_version) = (version, version);
    config
}

/// A server's keys.
fn find(identity: &[u8]) -> Option<PreSharedKey> {
    let found = identity == IDENTITY.as_bytes();
    found.then(|| PreSharedKey::new(KEY).expect("a key"))
}

/// Offers the key, and notes the hints.
#[derive(Default)]
struct Offers(Mutex<Vec<Option<Vec<u8>>>>);

impl PskClient for Offers {
    fn offer(&self, hint: Option<&[u8]>) -> Option<PskOffer> {
        self.0.lock().expect("no panic").push(hint.map(<[u8]>::to_vec));
        Some(PskOffer::new(IDENTITY, PreSharedKey::new(KEY).expect("a key")).expect("an identity"))
    }
}

fn assert_without_certificate(tls: &mut dyn SslObject, version: Version) {
    let backend = tls.context().backend();
    assert!(tls.peer_certificates().is_empty(), "{backend}");
    assert_eq!(tls.session_reused(), version == Version::Tls13, "{backend}");
}

#[test]
fn openssl_s_client_has_the_key() {
    for version in Version::ALL {
        for backend in having(capability(version)) {
            let mut config = speaking(Config::psk_server(Hook::new(Arc::new(find))), version);
            config.psk_identity_hint = Some(HINT.to_owned());
            let context = backend.context(&config).expect("a context");
            let (listener, port) = listener();
            let mut command = s_client(port, version);
            with_key(&mut command);
            let mut peer = Process::spawn(&mut command);
            let (socket, _) = listener.accept().expect("a client");
            let mut server = Endpoint::new(&*context, Wrap::server(), socket);
            server.handshake().expect("a handshake");
            assert_without_certificate(server.tls(), version);
            peer.stdin().write_all(b"a line\n").expect("a process that reads");
            let line = server.read().expect("data").expect("not the end");
            assert_eq!(line, b"a line\n", "{}, {version:?}", backend.name());
            server.close().expect("an end");
        }
    }
}

#[test]
fn openssl_s_server_has_the_key() {
    let pki = Pki::new();
    for version in Version::ALL {
        let (mut peer, port) = s_server(&pki, version, |command| {
            with_key(command);
            command.args(["-nocert", "-psk_hint", HINT]);
        });
        for backend in having(capability(version)) {
            let offers = Arc::new(Offers::default());
            let mut config = speaking(client_config(&pki), version);
            config.psk_client = Some(Hook::new(offers.clone()));
            let context = backend.context(&config).expect("a context");
            let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a server");
            let mut client = Endpoint::new(&*context, wrap(), socket);
            client.handshake().expect("a handshake");
            assert_without_certificate(client.tls(), version);
            client.write(b"said: a line\n").expect("room");
            assert_eq!(printed(&mut peer, "said:"), "a line", "{}, {version:?}", backend.name());
            let told = version.pick(Some(HINT.as_bytes().to_vec()), None);
            assert_eq!(*offers.0.lock().expect("no panic"), [told], "{}", backend.name());
            client.close().expect("an end");
        }
    }
}

#[test]
fn a_key_that_openssl_does_not_have_is_refused() {
    let pki = Pki::new();
    for version in Version::ALL {
        for backend in having(capability(version)) {
            let mut config = speaking(server_config(&pki), version);
            let another = |_: &[u8]| Some(PreSharedKey::new([1; 16]).expect("a key"));
            config.psk_server = Some(Hook::new(Arc::new(another)));
            let context = backend.context(&config).expect("a context");
            let (listener, port) = listener();
            let mut command = s_client(port, version);
            with_key(&mut command);
            let _peer = Process::spawn(&mut command);
            let (socket, _) = listener.accept().expect("a client");
            let mut server = Endpoint::new(&*context, Wrap::server(), socket);
            let error = server.handshake().expect_err("two keys");
            let expected = version.pick("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "BAD_SIGNATURE");
            assert_eq!(error.openssl_reason(), Some(expected), "{}: {error}", backend.name());
        }
    }
}
