//! One end of a real handshake, which is then sent anything.

use tls_object::{Read, Side, SslObject};

use crate::ends::{End, assert_stays, carry};
use crate::input::Input;
use crate::labs::Lab;

/// More than a flight, tickets and an alert come to.
const MOST_SENT: usize = 8 * 1024;

/// The longest thing that looks like a record.
const MOST_HELD: usize = 5 + u16::MAX as usize;

/// Where the stream begins that the fuzzer made.
struct Start {
    lab: &'static Lab,
    tls13: bool,
    /// How many flights of a real peer come first.
    flights: u8,
}

/// Reads which backend, version and number of flights come first, how the rest is cut, and sends it to that `side`.
///
/// However the pieces are cut, the end must close the connection for the same reason, stay with it, give no
/// data, and neither say nor hold more than a handshake calls for.
pub fn fuzz(side: Side, bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let lab = Lab::chosen(&mut input);
    let start = Start { lab, tls13: input.flag(), flights: input.u8() % 3 };
    let sizes = input.slice();
    let stream = input.rest();
    let Some(pieces) = run(side, &start, stream, sizes) else { return };
    assert_eq!(Some(pieces), run(side, &start, stream, &[]), "in pieces and as a whole");
}

/// Sends `stream` in pieces of `sizes` by turns, and then no more. `None` if the backend does not speak the version.
fn run(side: Side, start: &Start, stream: &[u8], sizes: &[u8]) -> Option<End> {
    let mut tls = start.lab.object(side, start.tls13)?;
    lead(&mut *tls, start)?;
    let mut sent = 0;
    let mut rest = stream;
    let mut sizes = sizes.iter().cycle();
    let end = loop {
        let step = tls.read(&mut [0; 16 * 1024]);
        sent += tls.outgoing().lend(&mut |bytes| bytes.len());
        assert!(sent <= MOST_SENT, "{sent} bytes for a peer that proved nothing");
        match step {
            Ok(Read::WantRead) => assert!(tls.incoming().pending() <= MOST_HELD),
            Ok(Read::Closed(closure)) => break End::from(closure),
            Ok(other) => panic!("{other:?} of what no peer has sent"),
            Err(error) => break End::of(&*tls, &error),
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
    assert_ne!(end, End::Clean, "only a peer that has the keys can close");
    assert_stays(&mut *tls, &end);
    Some(end)
}

/// Lets a real peer, of the same backend if it can, send its first flights, and drops what the end answers to the last.
fn lead(tls: &mut dyn SslObject, start: &Start) -> Option<()> {
    let mut peer = start.lab.object(tls.side().peer(), start.tls13)?;
    let step = |tls: &mut dyn SslObject| _ = tls.do_handshake().expect("a handshake");
    if tls.side() == Side::Client {
        step(tls);
    }
    for _ in 0..start.flights {
        if tls.side() == Side::Client {
            carry(tls, &mut *peer);
        }
        step(&mut *peer);
        carry(&mut *peer, tls);
        step(tls);
        if tls.side() == Side::Server {
            carry(tls, &mut *peer);
        }
    }
    let out = tls.outgoing();
    while out.pending() > 0 {
        out.lend(&mut |bytes| bytes.len());
    }
    Some(())
}
