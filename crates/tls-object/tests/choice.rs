//! Choosing a backend: by name, and by type.

use tls_object::{
    Backend, Config, Context, ErrorKind, ServerName, SslObject, Status, VecBio, Wrap,
};

#[test]
fn every_backend_is_found_by_its_name() {
    for expected in tls_object::backends() {
        let found = tls_object::backend(expected.name()).unwrap();
        assert_eq!(found.name(), expected.name());
        assert_eq!(found.library(), expected.library());
    }
}

#[test]
fn the_order_is_stated() {
    let names: Vec<_> = tls_object::backends().iter().map(|backend| backend.name()).collect();
    let stated = ["rustls", "rustls-ring", "openssl", "boring", "native-tls"];
    let expected: Vec<_> = stated.into_iter().filter(|name| names.contains(name)).collect();
    assert_eq!(names, expected);
}

#[test]
fn an_unknown_name_is_answered_with_those_that_are_known() {
    let error = tls_object::backend("schannel").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownBackend);
    let text = error.to_string();
    assert!(text.contains("\"schannel\""), "{text}");
    for backend in tls_object::backends() {
        assert!(text.contains(backend.name()), "{text}");
    }
}

/// A ClientHello from a backend whose types are known: no `dyn` but the BIOs.
#[allow(dead_code)] // without a backend there is nobody to call it
fn hello<B: Backend>(backend: &B) -> usize {
    let context = backend.context(&Config::client()).expect("a plain configuration");
    let wrap = Wrap::client(ServerName::new("example.org").expect("a host name"));
    let (incoming, outgoing) = (Box::new(VecBio::new()), Box::new(VecBio::new()));
    let mut object: <B::Context as Context>::Object =
        context.wrap_bio(incoming, outgoing, wrap).expect("a client");
    assert_eq!(object.outgoing().pending(), 0);
    assert_eq!(object.do_handshake().expect("no fault yet"), Status::WantRead);
    object.outgoing().pending()
}

#[test]
fn a_backend_can_be_named_by_type() {
    #[cfg(feature = "rustls-aws-lc-rs")]
    assert!(hello(&tls_object::rustls::Rustls::AWS_LC_RS) > 0);
    #[cfg(feature = "rustls-ring")]
    assert!(hello(&tls_object::rustls::Rustls::RING) > 0);
    #[cfg(feature = "openssl")]
    assert!(hello(&tls_object::openssl::OpenSsl) > 0);
    #[cfg(all(feature = "native-tls", target_os = "linux"))]
    assert!(hello(&tls_object::native_tls::NativeTls) > 0);
    #[cfg(feature = "boring")]
    assert!(hello(&tls_object::boring::BoringSsl) > 0);
}

/// Both C libraries in this program are the ones that they should be.
#[cfg(all(feature = "openssl", feature = "boring"))]
#[test]
fn each_c_backend_runs_on_its_own_library() {
    assert_eq!(Backend::library(&tls_object::openssl::OpenSsl).name, "OpenSSL");
    assert_eq!(Backend::library(&tls_object::boring::BoringSsl).name, "BoringSSL");
}
