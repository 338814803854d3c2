//! The framing of records, beside its definition: five bytes, then as many as the last two of them say.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_object::RecordCursor;
use tls_object_fuzz::input::Input;

/// The lengths of the whole records at the front of `stream`.
fn whole(mut stream: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let Some(&[_, _, _, high, low]) = stream.first_chunk() {
        let length = 5 + usize::from(u16::from_be_bytes([high, low]));
        let Some(rest) = stream.get(length..) else { break };
        lengths.push(length);
        stream = rest;
    }
    lengths
}

fuzz_target!(|input: &[u8]| {
    let mut input = Input::new(input);
    let sizes = input.slice();
    let stream = input.rest();
    let mut sizes = sizes.iter().cycle();
    let mut cursor = RecordCursor::new();
    let (mut lengths, mut length) = (Vec::new(), 0);
    let mut rest = stream;
    while !rest.is_empty() {
        let size = sizes.next().map_or(rest.len(), |&size| usize::from(size) + 1);
        let (mut piece, later) = rest.split_at(size.min(rest.len()));
        while !piece.is_empty() {
            let (taken, complete) = cursor.advance(piece);
            assert!(taken > 0, "a step without a byte");
            piece = &piece[taken..];
            length += taken;
            assert_eq!(cursor.is_inside(), !complete);
            if complete {
                lengths.push(core::mem::take(&mut length));
            }
        }
        rest = later;
    }
    assert_eq!(lengths, whole(stream));
    assert_eq!(length, stream.len() - lengths.iter().sum::<usize>());
});
