//! What the messages of a handshake tell that neither library remembers.

use tls_object_core::{Direction, SignatureScheme};

/// RFC 8446 section 4 and RFC 5246 section 7.4.
const CLIENT_HELLO: u8 = 1;
const SERVER_KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_VERIFY: u8 = 15;

/// What has been told of a handshake so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    client_hellos: u8,
    own_signature: Option<u16>,
    peer_signature: Option<u16>,
}

impl Told {
    pub(crate) const NOTHING: Self =
        Self { client_hellos: 0, own_signature: None, peer_signature: None };

    /// Takes in a message, its header included. One from the peer is not verified yet.
    pub(crate) fn message(&mut self, direction: Direction, message: &[u8]) {
        let Some((&[kind, _, _, _], body)) = message.split_first_chunk() else { return };
        let scheme = match kind {
            CLIENT_HELLO => {
                self.client_hellos = self.client_hellos.saturating_add(1);
                return;
            }
            CERTIFICATE_VERIFY => body.first_chunk().copied().map(u16::from_be_bytes),
            SERVER_KEY_EXCHANGE => of_key_exchange(body),
            _ => return,
        };
        match direction {
            Direction::Sent => self.own_signature = scheme,
            Direction::Received => self.peer_signature = scheme,
        }
    }

    /// Whether the server has asked for a second ClientHello.
    pub(crate) const fn has_second_hello(&self) -> bool {
        self.client_hellos > 1
    }

    /// The scheme of this end's signature.
    pub(crate) fn own_signature(&self) -> Option<SignatureScheme> {
        self.own_signature.map(SignatureScheme::new)
    }

    /// The scheme of the peer's signature.
    pub(crate) fn peer_signature(&self) -> Option<SignatureScheme> {
        self.peer_signature.map(SignatureScheme::new)
    }
}

/// The scheme in a ServerKeyExchange, behind the parameters of ECDHE (RFC 8422 section 5.4) or DHE (RFC 5246 section
/// 7.4.3): what fits to the last byte.
fn of_key_exchange(body: &[u8]) -> Option<u16> {
    const NAMED_CURVE: u8 = 3;
    let ecdhe = || {
        let (&[kind, _, _, len], rest) = body.split_first_chunk()?;
        signed(rest.split_at_checked(len.into())?.1).filter(|_| kind == NAMED_CURVE)
    };
    let dhe = || {
        let mut rest = body;
        // The prime, the generator and the server's share.
        for _ in 0..3 {
            let (&len, behind) = rest.split_first_chunk()?;
            rest = behind.split_at_checked(u16::from_be_bytes(len).into())?.1;
        }
        signed(rest)
    };
    ecdhe().or_else(dhe)
}

/// The scheme of a signature with which a message ends.
fn signed(rest: &[u8]) -> Option<u16> {
    let (&[high, low, len @ ..], signature) = rest.split_first_chunk::<4>()?;
    let fits = signature.len() == usize::from(u16::from_be_bytes(len));
    fits.then(|| u16::from_be_bytes([high, low]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message with this body.
    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind], &len[1..], body].concat()
    }

    #[test]
    fn the_scheme_stands_behind_the_parameters() {
        let signature = [8, 4, 0, 2, 0xaa, 0xbb];
        let ecdhe = [&[3, 0, 29, 4, 1, 2, 3, 4][..], &signature].concat();
        let dhe = [&[0, 3, 1, 2, 3, 0, 1, 2, 0, 3, 9, 9, 9][..], &signature].concat();
        // A prime so long that its length begins as a named curve does.
        let long = [&[3, 0][..], &[7; 0x300], &[0, 1, 2, 0, 1, 5], &signature].concat();
        for body in [ecdhe, dhe, long] {
            let mut told = Told::default();
            told.message(Direction::Received, &message(SERVER_KEY_EXCHANGE, &body));
            assert_eq!(told.peer_signature(), Some(SignatureScheme::RSA_PSS_RSAE_SHA256));
            for len in 0..body.len() {
                let mut told = Told::default();
                told.message(Direction::Received, &message(SERVER_KEY_EXCHANGE, &body[..len]));
                assert_eq!(told.peer_signature(), None, "of {len} bytes");
            }
        }
    }

    #[test]
    fn each_end_has_its_own() {
        let mut told = Told::NOTHING;
        told.message(Direction::Sent, &message(CLIENT_HELLO, &[]));
        assert!(!told.has_second_hello());
        told.message(Direction::Sent, &message(CLIENT_HELLO, &[]));
        assert!(told.has_second_hello());
        told.message(Direction::Received, &message(CERTIFICATE_VERIFY, &[4, 3, 0, 0]));
        told.message(Direction::Sent, &message(CERTIFICATE_VERIFY, &[8, 7, 0, 0]));
        told.message(Direction::Sent, &[CERTIFICATE_VERIFY, 0]);
        assert_eq!(told.peer_signature(), Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
        assert_eq!(told.own_signature(), Some(SignatureScheme::ED25519));
    }
}
