//! The body of a ClientHello: read as data, and sent to a server of each backend that pauses there.
//!
//! Where the core can read it, each server is suspended with that, and goes on or refuses when resumed. Where it
//! cannot, no server answers with a handshake on which nothing was decided.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_object::{Answer, ClientHello, ErrorKind, Status};
use tls_object_fuzz::ends::{End, assert_stays};
use tls_object_fuzz::input::Input;
use tls_object_fuzz::labs::{LABS, Lab};

/// A handshake message with this body.
fn message(body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).expect("a short input").to_be_bytes();
    let mut message = vec![ClientHello::TYPE, len[1], len[2], len[3]];
    message.extend_from_slice(body);
    message
}

/// Records of a handshake message, each with as many bytes as the next of `sizes` says.
fn records(mut message: &[u8], sizes: &[u8]) -> Vec<u8> {
    let mut sizes = sizes.iter().cycle();
    let mut records = Vec::new();
    while !message.is_empty() {
        let size = sizes.next().map_or(16 * 1024, |&size| usize::from(size) + 1);
        let (fragment, rest) = message.split_at(size.min(message.len()));
        let len = u16::try_from(fragment.len()).expect("a short record").to_be_bytes();
        records.extend_from_slice(&[22, 3, 1, len[0], len[1]]);
        records.extend_from_slice(fragment);
        message = rest;
    }
    records
}

/// Looks at everything that there is to see.
fn look(hello: &ClientHello) {
    assert_eq!(hello.random().len(), 32);
    assert!(hello.session_id().len() <= 32);
    assert!(hello.cipher_suites().count() > 0);
    assert!(hello.extensions().all(|kind| hello.extension(kind).is_some()));
    let _ = (hello.versions().count(), hello.groups().count(), hello.key_shares().count());
    let _ = (hello.signature_schemes().count(), hello.server_name());
    assert!(hello.alpn().all(|name| !name.is_empty()));
}

fn serve(lab: &Lab, tls13: bool, stream: &[u8], expected: Option<&ClientHello>) {
    let Some(mut tls) = lab.pausing_server(tls13) else { return };
    tls.incoming().write(stream).expect("an open BIO");
    let mut step = tls.do_handshake();
    if let Some(hello) = expected {
        assert_eq!(step.as_ref().ok(), Some(&Status::Suspended));
        assert_eq!(tls.client_hello(), Some(hello));
        assert_eq!(tls.do_handshake().ok(), Some(Status::Suspended));
        step = tls.resume(Answer::accept()).and_then(|()| tls.do_handshake());
    }
    match step {
        Ok(Status::WantRead) => {
            let answered = tls.outgoing().pending() > 0;
            assert!(expected.is_some() || !answered, "{}: an answer undecided", lab.backend.name());
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::Truncated);
            tls.outgoing().lend(&mut |bytes| bytes.len());
            let end = End::of(&*tls, &error);
            assert_stays(&mut *tls, &end);
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let mut input = Input::new(input);
    let tls13 = input.flag();
    let sizes = input.slice();
    let message = message(input.rest());
    let hello = ClientHello::parse(&message).ok();
    if let Some(hello) = &hello {
        assert_eq!(hello.as_bytes(), message);
        look(hello);
    }
    let stream = records(&message, sizes);
    for lab in &*LABS {
        serve(lab, tls13, &stream, hello.as_ref());
    }
});
