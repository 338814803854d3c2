//! What both ends say in plain text before they encrypt.

use crate::{Alert, CipherSuite, ClientHello, NamedGroup, ProtocolVersion, Side};

/// Content types of records (RFC 8446 section 5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// Types of handshake messages (RFC 8446 section 4, RFC 5246 section 7.4).
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;

/// Extensions of a ServerHello (RFC 8446 section 4.2).
const PRE_SHARED_KEY: u16 = 41;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

/// The random of a ServerHello that is a HelloRetryRequest (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The longest message that is looked into, in bytes.
const LONGEST: usize = 128 * 1024;

/// Listens to a handshake, and tells what was said in plain text: the hellos, the group of TLS 1.2, alerts.
///
/// For backends whose library tells less than this. Nothing is decided on it: what it tells of a finished handshake is what
/// the library has accepted and authenticated. Bytes that make no sense tell nothing.
#[derive(Debug, Default)]
pub struct PlainHandshake {
    client: Stream,
    server: Stream,
    hello: Option<ClientHello>,
    version: Option<ProtocolVersion>,
    cipher_suite: Option<CipherSuite>,
    group: Option<NamedGroup>,
    /// The server goes on from an earlier session, says its ServerHello of TLS 1.3.
    takes_psk: bool,
    /// The server has sent all that it sends in a whole handshake of TLS 1.2.
    hello_done: bool,
}

/// What one end sends.
#[derive(Debug, Default)]
struct Stream {
    /// The header of the current record, and how much of it is there.
    header: [u8; 5],
    have: usize,
    body_left: usize,
    /// What follows is encrypted.
    sealed: bool,
    /// What there is of the current message: its header, and its body if that is looked into.
    message: Vec<u8>,
    /// What is left of a message that is not.
    skip: usize,
    /// The bytes of the current alert record.
    alert_body: [u8; 2],
    alert: Option<Alert>,
}

impl PlainHandshake {
    /// Takes the next bytes that `side` has sent, records cut anywhere.
    pub fn sent_by(&mut self, side: Side, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let stream = self.stream(side);
            if stream.have < stream.header.len() {
                let len = bytes.len().min(stream.header.len() - stream.have);
                stream.header[stream.have..stream.have + len].copy_from_slice(&bytes[..len]);
                stream.have += len;
                bytes = &bytes[len..];
                if stream.have < stream.header.len() {
                    return;
                }
                stream.body_left =
                    usize::from(u16::from_be_bytes([stream.header[3], stream.header[4]]));
            }
            let (piece, rest) = bytes.split_at(bytes.len().min(stream.body_left));
            bytes = rest;
            self.body(side, piece);
            let stream = self.stream(side);
            stream.body_left -= piece.len();
            if stream.body_left == 0 {
                stream.have = 0;
            }
        }
    }

    /// The ClientHello, the second one where there are two.
    pub fn client_hello(&self) -> Option<&ClientHello> {
        self.hello.as_ref()
    }

    /// The version that the server has chosen.
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.version
    }

    /// The cipher suite that the server has chosen.
    pub fn cipher_suite(&self) -> Option<CipherSuite> {
        self.cipher_suite
    }

    /// The group of the key exchange. `None` where none takes part, and for the finite fields of TLS 1.2.
    pub fn group(&self) -> Option<NamedGroup> {
        self.group
    }

    /// Whether a session is resumed. Holds when the handshake is done.
    pub fn is_resumed(&self) -> bool {
        match self.version {
            Some(ProtocolVersion::TLS13) => self.takes_psk,
            // RFC 5246 section 7.3: ServerHello, then the change to encryption.
            Some(_) => self.server.sealed && !self.hello_done,
            None => false,
        }
    }

    /// The last alert that `side` has sent in plain text.
    pub fn alert_by(&self, side: Side) -> Option<Alert> {
        match side {
            Side::Client => self.client.alert,
            Side::Server => self.server.alert,
        }
    }

    fn stream(&mut self, side: Side) -> &mut Stream {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// A piece of the body of the current record.
    fn body(&mut self, side: Side, piece: &[u8]) {
        // Under TLS 1.3 it is there for show, and hellos may follow it (RFC 8446 appendix D.4).
        let seals = self.version != Some(ProtocolVersion::TLS13);
        let stream = self.stream(side);
        match stream.header[0] {
            CHANGE_CIPHER_SPEC => stream.sealed |= seals,
            ALERT if !stream.sealed => {
                if let [_, _, _, 0, 2] = stream.header {
                    let at = 2 - stream.body_left;
                    stream.alert_body[at..at + piece.len()].copy_from_slice(piece);
                    if piece.len() == stream.body_left && !piece.is_empty() {
                        stream.alert = Some(Alert::new(stream.alert_body[1]));
                    }
                }
            }
            HANDSHAKE if !stream.sealed => self.messages(side, piece),
            _ => {}
        }
    }

    fn messages(&mut self, side: Side, mut piece: &[u8]) {
        const HEADER: usize = 4;
        while !piece.is_empty() {
            let stream = self.stream(side);
            if stream.skip > 0 {
                let len = stream.skip.min(piece.len());
                stream.skip -= len;
                piece = &piece[len..];
                continue;
            }
            let whole = match stream.message[..] {
                [_, a, b, c, ..] => HEADER + u32::from_be_bytes([0, a, b, c]) as usize,
                _ => HEADER,
            };
            let len = piece.len().min(whole - stream.message.len());
            stream.message.extend_from_slice(&piece[..len]);
            piece = &piece[len..];
            if let [kind, a, b, c] = stream.message[..] {
                let len = u32::from_be_bytes([0, a, b, c]) as usize;
                let wanted = matches!(kind, CLIENT_HELLO | SERVER_HELLO | SERVER_KEY_EXCHANGE);
                if !wanted || len > LONGEST {
                    stream.skip = len;
                    stream.message = Vec::new();
                    self.hello_done |= kind == SERVER_HELLO_DONE;
                    continue;
                }
                if len > 0 {
                    continue;
                }
            } else if stream.message.len() < whole {
                continue;
            }
            let message = core::mem::take(&mut stream.message);
            self.message(side, &message);
        }
    }

    /// A whole message.
    fn message(&mut self, side: Side, message: &[u8]) {
        let body = &message[4..];
        match (side, message[0]) {
            (Side::Client, CLIENT_HELLO) => self.hello = ClientHello::parse(message).ok(),
            // An answer that makes no sense: the library will say so.
            (Side::Server, SERVER_HELLO) => drop(self.server_hello(body)),
            // RFC 8422 section 5.4: the other kinds of key exchange begin otherwise.
            (Side::Server, SERVER_KEY_EXCHANGE) => {
                const NAMED_CURVE: u8 = 3;
                let name = self.cipher_suite.and_then(CipherSuite::iana_name).unwrap_or_default();
                if let (&[NAMED_CURVE, high, low, ..], true) = (body, name.contains("_ECDHE_")) {
                    self.group = Some(NamedGroup::new(u16::from_be_bytes([high, low])));
                }
            }
            _ => {}
        }
    }

    /// RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3.
    fn server_hello(&mut self, mut body: &[u8]) -> Option<()> {
        let mut version = number(take(&mut body, 2)?);
        let retry = take(&mut body, 32)? == RETRY;
        let session_id = take(&mut body, 1)?[0];
        take(&mut body, session_id.into())?;
        let suite = number(take(&mut body, 2)?);
        take(&mut body, 1)?;
        let mut group = None;
        let mut takes_psk = false;
        if !body.is_empty() {
            take(&mut body, 2)?;
        }
        while !body.is_empty() {
            let kind = number(take(&mut body, 2)?);
            let len = number(take(&mut body, 2)?);
            let content = take(&mut body, len.into())?;
            match kind {
                SUPPORTED_VERSIONS => version = number(content.get(..2)?),
                KEY_SHARE => group = Some(NamedGroup::new(number(content.get(..2)?))),
                PRE_SHARED_KEY => takes_psk = true,
                _ => {}
            }
        }
        self.version = Some(ProtocolVersion::new(version));
        if !retry {
            self.cipher_suite = Some(CipherSuite::new(suite));
            self.group = group;
            self.takes_psk = takes_psk;
        }
        Some(())
    }
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}

/// Of two bytes.
fn number(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u16::from(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = (body.len() as u16).to_be_bytes();
        [&[kind, 3, 3], &len[..], body].concat()
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = (body.len() as u32).to_be_bytes();
        [&[kind], &len[1..], body].concat()
    }

    fn server_hello(random: [u8; 32], suite: u16, extensions: &[u8]) -> Vec<u8> {
        let len = (extensions.len() as u16).to_be_bytes();
        let suite = suite.to_be_bytes();
        message(
            SERVER_HELLO,
            &[&[3, 3], &random[..], &[1, 9], &suite, &[0], &len, extensions].concat(),
        )
    }

    /// However the bytes are cut, the same is told.
    fn heard(by_server: &[u8]) -> PlainHandshake {
        let mut whole = PlainHandshake::default();
        whole.sent_by(Side::Server, by_server);
        let mut bytewise = PlainHandshake::default();
        for byte in by_server {
            bytewise.sent_by(Side::Server, &[*byte]);
        }
        let told = |it: &PlainHandshake| {
            (it.version, it.cipher_suite, it.group, it.is_resumed(), it.alert_by(Side::Server))
        };
        assert_eq!(told(&whole), told(&bytewise));
        whole
    }

    const SUITE12: CipherSuite = CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    const SUITE13: CipherSuite = CipherSuite::TLS13_AES_128_GCM_SHA256;
    const VERSION13: [u8; 6] = [0, 43, 0, 2, 3, 4];

    #[test]
    fn a_whole_handshake_of_tls12() {
        let flight = [
            server_hello([7; 32], SUITE12.code(), &[]),
            message(11, &[0xaa; 300]),
            message(SERVER_KEY_EXCHANGE, &[3, 0, 29, 1, 0xbb]),
            message(SERVER_HELLO_DONE, &[]),
        ]
        .concat();
        // A message may be spread over records, and a record may hold several.
        let records = [record(HANDSHAKE, &flight[..90]), record(HANDSHAKE, &flight[90..])].concat();
        let end = [record(CHANGE_CIPHER_SPEC, &[1]), record(HANDSHAKE, &[0xff; 40])].concat();
        let heard = heard(&[records, end].concat());
        assert_eq!(heard.version(), Some(ProtocolVersion::TLS12));
        assert_eq!(heard.cipher_suite(), Some(SUITE12));
        assert_eq!(heard.group(), Some(NamedGroup::X25519));
        assert!(!heard.is_resumed());
    }

    #[test]
    fn a_resumed_handshake_of_tls12() {
        let hello = record(HANDSHAKE, &server_hello([7; 32], SUITE12.code(), &[]));
        let heard = heard(&[hello, record(CHANGE_CIPHER_SPEC, &[1])].concat());
        assert!(heard.is_resumed());
        assert_eq!(heard.group(), None);
    }

    #[test]
    fn a_second_hello_of_tls13() {
        let key_share = [0, 51, 0, 5, 0, 24, 0, 1, 9];
        let retry =
            server_hello(RETRY, SUITE13.code(), &[&VERSION13[..], &[0, 51, 0, 2, 0, 23]].concat());
        let hello = server_hello([7; 32], SUITE13.code(), &[&key_share[..], &VERSION13].concat());
        let records = [
            record(HANDSHAKE, &retry),
            record(CHANGE_CIPHER_SPEC, &[1]),
            record(HANDSHAKE, &hello),
        ];
        let told = heard(&records.concat());
        assert_eq!(told.version(), Some(ProtocolVersion::TLS13));
        assert_eq!(told.cipher_suite(), Some(SUITE13));
        assert_eq!(told.group(), Some(NamedGroup::SECP384R1));
        assert!(!told.is_resumed());
        let psk = [&key_share[..], &VERSION13, &[0, 41, 0, 2, 0, 0]].concat();
        assert!(
            heard(&record(HANDSHAKE, &server_hello([7; 32], SUITE13.code(), &psk))).is_resumed()
        );
    }

    #[test]
    fn alerts_are_heard_in_plain_text_only() {
        let plain = record(ALERT, &[2, 40]);
        assert_eq!(heard(&plain).alert_by(Side::Server), Some(Alert::HANDSHAKE_FAILURE));
        assert_eq!(heard(&plain).alert_by(Side::Client), None);
        let sealed = [record(CHANGE_CIPHER_SPEC, &[1]), plain].concat();
        assert_eq!(heard(&sealed).alert_by(Side::Server), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, from_client: bool) {
            let mut handshake = PlainHandshake::default();
            let side = if from_client { Side::Client } else { Side::Server };
            for piece in bytes.chunks(7) {
                handshake.sent_by(side, piece);
            }
            handshake.sent_by(side, &record(HANDSHAKE, &message(SERVER_HELLO, &bytes)));
        }
    }
}
