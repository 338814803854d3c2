//! Connections in memory, both ends on this backend.

#![allow(clippy::unwrap_used)] // a test that panics has failed, wherever it does

mod support;

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};

use support::{Pair, Pki, backends, client, server};
use tls_object_core::{
    Alert, AlpnMismatch, AlpnProtocol, Backend, Certificate, CipherSuite, Closure, Config,
    ErrorKind, Identity, NamedGroup, PrivateKey, ProtocolVersion, ServerName, Setting,
    SignatureScheme, SslObject, Status, TrustStore, VerifyCode, VerifyMode, VerifyTime, Wrap,
};
use tls_object_rustls::{Rustls, RustlsContext};

const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS12, ProtocolVersion::TLS13];

const AES_128: [CipherSuite; 2] =
    [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
const AES_256: [CipherSuite; 2] =
    [CipherSuite::TLS13_AES_256_GCM_SHA384, CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384];

/// A client that talks to `name`.
fn to(name: &str) -> Wrap {
    Wrap::client(ServerName::new(name).unwrap())
}

/// Runs a test on every backend and version.
fn each(test: impl Fn(Rustls, ProtocolVersion, &Pki)) {
    let pki = Pki::new();
    for backend in backends() {
        for version in VERSIONS {
            test(backend, version, &pki);
        }
    }
}

#[test]
fn data_goes_both_ways_in_whatever_pieces() {
    each(|backend, version, pki| {
        for chunk in [1, 7, usize::MAX] {
            let mut pair = Pair::new(
                &client(backend, version, pki, |_| {}),
                &server(backend, version, pki, |_| {}),
                to("Server.Example"),
            );
            pair.chunk = chunk;
            pair.handshake().unwrap();
            let facts = pair.client.facts().clone();
            assert_eq!(facts.version, Some(version));
            assert_eq!(facts.server_name.as_deref(), Some("server.example"));
            assert_eq!(pair.client.peer_certificates().len(), 1);
            assert_eq!(facts, *pair.server.facts());

            let sent: Vec<u8> = (0..40_000_u32).map(|n| n as u8).collect();
            assert_eq!(pair.client.write(&sent).unwrap(), Status::Done(sent.len()));
            pair.deliver();
            assert_eq!(pair.server_reads().unwrap(), (sent.clone(), None));
            assert_eq!(pair.server.write(&sent).unwrap(), Status::Done(sent.len()));
            pair.deliver();
            assert_eq!(pair.client_reads().unwrap(), (sent, None));

            assert!(pair.client.native().is::<rustls::Connection>());

            let mut keys = [[0; 32]; 2];
            pair.client.export_keying_material(&mut keys[0], "EXPORTER-test", Some(b"c")).unwrap();
            pair.server.export_keying_material(&mut keys[1], "EXPORTER-test", Some(b"c")).unwrap();
            assert_eq!(keys[0], keys[1]);
            let refused = pair.client.export_keying_material(&mut keys[0], &"l".repeat(300), None);
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
    });
}

#[test]
fn one_direction_is_closed_while_the_other_goes_on() {
    each(|backend, version, pki| {
        let mut pair = Pair::connected(backend, version, pki);
        pair.client.write(b"last words").unwrap().done().unwrap();
        pair.client.close().unwrap();
        assert_eq!(pair.client.write(b"more").unwrap_err().kind(), ErrorKind::ProtocolIsShutdown);
        pair.deliver();
        pair.server.incoming().push(b"not TLS any more");
        assert_eq!(pair.server_reads().unwrap(), (b"last words".to_vec(), Some(Closure::Clean)));
        assert_eq!(pair.server.incoming().pending(), b"not TLS any more".len());

        pair.server.write(b"answer").unwrap().done().unwrap();
        pair.deliver();
        assert_eq!(pair.client_reads().unwrap(), (b"answer".to_vec(), None));
        assert_eq!(pair.server.unwrap().unwrap(), Status::Done(()));
        pair.deliver();
        assert_eq!(pair.client.unwrap().unwrap(), Status::Done(()));
    });
}

#[test]
fn a_stream_that_is_cut_is_truncated() {
    each(|backend, version, pki| {
        let mut pair = Pair::connected(backend, version, pki);
        pair.server.write(b"half of it").unwrap().done().unwrap();
        pair.deliver();
        pair.client.incoming().write_eof();
        assert_eq!(
            pair.client_reads().unwrap(),
            (b"half of it".to_vec(), Some(Closure::Truncated))
        );
    });
}

#[test]
fn whoever_takes_more_than_was_lent_panics_and_ends_the_connection() {
    each(|backend, version, pki| {
        let mut pair = Pair::connected(backend, version, pki);
        pair.client.write(b"lent").unwrap().done().unwrap();
        pair.deliver();
        let too_much = || pair.server.read_with(&mut |lent| lent.len() + 1);
        assert!(catch_unwind(AssertUnwindSafe(too_much)).is_err());
        let error = pair.server.read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
    });
}

#[test]
fn a_damaged_record_is_refused_with_its_alert() {
    each(|backend, version, pki| {
        let mut pair = Pair::connected(backend, version, pki);
        pair.client.write(b"data").unwrap().done().unwrap();
        let mut record = support::take(pair.client.outgoing());
        *record.last_mut().unwrap() ^= 1;
        pair.server.incoming().push(&record);
        let error = pair.server_reads().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadRecordMac);
        assert_eq!(error.alert_sent(), Some(Alert::BAD_RECORD_MAC));
        assert_eq!(error.backend(), Some(backend.name()));
        pair.deliver();
        let told = pair.client_reads().unwrap_err();
        assert_eq!(told.kind(), ErrorKind::AlertReceived(Alert::BAD_RECORD_MAC));
    });
}

/// A client that refuses the server, and the alert that the server receives.
#[track_caller]
fn refused(client: &RustlsContext, server: &RustlsContext, name: &str, expected: VerifyCode) {
    let mut pair = Pair::new(client, server, to(name));
    let error = pair.handshake().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CertificateVerify(expected));
    assert_eq!(error.alert_sent(), Some(expected.alert()));
    pair.deliver();
    let told = pair.server.do_handshake().unwrap_err();
    assert_eq!(told.kind(), ErrorKind::AlertReceived(expected.alert()));
}

#[test]
fn a_client_says_why_it_refuses_a_certificate() {
    each(|backend, version, pki| {
        let usual = client(backend, version, pki, |_| {});
        let stranger = server(backend, version, &Pki::new(), |_| {});
        let honest = server(backend, version, pki, |_| {});
        let self_signed = server(backend, version, pki, |config| {
            config.identities = vec![support::self_signed()]
        });
        refused(&usual, &honest, "other.example", VerifyCode::NameMismatch);
        refused(&usual, &honest, "192.0.2.1", VerifyCode::IpAddressMismatch);
        refused(&usual, &self_signed, "server.example", VerifyCode::SelfSigned);

        let at = |seconds| {
            client(backend, version, pki, |config| {
                config.verify_time = VerifyTime::Fixed(Duration::from_secs(seconds));
            })
        };
        refused(&at(0), &honest, "server.example", VerifyCode::NotYetValid);
        refused(&at(1 << 37), &honest, "server.example", VerifyCode::Expired);

        let trusting_nobody =
            client(backend, version, pki, |config| config.trust_store = TrustStore::new());
        refused(&trusting_nobody, &honest, "server.example", VerifyCode::UnknownIssuer);
        // Of the same name as the authority that is trusted, but with another key.
        refused(&usual, &stranger, "server.example", VerifyCode::BadSignature);
    });
}

#[test]
fn whoever_does_not_verify_needs_no_name() {
    each(|backend, version, pki| {
        let client = client(backend, version, pki, |config| {
            config.verify_mode = VerifyMode::None;
            config.trust_store = TrustStore::new();
        });
        let server = server(backend, version, pki, |config| {
            config.identities = vec![support::self_signed()];
        });
        let mut pair = Pair::new(&client, &server, Wrap::nameless_client());
        pair.handshake().unwrap();
        assert_eq!(pair.server.facts().server_name, None);
    });
}

#[test]
fn a_client_learns_late_that_its_certificate_is_refused() {
    each(|backend, version, pki| {
        let server = server(backend, version, pki, |config| {
            config.verify_mode = VerifyMode::Required;
            config.trust_store = vec![pki.authority()].into();
        });
        let accepted = client(backend, version, pki, |config| {
            config.identities = vec![pki.issue("client.example")];
        });
        let mut pair = Pair::new(&accepted, &server, to("server.example"));
        pair.handshake().unwrap();
        assert_eq!(pair.server.peer_certificates().len(), 1);

        let self_signed = client(backend, version, pki, |config| {
            config.identities = vec![support::self_signed()];
        });
        let bare = client(backend, version, pki, |_| {});
        let cases = [
            (&self_signed, ErrorKind::CertificateVerify(VerifyCode::SelfSigned), Alert::UNKNOWN_CA),
            (&bare, ErrorKind::CertificateRequired, Alert::CERTIFICATE_REQUIRED),
        ];
        for (client, kind, alert) in cases {
            let mut pair = Pair::new(client, &server, to("server.example"));
            let error = pair.handshake().unwrap_err();
            assert_eq!((error.kind(), error.alert_sent()), (kind, Some(alert)));
            pair.deliver();
            let done = version == ProtocolVersion::TLS13;
            assert_eq!(pair.client.version().is_some(), done);
            let told = if done {
                pair.client_reads().unwrap_err()
            } else {
                pair.client.do_handshake().unwrap_err()
            };
            assert_eq!(told.kind(), ErrorKind::AlertReceived(alert));
        }
    });
}

#[test]
fn sessions_are_resumed() {
    each(|backend, version, pki| {
        let client = client(backend, version, pki, |_| {});
        let server = server(backend, version, pki, |_| {});
        let mut first = Pair::new(&client, &server, to("server.example"));
        first.handshake().unwrap();
        assert!(!first.client.session_reused());
        assert_eq!(first.client_reads().unwrap(), (vec![], None));
        let session = first.client.session().unwrap();
        assert_eq!(session.version(), version);
        assert_eq!(first.client.session(), Some(session.clone()));

        for _ in 0..2 {
            let mut second =
                Pair::new(&client, &server, to("server.example").with_session(session.clone()));
            second.handshake().unwrap();
            assert!(second.client.session_reused() && second.server.session_reused());
            assert_eq!(second.client.peer_certificates().len(), 1);
            assert_eq!(second.client_reads().unwrap(), (vec![], None));
            assert!(second.client.session().is_some());
        }
    });
}

#[test]
fn without_resumption_there_are_no_sessions() {
    each(|backend, version, pki| {
        for (of_client, of_server) in [(false, true), (true, false)] {
            let client = client(backend, version, pki, |config| config.resumption = of_client);
            let server = server(backend, version, pki, |config| config.resumption = of_server);
            let mut pair = Pair::new(&client, &server, to("server.example"));
            pair.handshake().unwrap();
            assert_eq!(pair.client_reads().unwrap(), (vec![], None));
            assert_eq!(pair.client.session(), None);
        }
    });
}

#[test]
fn a_server_follows_its_policy_when_no_protocol_is_in_common() {
    each(|backend, version, pki| {
        let protocols = |name: &str| vec![AlpnProtocol::new(name).unwrap()];
        let client = client(backend, version, pki, |config| config.alpn = protocols("h2"));
        let outcome = |mismatch, name| {
            let server = server(backend, version, pki, |config| {
                config.alpn = protocols(name);
                config.alpn_mismatch = mismatch;
            });
            let mut pair = Pair::new(&client, &server, to("server.example"));
            pair.handshake().map(|()| pair.server.facts().alpn.clone())
        };
        assert_eq!(outcome(AlpnMismatch::Continue, "h2").unwrap(), protocols("h2").pop());
        assert_eq!(outcome(AlpnMismatch::Continue, "dot").unwrap(), None);
        let error = outcome(AlpnMismatch::Alert, "dot").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSharedAlpn);
        assert_eq!(error.alert_sent(), Some(Alert::NO_APPLICATION_PROTOCOL));
    });
}

#[test]
fn closing_during_the_handshake_is_told_from_an_alert() {
    each(|backend, version, pki| {
        let records: [(&[u8], ErrorKind); 2] = [
            (&[21, 3, 3, 0, 2, 1, 0], ErrorKind::ClosedDuringHandshake),
            (&[21, 3, 3, 0, 2, 2, 40], ErrorKind::AlertReceived(Alert::HANDSHAKE_FAILURE)),
        ];
        for (record, kind) in records {
            let pair = || {
                Pair::new(
                    &client(backend, version, pki, |_| {}),
                    &server(backend, version, pki, |_| {}),
                    to("server.example"),
                )
            };
            let mut waiting = pair();
            assert_eq!(waiting.client.do_handshake().unwrap(), Status::WantRead);
            waiting.client.incoming().push(record);
            assert_eq!(waiting.client.do_handshake().unwrap_err().kind(), kind);
            let mut accepting = pair();
            accepting.server.incoming().push(record);
            assert_eq!(accepting.server.do_handshake().unwrap_err().kind(), kind);
        }
    });
}

#[test]
fn a_first_message_that_is_no_client_hello_is_answered() {
    each(|backend, version, pki| {
        let mut pair = Pair::new(
            &client(backend, version, pki, |_| {}),
            &server(backend, version, pki, |_| {}),
            to("server.example"),
        );
        pair.server.incoming().push(&[23, 3, 3, 0, 1, 0]);
        let error = pair.server.do_handshake().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedMessage);
        assert_eq!(error.alert_sent(), Some(Alert::UNEXPECTED_MESSAGE));
        assert_eq!(support::take(pair.server.outgoing()), [21, 3, 3, 0, 2, 2, 10]);
    });
}

#[test]
fn a_server_says_what_is_not_in_common() {
    type Change = fn(&mut Config);
    let cases: [(Change, Change, [ErrorKind; 2], Alert); 5] = [
        (
            |client| client.groups = Setting::Required(vec![NamedGroup::X25519]),
            |server| server.groups = Setting::Required(vec![NamedGroup::SECP256R1]),
            [ErrorKind::NoSharedCipher, ErrorKind::NoSharedGroup],
            Alert::HANDSHAKE_FAILURE,
        ),
        (
            |client| {
                let schemes = vec![SignatureScheme::RSA_PSS_RSAE_SHA256];
                client.signature_schemes = Setting::Required(schemes);
            },
            |_| {},
            [ErrorKind::NoSharedCipher, ErrorKind::NoSharedSignatureScheme],
            Alert::HANDSHAKE_FAILURE,
        ),
        (
            |client| {
                // Of the right kind, but for a curve that the server's key is not on.
                let schemes = vec![SignatureScheme::ECDSA_SECP384R1_SHA384];
                client.signature_schemes = Setting::Required(schemes);
            },
            |_| {},
            [ErrorKind::NoSharedCipher, ErrorKind::NoSharedSignatureScheme],
            Alert::HANDSHAKE_FAILURE,
        ),
        (
            |client| client.cipher_suites = Setting::Required(AES_128.to_vec()),
            |server| server.cipher_suites = Setting::Required(AES_256.to_vec()),
            [ErrorKind::NoSharedCipher, ErrorKind::NoSharedCipher],
            Alert::HANDSHAKE_FAILURE,
        ),
        (
            |_| {},
            |server| {
                let other = VERSIONS.into_iter().find(|version| *version != server.min_version);
                (server.min_version, server.max_version) = (other.unwrap(), other.unwrap());
            },
            [ErrorKind::NoSharedVersion, ErrorKind::NoSharedVersion],
            Alert::PROTOCOL_VERSION,
        ),
    ];
    each(|backend, version, pki| {
        for (of_client, of_server, [tls12, tls13], alert) in cases {
            let expected = if version == ProtocolVersion::TLS12 { tls12 } else { tls13 };
            let mut pair = Pair::new(
                &client(backend, version, pki, of_client),
                &server(backend, version, pki, of_server),
                to("server.example"),
            );
            let error = pair.handshake().unwrap_err();
            assert_eq!((error.kind(), error.alert_sent()), (expected, Some(alert)));
            pair.deliver();
            let told = pair.client.do_handshake().unwrap_err();
            assert_eq!(told.kind(), ErrorKind::AlertReceived(alert));
        }
    });
}

#[test]
fn nothing_is_sent_after_close_notify() {
    each(|backend, version, pki| {
        let mut pair = Pair::connected(backend, version, pki);
        pair.server.close().unwrap();
        pair.deliver();
        pair.client.write(b"data").unwrap().done().unwrap();
        let mut record = support::take(pair.client.outgoing());
        *record.last_mut().unwrap() ^= 1;
        pair.server.incoming().push(&record);
        let error = pair.server_reads().unwrap_err();
        assert_eq!((error.kind(), error.alert_sent()), (ErrorKind::BadRecordMac, None));
        assert_eq!(pair.server.outgoing().pending(), 0);
    });
}

#[test]
fn keys_and_certificates_are_looked_at_when_a_context_is_made() {
    let pki = Pki::new();
    for backend in backends() {
        let refused = |identity| {
            let config = Config::server(identity);
            let error = backend.context(&config).map(|_| ()).unwrap_err();
            assert_eq!(error.backend(), Some(backend.name()));
            error.kind()
        };
        let (one, other) = (pki.issue("server.example"), support::self_signed());
        let identity = |chain, key| Identity::new(chain, key).unwrap();
        assert_eq!(
            refused(identity(one.chain().to_vec(), other.key().clone())),
            ErrorKind::KeyMismatch
        );
        let garbage = Certificate::from_der(&b"garbage"[..]);
        assert_eq!(
            refused(identity(vec![garbage], one.key().clone())),
            ErrorKind::InvalidCertificate
        );
        let key = PrivateKey::from_der(support::unusable_key()).unwrap();
        assert_eq!(
            refused(identity(one.chain().to_vec(), key.into())),
            ErrorKind::InvalidPrivateKey
        );
    }
}
