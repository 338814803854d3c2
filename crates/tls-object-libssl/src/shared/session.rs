/// Sessions that a client takes along: `begin`, `store` and `newest`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_session {
    ($bindings:ident) => {
        use std::sync::LazyLock;

        use tls_object_core::{ContextId, ProtocolVersion, Session, Wrap};
        use tls_object_libssl::Capture;
        use $bindings::error::ErrorStack;
        use $bindings::ex_data::Index;
        use $bindings::ssl::{Ssl, SslRef, SslSession, SslVersion};

        use crate::ffi;

        /// Where a connection keeps its sessions.
        static INDEX: LazyLock<Result<Index<Ssl, Capture<SslSession>>, ErrorStack>> =
            LazyLock::new(Ssl::new_ex_index);

        /// Makes a new connection keep its sessions, and offer the one that `wrap` brings.
        pub(crate) fn begin(
            ssl: &mut SslRef,
            context: ContextId,
            wrap: &Wrap,
        ) -> Result<(), ErrorStack> {
            let index = INDEX.as_ref().map_err(Clone::clone)?;
            if let Some(session) = Capture::offered_by(wrap) {
                ffi::set_session(ssl, session)?;
            }
            ssl.set_ex_data(*index, Capture::new(context, wrap));
            Ok(())
        }

        /// Called by the library with each new session.
        pub(crate) fn store(ssl: &mut SslRef, session: SslSession) {
            let index = INDEX.as_ref().ok();
            if let Some(capture) = index.and_then(|&index| ssl.ex_data_mut(index)) {
                capture.store(session);
            }
        }

        /// The newest session that can be resumed.
        pub(crate) fn newest(ssl: &mut SslRef) -> Option<Session> {
            let index = *INDEX.as_ref().ok()?;
            let resumed = ssl.session_reused();
            if resumed && ssl.version2() == Some(SslVersion::TLS1_2) {
                // A server may renew its ticket when it resumes (RFC 5077 section 3.3). OpenSSL
                // tells nobody.
                let renewed = ssl.session()?.to_owned();
                ssl.ex_data_mut(index)?.store(renewed);
            }
            ssl.ex_data(index)?.newest(resumed, |session| match session.protocol_version() {
                SslVersion::TLS1_2 => Some(ProtocolVersion::TLS12),
                SslVersion::TLS1_3 => Some(ProtocolVersion::TLS13),
                _ => None,
            })
        }
    };
}
