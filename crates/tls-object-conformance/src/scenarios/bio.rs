//! Buffers of other kinds than the default one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tls_object_core::{
    Closure, Error, ErrorKind, MemoryBio, Read, SharedBio, SslObject, Status, Wrap,
};

use crate::failure::{Failure, ensure};
use crate::lab::{Lab, lets_panic_through, panic_quietly};
use crate::scenario::{Dims, Scenario};
use crate::wire::content;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "bio::shared",
        "BIOs that their owner keeps a handle on are filled and emptied from outside.",
        Dims::VERSIONS,
        shared,
    ),
    Scenario::new(
        "bio::pieces",
        "A BIO that lends its bytes in small pieces serves as well as a contiguous one.",
        Dims::VERSIONS,
        pieces,
    ),
    Scenario::new(
        "bio::fixed_memory",
        "What an outgoing BIO has no memory for waits until it has, and nothing is lost or sent twice.",
        Dims::VERSIONS,
        fixed_memory,
    ),
    Scenario::new(
        "bio::flush",
        "Flushing brings out the rest of an alert, also after an error, and says when all is out.",
        Dims::VERSIONS.variants(&["close", "error"]),
        flush,
    ),
    Scenario::new(
        "bio::panic",
        "A connection whose BIO panicked is over, and says so.",
        Dims::VERSIONS.variants(&["incoming", "outgoing"]),
        panic,
    ),
];

const MESSAGE: &[u8] = b"through a handle of one's own";

fn shared(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let [mut client_in, mut client_out, mut server_in, mut server_out] =
        [(); 4].map(|()| SharedBio::new());
    let mut client = contexts.client.wrap_bio(
        Box::new(client_in.clone()),
        Box::new(client_out.clone()),
        lab.wrap()?,
    )?;
    let mut server = contexts.server.wrap_bio(
        Box::new(server_in.clone()),
        Box::new(server_out.clone()),
        Wrap::server(),
    )?;
    loop {
        let done = [client.do_handshake()?.is_done(), server.do_handshake()?.is_done()];
        let moved =
            carry(&mut client_out, &mut server_in)? + carry(&mut server_out, &mut client_in)?;
        if done == [true; 2] {
            break;
        }
        ensure!(moved > 0, "the handshake stalls");
    }
    ensure!(client.write(MESSAGE)? == Status::Done(MESSAGE.len()), "not all was taken");
    ensure!(client_out.pending() == client.outgoing().pending(), "two views of one BIO differ");
    carry(&mut client_out, &mut server_in)?;
    server_in.write_eof();
    let mut buffer = [0; 64];
    ensure!(server.read(&mut buffer)? == Read::Data(MESSAGE.len()), "no data");
    ensure!(&buffer[..MESSAGE.len()] == MESSAGE, "other data");
    ensure!(server.read(&mut buffer)? == Read::Closed(Closure::Truncated), "no end");
    Ok(())
}

/// Moves all that waits in one BIO to another; how many bytes that was.
fn carry(from: &mut dyn MemoryBio, to: &mut dyn MemoryBio) -> Result<usize, Failure> {
    let mut bytes = vec![0; from.pending()];
    let n = from.read(&mut bytes);
    ensure!(to.write(&bytes[..n])? == n, "no room");
    Ok(n)
}

/// A BIO in pieces of a few bytes, over memory for only so many bytes.
#[derive(Debug, Default)]
struct PieceBio {
    bytes: VecDeque<u8>,
    piece: usize,
    memory: usize,
    ended: bool,
    /// Whether it panics when it is used.
    panics: Arc<AtomicBool>,
}

impl PieceBio {
    fn boxed(piece: usize, memory: usize) -> Box<Self> {
        Box::new(Self { piece, memory, ..Self::default() })
    }

    fn panic_if_told_to(&self) {
        if self.panics.load(Ordering::Relaxed) {
            // Without a message on standard error.
            panic_quietly();
        }
    }
}

impl MemoryBio for PieceBio {
    fn pending(&self) -> usize {
        self.bytes.len()
    }
    fn ended(&self) -> bool {
        self.ended
    }
    fn room(&self) -> usize {
        self.memory - self.bytes.len()
    }
    fn write(&mut self, src: &[u8]) -> Result<usize, Error> {
        if self.ended { Err(ErrorKind::BioEnded.into()) } else { Ok(self.push(src)) }
    }
    fn push(&mut self, src: &[u8]) -> usize {
        self.panic_if_told_to();
        let n = src.len().min(self.room());
        self.bytes.extend(&src[..n]);
        n
    }
    fn write_eof(&mut self) {
        self.ended = true;
    }
    fn read(&mut self, dst: &mut [u8]) -> usize {
        let n = dst.len().min(self.bytes.len());
        for (to, from) in dst.iter_mut().zip(self.bytes.drain(..n)) {
            *to = from;
        }
        n
    }
    fn lend(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> usize {
        self.panic_if_told_to();
        if self.bytes.is_empty() {
            return 0;
        }
        let bytes = self.bytes.make_contiguous();
        let n = take(&bytes[..bytes.len().min(self.piece)]);
        self.bytes.drain(..n);
        n
    }
    fn fill(
        &mut self,
        min: usize,
        put: &mut dyn FnMut(&mut [u8]) -> usize,
    ) -> Result<usize, Error> {
        let mut spare = vec![0; min.min(self.room())];
        let n = put(&mut spare);
        self.write(&spare[..n])
    }
    fn memory_in_use(&self) -> usize {
        self.bytes.capacity()
    }
    fn trim(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

/// Both ends on BIOs in pieces of this size over this much memory each.
fn in_pieces(lab: &Lab, piece: usize, memory: usize) -> Result<[Box<dyn SslObject>; 2], Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let bio = || PieceBio::boxed(piece, memory);
    Ok([
        contexts.client.wrap_bio(bio(), bio(), lab.wrap()?)?,
        contexts.server.wrap_bio(bio(), bio(), Wrap::server())?,
    ])
}

/// As much as fits from each end's outgoing to the other's incoming BIO; how many bytes that was.
fn shuttle(ends: &mut [Box<dyn SslObject>; 2]) -> Result<usize, Failure> {
    let mut moved = 0;
    for _ in 0..2 {
        let [from, to] = &mut *ends;
        let mut bytes = vec![0; from.outgoing().pending().min(to.incoming().room())];
        let n = from.outgoing().read(&mut bytes);
        ensure!(to.incoming().write(&bytes[..n])? == n, "no room where there was some");
        moved += n;
        ends.swap(0, 1);
    }
    Ok(moved)
}

/// An end that is done is called again: what it had no memory for goes out with the next call.
fn handshake(ends: &mut [Box<dyn SslObject>; 2]) -> Result<(), Failure> {
    let mut done = [false; 2];
    while done != [true; 2] {
        for (tls, done) in ends.iter_mut().zip(&mut done) {
            *done |= tls.do_handshake()?.is_done();
        }
        ensure!(shuttle(ends)? > 0 || done == [true; 2], "the handshake stalls: {done:?}");
    }
    Ok(())
}

/// `data` from the first end to the second, in as many steps as it takes. Both read: memory
/// that one does not empty is memory that the other cannot fill.
fn transfer(ends: &mut [Box<dyn SslObject>; 2], data: &[u8]) -> Result<(), Failure> {
    let mut buffer = vec![0; 16 * 1024];
    let (mut sent, mut received) = (0, 0);
    while received < data.len() {
        let mut moved = 0;
        if let Status::Done(n) = ends[0].write(&data[sent..])? {
            sent += n;
            moved += n;
        }
        let step = ends[0].read(&mut buffer)?;
        ensure!(!matches!(step, Read::Data(_) | Read::Closed(_)), "read: {step:?}");
        moved += shuttle(ends)?;
        if let Read::Data(n) = ends[1].read(&mut buffer)? {
            ensure!(data[received..].starts_with(&buffer[..n]), "other data at {received}");
            received += n;
            moved += n;
        }
        ensure!(moved > 0, "no byte moves after {received}");
    }
    Ok(())
}

fn pieces(lab: &Lab) -> Result<(), Failure> {
    let data: Vec<u8> = (0..40_000).map(|i| (i % 251) as u8).collect();
    for piece in [1, 5, 1000] {
        let mut ends = in_pieces(lab, piece, 1024 * 1024)?;
        handshake(&mut ends)?;
        transfer(&mut ends, &data)?;
        ends.swap(0, 1);
        transfer(&mut ends, &data)?;
    }
    Ok(())
}

/// Memory for less than the server's first flight, and for less than a record.
fn fixed_memory(lab: &Lab) -> Result<(), Failure> {
    let data: Vec<u8> = (0..40_000).map(|i| (i % 251) as u8).collect();
    for memory in [64, 300, 5000] {
        let mut ends = in_pieces(lab, usize::MAX, memory)?;
        handshake(&mut ends)?;
        transfer(&mut ends, &data)?;
        ends.swap(0, 1);
        transfer(&mut ends, &data)?;
    }
    Ok(())
}

/// Memory for less than any alert in its record.
fn flush(lab: &Lab) -> Result<(), Failure> {
    const MEMORY: usize = 6;
    let mut ends = in_pieces(lab, usize::MAX, MEMORY)?;
    handshake(&mut ends)?;
    let mut buffer = [0; 64];
    loop {
        for tls in &mut ends {
            let step = tls.read(&mut buffer)?;
            ensure!(!matches!(step, Read::Data(_) | Read::Closed(_)), "read: {step:?}");
        }
        if shuttle(&mut ends)? == 0 {
            break;
        }
    }
    let [speaker, listener] = &mut ends;
    if lab.variant() == "error" {
        speaker.incoming().write(&[content::APPLICATION_DATA, 3, 3, 0, 1, 0])?;
        ensure!(speaker.read(&mut buffer).is_err(), "a record of one byte");
    } else {
        speaker.close()?;
    }
    ensure!(speaker.flush() == Status::WantWrite, "all out, through {MEMORY} bytes");
    let end = loop {
        let out = speaker.flush() == Status::Done(());
        let mut bytes = [0; MEMORY];
        let n = speaker.outgoing().read(&mut bytes);
        listener.incoming().write(&bytes[..n])?;
        match listener.read(&mut buffer) {
            Ok(Read::WantRead) => ensure!(!out, "all out, and nothing told"),
            end => break end,
        }
    };
    match end {
        Ok(Read::Closed(Closure::Clean)) if lab.variant() == "close" => {}
        Err(told) if lab.variant() == "error" && told.alert_received().is_some() => {}
        other => return Err(Failure::new(format!("the other end reads {other:?}"))),
    }
    ensure!(speaker.flush() == Status::Done(()), "something is left");
    ensure!(speaker.outgoing().pending() == 0, "something comes after");
    Ok(())
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let bio = || PieceBio::boxed(usize::MAX, 1024 * 1024);
    let (incoming, outgoing) = (bio(), bio());
    let fuse = match lab.variant() {
        "incoming" => incoming.panics.clone(),
        _ => outgoing.panics.clone(),
    };
    let client = contexts.client.wrap_bio(incoming, outgoing, lab.wrap()?)?;
    let server = contexts.server.wrap_bio(bio(), bio(), Wrap::server())?;
    let mut ends = [client, server];
    handshake(&mut ends)?;
    ensure!(ends[1].write(MESSAGE)?.is_done(), "nothing written");
    shuttle(&mut ends)?;
    let client = &mut ends[0];
    fuse.store(true, Ordering::Relaxed);
    lets_panic_through(|| match lab.variant() {
        "incoming" => client.read(&mut [0; 64]).map(|_| ()),
        _ => client.write(MESSAGE).map(|_| ()),
    })?;
    fuse.store(false, Ordering::Relaxed);
    for _ in 0..2 {
        let results = [
            client.do_handshake().map(|_| ()),
            client.read(&mut [0; 64]).map(|_| ()),
            client.write(MESSAGE).map(|_| ()),
            client.unwrap().map(|_| ()),
            client.close(),
        ];
        for result in results {
            ensure!(
                result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Internal),
                "after the panic: {result:?}"
            );
        }
    }
    ensure!(client.version() == Some(lab.version()), "facts change after a panic");
    ensure!(client.pending() == 0, "data out of nothing");
    Ok(())
}
