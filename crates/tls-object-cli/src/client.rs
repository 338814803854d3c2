//! `tlsobj client`.

mod conversation;
mod stdin;

use std::io;
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token, Waker};
use tls_object::trust::Found;
use tls_object::{Config, CrlScope, DynBackend, ServerName, VerifyMode, VerifyTime, Wrap};

use crate::address::Address;
use crate::cli::ClientArgs;
use crate::facts::Facts;
use crate::failure::Failure;
use crate::material;
use crate::pump::Pump;

use conversation::Conversation;

const SOCKET: Token = Token(0);
const STDIN: Token = Token(1);

/// How long to wait for the peer to end the transport after an error was told to it.
const LINGER: Duration = Duration::from_secs(1);

/// Connects, shakes hands, and talks until both ends have closed.
pub(crate) fn run(args: &ClientArgs) -> Result<ExitCode, Failure> {
    let backend = args.backend.get()?;
    let context = material::context(&config(args, backend)?, backend, &args.identity)?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None => ServerName::new(&args.connect.host)?,
    };
    let socket = connect(&args.connect)?;
    let pump = Pump::new(socket, &*context, Wrap::client(name))?;
    let mut connection = Connection::new(pump).map_err(waiting_failed)?;
    let result = connection.handshake(Duration::from_secs(args.timeout)).and_then(|()| {
        if args.json {
            eprintln!("{}", Facts::of(connection.pump.tls()).to_json());
        }
        connection.converse(Duration::from_secs(args.patience))
    });
    if let Err(Failure::Tls(_)) = &result {
        // Whatever comes of it, that failure is what there is to tell.
        let _ = connection.linger();
    }
    result.map(|()| ExitCode::SUCCESS)
}

fn config(args: &ClientArgs, backend: &dyn DynBackend) -> Result<Config, Failure> {
    let mut config = Config::client();
    let mut found = Found::default();
    if args.no_verify {
        config.verify_mode = VerifyMode::None;
    } else if args.ca.is_some() || args.peer_keys.peer_key.is_empty() {
        (config.trust_store, found) = material::trust(args.ca.as_deref())?;
    }
    args.peer_keys.apply(&mut config, args.ca.is_some())?;
    if let Some(path) = &args.crl {
        material::add_crls(&mut config.trust_store, path)?;
    }
    if args.crl_chain {
        config.crl_scope = CrlScope::Chain;
    }
    config.check_common_name = args.common_name;
    config.partial_chain = args.partial_chain;
    if let Some(seconds) = args.at {
        config.verify_time = VerifyTime::Fixed(Duration::from_secs(seconds));
    }
    config.identities = material::identities(&args.identity)?;
    args.protocol.apply(&mut config, backend)?;
    // With the facts as JSON nothing else goes to standard error.
    if !args.json {
        material::tell(&found, &config, backend);
    }
    Ok(config)
}

fn connect(address: &Address) -> Result<mio::net::TcpStream, Failure> {
    let connect = || {
        let socket = TcpStream::connect((address.host.as_str(), address.port))?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        Ok(mio::net::TcpStream::from_std(socket))
    };
    connect().map_err(|error| Failure::transport(format!("connecting to {address}"), error))
}

/// A pump and what tells when it can go on.
struct Connection {
    pump: Pump,
    poll: Poll,
    events: Events,
}

impl Connection {
    fn new(mut pump: Pump) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(pump.socket(), SOCKET, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { pump, poll, events: Events::with_capacity(8) })
    }

    /// Shakes hands with a peer that is done within `limit`.
    fn handshake(&mut self, limit: Duration) -> Result<(), Failure> {
        let deadline = Instant::now() + limit;
        loop {
            let before = self.pump.activity();
            self.pump.receive();
            let step = self.pump.call(|tls| tls.do_handshake());
            if step.map_err(|error| self.pump.verdict(error))?.is_done() {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let waited = self.wait_unless_active_since(before, Some(left))?;
            if waited == Wait::TimedOut || left.is_zero() {
                let error = io::Error::from(io::ErrorKind::TimedOut);
                let doing = format!("no handshake within {} s", limit.as_secs());
                return Err(Failure::transport(doing, error));
            }
        }
    }

    /// Talks until both ends have closed. When standard input has ended, a peer that is silent for
    /// `patience` is told so.
    fn converse(&mut self, patience: Duration) -> Result<(), Failure> {
        // Kept here too: a waker that is dropped takes its last call with it.
        let waker = Arc::new(Waker::new(self.poll.registry(), STDIN).map_err(waiting_failed)?);
        let mut conversation = Conversation::new(stdin::spawn(Arc::clone(&waker)));
        loop {
            let before = self.pump.activity();
            self.pump.receive();
            if conversation.step(&mut self.pump)? {
                return Ok(());
            }
            let limit = conversation.has_to_close().then_some(patience);
            if self.wait_unless_active_since(before, limit)? == Wait::TimedOut {
                conversation.close(&mut self.pump)?;
            }
        }
    }

    /// Gives the peer time to read the alert: a socket that is closed while bytes wait in it
    /// resets the connection, and the alert with it.
    fn linger(&mut self) -> Result<(), Failure> {
        let deadline = Instant::now() + LINGER;
        self.pump.finish();
        let mut scratch = [0; 4096];
        loop {
            let before = self.pump.activity();
            let left = deadline.saturating_duration_since(Instant::now());
            if self.pump.discard(&mut scratch) || left.is_zero() {
                return Ok(());
            }
            self.wait_unless_active_since(before, Some(left))?;
        }
    }

    /// Waits for the socket or for standard input. Readiness is told once, so whoever was busy
    /// tries again first.
    fn wait_unless_active_since(
        &mut self,
        before: u64,
        timeout: Option<Duration>,
    ) -> Result<Wait, Failure> {
        if self.pump.activity() != before {
            return Ok(Wait::Ready);
        }
        match self.poll.poll(&mut self.events, timeout) {
            Ok(()) if self.events.is_empty() && timeout.is_some() => Ok(Wait::TimedOut),
            Ok(()) => Ok(Wait::Ready),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Wait::Ready),
            Err(error) => Err(waiting_failed(error)),
        }
    }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wait {
    Ready,
    TimedOut,
}

fn waiting_failed(error: io::Error) -> Failure {
    Failure::transport("waiting for the network", error)
}
