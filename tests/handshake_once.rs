//! `handshake_once` between every two backends.

use tls_object::{Capability, ProtocolVersion, Side, backends};
use tls_object_conformance::handshake_once;

#[test]
fn both_ends_tell_the_same_of_one_connection() {
    for &client in backends() {
        for &server in backends() {
            for version in [None, Some(ProtocolVersion::TLS12), Some(ProtocolVersion::TLS13)] {
                let newest = server.capabilities().versions(Side::Server).last().unwrap();
                if version > Some(newest) {
                    let refused = handshake_once(client, server, version).unwrap_err();
                    let lacking = Capability::Tls13Server.to_string();
                    assert!(refused.to_string().contains(&lacking), "{refused}");
                    continue;
                }
                let summary = handshake_once(client, server, version).unwrap();
                let expected = version.unwrap_or(newest).to_string();
                for end in [&summary.client, &summary.server] {
                    assert_eq!(end.version.as_ref(), Some(&expected));
                    assert_eq!(end.cipher_suite, summary.client.cipher_suite);
                    assert_eq!(end.group, summary.client.group);
                    assert_eq!(end.server_name.as_deref(), Some("localhost"));
                }
                assert_eq!(summary.client.backend, client.name());
                assert_eq!(summary.server.backend, server.name());
                assert!((3..=5).contains(&summary.flights), "{summary:?}");
                let data = summary.application_bytes_each_way as u64;
                for (handshake, all) in [
                    (summary.handshake_bytes_sent_by_client, summary.bytes_sent_by_client),
                    (summary.handshake_bytes_sent_by_server, summary.bytes_sent_by_server),
                ] {
                    assert!(handshake > 0 && all > handshake + data, "{summary:?}");
                }
            }
        }
    }
}
