/// Each setting of a configuration, told to an `SSL_CTX` by `build`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_settings {
    ($bindings:ident, $Backend:ident) => {
        use std::collections::BTreeMap;
        use std::sync::Arc;

        use tls_object_core::{
            BoundSessionStore, Capabilities, Config, Error, ErrorKind, Identity, NamedFingerprint,
            ProtocolVersion, SessionCounters, Side, Suites, VerifyMode,
        };
        use tls_object_libssl::{
            PSK_TLS13_SUITES, TicketKeys, chosen, cipher_list, default_tls12_suites, leave_refusal,
        };
        use $bindings::error::ErrorStack;
        use $bindings::ssl::{
            NameType, SniError, SslContext, SslContextBuilder, SslMethod, SslOptions,
            SslSessionCacheMode, SslVerifyMode, SslVersion,
        };
        use $bindings::x509::X509;

        use crate::error::library_error;
        use crate::identity::{self, invalid_certificate, parse, refused};
        use crate::{alpn, capabilities, ffi, hooks, native, session, $Backend};

        /// Builds the `SSL_CTX` of a configuration that has passed the check.
        pub(crate) fn build(
            config: &Config,
            counters: &Arc<SessionCounters>,
        ) -> Result<SslContext, Error> {
            let mut builder = showing(config, &config.identities, counters)?;
            if config.side == Side::Server {
                let sessions = config.resumption.then(|| NamedFingerprint::of(config));
                let mut by_name = BTreeMap::new();
                for (name, identities) in &config.identities_by_name {
                    let mut named = showing(config, identities, counters)?;
                    if let Some(sessions) = &sessions {
                        // BoringSSL takes this over from the context that a connection is given.
                        let context = sessions.with_name(name.as_bytes());
                        named.set_session_id_context(&context).map_err(library_error)?;
                    }
                    by_name.insert(name.clone(), named.build());
                }
                if let Some(sessions) = sessions {
                    bind_sessions(&mut builder, sessions).map_err(library_error)?;
                }
                // Also without identities by name: OpenSSL remembers a name that was answered only.
                builder.set_servername_callback(move |ssl, _alert| {
                    let name = ssl.servername_raw(NameType::HOST_NAME);
                    let context = name
                        .filter(|_| !by_name.is_empty())
                        .and_then(|name| String::from_utf8(name.to_ascii_lowercase()).ok())
                        .and_then(|name| by_name.get(&name));
                    match context.map(|context| ssl.set_ssl_context(context)) {
                        Some(Err(_)) => Err(SniError::ALERT_FATAL),
                        Some(Ok(())) | None if native::keeps_quiet_of_name(ssl) => {
                            Err(SniError::NOACK)
                        }
                        Some(Ok(())) | None => Ok(()),
                    }
                });
            }
            let context = builder.build();
            native::check_suites(&context, config)?;
            Ok(context)
        }

        /// Has sessions resumed under the same settings and for the same server name only. Who shares the keys of tickets
        /// may take them where the settings are alike only: a library that resumes a session asks for no certificate,
        /// be one required or not.
        fn bind_sessions(
            builder: &mut SslContextBuilder,
            sessions: NamedFingerprint,
        ) -> Result<(), ErrorStack> {
            builder.set_session_id_context(&sessions.without_name())?;
            ffi::bind_sessions(builder, move |extension| sessions.with_extension(extension));
            Ok(())
        }

        /// Everything but the choice by name.
        fn showing(
            config: &Config,
            identities: &[Identity],
            counters: &Arc<SessionCounters>,
        ) -> Result<SslContextBuilder, Error> {
            let mut builder = SslContext::builder(SslMethod::tls()).map_err(library_error)?;
            native::set_up(&mut builder).map_err(library_error)?;
            builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
            let capabilities = capabilities::capabilities();
            let suites = config.suites(&capabilities)?;
            negotiation(&mut builder, config, &capabilities, &suites).map_err(library_error)?;
            alpn::set(&mut builder, config).map_err(library_error)?;
            sessions(&mut builder, config, counters).map_err(library_error)?;
            if config.key_log.is_some() || config.extract_secrets {
                builder.set_keylog_callback(hooks::log_key);
            }
            pre_shared_keys(&mut builder, config).map_err(library_error)?;
            if config.request_sct {
                native::request_sct(&mut builder).map_err(library_error)?;
            }
            let wanted = chosen(&config.signing_schemes, &capabilities.signature_schemes);
            let loaded = identity::load_all(identities, wanted.as_deref())?;
            native::set_certificate_types(&mut builder, config, identities)
                .map_err(library_error)?;
            if config.has_sct_list() {
                native::give_sct(&mut builder, &loaded).map_err(library_error)?;
            }
            if loaded.iter().any(|it| native::is_too_weak_to_show(&builder, it)) {
                return Err(Error::new(ErrorKind::InvalidPrivateKey)
                    .with_backend($Backend::NAME)
                    .with_detail("a public key that is too weak for the security level"));
            }
            if !loaded.is_empty() {
                native::show(&mut builder, config, loaded)
                    .map_err(|error| refused(native::why_not_shown(&error), error))?;
            }
            verification(&mut builder, config)?;
            Ok(builder)
        }

        fn negotiation(
            builder: &mut SslContextBuilder,
            config: &Config,
            capabilities: &Capabilities,
            suites: &Suites,
        ) -> Result<(), ErrorStack> {
            let native_version = |version| match version {
                ProtocolVersion::TLS12 => SslVersion::TLS1_2,
                _ => SslVersion::TLS1_3,
            };
            let (min, max) = config.version_range();
            builder.set_min_proto_version(Some(native_version(min)))?;
            builder.set_max_proto_version(Some(native_version(max)))?;
            if let Some(level) = suites.security_level {
                native::set_security_level(builder, level);
            }
            // With none of a version left, that version is outside of the range set above.
            match &suites.tls12 {
                None => builder.set_cipher_list(&cipher_list(&default_tls12_suites(config)))?,
                Some(suites) if suites.is_empty() => {}
                Some(suites) => builder.set_cipher_list(&cipher_list(suites))?,
            }
            // A server chooses the suite before it looks for a key, which goes with SHA-256.
            let default = config.psk_server.is_some().then_some(PSK_TLS13_SUITES);
            let suites = suites.tls13.as_deref().or(default).filter(|suites| !suites.is_empty());
            if let Some(suites) = suites {
                native::set_tls13_suites(builder, suites)?;
            }
            if let Some(groups) = chosen(&config.groups, &capabilities.groups) {
                native::set_groups(builder, &groups)?;
            }
            let schemes = chosen(&config.signature_schemes, &capabilities.signature_schemes);
            native::set_schemes(builder, config.side, schemes)
        }

        fn pre_shared_keys(
            builder: &mut SslContextBuilder,
            config: &Config,
        ) -> Result<(), ErrorStack> {
            if config.psk_client.is_some() {
                builder.set_psk_client_callback(hooks::offer_psk);
            }
            if config.psk_server.is_some() {
                native::find_psks(builder);
            }
            match &config.psk_identity_hint {
                Some(hint) => ffi::use_psk_identity_hint(builder, hint),
                None => Ok(()),
            }
        }

        fn sessions(
            builder: &mut SslContextBuilder,
            config: &Config,
            counters: &Arc<SessionCounters>,
        ) -> Result<(), ErrorStack> {
            if !config.resumption {
                builder.set_session_cache_mode(SslSessionCacheMode::OFF);
                builder.set_options(SslOptions::NO_TICKET);
                return native::set_num_tickets(builder, 0);
            }
            match config.side {
                Side::Client => {
                    builder.set_session_cache_mode(
                        SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL,
                    );
                    builder.set_new_session_callback(session::store);
                }
                // Tickets carry the state of a session and nothing is kept here, unless told so.
                Side::Server => {
                    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
                    if !config.ticket_keys.is_empty() {
                        ffi::set_ticket_keys(builder, TicketKeys::new(config, $Backend::NAME))?;
                    }
                    if config.session_cache > 0 {
                        builder.set_options(SslOptions::NO_TICKET);
                        session::keep(builder, config.session_cache, counters);
                    }
                    if let Some(store) = BoundSessionStore::of(config, $Backend::NAME) {
                        builder.set_options(SslOptions::NO_TICKET);
                        session::keep_in_store(builder, store);
                    }
                    if config.max_early_data > 0 {
                        native::take_early_data(builder, config.max_early_data)?;
                    }
                    if let Some(number) = config.num_tickets {
                        native::set_num_tickets(builder, number)?;
                    }
                }
            }
            Ok(())
        }

        fn verification(builder: &mut SslContextBuilder, config: &Config) -> Result<(), Error> {
            if config.side == Side::Client && config.post_handshake_auth {
                native::offer_post_handshake_auth(builder);
            }
            if config.verify_mode == VerifyMode::None {
                builder.set_verify(SslVerifyMode::NONE);
                return Ok(());
            }
            let anchors = config.trust_store.parsed(|| {
                let mut anchors = Vec::<X509>::new();
                config.trust_store.each_certificate(|it| {
                    anchors.push(parse(it.der())?);
                    Ok(())
                })?;
                Ok(anchors)
            })?;
            native::set_judge(builder, config, &anchors);
            let mode = match (config.verify_mode, config.side) {
                (VerifyMode::Optional, Side::Server) => SslVerifyMode::PEER,
                _ => SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
            };
            let mode = match config.side {
                Side::Server if config.post_handshake_auth => mode | native::POST_HANDSHAKE,
                _ => mode,
            };
            let judged_by = config.clone();
            builder.set_verify_callback(mode, move |accepted, chain| {
                let accepted = accepted || native::forgives(&judged_by, chain);
                if !accepted {
                    leave_refusal(native::refused(&judged_by, chain));
                }
                accepted
            });
            for anchor in anchors.iter() {
                if config.side == Side::Server {
                    builder.add_client_ca(anchor).map_err(library_error)?;
                }
                native::trust(builder, anchor).map_err(invalid_certificate)?;
            }
            config.trust_store.each_crl(|crl| {
                ffi::add_crl(builder, crl.der())
                    .map_err(|error| refused(ErrorKind::InvalidCrl, error))
            })
        }
    };
}
