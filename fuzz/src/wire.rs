//! A connection whose wire is not to be trusted.

use tls_object::{Closure, Read, Side, SslObject, Status};

use crate::ends::{End, assert_stays};
use crate::input::Input;

/// How many bytes each end has to say.
const LEN: usize = 700;

/// What the client has to say: the number of each pair of bytes.
const OF_CLIENT: [u8; LEN] = numbers(0);

/// What the server has to say: other numbers.
const OF_SERVER: [u8; LEN] = numbers(LEN as u16);

/// Numbers of two bytes each from `first` on, so that no two pairs are the same.
const fn numbers(first: u16) -> [u8; LEN] {
    let mut bytes = [0; LEN];
    let mut at = 0;
    while at < LEN {
        let number = (first + at as u16 / 2).to_be_bytes();
        (bytes[at], bytes[at + 1]) = (number[0], number[1]);
        at += 2;
    }
    bytes
}

/// What the end on `side` has to say.
const fn speech(side: Side) -> &'static [u8] {
    match side {
        Side::Client => &OF_CLIENT,
        Side::Server => &OF_SERVER,
    }
}

/// What befalls one byte.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Some of its bits change.
    Flip(u8),
    Drop,
    Repeat,
    /// A byte comes in front of it.
    Insert(u8),
    /// The transport ends in front of it.
    Cut,
}

/// One direction of the wire, and what befalls which of its bytes.
pub struct Wire {
    faults: Vec<(usize, Fault)>,
    position: usize,
    cut: bool,
    harmed: bool,
}

impl Wire {
    /// With up to three faults that the input chooses.
    pub fn new(input: &mut Input<'_>) -> Self {
        let fault = |input: &mut Input<'_>| match input.u8() % 5 {
            0 => Fault::Flip(input.u8().max(1)),
            1 => Fault::Drop,
            2 => Fault::Repeat,
            3 => Fault::Insert(input.u8()),
            _ => Fault::Cut,
        };
        let faults =
            (0..input.u8() % 4).map(|_| (usize::from(input.u16() % 4096), fault(input))).collect();
        Self { faults, position: 0, cut: false, harmed: false }
    }

    /// What arrives of these bytes.
    fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut arrives = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            let mut copies = vec![byte];
            for (_, fault) in self.faults.iter().filter(|(at, _)| *at == self.position) {
                self.harmed = true;
                match *fault {
                    Fault::Flip(bits) => copies.iter_mut().for_each(|copy| *copy ^= bits),
                    Fault::Drop => copies.clear(),
                    Fault::Repeat => copies.extend_from_within(..),
                    Fault::Insert(stray) => copies.insert(0, stray),
                    Fault::Cut => self.cut = true,
                }
            }
            self.position += 1;
            if self.cut {
                break;
            }
            arrives.extend(copies);
        }
        arrives
    }
}

/// One end, which says all it has to say, closes, and listens to the end.
struct Party {
    tls: Box<dyn SslObject>,
    unsaid: &'static [u8],
    heard: Vec<u8>,
    end: Option<End>,
}

impl Party {
    fn new(tls: Box<dyn SslObject>) -> Self {
        Self { unsaid: speech(tls.side()), tls, heard: Vec::new(), end: None }
    }

    /// Says and hears as much as it can.
    fn turn(&mut self) {
        if self.end.is_none() {
            self.end = self.talk().unwrap_or_else(|error| Some(End::of(&*self.tls, &error)));
        }
    }

    fn talk(&mut self) -> Result<Option<End>, tls_object::Error> {
        if self.tls.do_handshake()? != Status::Done(()) {
            return Ok(None);
        }
        while !self.unsaid.is_empty() {
            let Status::Done(n) = self.tls.write(self.unsaid)? else { return Ok(None) };
            self.unsaid = &self.unsaid[n..];
        }
        self.tls.close()?;
        let mut buffer = [0; 512];
        loop {
            match self.tls.read(&mut buffer)? {
                Read::Data(n) => self.heard.extend_from_slice(&buffer[..n]),
                Read::Closed(Closure::Clean) => return Ok(Some(End::Clean)),
                Read::Closed(Closure::Truncated) => return Ok(Some(End::Truncated)),
                Read::WantRead => return Ok(None),
                other => panic!("{other:?} with room in the outgoing BIO"),
            }
        }
    }

    /// Moves what it has put out over the wire to the `peer`. Whether anything was moved.
    fn send(&mut self, wire: &mut Wire, peer: &mut Self) -> bool {
        let mut bytes = Vec::new();
        self.tls.outgoing().lend(&mut |waiting| {
            bytes.extend_from_slice(waiting);
            waiting.len()
        });
        let arrives = wire.pass(&bytes);
        let incoming = peer.tls.incoming();
        if !incoming.eof() {
            incoming.write(&arrives).expect("an open BIO");
        }
        !bytes.is_empty()
    }

    /// The transport ends, and so does the connection.
    fn finish(&mut self) -> End {
        self.tls.incoming().write_eof();
        self.turn();
        self.tls.outgoing().lend(&mut |bytes| bytes.len());
        self.end.clone().expect("an end of the transport ends the connection")
    }
}

/// Lets two ends talk over the wires, the client's first, until nothing moves; then both transports end.
///
/// Nobody hears what was not said, a clean end comes after everything, and without a fault both ends are clean.
pub fn converse(client: Box<dyn SslObject>, server: Box<dyn SslObject>, mut wires: [Wire; 2]) {
    assert_eq!((client.side(), server.side()), (Side::Client, Side::Server));
    let [mut client, mut server] = [client, server].map(Party::new);
    loop {
        client.turn();
        let mut moved = client.send(&mut wires[0], &mut server);
        server.turn();
        moved |= server.send(&mut wires[1], &mut client);
        if !moved {
            break;
        }
    }
    let harmed = wires.iter().any(|wire| wire.harmed);
    for mut party in [client, server] {
        let end = party.finish();
        let said = speech(party.tls.side().peer());
        assert!(said.starts_with(&party.heard), "{} bytes that were not said", party.heard.len());
        assert!(end != End::Clean || party.heard == said, "a clean end too early");
        assert!(harmed || end == End::Clean, "{end:?} without a fault");
        assert_stays(&mut *party.tls, &end);
    }
}
