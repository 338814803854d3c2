//! The same pieces to the same end of two backends, from the first byte on.
//!
//! Libraries differ in what they find wrong first, not in what it comes to: neither is done, and what begins with no
//! record of TLS is told by the same name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_object::{Side, SslObject, Status};
use tls_object_fuzz::ends::End;
use tls_object_fuzz::input::Input;
use tls_object_fuzz::labs::Lab;

/// One call of `do_handshake`; `None` while it wants more bytes.
fn step(tls: &mut dyn SslObject) -> Option<End> {
    let step = tls.do_handshake();
    tls.outgoing().lend(&mut |bytes| bytes.len());
    match step {
        Ok(Status::WantRead) => None,
        Ok(other) => panic!("{other:?} without a peer that has keys"),
        Err(error) => Some(End::of(tls, &error)),
    }
}

/// Whether these may be the first bytes of a record (RFC 8446 section 5.1).
fn is_record(first: &[u8]) -> bool {
    matches!(first, [20..=23, 3, ..])
}

fuzz_target!(|input: &[u8]| {
    let mut input = Input::new(input);
    let labs = [Lab::chosen(&mut input), Lab::chosen(&mut input)];
    let side = if input.flag() { Side::Client } else { Side::Server };
    let tls13 = input.flag();
    let [Some(mut one), Some(mut other)] = labs.map(|lab| lab.object(side, tls13)) else { return };
    if side == Side::Client {
        assert_eq!([step(&mut *one), step(&mut *other)], [None, None]);
    }
    let mut ends = [None, None];
    let mut stream = Vec::new();
    while !input.is_empty() && ends == [None, None] {
        let piece = input.slice();
        stream.extend_from_slice(piece);
        for tls in [&mut one, &mut other] {
            tls.incoming().write(piece).expect("an open BIO");
        }
        ends = [step(&mut *one), step(&mut *other)];
        if !is_record(&stream) {
            assert_eq!(ends[0], ends[1]);
        }
    }
    for (tls, end) in [one, other].iter_mut().zip(ends) {
        tls.incoming().write_eof();
        let last = step(&mut **tls).expect("an end");
        assert_eq!(end.unwrap_or(last.clone()), last, "the first error stays");
        assert_ne!(last, End::Clean);
    }
});
