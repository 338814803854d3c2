//! A server that decides when it has seen the ClientHello, before its engine sees a byte.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::{Object, ended_by_panic};
use crate::answer::Verdict;
use crate::record::plain_alert;
use crate::{
    Alert, AlpnProtocol, Answer, ClientHello, Config, Context as _, Engine, Error, ErrorKind, Hook,
    OnClientHello, RecordCursor, Side, Status, Wrap,
};

/// The content type of handshake messages (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;
/// The lengths of the headers of a record and of a handshake message, in bytes.
const RECORD_HEADER: usize = 5;
const MESSAGE_HEADER: usize = 4;
/// The longest ClientHello that is waited for, in bytes. What is longer goes to the library, to be refused.
const LONGEST: usize = 128 * 1024;

/// What has arrived of the ClientHello, and what is to be decided on it.
pub(super) struct Greeting {
    hook: Option<Hook<dyn OnClientHello>>,
    /// The application protocols of the connection, which hold under another context, too.
    alpn: Option<Vec<AlpnProtocol>>,
    cursor: RecordCursor,
    /// The records as they came; the engine gets them when it is decided which one.
    records: Vec<u8>,
    /// Where the last of them begins.
    last: usize,
    /// What is in them.
    message: Vec<u8>,
    /// There once it is complete, until it is answered.
    hello: Option<Arc<ClientHello>>,
}

/// What the records so far come to.
enum Gathered {
    More,
    Whole(ClientHello),
    /// Something else, for the library to judge.
    Other,
}

impl Greeting {
    /// `None` where nothing is to be decided.
    pub(super) fn new(config: &Config, wrap: &Wrap) -> Option<Box<Self>> {
        let hook = config.on_client_hello.clone();
        (hook.is_some() || wrap.pause_at_client_hello).then(|| {
            Box::new(Self {
                hook: if wrap.pause_at_client_hello { None } else { hook },
                alpn: wrap.alpn.clone(),
                cursor: RecordCursor::new(),
                records: Vec::new(),
                last: 0,
                message: Vec::new(),
                hello: None,
            })
        })
    }

    /// Bytes of memory that it holds on to.
    pub(super) fn memory_in_use(&self) -> usize {
        self.records.capacity() + self.message.capacity()
    }

    /// Looks at the last record, which is complete. Each byte is looked at once, however many records there are.
    fn look(&mut self) -> Gathered {
        let record = &self.records[self.last..];
        let Some((&[HANDSHAKE, ..], fragment)) = record.split_first_chunk::<RECORD_HEADER>() else {
            return Gathered::Other;
        };
        if fragment.is_empty() {
            return Gathered::Other;
        }
        self.message.extend_from_slice(fragment);
        self.last = self.records.len();
        let &[kind, a, b, c, ..] = &self.message[..] else { return Gathered::More };
        let len =
            MESSAGE_HEADER + usize::from(a) * 0x1_0000 + usize::from(b) * 0x100 + usize::from(c);
        if kind != ClientHello::TYPE || len > LONGEST {
            return Gathered::Other;
        }
        match self.message.get(..len).map(ClientHello::parse) {
            None => Gathered::More,
            Some(Ok(hello)) => Gathered::Whole(hello),
            Some(Err(_)) => Gathered::Other,
        }
    }
}

/// The answer is not to what is awaited.
pub(super) fn another_question() -> Error {
    Error::new(ErrorKind::InvalidArgument).with_detail("an answer to another question")
}

impl<E: Engine> Object<E> {
    /// The ClientHello that waits for an answer.
    pub(super) fn waiting_hello(&self) -> Option<&ClientHello> {
        self.greeting.as_ref()?.hello.as_deref()
    }

    /// Whether a hook is being asked what to make of the ClientHello.
    pub(super) fn asks_hook(&self) -> bool {
        self.greeting.as_ref().is_some_and(|it| it.hello.is_some() && it.hook.is_some())
    }

    /// Waits for the ClientHello and for what is decided on it; `None` when that is behind.
    pub(super) fn greet(&mut self) -> Result<Option<Status<()>>, Error> {
        loop {
            let Some(greeting) = &mut self.greeting else { return Ok(None) };
            if greeting.hello.is_some() {
                return Ok(Some(Status::Suspended));
            }
            let mut complete = false;
            let Greeting { cursor, records, .. } = &mut **greeting;
            let taken = self.bios.incoming().lend(&mut |bytes| {
                let (len, ends) = cursor.advance(bytes);
                records.extend_from_slice(&bytes[..len]);
                complete = ends;
                len
            });
            if !complete {
                if taken == 0 {
                    return self.want_read().map(Some);
                }
                continue;
            }
            match greeting.look() {
                Gathered::More => {}
                Gathered::Other => self.go_on(),
                Gathered::Whole(hello) => {
                    let hello = Arc::new(hello);
                    greeting.hello = Some(hello.clone());
                    let Some(hook) = greeting.hook.clone() else { continue };
                    let answer = self.ask(&hook, &hello);
                    if let Err(error) = self.answer(answer) {
                        let refused = Error::new(ErrorKind::Refused)
                            .with_detail("the hook's answer cannot be followed")
                            .with_source(error);
                        return Err(self.refuse(Alert::INTERNAL_ERROR, refused));
                    }
                    if let Some(error) = &self.failure {
                        return Err(error.clone());
                    }
                }
            }
        }
    }

    /// Asks the hook. A panic in it ends the connection, as in any other code of the application; the peer is told,
    /// since nothing is encrypted yet.
    fn ask(&mut self, hook: &Hook<dyn OnClientHello>, hello: &ClientHello) -> Answer {
        let answer = catch_unwind(AssertUnwindSafe(|| hook.on_client_hello(self, hello)));
        answer.unwrap_or_else(|panic| {
            self.refuse(Alert::INTERNAL_ERROR, ended_by_panic());
            resume_unwind(panic)
        })
    }

    /// Does what was decided. An error leaves everything as it was.
    pub(super) fn answer(&mut self, answer: Answer) -> Result<(), Error> {
        if self.waiting_hello().is_none() {
            return Ok(());
        }
        match answer.0 {
            Verdict::Accept { context, alpn } => {
                if context.is_some() || alpn.is_some() {
                    let context = match &context {
                        Some(context) => self.of_same_backend(&**context)?,
                        None => &self.context,
                    };
                    if context.config().side != Side::Server {
                        return Err(ErrorKind::WrongSide.into());
                    }
                    let mut wrap = Wrap::server();
                    let own = self.greeting.as_ref().and_then(|greeting| greeting.alpn.clone());
                    wrap.alpn = alpn.or(own);
                    wrap.check_alpn()?;
                    let engine = E::new(context, &wrap)?;
                    self.context = context.clone();
                    self.engine = engine;
                }
                self.go_on();
                Ok(())
            }
            Verdict::Refuse(alert) => {
                self.refuse(alert, ErrorKind::Refused.into());
                Ok(())
            }
            Verdict::Decided(_) => Err(another_question()),
        }
    }

    /// `context` as this backend's own.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if it is another's. One type may serve several backends, so the name counts.
    fn of_same_backend<'a>(
        &self,
        context: &'a dyn crate::DynContext,
    ) -> Result<&'a E::Context, Error> {
        context
            .as_any()
            .downcast_ref::<E::Context>()
            .filter(|context| context.backend() == self.context.backend())
            .ok_or_else(|| {
                Error::new(ErrorKind::InvalidArgument).with_detail("a context of another backend")
            })
    }

    /// Hands the engine what has arrived.
    fn go_on(&mut self) {
        if let Some(greeting) = self.greeting.take() {
            self.bios.put_back(&greeting.records);
        }
    }

    /// Ends the connection with an alert in plain text.
    #[cold]
    fn refuse(&mut self, alert: Alert, error: Error) -> Error {
        self.greeting = None;
        self.bios.send(&plain_alert(alert));
        self.fail(error.with_alert_sent(alert))
    }
}
