//! A TLS object on its socket: each call is made until it is done.

use tls_object::{
    Answer, Closure, DynContext, Error, ErrorKind, Read, SslObject, Status, VecBio, Wrap,
};

use crate::failure::Failure;
use crate::hello;
use crate::settings::Settings;
use crate::transport::Transport;

/// A TLS object and the socket that it talks through.
pub(crate) struct Connection<'a> {
    tls: Box<dyn SslObject>,
    transport: Transport,
    settings: &'a Settings,
}

impl<'a> Connection<'a> {
    /// An object of `context` that has said nothing yet.
    pub(crate) fn new(
        context: &dyn DynContext,
        wrap: Wrap,
        settings: &'a Settings,
    ) -> Result<Self, Failure> {
        let bio = || Box::new(VecBio::new());
        let tls = context.wrap_bio(bio(), bio(), wrap)?;
        Ok(Self { tls, transport: Transport::connect(settings)?, settings })
    }

    /// The object, to be asked for facts.
    pub(crate) fn tls(&mut self) -> &mut dyn SslObject {
        &mut *self.tls
    }

    /// The first bytes that the runner said.
    pub(crate) fn heard(&self) -> &[u8] {
        self.transport.heard()
    }

    /// Makes one call until it is done, and moves bytes in between.
    pub(crate) fn call<T>(
        &mut self,
        mut call: impl FnMut(&mut dyn SslObject) -> Result<Status<T>, Error>,
    ) -> Result<T, Failure> {
        loop {
            let step = call(&mut *self.tls);
            self.transport.flush(self.tls.outgoing());
            match step? {
                Status::Done(value) => return Ok(value),
                Status::WantRead => self.transport.feed(self.tls.incoming())?,
                Status::WantWrite => {}
                Status::Suspended => self.decide()?,
            }
        }
    }

    /// Reads into `dst` until there is something; how much, or how it ended.
    pub(crate) fn read(&mut self, dst: &mut [u8]) -> Result<Result<usize, Closure>, Failure> {
        self.read_by(&mut |tls| tls.read(dst))
    }

    /// Waits for data and leaves it where it is.
    pub(crate) fn peek(&mut self) -> Result<(), Failure> {
        self.read_by(&mut |tls| tls.read_with(&mut |_| 0)).map(|_| ())
    }

    fn read_by(
        &mut self,
        read: &mut dyn FnMut(&mut dyn SslObject) -> Result<Read, Error>,
    ) -> Result<Result<usize, Closure>, Failure> {
        loop {
            let step = read(&mut *self.tls);
            self.transport.flush(self.tls.outgoing());
            match step? {
                Read::Data(n) => return Ok(Ok(n)),
                Read::Closed(closure) => return Ok(Err(closure)),
                Read::WantRead => self.transport.feed(self.tls.incoming())?,
                Read::WantWrite => {}
                Read::Suspended => self.decide()?,
            }
        }
    }

    /// Writes all of `src`.
    pub(crate) fn write(&mut self, mut src: &[u8]) -> Result<(), Failure> {
        while !src.is_empty() {
            let n = self.call(|tls| tls.write(src))?;
            src = &src[n..];
        }
        Ok(())
    }

    /// Tells the peer that nothing follows.
    pub(crate) fn close(&mut self) -> Result<(), Failure> {
        self.call(|tls| tls.close().map(Status::Done))
    }

    /// Answers the ClientHello that the handshake is suspended at.
    fn decide(&mut self) -> Result<(), Failure> {
        let Some(hello) = self.tls.client_hello() else {
            return Err(Error::new(ErrorKind::Internal).with_detail("suspended at nothing").into());
        };
        let answer: Answer = hello::answer(hello, self.settings)?;
        Ok(self.tls.resume(answer)?)
    }
}
