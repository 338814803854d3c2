//! A session as bytes: what the library makes of it, in an envelope that says where it belongs.

use super::{Session, envelope};
use crate::{Config, ContextId, Error, ErrorKind, ServerName};

/// What every saved session begins with, the version of the layout included.
const MAGIC: &[u8; 8] = b"tlsobj\0\x01";

/// For backends: the parts of a saved session.
///
/// In the envelope: backend, fingerprint of the configuration, server name (empty for none) and the library's own bytes.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SavedSession<'a> {
    /// Whom the session is with.
    pub server_name: Option<ServerName>,
    /// What the library made of it.
    pub native: &'a [u8],
}

impl<'a> SavedSession<'a> {
    /// Puts `native`, which `backend` has made of `session`, into its envelope. The session must be of `context`,
    /// which is made of `config`.
    ///
    /// # Errors
    /// [`ErrorKind::SessionMismatch`]: it is of another context, or of one whose peers the application judges.
    pub fn seal(
        session: &Session,
        context: ContextId,
        config: &Config,
        backend: &str,
        native: &[u8],
    ) -> Result<Vec<u8>, Error> {
        if !session.belongs_to(context, session.server_name()) {
            return Err(ErrorKind::SessionMismatch.into());
        }
        judged_by_settings(config)?;
        let name = session.server_name().map(ToString::to_string).unwrap_or_default();
        let parts = [backend.as_bytes(), &config.session_fingerprint(), name.as_bytes(), native];
        envelope::seal(MAGIC, parts)
    }

    /// Takes a saved session out of its envelope, for a context of `backend` that is made of `config`.
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidSession`]: these are not the bytes of a saved session, or not all of them.
    /// * [`ErrorKind::SessionMismatch`]: it is of another backend, or began under other settings, or the application judges
    ///   the peers of this context.
    pub fn open(saved: &'a [u8], config: &Config, backend: &str) -> Result<Self, Error> {
        let [by, fingerprint, name, native] = envelope::open(MAGIC, saved)?;
        judged_by_settings(config)?;
        if by != backend.as_bytes() || *fingerprint != config.session_fingerprint() {
            return Err(ErrorKind::SessionMismatch.into());
        }
        let name =
            core::str::from_utf8(name).map_err(|_| envelope::invalid("the name is no text"))?;
        let server_name = if name.is_empty() { None } else { Some(ServerName::new(name)?) };
        Ok(Self { server_name, native })
    }
}

/// Code has no fingerprint: nobody can tell whether it would accept what other code has accepted.
fn judged_by_settings(config: &Config) -> Result<(), Error> {
    if !config.asks_for_verdict() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::SessionMismatch).with_detail("the application judges peers"))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::{ProtocolVersion, SessionDetails};

    #[test]
    fn what_was_saved_is_what_is_loaded() {
        let (config, context) = (Config::client(), ContextId::new());
        let details = SessionDetails::new(ProtocolVersion::TLS13, SystemTime::UNIX_EPOCH);
        for name in [None, Some("a.example"), Some("192.0.2.1"), Some("2001:db8::1")] {
            let name = name.map(|name| ServerName::new(name).unwrap());
            let session = Session::new(context, name.clone(), details.clone(), ());
            let saved = SavedSession::seal(&session, context, &config, "one", b"bytes").unwrap();
            let loaded = SavedSession::open(&saved, &config, "one").unwrap();
            assert_eq!(loaded, SavedSession { server_name: name, native: b"bytes" });
            let kind =
                |saved, config, by| SavedSession::open(saved, config, by).unwrap_err().kind();
            assert_eq!(kind(&saved, &config, "other"), ErrorKind::SessionMismatch);
            let mut careless = config.clone();
            careless.check_server_name = false;
            assert_eq!(kind(&saved, &careless, "one"), ErrorKind::SessionMismatch);
            let other = SavedSession::seal(&session, ContextId::new(), &config, "one", b"bytes");
            assert_eq!(other.unwrap_err().kind(), ErrorKind::SessionMismatch);
        }
    }
}
