//! Two ends of a backend, and the steps that are taken on them: `Stage` of `play.py` once more.

use tls_object_core::{
    Alert, Capability, ChannelBinding, Closure, DynBackend, DynContext, Error, ErrorKind,
    MemoryBio, Origin, ProtocolVersion, Read, ServerName, Session, Side, Status, VecBio, Wrap,
};

use super::case::Setup;
use super::certificates::certificates;
use super::outcome::{self, Outcome};
use super::setup::configured;
use crate::pair::{Pair, Progress, SIDES};
use crate::pki::SERVER_NAME;
use crate::wire::Chunking;

/// The kinds of channel binding by Python's names.
const BINDINGS: [(&str, ChannelBinding); 2] =
    [("tls-unique", ChannelBinding::TlsUnique), ("tls-exporter", ChannelBinding::TlsExporter)];

/// What a step came to.
#[derive(Debug)]
pub(super) enum Came {
    /// An outcome as the corpus has it.
    To(String),
    /// The backend has refused the step for want of a capability.
    Lacking(Capability),
}

/// Two ends, what is on its way between them, and what became of them.
pub(super) struct Stage<'a> {
    setup: &'a Setup,
    client: Box<dyn DynContext>,
    server: Box<dyn DynContext>,
    /// Not there if one of the ends would not be made.
    pair: Option<Pair>,
    /// Whether lengths are to be told.
    settled: bool,
    ends: [End; 2],
}

/// What is remembered of one end.
#[derive(Debug, Default)]
struct End {
    written: usize,
    read: usize,
    /// The error with which its connection ended, if it did.
    fatal: Option<Fatal>,
}

/// An error that ended a connection, as an outcome has it.
#[derive(Clone, Debug)]
pub(super) struct Fatal {
    pub(super) class: String,
    pub(super) alert: Option<Alert>,
}

impl<'a> Stage<'a> {
    /// Sets up a case; the error for which the backend makes no context.
    pub(super) fn new(setup: &'a Setup, backend: &dyn DynBackend) -> Result<Self, Error> {
        let context = |side| backend.context(&configured(setup, side, backend)?);
        let mut stage = Self {
            setup,
            client: context(Side::Client)?,
            server: context(Side::Server)?,
            pair: None,
            settled: false,
            ends: Default::default(),
        };
        let name = setup.name.clone().unwrap_or_else(|| Some(SERVER_NAME.to_owned()));
        match stage.wrap(name.as_deref(), None) {
            Err(error) if error.origin() != Origin::Misuse => Err(error),
            _ => Ok(stage),
        }
    }

    /// Puts two new ends on the stage.
    fn wrap(&mut self, name: Option<&str>, session: Option<Session>) -> Result<(), Error> {
        (self.pair, self.settled, self.ends) = (None, false, Default::default());
        let mut wrap = match name {
            Some(name) => Wrap::client(ServerName::new(name)?),
            None => Wrap::nameless_client(),
        };
        wrap.session = session;
        let bio = || Box::new(VecBio::new()) as Box<dyn MemoryBio>;
        let client = self.client.wrap_bio(bio(), bio(), wrap)?;
        let server = self.server.wrap_bio(bio(), bio(), Wrap::server())?;
        self.pair = Some(Pair::new(client, server, Chunking::Whole));
        Ok(())
    }

    /// The error with which the connection of the end in a step has ended, if it did.
    pub(super) fn fatal(&self, step: &str) -> Option<Fatal> {
        self.ends[index(side_of(step)?)].fatal.clone()
    }

    /// Takes a step.
    pub(super) fn take(&mut self, step: &str) -> Came {
        let words: Vec<_> = step.split(' ').collect();
        if let ["resume", name] = words[..] {
            let session = self.pair.as_mut().and_then(|pair| pair.client().session());
            return come(&match self.wrap(Some(name), session) {
                Ok(()) => Outcome::of("none"),
                Err(error) => Outcome::of_error(&error),
            });
        }
        let Some(pair) = &mut self.pair else {
            return Came::To("not-wrapped".to_owned());
        };
        if words == ["connect"] {
            self.settled = true;
            return come(&connect(pair));
        }
        let side = side_of(step).unwrap_or_else(|| panic!("no step {step:?}"));
        let end = &mut self.ends[index(side)];
        let before = pair.wire_to(side.peer()).sent();
        let Some(mut outcome) = call(pair, side, &words[1..], end) else {
            return come(&fact(pair, side, &words[1..], self.setup, self.settled));
        };
        if outcome.ends {
            end.fatal = Some(Fatal { class: outcome.class.clone(), alert: outcome.alert });
        }
        let out = pair.wire_to(side.peer()).sent() - before;
        let left = pair.tls(side).incoming().pending();
        outcome.count_bytes(usize::try_from(out).unwrap_or(usize::MAX), left, self.settled);
        come(&outcome)
    }
}

fn come(outcome: &Outcome) -> Came {
    match outcome.lacking {
        Some(capability) => Came::Lacking(capability),
        None => Came::To(outcome.to_string()),
    }
}

const fn index(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

fn side_of(step: &str) -> Option<Side> {
    match step.split(' ').next() {
        Some("c") => Some(Side::Client),
        Some("s") => Some(Side::Server),
        _ => None,
    }
}

/// Shakes hands, and reads whatever follows a handshake.
fn connect(pair: &mut Pair) -> Outcome {
    let handshake = pair.drive().unwrap_or_else(|failure| panic!("{failure}"));
    for side in SIDES {
        if let Progress::Failed(error) = handshake.of(side) {
            return Outcome::of_error(error);
        }
    }
    for side in SIDES {
        let _ = pair.read(side, 1);
    }
    Outcome::of("none")
}

/// What does something to an end or to the bytes on their way to it; `None` if it is none of that.
fn call(pair: &mut Pair, side: Side, words: &[&str], end: &mut End) -> Option<Outcome> {
    let number = |word: &str| word.parse().unwrap_or_else(|_| panic!("no number: {word}"));
    let wire = pair.wire_to(side);
    let record = wire.first_record();
    Some(match *words {
        ["deliver"] => arrive(pair, side, usize::MAX),
        ["deliver", "record"] => arrive(pair, side, record),
        ["deliver", n] => arrive(pair, side, number(n)),
        ["lose"] => {
            wire.flying().clear();
            Outcome::of("none")
        }
        ["lose", "record"] => {
            wire.flying().drain(..record);
            Outcome::of("none")
        }
        ["repeat"] => {
            let again: Vec<u8> = wire.flying().range(..record).copied().collect();
            again.into_iter().rev().for_each(|byte| wire.flying().push_front(byte));
            Outcome::of("none")
        }
        ["flip"] => {
            wire.flying()[record - 1] ^= 1;
            Outcome::of("none")
        }
        ["inject", digits] => {
            wire.inject(&bytes(digits));
            Outcome::of("none")
        }
        ["eof"] => {
            pair.tls(side).incoming().write_eof();
            Outcome::of("none")
        }
        ["put", n] => match pair.tls(side).incoming().write(&vec![0; number(n)]) {
            Ok(n) => Outcome::of(format!("n:{n}")),
            Err(error) => Outcome::of_error(&error),
        },
        ["take", n] => {
            let n = pair.tls(side).incoming().read(&mut vec![0; number(n)]);
            Outcome::of(format!("bytes:{n}"))
        }
        ["handshake"] => outcome::status(pair.call(side, |tls| tls.do_handshake())),
        ["unwrap"] => outcome::status(pair.call(side, |tls| tls.unwrap())),
        ["read", n] => read(pair, side, number(n), end),
        ["write", n] => {
            let data = pattern(end.written, number(n));
            match pair.call(side, |tls| tls.write(&data)) {
                Ok(Status::Done(n)) => {
                    end.written += n;
                    Outcome::of(format!("n:{n}"))
                }
                other => outcome::status(other.map(|status| match status {
                    Status::Done(_) => Status::Done(()),
                    Status::WantRead => Status::WantRead,
                    Status::WantWrite => Status::WantWrite,
                    Status::Suspended => Status::Suspended,
                })),
            }
        }
        _ => return None,
    })
}

fn arrive(pair: &mut Pair, side: Side, most: usize) -> Outcome {
    let mut left = most;
    while left > 0 {
        match pair.deliver_up_to(side, left) {
            0 => break,
            n => left -= n,
        }
    }
    Outcome::of("none")
}

fn read(pair: &mut Pair, side: Side, n: usize, end: &mut End) -> Outcome {
    let mut data = vec![0; n];
    match pair.call(side, |tls| tls.read(&mut data)) {
        Ok(Read::Data(0)) => Outcome::of("empty"),
        Ok(Read::Data(n)) => {
            let right = data[..n] == pattern(end.read, n);
            end.read += n;
            Outcome::of(format!("{}:{n}", if right { "data" } else { "garbled" }))
        }
        Ok(Read::Closed(Closure::Clean)) => Outcome::of("closed"),
        Ok(Read::Closed(Closure::Truncated)) => Outcome::of_error(&ErrorKind::Truncated.into()),
        Ok(Read::WantRead) => Outcome::of("want-read"),
        Ok(Read::WantWrite) => Outcome::of("want-write"),
        Ok(Read::Suspended) => Outcome::of("suspended"),
        Err(error) => Outcome::of_error(&error),
    }
}

/// What is asked of an end and changes nothing.
fn fact(pair: &mut Pair, side: Side, words: &[&str], setup: &Setup, settled: bool) -> Outcome {
    let tls = pair.tls(side);
    let text = match *words {
        ["bio"] => {
            let bio = tls.incoming();
            match bio.pending() {
                n if n > 0 && !settled => format!("pending:some eof:{}", bio.eof()),
                n => format!("pending:{n} eof:{}", bio.eof()),
            }
        }
        ["pending"] => format!("n:{}", tls.pending()),
        ["version"] => match tls.version() {
            None => "none".to_owned(),
            Some(ProtocolVersion::TLS12) => "TLSv1.2".to_owned(),
            Some(ProtocolVersion::TLS13) => "TLSv1.3".to_owned(),
            Some(other) => other.to_string(),
        },
        ["cipher"] => tls.cipher().map_or_else(
            || "none".to_owned(),
            |it| format!("{}/{}/{}", it.name, it.protocol, it.secret_bits),
        ),
        ["alpn"] => tls
            .selected_alpn_protocol()
            .map_or_else(|| "none".to_owned(), |it| String::from_utf8_lossy(it).into_owned()),
        ["peercert"] => {
            let name = match side {
                Side::Client => Some(setup.server.as_deref().unwrap_or("server")),
                Side::Server => setup.client.as_deref(),
            };
            let leaf = name.map(|name| &certificates().identity(name).chain()[0]);
            match tls.getpeercert() {
                None => "none",
                shown if shown == leaf => "leaf",
                Some(_) => "another",
            }
            .to_owned()
        }
        ["peer"] => match (tls.getpeercert(), tls.peer_is_verified()) {
            (None, _) => "none",
            (Some(_), true) => "verified",
            (Some(_), false) => "unverified",
        }
        .to_owned(),
        ["binding", name] => {
            let (_, kind) = BINDINGS.into_iter().find(|(known, _)| *known == name).expect("a kind");
            match tls.get_channel_binding(kind) {
                Ok(data) => format!("bytes:{}", data.len()),
                Err(error) => return Outcome::of_error(&error),
            }
        }
        ["session"] => if tls.session().is_some() { "session" } else { "none" }.to_owned(),
        ["reused"] => tls.session_reused().to_string(),
        ["compression"] => tls.compression().unwrap_or("none").to_owned(),
        ["shared"] => match tls.shared_ciphers() {
            Ok(list) if list.is_empty() => "none".to_owned(),
            Ok(_) => "list".to_owned(),
            Err(error) => return Outcome::of_error(&error),
        },
        _ => panic!("no step {words:?}"),
    };
    Outcome::of(text)
}

/// Bytes that say where in their stream they belong.
fn pattern(start: usize, n: usize) -> Vec<u8> {
    (start..start + n).map(|place| (place % 251) as u8).collect()
}

fn bytes(digits: &str) -> Vec<u8> {
    let byte = |place| u8::from_str_radix(&digits[place..place + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}
