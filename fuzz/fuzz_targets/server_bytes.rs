//! A server that is sent anything, in pieces of any size.
//!
//! The first byte of the input says how many of the next bytes are sizes of pieces; the rest
//! is what the client sends. However the pieces are cut, the server must end the connection for
//! the same reason, stay with it, and neither say nor hold more than a handshake calls for.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tls_object::{
    Alert, Certificate, Closure, Config, DynContext, Error, ErrorKind, Identity, PrivateKey, Read,
    SslObject, Status, VecBio, Wrap,
};

/// More than a server's flight, a HelloRetryRequest and an alert come to.
const MOST_SENT: usize = 4 * 1024;

/// The longest thing that looks like a record.
const MOST_HELD: usize = 5 + u16::MAX as usize;

static CONTEXT: LazyLock<Box<dyn DynContext>> = LazyLock::new(|| {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKey::from_der(made.signing_key.serialize_der()).expect("a private key");
    let chain = vec![Certificate::from_der(made.cert.der().to_vec())];
    let identity = Identity::new(chain, key).expect("an identity");
    let backend = tls_object::backend("rustls-ring").expect("a backend");
    backend.context(&Config::server(identity)).expect("a context")
});

/// Why a connection ended, as far as it does not depend on chance.
#[derive(Debug, Eq, PartialEq)]
struct End {
    kind: ErrorKind,
    alert_sent: Option<Alert>,
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self { kind: error.kind(), alert_sent: error.alert_sent() }
    }
}

/// Serves a client that sends `stream`, cut into pieces of `sizes` by turns, and then no more.
fn serve(stream: &[u8], sizes: &[u8]) -> End {
    let mut tls = CONTEXT
        .wrap_bio(Box::new(VecBio::new()), Box::new(VecBio::new()), Wrap::server())
        .expect("an object");
    let mut sent = 0;
    let mut rest = stream;
    let mut sizes = sizes.iter().cycle();
    let end = loop {
        let step = tls.do_handshake();
        sent += tls.outgoing().lend(&mut |bytes| bytes.len());
        assert!(sent <= MOST_SENT, "{sent} bytes for a client that proved nothing");
        match step {
            Ok(Status::Done(())) => panic!("a handshake without its secrets"),
            Ok(Status::WantWrite | Status::Suspended) => panic!("nothing but room in the outgoing BIO"),
            Ok(Status::WantRead) => assert!(tls.incoming().pending() <= MOST_HELD),
            Err(error) => break End::from(error),
        }
        if rest.is_empty() {
            tls.incoming().write_eof();
        } else {
            let size = sizes.next().map_or(rest.len(), |&size| usize::from(size) + 1);
            let (piece, later) = rest.split_at(size.min(rest.len()));
            tls.incoming().write(piece).expect("an open BIO");
            rest = later;
        }
    };
    assert_stays(&mut *tls, &end);
    end
}

/// Whatever is called after the end, it answers with the end.
fn assert_stays(tls: &mut dyn SslObject, end: &End) {
    assert_eq!(End::from(tls.do_handshake().expect_err("sticky")), *end);
    assert_eq!(End::from(tls.write(b"late").expect_err("sticky")), *end);
    assert_eq!(End::from(tls.unwrap().expect_err("sticky")), *end);
    match tls.read(&mut [0; 16]) {
        Ok(read) => {
            assert_eq!(read, Read::Closed(Closure::Truncated));
            assert_eq!(end.kind, ErrorKind::Truncated);
        }
        Err(error) => assert_eq!(End::from(error), *end),
    }
    assert_eq!(tls.outgoing().pending(), 0, "an alert is sent once");
}

fuzz_target!(|input: &[u8]| {
    let Some((&count, rest)) = input.split_first() else { return };
    let (sizes, stream) = rest.split_at(usize::from(count).min(rest.len()));
    assert_eq!(serve(stream, sizes), serve(stream, &[]), "in pieces and as a whole");
});
