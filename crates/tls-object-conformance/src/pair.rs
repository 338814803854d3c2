//! Two ends and the wires between them.

use tls_object_core::{Closure, Error, Read, Side, SslObject, Status};

use crate::failure::{Failure, ensure, name};
use crate::wire::{Chunking, Wire};

/// Two ends, a wire in each direction, and the pump.
///
/// Every call made through a pair is followed by what the contract asks for: what stands in
/// the outgoing BIO goes onto the wire, also after an error. Nothing here waits: where no
/// byte can move any more, that is an answer ([`Event::Dry`], [`Progress::Waiting`]), never a hang.
pub(crate) struct Pair {
    client: Box<dyn SslObject>,
    server: Box<dyn SslObject>,
    to_client: Wire,
    to_server: Wire,
    chunking: Chunking,
    last_sender: Option<Side>,
    flights: usize,
}

/// Both ends, in the order in which they speak.
pub(crate) const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// What one end made of a handshake.
#[derive(Debug)]
pub(crate) enum Progress {
    /// It is done.
    Done,
    /// It waits for bytes that do not come.
    Waiting,
    /// It gave up.
    Failed(Error),
}

impl Progress {
    /// Whether it is done.
    pub(crate) const fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }
}

/// What both ends made of a handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) client: Progress,
    pub(crate) server: Progress,
}

impl Handshake {
    /// What `side` made of it.
    pub(crate) const fn of(&self, side: Side) -> &Progress {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }
}

/// What reading came to, when everything in flight had arrived.
#[derive(Debug)]
pub(crate) enum Event {
    /// Data of one record.
    Data(Vec<u8>),
    /// All that was in flight has arrived, and there is nothing to read.
    Dry,
    /// The other end has ended the stream, or the transport has.
    Closed(Closure),
    /// The connection is over.
    Failed(Error),
}

/// More calls than any handshake here needs, one byte at a time: whoever needs more makes no progress.
const STEPS: usize = 200_000;

impl Pair {
    pub(crate) fn new(
        client: Box<dyn SslObject>,
        server: Box<dyn SslObject>,
        chunking: Chunking,
    ) -> Self {
        Self {
            client,
            server,
            to_client: Wire::default(),
            to_server: Wire::default(),
            chunking,
            last_sender: None,
            flights: 0,
        }
    }

    /// The end on `side`, for calls after which nothing shall move.
    pub(crate) fn tls(&mut self, side: Side) -> &mut dyn SslObject {
        match side {
            Side::Client => &mut *self.client,
            Side::Server => &mut *self.server,
        }
    }

    /// The client, as [`tls`](Self::tls) gives it.
    pub(crate) fn client(&mut self) -> &mut dyn SslObject {
        &mut *self.client
    }

    /// The server, as [`tls`](Self::tls) gives it.
    pub(crate) fn server(&mut self) -> &mut dyn SslObject {
        &mut *self.server
    }

    /// The wire that ends at `side`.
    pub(crate) fn wire_to(&mut self, side: Side) -> &mut Wire {
        match side {
            Side::Client => &mut self.to_client,
            Side::Server => &mut self.to_server,
        }
    }

    /// How often the direction has changed in which bytes were sent, and once for the first.
    pub(crate) fn flights(&self) -> usize {
        self.flights
    }

    /// Calls one end, then puts what it wants to send onto the wire.
    pub(crate) fn call<T>(&mut self, side: Side, call: impl FnOnce(&mut dyn SslObject) -> T) -> T {
        let result = call(self.tls(side));
        self.collect(side);
        result
    }

    /// Puts what `side` wants to send onto the wire; how many bytes that was.
    pub(crate) fn collect(&mut self, side: Side) -> usize {
        let (tls, wire) = match side {
            Side::Client => (&mut self.client, &mut self.to_server),
            Side::Server => (&mut self.server, &mut self.to_client),
        };
        let mut moved = 0;
        while tls.outgoing().pending() > 0 {
            moved += tls.outgoing().lend(&mut |bytes| {
                wire.send(bytes);
                bytes.len()
            });
        }
        if moved > 0 && self.last_sender != Some(side) {
            self.last_sender = Some(side);
            self.flights += 1;
        }
        moved
    }

    /// Lets one piece of what is in flight arrive at `side`; how many bytes that was. Nothing
    /// arrives where the incoming BIO has no room.
    pub(crate) fn deliver(&mut self, side: Side) -> usize {
        self.deliver_up_to(side, self.chunking.bytes())
    }

    /// Lets up to `most` bytes of what is in flight arrive at `side` at once; how many that was.
    pub(crate) fn deliver_up_to(&mut self, side: Side, most: usize) -> usize {
        let (tls, wire) = match side {
            Side::Client => (&mut self.client, &mut self.to_client),
            Side::Server => (&mut self.server, &mut self.to_server),
        };
        // After an end that was cut off, bytes are lost as on any closed transport.
        wire.deliver(most, &mut |bytes| tls.incoming().write(bytes).unwrap_or(bytes.len()))
    }

    /// Lets everything in flight arrive at `side` without calling it.
    pub(crate) fn deliver_all(&mut self, side: Side) {
        while self.deliver(side) > 0 {}
    }

    /// Ends the transport towards `side` after the next `keep` bytes of what is in flight.
    pub(crate) fn cut(&mut self, side: Side, keep: usize) {
        self.wire_to(side).lose(keep);
        self.deliver_all(side);
        self.tls(side).incoming().write_eof();
    }

    /// Goes on with the handshake on both ends until no byte moves any more.
    pub(crate) fn drive(&mut self) -> Result<Handshake, Failure> {
        let mut handshake = Handshake { client: Progress::Waiting, server: Progress::Waiting };
        for _ in 0..STEPS {
            let mut moved = false;
            for side in SIDES {
                let progress = match side {
                    Side::Client => &mut handshake.client,
                    Side::Server => &mut handshake.server,
                };
                if matches!(progress, Progress::Waiting) {
                    *progress = match self.call(side, |tls| tls.do_handshake()) {
                        Ok(Status::Done(())) => Progress::Done,
                        Ok(Status::WantRead | Status::WantWrite | Status::Suspended) => {
                            Progress::Waiting
                        }
                        Err(error) => Progress::Failed(error),
                    };
                    moved |= !matches!(progress, Progress::Waiting);
                }
                moved |= self.deliver(side.peer()) > 0;
            }
            if !moved {
                return Ok(handshake);
            }
        }
        Err(Failure::new(format!("the handshake goes on and on: {handshake:?}")))
    }

    /// Does the handshake on both ends.
    #[track_caller]
    pub(crate) fn handshake(&mut self) -> Result<(), Failure> {
        let handshake = self.drive()?;
        for (side, progress) in
            [(Side::Client, &handshake.client), (Side::Server, &handshake.server)]
        {
            match progress {
                Progress::Done => {}
                // The end that waits does so because of what the other end will tell.
                Progress::Waiting if matches!(handshake.of(side.peer()), Progress::Failed(_)) => {}
                Progress::Waiting => {
                    return Err(Failure::new(format!("the {} waits for ever", name(side))));
                }
                // An alert is the echo of the other end's error.
                Progress::Failed(error)
                    if error.alert_received().is_some()
                        && matches!(handshake.of(side.peer()), Progress::Failed(_)) => {}
                Progress::Failed(error) => return Err(Failure::of(side, error)),
            }
        }
        ensure!(
            handshake.client.is_done() && handshake.server.is_done(),
            "the handshake failed: {handshake:?}"
        );
        Ok(())
    }

    /// Reads on `side` into a buffer of `size` bytes, with everything in flight arriving as it is wanted.
    pub(crate) fn read(&mut self, side: Side, size: usize) -> Event {
        let mut buffer = vec![0; size];
        loop {
            match self.call(side, |tls| tls.read(&mut buffer)) {
                Ok(Read::Data(n)) => {
                    buffer.truncate(n);
                    return Event::Data(buffer);
                }
                Ok(Read::Closed(closure)) => return Event::Closed(closure),
                Ok(Read::WantRead | Read::WantWrite | Read::Suspended) => {
                    if self.deliver(side) == 0 {
                        return Event::Dry;
                    }
                }
                Err(error) => return Event::Failed(error),
            }
        }
    }

    /// Writes all of `data` on `side`, with the outgoing BIO written out as it fills.
    #[track_caller]
    pub(crate) fn write_all(&mut self, side: Side, mut data: &[u8]) -> Result<(), Failure> {
        while !data.is_empty() {
            match self.call(side, |tls| tls.write(data)) {
                Ok(Status::Done(n)) if n > 0 => data = &data[n..],
                Ok(other) => {
                    return Err(Failure::new(format!(
                        "writing on the {}: {other:?} with an empty outgoing BIO",
                        name(side)
                    )));
                }
                Err(error) => return Err(Failure::of(side, &error)),
            }
        }
        Ok(())
    }

    /// Reads on `side` exactly what is expected, in however many records it comes.
    #[track_caller]
    pub(crate) fn expect_data(&mut self, side: Side, expected: &[u8]) -> Result<(), Failure> {
        let mut done = 0;
        while done < expected.len() {
            match self.read(side, 32 * 1024) {
                Event::Data(data) => {
                    ensure!(
                        expected[done..].starts_with(&data),
                        "the {} read other data than was written, at {done}",
                        name(side)
                    );
                    done += data.len();
                }
                other => {
                    return Err(Failure::new(format!(
                        "the {} read {done} of {} bytes, then: {other:?}",
                        name(side),
                        expected.len()
                    )));
                }
            }
        }
        Ok(())
    }

    /// Reads on `side` and finds nothing, though everything in flight has arrived.
    #[track_caller]
    pub(crate) fn expect_dry(&mut self, side: Side) -> Result<(), Failure> {
        match self.read(side, 1024) {
            Event::Dry => Ok(()),
            other => Err(Failure::new(format!("the {} read: {other:?}", name(side)))),
        }
    }

    /// Reads on `side` and finds the end of the stream.
    #[track_caller]
    pub(crate) fn expect_closed(&mut self, side: Side, expected: Closure) -> Result<(), Failure> {
        match self.read(side, 1024) {
            Event::Closed(closure) if closure == expected => Ok(()),
            other => Err(Failure::new(format!(
                "the {} read: {other:?}, expected a {expected:?} end",
                name(side)
            ))),
        }
    }

    /// Reads on `side` and finds an error.
    #[track_caller]
    pub(crate) fn expect_error(&mut self, side: Side) -> Result<Error, Failure> {
        match self.read(side, 1024) {
            Event::Failed(error) => Ok(error),
            other => Err(Failure::new(format!("the {} read: {other:?}", name(side)))),
        }
    }

    /// Sends a message each way and reads it at the other end.
    #[track_caller]
    pub(crate) fn exchange(&mut self) -> Result<(), Failure> {
        for side in SIDES {
            let message = format!("a word from the {}", name(side));
            self.write_all(side, message.as_bytes())?;
            self.expect_data(side.peer(), message.as_bytes())?;
        }
        Ok(())
    }

    /// Closes on `side` without waiting.
    #[track_caller]
    pub(crate) fn close(&mut self, side: Side) -> Result<(), Failure> {
        self.call(side, |tls| tls.close()).map_err(|error| Failure::of(side, &error))
    }

    /// Calls `unwrap` on `side` while there is something in flight that it waits for.
    pub(crate) fn unwrap(&mut self, side: Side) -> Result<Status<()>, Error> {
        loop {
            let status = self.call(side, |tls| tls.unwrap())?;
            if status.is_done() || self.deliver(side) == 0 {
                return Ok(status);
            }
        }
    }

    /// Calls `unwrap` on `side` and expects this answer.
    #[track_caller]
    pub(crate) fn expect_unwrap(
        &mut self,
        side: Side,
        expected: Status<()>,
    ) -> Result<(), Failure> {
        match self.unwrap(side) {
            Ok(status) if status == expected => Ok(()),
            Ok(status) => Err(Failure::new(format!(
                "unwrap on the {}: {status:?}, expected {expected:?}",
                name(side)
            ))),
            Err(error) => Err(Failure::of(side, &error)),
        }
    }

    /// Closes cleanly from both ends.
    #[track_caller]
    pub(crate) fn shut_down(&mut self) -> Result<(), Failure> {
        self.expect_unwrap(Side::Client, Status::WantRead)?;
        self.expect_unwrap(Side::Server, Status::Done(()))?;
        self.expect_unwrap(Side::Client, Status::Done(()))
    }
}
