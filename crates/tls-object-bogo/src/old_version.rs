//! Peers that speak nothing newer than TLS 1.1.

use tls_object::{Alert, ClientHello, ProtocolVersion};

const RECORD_HEADER: usize = 5;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const SUPPORTED_VERSIONS: u16 = 43;

/// Whether what the peer said first settles for a version before TLS 1.2, or leaves no other.
///
/// BoGo takes for granted that a shim speaks TLS 1.0 and 1.1 where no flag switches them off, and tests much on them
/// that is not about versions. Such a test does not apply to a shim that has neither.
pub(crate) fn speaks_before_tls12(heard: &[u8]) -> bool {
    let (kind, message) = first_message(heard);
    match (kind, &message[..]) {
        (Some(ALERT), [_level, alert, ..]) => Alert::new(*alert) == Alert::PROTOCOL_VERSION,
        (Some(HANDSHAKE), [ClientHello::TYPE, _, _, _, major, minor, ..]) => {
            match ClientHello::parse(&message) {
                Ok(hello) if hello.extension(SUPPORTED_VERSIONS).is_some() => {
                    hello.versions().any(is_old)
                        && !hello
                            .versions()
                            .any(|version| ProtocolVersion::KNOWN.contains(&version))
                }
                _ => is_old(ProtocolVersion::new(u16::from_be_bytes([*major, *minor]))),
            }
        }
        (Some(HANDSHAKE), [SERVER_HELLO, _, _, _, major, minor, ..]) => {
            is_old(ProtocolVersion::new(u16::from_be_bytes([*major, *minor])))
        }
        _ => false,
    }
}

/// The type of the first record, and what it and those behind it of the same type hold, as far as it was heard.
fn first_message(mut heard: &[u8]) -> (Option<u8>, Vec<u8>) {
    let kind = heard.first().copied();
    let mut message = Vec::new();
    while let Some((&[of, _, _, high, low], rest)) = heard.split_first_chunk::<RECORD_HEADER>() {
        if Some(of) != kind {
            break;
        }
        let len = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
        message.extend_from_slice(&rest[..len]);
        heard = &rest[len..];
    }
    (kind, message)
}

fn is_old(version: ProtocolVersion) -> bool {
    (0x0301..0x0303).contains(&version.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_off_the_first_message() {
        let server_hello = |minor| [22, 3, 1, 0, 4, 2, 0, 0, 2, 22, 3, 1, 0, 2, 3, minor];
        assert!(speaks_before_tls12(&server_hello(1)), "in two records");
        assert!(speaks_before_tls12(&server_hello(2)));
        assert!(!speaks_before_tls12(&server_hello(3)));
        assert!(!speaks_before_tls12(&server_hello(0)));
        assert!(!speaks_before_tls12(&[22, 3]));
        assert!(speaks_before_tls12(&[21, 3, 1, 0, 2, 2, 70]), "protocol_version");
        assert!(!speaks_before_tls12(&[21, 3, 1, 0, 2, 2, 40]));
    }
}
