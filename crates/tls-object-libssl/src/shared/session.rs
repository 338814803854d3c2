/// Sessions that a client takes along: `begin`, `store`, `newest`, `untold`, `save` and `load`; and that a server keeps: `keep` and
/// `keep_in_store`; over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_session {
    ($bindings:ident, $Backend:ident) => {
        use std::sync::{Arc, LazyLock};
        use std::time::{Duration, SystemTime};

        use tls_object_core::{
            BoundSessionStore, Config, ContextId, Error, ErrorKind, ProtocolVersion, SavedSession,
            Session, SessionCache, SessionCounters, SessionDetails, Wrap,
        };
        use tls_object_libssl::Capture;
        use $bindings::error::ErrorStack;
        use $bindings::ex_data::Index;
        use $bindings::ssl::{
            Ssl, SslContextBuilder, SslRef, SslSession, SslSessionCacheMode, SslVersion,
        };

        use crate::error::library_error;
        use crate::{ffi, hooks, $Backend};

        /// Where a connection keeps its sessions.
        static INDEX: LazyLock<Result<Index<Ssl, Capture<SslSession>>, ErrorStack>> =
            LazyLock::new(Ssl::new_ex_index);

        /// Makes a new connection keep its sessions, to be told of each if `tells`, and offer the one that `wrap`
        /// brings.
        pub(crate) fn begin(
            ssl: &mut SslRef,
            context: ContextId,
            wrap: &Wrap,
            tells: bool,
        ) -> Result<(), ErrorStack> {
            let index = INDEX.as_ref().map_err(Clone::clone)?;
            if let Some(session) = Capture::offered_by(wrap) {
                ffi::set_session(ssl, session)?;
            }
            ssl.set_ex_data(*index, Capture::new(context, wrap, tells));
            Ok(())
        }

        /// Called by the library with each new session.
        pub(crate) fn store(ssl: &mut SslRef, session: SslSession) {
            let index = INDEX.as_ref().ok();
            if let Some(capture) = index.and_then(|&index| ssl.ex_data_mut(index)) {
                capture.store(session);
            }
        }

        /// Makes a server keep at most so many sessions itself.
        pub(crate) fn keep(
            builder: &mut SslContextBuilder,
            most: usize,
            counters: &Arc<SessionCounters>,
        ) {
            builder.set_session_cache_mode(
                SslSessionCacheMode::SERVER | SslSessionCacheMode::NO_INTERNAL,
            );
            let cache = Arc::new(SessionCache::<SslSession>::new(most, counters.clone()));
            let (new, old) = (cache.clone(), cache.clone());
            builder.set_new_session_callback(move |_ssl, session| {
                new.insert(session.id(), session.clone());
            });
            builder.set_remove_session_callback(move |_context, session| {
                drop(old.remove(session.id()))
            });
            ffi::look_up_sessions(builder, move |_ssl, id| cache.get(id));
        }

        /// Makes a server keep its sessions in a store of the application's.
        pub(crate) fn keep_in_store(builder: &mut SslContextBuilder, store: BoundSessionStore) {
            builder.set_session_cache_mode(
                SslSessionCacheMode::SERVER | SslSessionCacheMode::NO_INTERNAL,
            );
            let new = Arc::new(store);
            let store = new.clone();
            builder.set_new_session_callback(move |ssl, session| {
                if let (Some(hooks), Ok(native)) = (hooks::hooks_of(ssl), session.to_der()) {
                    let lifetime = seconds(i128::from(session.timeout()));
                    hooks.put_session(&new, session.id(), native, lifetime);
                }
            });
            ffi::look_up_sessions(builder, move |ssl, id| {
                // RFC 8446 appendix C.4.
                let once = ssl.version2() == Some(SslVersion::TLS1_3);
                let native = hooks::hooks_of(ssl)?.find_session(&store, id, once)?;
                SslSession::from_der(&native).ok()
            });
        }

        /// The newest session that can be resumed.
        pub(crate) fn newest(ssl: &mut SslRef) -> Option<Session> {
            let resumed = ssl.session_reused();
            capture(ssl)?.newest(resumed, describe)
        }

        /// The sessions that nobody was told of yet.
        pub(crate) fn untold(ssl: &mut SslRef) -> Vec<Session> {
            capture(ssl).map(|capture| capture.untold(describe)).unwrap_or_default()
        }

        fn capture(ssl: &mut SslRef) -> Option<&mut Capture<SslSession>> {
            let index = *INDEX.as_ref().ok()?;
            if ssl.session_reused() && ssl.version2() == Some(SslVersion::TLS1_2) {
                // A server may renew its ticket when it resumes (RFC 5077 section 3.3). OpenSSL
                // tells nobody.
                let renewed = ssl.session()?.to_owned();
                ssl.ex_data_mut(index)?.keep(renewed);
            }
            ssl.ex_data_mut(index)
        }

        /// The bytes of a session of this context.
        pub(crate) fn save(
            session: &Session,
            context: ContextId,
            config: &Config,
        ) -> Result<Vec<u8>, Error> {
            let native: &SslSession = session.native().ok_or(ErrorKind::SessionMismatch)?;
            let der = native.to_der().map_err(library_error)?;
            SavedSession::seal(session, context, config, $Backend::NAME, &der)
        }

        /// The session of such bytes.
        pub(crate) fn load(
            saved: &[u8],
            context: ContextId,
            config: &Config,
        ) -> Result<Session, Error> {
            let saved = SavedSession::open(saved, config, $Backend::NAME)?;
            let invalid = || Error::new(ErrorKind::InvalidSession);
            let native =
                SslSession::from_der(saved.native).map_err(|error| invalid().with_source(error))?;
            let details = describe(&native).ok_or_else(invalid)?;
            Ok(Session::new(context, saved.server_name, details, native))
        }

        /// What the library knows of a session; `None` if it cannot be resumed.
        fn describe(session: &SslSession) -> Option<SessionDetails> {
            let version = match session.protocol_version() {
                SslVersion::TLS1_2 => ProtocolVersion::TLS12,
                SslVersion::TLS1_3 => ProtocolVersion::TLS13,
                _ => return None,
            };
            Some(SessionDetails {
                version,
                time: SystemTime::UNIX_EPOCH + seconds(i128::from(session.time())),
                id: Some(session.id().into()),
                timeout: Some(seconds(i128::from(session.timeout()))),
                ticket_lifetime_hint: ffi::ticket_lifetime_hint(session),
                has_ticket: Some(ffi::has_ticket(session)),
            })
        }

        fn seconds(seconds: i128) -> Duration {
            Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        }
    };
}
