//! `tlsobj server`: one thread, one event loop, many clients.

mod connection;
mod echo;
mod http;
mod journal;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use socket2::SockRef;
use tls_object::trust::Found;
use tls_object::{Config, DynBackend, DynContext, VerifyMode, Wrap};

use crate::address::Address;
use crate::cli::{Mode, ServerArgs};
use crate::failure::Failure;
use crate::material;
use crate::pump::Pump;

use connection::{Connection, Step};
use journal::Journal;

const LISTENER: Token = Token(0);

/// How many clients may wait in the system's queue. A client that finds it full tries again after a
/// whole second, and the standard library asks for no more than 128 places.
const QUEUE: i32 = 4096;

/// How many clients are served at once. More wait in the queue.
const CLIENTS: usize = 512;

/// How many of them may be in their handshake.
const HANDSHAKES: usize = 32;

/// How long a handshake is left in peace when others wait for its place.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long not to accept when the system has no file descriptor or memory left for a client.
const RESPITE: Duration = Duration::from_millis(100);

/// Listens and serves.
pub(crate) fn run(args: &ServerArgs) -> Result<ExitCode, Failure> {
    let backend = args.backend.get()?;
    let context = material::context(&config(args, backend)?, backend, &args.identity)?;
    let listener = listen(&args.listen)?;
    let mut server = Server::new(context, args.mode, args.once, listener)?;
    server.announce().map_err(|error| Failure::transport("standard output", error))?;
    server.serve()
}

fn config(args: &ServerArgs, backend: &dyn DynBackend) -> Result<Config, Failure> {
    let mut identities = material::identities(&args.identity)?.into_iter();
    let Some(first) = identities.next() else {
        let needed = "a server needs --cert or --public-key with --key, or --pkcs12";
        return Err(Failure::Usage(needed.to_owned()));
    };
    let mut config = Config::server(first);
    config.identities.extend(identities);
    let mut found = Found::default();
    if let Some(path) = &args.client_ca {
        (config.trust_store, found) = material::trust(Some(path))?;
    }
    args.peer_keys.apply(&mut config, args.client_ca.is_some())?;
    if args.client_ca.is_some() || !args.peer_keys.peer_key.is_empty() {
        config.verify_mode = if args.require { VerifyMode::Required } else { VerifyMode::Optional };
    }
    args.protocol.apply(&mut config, backend)?;
    material::tell(&found, &config, backend);
    Ok(config)
}

fn listen(address: &Address) -> Result<TcpListener, Failure> {
    let listen = || {
        let listener = std::net::TcpListener::bind((address.host.as_str(), address.port))?;
        SockRef::from(&listener).listen(QUEUE)?;
        listener.set_nonblocking(true)?;
        Ok(TcpListener::from_std(listener))
    };
    listen().map_err(|error| Failure::transport(format!("listening on {address}"), error))
}

struct Server {
    context: Box<dyn DynContext>,
    mode: Mode,
    once: bool,
    listener: TcpListener,
    poll: Poll,
    journal: Journal,
    /// By number, which is the order in which they came. The listener's token is no number of theirs.
    connections: BTreeMap<usize, Connection>,
    accepted: usize,
    /// Clients may be waiting in the system's queue.
    knocking: bool,
    accept_after: Instant,
    scratch: Vec<u8>,
}

impl Server {
    fn new(
        context: Box<dyn DynContext>,
        mode: Mode,
        once: bool,
        mut listener: TcpListener,
    ) -> Result<Self, Failure> {
        let poll = Poll::new().map_err(waiting_failed)?;
        let registered = poll.registry().register(&mut listener, LISTENER, Interest::READABLE);
        registered.map_err(waiting_failed)?;
        Ok(Self {
            context,
            mode,
            once,
            listener,
            poll,
            journal: Journal::new(),
            connections: BTreeMap::new(),
            accepted: 0,
            knocking: true,
            accept_after: Instant::now(),
            scratch: vec![0; tls_object::MAX_PLAINTEXT],
        })
    }

    fn announce(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "listening on {}", self.listener.local_addr()?)?;
        stdout.flush()
    }

    /// Serves for ever, or until the first connection is over.
    fn serve(&mut self) -> Result<ExitCode, Failure> {
        let mut events = Events::with_capacity(256);
        let mut busy = BTreeSet::new();
        loop {
            let now = Instant::now();
            self.accept(now);
            let timeout =
                if busy.is_empty() { self.next_deadline(now) } else { Some(Duration::ZERO) };
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    return Err(waiting_failed(error));
                }
                _ => {}
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.knocking = true,
                    Token(number) => {
                        busy.insert(number);
                    }
                }
            }
            let now = Instant::now();
            busy.extend(self.overdue(now));
            // One step each: nobody who is always busy holds up the others.
            for number in std::mem::take(&mut busy) {
                let Some(connection) = self.connections.get_mut(&number) else { continue };
                match connection.step(now, &mut self.scratch, &self.journal) {
                    Step::Wait => {}
                    Step::Again => {
                        busy.insert(number);
                    }
                    Step::Over(exit_code) => {
                        self.connections.remove(&number);
                        if self.once {
                            return Ok(exit_code);
                        }
                    }
                }
            }
        }
    }

    /// Lets in who knocks, as far as there is room.
    fn accept(&mut self, now: Instant) {
        while self.knocking && self.has_room(now) {
            match self.listener.accept() {
                Ok((socket, peer)) => {
                    if let Err(failure) = self.admit(socket, peer, now) {
                        self.journal.note(peer, &failure);
                    }
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => self.knocking = false,
                    // The client was gone before it was let in.
                    io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::Interrupted => {}
                    _ => self.accept_after = now + RESPITE,
                },
            }
        }
    }

    fn admit(&mut self, socket: TcpStream, peer: SocketAddr, now: Instant) -> Result<(), Failure> {
        // Only a delay is at stake.
        let _ = socket.set_nodelay(true);
        let mut pump = Pump::new(socket, &*self.context, Wrap::server())?;
        let number = self.accepted + 1;
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registered = self.poll.registry().register(pump.socket(), Token(number), interest);
        registered.map_err(waiting_failed)?;
        self.accepted = number;
        self.connections.insert(number, Connection::new(pump, peer, self.mode, now));
        Ok(())
    }

    /// Whether one more client can be let in. Drops the oldest handshake where that makes room.
    fn has_room(&mut self, now: Instant) -> bool {
        if now < self.accept_after
            || self.connections.len() >= CLIENTS
            || self.once && self.accepted > 0
        {
            return false;
        }
        let mut shaking =
            self.connections.iter().filter(|(_, connection)| connection.is_shaking_hands());
        let Some((&oldest, connection)) = shaking.next() else { return true };
        if 1 + shaking.count() < HANDSHAKES {
            return true;
        }
        let too_long = now >= connection.since() + PATIENCE;
        if too_long {
            self.journal.note(connection.peer(), &"dropped in its handshake: others wait");
            self.connections.remove(&oldest);
        }
        too_long
    }

    /// The connections whose time is up: the next step ends them.
    fn overdue(&self, now: Instant) -> Vec<usize> {
        let overdue =
            self.connections.iter().filter(|(_, connection)| connection.deadline() <= now);
        overdue.map(|(&number, _)| number).collect()
    }

    /// How long nothing will happen unless an event comes.
    fn next_deadline(&self, now: Instant) -> Option<Duration> {
        let connections = self.connections.values();
        let mut next = connections.clone().map(Connection::deadline).min();
        if self.knocking && !(self.once && self.accepted > 0) {
            // There was no room: it comes with time.
            let oldest = connections
                .filter(|connection| connection.is_shaking_hands())
                .map(Connection::since)
                .min();
            let room = oldest.map(|since| since + PATIENCE).into_iter().chain([self.accept_after]);
            next = next.into_iter().chain(room.filter(|&at| at > now)).min();
        }
        next.map(|at| at.saturating_duration_since(now))
    }
}

fn waiting_failed(error: io::Error) -> Failure {
    Failure::transport("waiting for the network", error)
}
