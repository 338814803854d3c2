//! Backends and contexts for those who choose at run time. Every [`Backend`] and every
//! [`Context`] is one; [`SslObject`] needs no twin.

use core::{any::Any, fmt};

use crate::{
    Backend, Capabilities, CipherSuite, Config, Context, Error, Library, MemoryBio, Report,
    Session, SessionStats, SslObject, Wrap,
};

/// [`Backend`] without its types.
pub trait DynBackend: fmt::Debug + Send + Sync {
    /// See [`Backend::name`].
    fn name(&self) -> &'static str;

    /// See [`Backend::library`].
    fn library(&self) -> Library;

    /// See [`Backend::capabilities`].
    fn capabilities(&self) -> Capabilities;

    /// See [`Backend::check`].
    fn check(&self, config: &Config) -> Report;

    /// See [`Backend::context`].
    ///
    /// # Errors
    /// As there.
    fn context(&self, config: &Config) -> Result<Box<dyn DynContext>, Error>;
}

/// [`Context`] without its types.
pub trait DynContext: fmt::Debug + Send + Sync {
    /// See [`Context::backend`].
    fn backend(&self) -> &'static str;

    /// See [`Context::config`].
    fn config(&self) -> &Config;

    /// See [`Context::ciphers`].
    fn ciphers(&self) -> Vec<CipherSuite>;

    /// See [`Context::wrap_bio`].
    ///
    /// # Errors
    /// As there.
    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<Box<dyn SslObject>, Error>;

    /// See [`Context::session_stats`].
    ///
    /// # Errors
    /// As there.
    fn session_stats(&self) -> Result<SessionStats, Error>;

    /// See [`Context::save_session`].
    ///
    /// # Errors
    /// As there.
    fn save_session(&self, session: &Session) -> Result<Vec<u8>, Error>;

    /// See [`Context::load_session`].
    ///
    /// # Errors
    /// As there.
    fn load_session(&self, saved: &[u8]) -> Result<Session, Error>;

    /// Another handle on the same context.
    fn clone_dyn(&self) -> Box<dyn DynContext>;

    /// The context with its type, to be downcast.
    fn as_any(&self) -> &dyn Any;
}

impl<B: Backend> DynBackend for B {
    fn name(&self) -> &'static str {
        Backend::name(self)
    }

    fn library(&self) -> Library {
        Backend::library(self)
    }

    fn capabilities(&self) -> Capabilities {
        Backend::capabilities(self)
    }

    fn check(&self, config: &Config) -> Report {
        Backend::check(self, config)
    }

    fn context(&self, config: &Config) -> Result<Box<dyn DynContext>, Error> {
        Ok(Box::new(Backend::context(self, config)?))
    }
}

impl<C: Context> DynContext for C {
    fn backend(&self) -> &'static str {
        Context::backend(self)
    }

    fn config(&self) -> &Config {
        Context::config(self)
    }

    fn ciphers(&self) -> Vec<CipherSuite> {
        Context::ciphers(self)
    }

    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<Box<dyn SslObject>, Error> {
        Ok(Box::new(Context::wrap_bio(self, incoming, outgoing, wrap)?))
    }

    fn session_stats(&self) -> Result<SessionStats, Error> {
        Context::session_stats(self)
    }

    fn save_session(&self, session: &Session) -> Result<Vec<u8>, Error> {
        Context::save_session(self, session)
    }

    fn load_session(&self, saved: &[u8]) -> Result<Session, Error> {
        Context::load_session(self, saved)
    }

    fn clone_dyn(&self) -> Box<dyn DynContext> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Clone for Box<dyn DynContext> {
    fn clone(&self) -> Self {
        (**self).clone_dyn()
    }
}
