//! What the crates `openssl` and `boring` are driven alike by: both have the same API.

/// The driver `$Driver` over the crate `$bindings`, and what it makes.
///
/// What differs stands in the module that calls this: `builder`, `begin`, `set_flags`, `suite_code`.
macro_rules! libssl_driver {
    ($bindings:ident, $(#[$doc:meta])* $Driver:ident) => {
        use std::sync::{Arc, Mutex, PoisonError};

        use $bindings::pkey::PKey;
        use $bindings::ssl::{
            AlpnError, ErrorCode, ShutdownState, Ssl, SslContext, SslContextBuilder, SslSession,
            SslSessionCacheMode, SslStream, SslVerifyMode, SslVersion,
        };
        use $bindings::x509::X509;
        use $bindings::x509::verify::{X509CheckFlags, X509VerifyFlags, X509VerifyParamRef};

        use super::memory::Memory;
        use crate::pki::Identity;
        use crate::workload::STEP;
        use crate::setup::{Group, Key, Setup, Suite, Version};
        use crate::{Connection, Driver, End, Facts, ffi};

        /// `h2` behind its length.
        const ALPN: &[u8] = b"\x02h2";

        $(#[$doc])*
        #[allow(missing_debug_implementations)] // sessions have none
        #[derive(Clone)]
        pub struct $Driver {
            client: SslContext,
            server: SslContext,
            /// The newest that the client was given.
            session: Arc<Mutex<Option<SslSession>>>,
        }

        impl $Driver {
            /// With the settings that all drivers share.
            ///
            /// # Panics
            /// If the library refuses them.
            pub fn new(setup: &Setup) -> Self {
                let mut client = common(setup);
                verify(&mut client, setup);
                client.set_alpn_protos(ALPN).expect("a protocol");
                client.set_session_cache_mode(
                    SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL,
                );
                let session = Arc::new(Mutex::new(None));
                let newest = Arc::clone(&session);
                client.set_new_session_callback(move |_, session| {
                    *newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
                });

                let mut server = common(setup);
                show(&mut server, &setup.pki.server);
                if setup.terms.mutual {
                    show(&mut client, &setup.pki.client);
                    verify(&mut server, setup);
                }
                server.set_alpn_select_callback(|_, offered| {
                    $bindings::ssl::select_next_proto(ALPN, offered).ok_or(AlpnError::ALERT_FATAL)
                });
                server.set_session_cache_mode(SslSessionCacheMode::OFF);
                server.set_session_id_context(b"bench").expect("a short name");
                Self { client: client.build(), server: server.build(), session }
            }
        }

        /// What both ends are told.
        fn common(setup: &Setup) -> SslContextBuilder {
            let terms = setup.terms;
            let mut builder = builder(terms.suite);
            let version = match terms.version {
                Version::Tls12 => SslVersion::TLS1_2,
                Version::Tls13 => SslVersion::TLS1_3,
            };
            builder.set_min_proto_version(Some(version)).expect("a version");
            builder.set_max_proto_version(Some(version)).expect("a version");
            let key = match terms.key {
                Key::P256 => "ECDSA",
                Key::Rsa2048 => "RSA",
            };
            let cipher = match terms.suite {
                Suite::Aes128 => "AES128-GCM-SHA256",
                Suite::Aes256 => "AES256-GCM-SHA384",
                Suite::ChaCha20 => "CHACHA20-POLY1305",
            };
            builder.set_cipher_list(&format!("ECDHE-{key}-{cipher}")).expect("a suite");
            set_groups(&mut builder, match terms.group {
                Group::X25519 => "X25519:P-256",
                Group::X25519MlKem768 => "X25519MLKEM768:P-256",
            });
            builder
        }

        /// Shows a chain.
        fn show(builder: &mut SslContextBuilder, identity: &Identity) {
            let (leaf, issuers) = identity.chain.split_first().expect("a leaf");
            builder.set_certificate(&parse(leaf)).expect("a leaf");
            for issuer in issuers {
                builder.add_extra_chain_cert(parse(issuer)).expect("an issuer");
            }
            let key = PKey::private_key_from_der(&identity.key).expect("a key");
            builder.set_private_key(&key).expect("the leaf's key");
        }

        /// Wants to see a chain.
        fn verify(builder: &mut SslContextBuilder, setup: &Setup) {
            builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
            builder.cert_store_mut().add_cert(parse(&setup.pki.root)).expect("a trust anchor");
        }

        fn parse(der: &[u8]) -> X509 {
            X509::from_der(der).expect("a certificate")
        }

        impl Driver for $Driver {
            type Connection = Pair;

            fn wrap(&mut self, resume: bool) -> Pair {
                let mut client = Ssl::new(&self.client).expect("a client");
                client.set_hostname(Setup::NAME).expect("a server name");
                let param = client.param_mut();
                set_flags(param, X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::TRUSTED_FIRST);
                param.set_hostflags(
                    X509CheckFlags::NO_PARTIAL_WILDCARDS | X509CheckFlags::NEVER_CHECK_SUBJECT,
                );
                param.set_host(Setup::NAME).expect("a server name");
                if resume {
                    let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
                    let session = session.as_ref().expect("an earlier connection");
                    ffi::$bindings::set_session(&mut client, session);
                }
                let mut server = Ssl::new(&self.server).expect("a server");
                begin(&mut client, &mut server);
                let stream = |ssl| SslStream::new(ssl, Memory::default()).expect("a stream");
                Pair { client: stream(client), server: stream(server) }
            }
        }

        /// A client and a server.
        #[derive(Debug)]
        pub struct Pair {
            client: SslStream<Memory>,
            server: SslStream<Memory>,
        }

        /// A session may be offered again although its connection was not closed.
        impl Drop for Pair {
            fn drop(&mut self) {
                for end in [&mut self.client, &mut self.server] {
                    end.set_shutdown(ShutdownState::SENT | ShutdownState::RECEIVED);
                }
            }
        }

        impl Pair {
            fn end(&mut self, end: End) -> &mut SslStream<Memory> {
                match end {
                    End::Client => &mut self.client,
                    End::Server => &mut self.server,
                }
            }
        }

        impl Connection for Pair {
            fn step(&mut self, end: End) -> bool {
                let step = match end {
                    End::Client => self.client.connect(),
                    End::Server => self.server.accept(),
                };
                match step {
                    Ok(()) => true,
                    Err(error) if error.code() == ErrorCode::WANT_READ => false,
                    Err(error) => panic!("a handshake failed: {error}"),
                }
            }

            fn facts(&self) -> Facts {
                let ssl = self.client.ssl();
                Facts {
                    version: match ssl.version2() {
                        Some(SslVersion::TLS1_2) => Version::Tls12.code(),
                        Some(SslVersion::TLS1_3) => Version::Tls13.code(),
                        _ => 0,
                    },
                    cipher_suite: ssl.current_cipher().map_or(0, suite_code),
                    resumed: ssl.session_reused(),
                    certificates: ssl.peer_cert_chain().map_or(0, |chain| chain.len()),
                }
            }

            fn write(&mut self, from: End, mut data: &[u8]) {
                while !data.is_empty() {
                    let n = self.end(from).ssl_write(data).expect("an open connection");
                    data = &data[n..];
                }
            }

            fn write_some(&mut self, from: End, data: &[u8]) -> usize {
                let n = data.len().min(STEP);
                self.write(from, &data[..n]);
                n
            }

            /// The libraries take one slice only, so the parts are put together first.
            fn write_parts(&mut self, from: End, parts: [&[u8]; 2]) {
                self.write(from, &parts.concat());
            }

            fn deliver(&mut self, from: End, most: usize) -> usize {
                let (client, server) = (self.client.get_mut(), self.server.get_mut());
                match from {
                    End::Client => client.deliver(server, most),
                    End::Server => server.deliver(client, most),
                }
            }

            fn discard(&mut self, from: End) {
                self.end(from).get_mut().discard();
            }

            fn trim(&mut self) {
                self.client.get_mut().trim();
                self.server.get_mut().trim();
            }

            fn read(&mut self, at: End, buffer: &mut [u8]) -> Option<usize> {
                match self.end(at).ssl_read(buffer) {
                    Ok(n) => Some(n),
                    Err(error) if error.code() == ErrorCode::WANT_READ => None,
                    Err(error) => panic!("nobody closed, but reading says {error}"),
                }
            }

            fn read_lent(&mut self, _: End) -> Option<usize> {
                panic!("the library lends nothing")
            }
        }
    };
}

pub(super) use libssl_driver;
