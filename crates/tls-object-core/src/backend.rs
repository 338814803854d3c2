//! A TLS library, and the contexts it makes.

use core::fmt;

use crate::{
    Capabilities, Capability, CipherSuite, Config, Error, ErrorKind, MemoryBio, Report, Session,
    SessionCounters, SessionStats, SslObject, Wrap,
};

/// The library that a backend runs on.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Library {
    /// Its name, such as `OpenSSL`.
    pub name: &'static str,
    /// Its version, asked at run time where it can be asked.
    pub version: String,
    /// The library that it is a layer over, if that is another.
    pub over: Option<Box<Self>>,
}

impl Library {
    /// A library of this name and version.
    pub fn new(name: &'static str, version: impl Into<String>) -> Self {
        Self { name, version: version.into(), over: None }
    }

    /// As a layer over another library.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self { over: Some(Box::new(other)), ..self }
    }

    /// Whether in the end both run on the same library: then what one says of the other says nothing about other
    /// implementations of the protocol.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let (this, other) = (self.foundation(), other.foundation());
        this.name == other.name && this.version == other.version
    }

    /// The library below all layers, itself if it is none.
    pub fn foundation(&self) -> &Self {
        self.over.as_deref().map_or(self, Self::foundation)
    }
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)?;
        match &self.over {
            Some(other) => write!(f, " over {other}"),
            None => Ok(()),
        }
    }
}

/// A TLS library behind this project's contract.
///
/// For those who name a library in their code. Those who choose at run time hold a
/// [`DynBackend`](crate::DynBackend), which every backend is.
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// What it makes of a configuration.
    type Context: Context;

    /// The name to choose it by, such as `rustls`.
    fn name(&self) -> &'static str;

    /// The library that is linked.
    fn library(&self) -> Library;

    /// What it can do with the library that is linked.
    fn capabilities(&self) -> Capabilities;

    /// Makes a context.
    ///
    /// # Errors
    /// * Whatever [`check`](Self::check) finds.
    /// * [`ErrorKind::InvalidCertificate`],
    ///   [`InvalidPrivateKey`](crate::ErrorKind::InvalidPrivateKey), [`InvalidCrl`](crate::ErrorKind::InvalidCrl),
    ///   [`KeyMismatch`](crate::ErrorKind::KeyMismatch) for what the library cannot use.
    fn context(&self, config: &Config) -> Result<Self::Context, Error>;

    /// Says what [`context`](Self::context) will make of a configuration, without touching keys.
    fn check(&self, config: &Config) -> Report {
        crate::check(config, &self.capabilities())
    }
}

/// A configuration made ready for one library.
///
/// Immutable, and cheap to clone: share one among all connections and threads.
///
/// Python: `ssl.SSLContext`.
pub trait Context: Clone + fmt::Debug + Send + Sync + 'static {
    /// What it makes of two BIOs.
    type Object: SslObject + 'static;

    /// The name of the backend.
    fn backend(&self) -> &'static str;

    /// What it was made of.
    fn config(&self) -> &Config;

    /// The cipher suites that its connections speak, those of TLS 1.3 first, then the best first. Empty where the library
    /// neither tells nor has any to choose ([`Capability::CipherSuites12`](crate::Capability::CipherSuites12)).
    /// [`CipherSuite::info`] describes one. Python: `get_ciphers`.
    fn ciphers(&self) -> Vec<CipherSuite>;

    /// Makes an object that reads from `incoming` and writes to `outgoing`. Produces no bytes.
    ///
    /// # Errors
    /// See [`Wrap::check`].
    ///
    /// Python: `wrap_bio`.
    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<Self::Object, Error>;

    /// For backends: what the context counts, if it does.
    fn counters(&self) -> Option<&SessionCounters> {
        None
    }

    /// What its connections have come to so far. Python: `session_stats`.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`]: see [`Capability::SessionStats`].
    fn session_stats(&self) -> Result<SessionStats, Error> {
        let counters = self.counters().ok_or_else(|| {
            Error::new(ErrorKind::Unsupported(Capability::SessionStats))
                .with_backend(self.backend())
        })?;
        Ok(counters.read())
    }

    /// Makes bytes of a client's session, for [`load_session`](Self::load_session) of a context with the same
    /// settings, in this process or another.
    ///
    /// They hold the session's secret: whoever reads them can take part in the connections that resume it. They
    /// outlive neither a change of the settings that it rests on nor, as a rule, of the library.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`]: see [`Capability::SessionSerialisation`].
    /// * [`ErrorKind::SessionMismatch`]: the session is of another context, or this one has a
    ///   [verifier](Config::verifier), whose word cannot be carried over.
    fn save_session(&self, _session: &Session) -> Result<Vec<u8>, Error> {
        Err(Error::new(ErrorKind::Unsupported(Capability::SessionSerialisation))
            .with_backend(self.backend()))
    }

    /// Makes a session of the bytes that [`save_session`](Self::save_session) made of one. It is then a session of this
    /// context, for the server name that it had.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`]: see [`Capability::SessionSerialisation`].
    /// * [`ErrorKind::InvalidSession`]: these are other bytes, or not all of them.
    /// * [`ErrorKind::SessionMismatch`]: the session is of another backend, or began under other settings: see
    ///   [`Config::session_fingerprint`].
    fn load_session(&self, _saved: &[u8]) -> Result<Session, Error> {
        Err(Error::new(ErrorKind::Unsupported(Capability::SessionSerialisation))
            .with_backend(self.backend()))
    }
}
