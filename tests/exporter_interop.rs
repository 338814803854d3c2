//! Keying material and channel bindings are those of `openssl` and of Python.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use tls_object::{
    Capability, ChannelBinding, DynBackend, ErrorKind, ProtocolVersion, SslObject, Wrap, backends,
};
use tls_object_tests::endpoint::{Endpoint, client_config, having, listener, server_config, wrap};
use tls_object_tests::openssl::{printed, s_client, s_server};
use tls_object_tests::peers::{Version, python_script};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;

const LABEL: &str = "EXPORTER-tls-object-test";
/// In bytes; not the default of `openssl`.
const LENGTH: usize = 41;

/// One object of `backend` that plays the server to whoever connects.
fn serve(
    backend: &dyn DynBackend,
    pki: &Pki,
    version: Version,
    listener: &TcpListener,
) -> Endpoint {
    let mut config = server_config(pki);
    config.max_version = version.pick(ProtocolVersion::TLS12, ProtocolVersion::TLS13);
    let (socket, _) = listener.accept().expect("a client");
    let context = backend.context(&config).expect("a context");
    let mut server = Endpoint::new(&*context, Wrap::server(), socket);
    server.handshake().expect("a handshake");
    server
}

/// One object of `backend` that plays the client.
fn connect(backend: &dyn DynBackend, pki: &Pki, port: u16) -> Endpoint {
    let context = backend.context(&client_config(pki)).expect("a context");
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a server");
    let mut client = Endpoint::new(&*context, wrap(), socket);
    client.handshake().expect("a handshake");
    client
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn exported(tls: &mut dyn SslObject) -> String {
    let mut out = [0; LENGTH];
    tls.export_keying_material(&mut out, LABEL, None).expect("keying material");
    hex(&out)
}

fn exporting(command: &mut Command) {
    command.args(["-keymatexport", LABEL, "-keymatexportlen", &LENGTH.to_string()]);
}

#[test]
fn openssl_s_client_exports_the_same() {
    let pki = Pki::new();
    for backend in having(Capability::Exporter) {
        for version in Version::ALL {
            let (listener, port) = listener();
            let mut command = s_client(port, version);
            exporting(&mut command);
            let mut peer = Process::spawn(&mut command);
            let mut server = serve(backend, &pki, version, &listener);
            let ours = exported(server.tls());
            let theirs = printed(&mut peer, "Keying material:");
            assert_eq!(ours, theirs, "{}, {version:?}", backend.name());
        }
    }
}

#[test]
fn openssl_s_server_exports_the_same() {
    let pki = Pki::new();
    for version in Version::ALL {
        let (mut peer, port) = s_server(&pki, version, exporting);
        for backend in having(Capability::Exporter) {
            let mut client = connect(backend, &pki, port);
            let ours = exported(client.tls());
            let theirs = printed(&mut peer, "Keying material:");
            assert_eq!(ours, theirs, "{}, {version:?}", backend.name());
        }
    }
}

/// The tls-unique binding, which is refused by name where it cannot be had.
fn tls_unique(backend: &dyn DynBackend, tls: &mut dyn SslObject) -> Option<String> {
    let capability = Capability::ChannelBindingUnique;
    match tls.get_channel_binding(ChannelBinding::TlsUnique) {
        Ok(binding) => Some(hex(&binding)),
        Err(error) => {
            assert!(!backend.capabilities().has(capability), "{}: {error}", backend.name());
            assert_eq!(error.kind(), ErrorKind::Unsupported(capability), "{}", backend.name());
            None
        }
    }
}

#[test]
fn python_has_the_same_tls_unique() {
    let pki = Pki::new();
    let mut agreed = 0;
    for &backend in backends() {
        let (listener, port) = listener();
        let mut command = python_script("channel_binding.py");
        let mut peer = Process::spawn(command.args(["--connect", &port.to_string()]));
        let mut server = serve(backend, &pki, Version::Tls12, &listener);
        let ours = tls_unique(backend, server.tls());
        if let Some(ours) = ours {
            assert_eq!(ours, peer.line(), "{} as server", backend.name());
            agreed += 1;
        }

        let mut command = python_script("channel_binding.py");
        command.arg("--cert").arg(pki.server_cert()).arg("--key").arg(pki.server_key());
        let mut peer = Process::spawn(&mut command);
        let port = peer.line().parse().expect("a port");
        let mut client = connect(backend, &pki, port);
        if let Some(ours) = tls_unique(backend, client.tls()) {
            assert_eq!(ours, peer.line(), "{} as client", backend.name());
            agreed += 1;
        }
    }
    assert!(agreed >= 4, "OpenSSL and BoringSSL have it");
}

/// A configuration of OpenSSL without the extended master secret.
fn without_ems(pki: &Pki) -> PathBuf {
    let path = pki.folder().join("without-ems.cnf");
    let config = "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = default\n\
        [default]\nOptions = -ExtendedMasterSecret\n";
    std::fs::write(&path, config).expect("the temporary folder takes files");
    path
}

/// Asserts what becomes of tls-unique, and that a binding that needs the extended master secret is refused.
fn assert_unbound(backend: &dyn DynBackend, tls: &mut dyn SslObject, resumed: bool) {
    let name = backend.name();
    assert_eq!(tls.session_reused(), resumed, "{name}");
    let unique = tls.get_channel_binding(ChannelBinding::TlsUnique);
    if backend.capabilities().has(Capability::ChannelBindingUnique) {
        if resumed {
            // RFC 7627 section 1: somebody between may know the same Finished on two connections.
            let error = unique.expect_err("a binding that binds nothing");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name}");
        } else {
            assert_eq!(unique.expect("a binding").len(), 12, "{name}");
        }
    } else {
        let refused = ErrorKind::Unsupported(Capability::ChannelBindingUnique);
        assert_eq!(unique.expect_err("no binding").kind(), refused, "{name}");
    }
    let exporter = tls.get_channel_binding(ChannelBinding::TlsExporter).expect_err("RFC 9266");
    let expected = if backend.capabilities().has(Capability::ChannelBindingExporter12) {
        ErrorKind::InvalidArgument
    } else {
        ErrorKind::Unsupported(Capability::ChannelBindingExporter12)
    };
    assert_eq!(exporter.kind(), expected, "{name}");
}

#[test]
fn a_client_resumed_without_extended_master_secret_has_no_tls_unique() {
    let pki = Pki::new();
    let config = without_ems(&pki);
    let (_peer, port) = s_server(&pki, Version::Tls12, |command| {
        command.env("OPENSSL_CONF", &config);
    });
    for backend in having(Capability::Resumption12) {
        let context = backend.context(&client_config(&pki)).expect("a context");
        let connect = |wrap| {
            let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a server");
            let mut client = Endpoint::new(&*context, wrap, socket);
            client.handshake().expect("a handshake");
            client
        };
        let mut first = connect(wrap());
        assert_unbound(backend, first.tls(), false);
        let session = first.tls().session().expect("a session");
        first.close().expect("an end");
        drop(first);
        let mut second = connect(wrap().with_session(session));
        assert_unbound(backend, second.tls(), true);
    }
}

#[test]
fn a_server_resumed_without_extended_master_secret_has_no_tls_unique() {
    let pki = Pki::new();
    let config = without_ems(&pki);
    for &backend in backends() {
        let session = pki.folder().join(format!("{}.session", backend.name()));
        let mut server_config = server_config(&pki);
        server_config.max_version = ProtocolVersion::TLS12;
        let context = backend.context(&server_config).expect("a context");
        let (listener, port) = listener();
        for resumed in [false, true] {
            let mut command = s_client(port, Version::Tls12);
            command.env("OPENSSL_CONF", &config);
            command.arg(if resumed { "-sess_in" } else { "-sess_out" }).arg(&session);
            let mut peer = Process::spawn(&mut command);
            let (socket, _) = listener.accept().expect("a client");
            let mut server = Endpoint::new(&*context, Wrap::server(), socket);
            server.handshake().expect("a handshake");
            assert_unbound(backend, server.tls(), resumed);
            // With the end of its input it closes, and has written the session by then.
            drop(peer.stdin());
            assert_eq!(server.read().expect("an end"), None);
            assert_eq!(peer.wait().code(), 0, "{}", backend.name());
        }
    }
}
