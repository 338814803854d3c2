/// The context of a backend: the type `$Context` of `$Backend`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_context {
    ($bindings:ident, $Backend:ident, $(#[$doc:meta])* $Context:ident) => {
        use core::fmt;
        use std::sync::Arc;

        use $bindings::error::ErrorStack;
        use $bindings::ssl::{Ssl, SslContext, SslRef, StatusType};
        use $bindings::x509::verify::{X509CheckFlags, X509VerifyFlags};
        use tls_object_core::{
            CipherSuite, Config, Context, ContextId, CrlScope, Error, ErrorKind, MemoryBio, Object,
            Purpose, ServerName, Session, SessionCounters, Side, VerifyMode, VerifyTime, Wrap,
        };
        use tls_object_libssl::LibsslEngine;

        use crate::error::library_error;
        use crate::library::Lib;
        use crate::{$Backend, alpn, native, session, settings};

        $(#[$doc])*
        #[derive(Clone)]
        pub struct $Context(Arc<Inner>);

        struct Inner {
            id: ContextId,
            counters: Arc<SessionCounters>,
            config: Config,
            native: SslContext,
        }

        impl $Context {
            /// `config` has passed the backend's check.
            pub(crate) fn new(config: &Config) -> Result<Self, Error> {
                let counters = Arc::default();
                let native = settings::build(config, &counters)?;
                let config = config.clone();
                Ok(Self(Arc::new(Inner { id: ContextId::new(), counters, config, native })))
            }

            /// A new connection.
            pub(crate) fn connection(&self, wrap: &Wrap) -> Result<Ssl, Error> {
                let config = &self.0.config;
                let mut ssl = Ssl::new(&self.0.native).map_err(library_error)?;
                if config.verify_mode != VerifyMode::None {
                    judge(&mut ssl, config)?;
                }
                alpn::override_for(&mut ssl, wrap).map_err(library_error)?;
                if config.request_ocsp {
                    ssl.set_status_type(StatusType::OCSP).map_err(library_error)?;
                }
                if wrap.side == Side::Client {
                    if let Some(name) = &wrap.server_name {
                        name_server(&mut ssl, name, config).map_err(library_error)?;
                    }
                    if config.resumption {
                        let tells = config.on_session.is_some();
                        if wrap.early_data {
                            native::offer_early_data(&mut ssl);
                        }
                        session::begin(&mut ssl, self.0.id, wrap, tells).map_err(library_error)?;
                    }
                }
                Ok(ssl)
            }
        }

        /// How the peer's chain is judged.
        fn judge(ssl: &mut SslRef, config: &Config) -> Result<(), Error> {
            let mut flags = X509VerifyFlags::TRUSTED_FIRST;
            if config.partial_chain {
                flags |= X509VerifyFlags::PARTIAL_CHAIN;
            }
            if config.strict_certificates {
                flags |= X509VerifyFlags::X509_STRICT;
            }
            if !config.trust_store.crls().is_empty() {
                flags |= X509VerifyFlags::CRL_CHECK;
                if config.crl_scope == CrlScope::Chain {
                    flags |= X509VerifyFlags::CRL_CHECK_ALL;
                }
            }
            let param = ssl.param_mut();
            native::set_flags(param, flags).map_err(library_error)?;
            if config.purpose != Purpose::Peer {
                let purpose = config.purpose.side(config.side.peer());
                native::set_purpose(param, purpose).map_err(library_error)?;
            }
            if let Some(intermediates) = config.max_intermediates {
                param.set_depth(intermediates.into());
            }
            if let VerifyTime::Fixed(since_1970) = config.verify_time {
                param.set_time(since_1970.as_secs().try_into().map_err(|_| {
                    Error::new(ErrorKind::InvalidConfig)
                        .with_detail("a time that the library cannot hold")
                })?);
            }
            Ok(())
        }

        /// Asks for the server by name, and has its certificate checked for it.
        fn name_server(
            ssl: &mut SslRef,
            name: &ServerName,
            config: &Config,
        ) -> Result<(), ErrorStack> {
            if let Some(dns) = name.dns() {
                // RFC 6066 section 3: host names only.
                ssl.set_hostname(dns.as_str())?;
            }
            if !config.check_server_name || config.verify_mode == VerifyMode::None {
                return Ok(());
            }
            let param = ssl.param_mut();
            // RFC 9525: a wildcard is a whole label, and the subject's common name is no host name.
            let mut flags = X509CheckFlags::NO_PARTIAL_WILDCARDS;
            if !config.check_common_name {
                flags |= X509CheckFlags::NEVER_CHECK_SUBJECT;
            }
            param.set_hostflags(flags);
            match name {
                ServerName::Ip(ip) => param.set_ip(*ip),
                ServerName::Dns(dns) => param.set_host(dns.as_str()),
                other => param.set_host(&other.to_string()),
            }
        }

        impl Context for $Context {
            type Object = Object<LibsslEngine<Lib>>;

            fn backend(&self) -> &'static str {
                $Backend::NAME
            }

            fn config(&self) -> &Config {
                &self.0.config
            }

            fn ciphers(&self) -> Vec<CipherSuite> {
                let (oldest, newest) = self.0.config.version_range();
                let mut ciphers = native::ciphers(&self.0.native, &self.0.config);
                ciphers.retain(|suite| (oldest..=newest).contains(&suite.version()));
                ciphers
            }

            fn wrap_bio(
                &self,
                incoming: Box<dyn MemoryBio>,
                outgoing: Box<dyn MemoryBio>,
                wrap: Wrap,
            ) -> Result<Self::Object, Error> {
                wrap.check(&self.0.config, self.0.id)?;
                Object::new(self.clone(), wrap, incoming, outgoing)
            }

            fn counters(&self) -> Option<&SessionCounters> {
                Some(&self.0.counters)
            }

            fn save_session(&self, session: &Session) -> Result<Vec<u8>, Error> {
                session::save(session, self.0.id, &self.0.config)
                    .map_err(|error| error.with_backend($Backend::NAME))
            }

            fn load_session(&self, saved: &[u8]) -> Result<Session, Error> {
                session::load(saved, self.0.id, &self.0.config)
                    .map_err(|error| error.with_backend($Backend::NAME))
            }
        }

        impl fmt::Debug for $Context {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Context))
                    .field("config", &self.0.config)
                    .finish_non_exhaustive()
            }
        }
    };
}
