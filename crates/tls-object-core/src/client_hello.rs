//! What a client says first.

use core::fmt;
use core::ops::Range;

use crate::{
    CipherSuite, Error, ErrorKind, NamedGroup, ProtocolVersion, ServerName, SignatureScheme,
};

/// Extensions that are looked into (the registry of RFC 8447).
const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

/// A ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2) as data.
///
/// What a client says is a wish, and nothing in it is proven. Lists are empty where the client says nothing.
#[derive(Clone, Eq, PartialEq)]
pub struct ClientHello {
    message: Vec<u8>,
    random: Range<usize>,
    session_id: Range<usize>,
    cipher_suites: Range<usize>,
    extensions: Vec<(u16, Range<usize>)>,
}

impl ClientHello {
    /// The type of this message (RFC 8446 section 4).
    pub const TYPE: u8 = 1;

    /// Parses a whole handshake message: its type, its length in three bytes, and its body.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is anything but one ClientHello without a byte more, or has an extension twice.
    pub fn parse(message: &[u8]) -> Result<Self, Error> {
        Self::read(message).ok_or_else(|| {
            Error::new(ErrorKind::Decode).with_detail("a ClientHello that cannot be read")
        })
    }

    fn read(message: &[u8]) -> Option<Self> {
        let mut whole = Reader { bytes: message, at: 0 };
        if whole.u8()? != Self::TYPE {
            return None;
        }
        let body = whole.vector(3)?;
        let mut hello = Reader { bytes: &message[..body.end], at: body.start };
        hello.take(2)?; // legacy_version
        let random = hello.take(32)?;
        let session_id = hello.vector(1)?;
        let cipher_suites = hello.vector(2)?;
        let compression = hello.vector(1)?;
        let mut extensions = Vec::new();
        if hello.at < body.end {
            let block = hello.vector(2)?;
            let mut rest = Reader { bytes: &message[..block.end], at: block.start };
            while rest.at < block.end {
                let kind = rest.u16()?;
                extensions.push((kind, rest.vector(2)?));
            }
        }
        let mut kinds: Vec<_> = extensions.iter().map(|(kind, _)| *kind).collect();
        kinds.sort_unstable();
        let whole = hello.at == body.end
            && body.end == message.len()
            && session_id.len() <= 32
            && !cipher_suites.is_empty()
            && cipher_suites.len() % 2 == 0
            && !compression.is_empty()
            && kinds.windows(2).all(|pair| pair[0] != pair[1]);
        whole.then(|| Self {
            message: message.to_vec(),
            random,
            session_id,
            cipher_suites,
            extensions,
        })
    }

    /// The message as it came, with its type and its length.
    pub fn as_bytes(&self) -> &[u8] {
        &self.message
    }

    /// The client's random, 32 bytes.
    pub fn random(&self) -> &[u8] {
        &self.message[self.random.clone()]
    }

    /// The session id, 0 to 32 bytes. Under TLS 1.3 it means nothing.
    pub fn session_id(&self) -> &[u8] {
        &self.message[self.session_id.clone()]
    }

    /// The cipher suites, the client's favourite first, with signalling values and those that nobody knows.
    pub fn cipher_suites(&self) -> impl Iterator<Item = CipherSuite> + '_ {
        codes(&self.message[self.cipher_suites.clone()]).map(CipherSuite::new)
    }

    /// The versions of the protocol; of a client that knows nothing newer than TLS 1.2, the newest one.
    pub fn versions(&self) -> impl Iterator<Item = ProtocolVersion> + '_ {
        let listed = self.listed(SUPPORTED_VERSIONS, 1);
        let legacy = listed.is_none().then_some(&self.message[4..6]);
        codes(listed.or(legacy).unwrap_or_default()).map(ProtocolVersion::new)
    }

    /// The host name that is asked for by SNI (RFC 6066 section 3), in lower case and without a dot at its end;
    /// `None` where none is asked for, or what is asked for is no host name.
    pub fn server_name(&self) -> Option<String> {
        const HOST_NAME: u8 = 0;
        let names = self.listed(SERVER_NAME, 2)?;
        let mut names = Reader { bytes: names, at: 0 };
        while let Some(kind) = names.u8() {
            let name = names.vector(2)?;
            if kind == HOST_NAME {
                let name = core::str::from_utf8(&names.bytes[name]).ok()?.to_ascii_lowercase();
                return match ServerName::new(&name) {
                    Ok(ServerName::Dns(name)) => Some(name.as_str().to_owned()),
                    _ => None,
                };
            }
        }
        None
    }

    /// The application protocols that are offered (RFC 7301), the client's favourite first, up to a name without a byte,
    /// which makes the list none.
    pub fn alpn(&self) -> impl Iterator<Item = &[u8]> + '_ {
        let mut list = Reader { bytes: self.listed(ALPN, 2).unwrap_or_default(), at: 0 };
        core::iter::from_fn(move || list.vector(1).map(|name| &list.bytes[name]))
            .take_while(|name| !name.is_empty())
    }

    /// The groups that the client knows, its favourite first.
    pub fn groups(&self) -> impl Iterator<Item = NamedGroup> + '_ {
        codes(self.listed(SUPPORTED_GROUPS, 2).unwrap_or_default()).map(NamedGroup::new)
    }

    /// The groups that the client sends a key share of.
    pub fn key_shares(&self) -> impl Iterator<Item = NamedGroup> + '_ {
        let mut list = Reader { bytes: self.listed(KEY_SHARE, 2).unwrap_or_default(), at: 0 };
        core::iter::from_fn(move || {
            let group = list.u16()?;
            list.vector(2)?;
            Some(NamedGroup::new(group))
        })
    }

    /// The signature schemes that the client accepts, its favourite first.
    pub fn signature_schemes(&self) -> impl Iterator<Item = SignatureScheme> + '_ {
        codes(self.listed(SIGNATURE_ALGORITHMS, 2).unwrap_or_default()).map(SignatureScheme::new)
    }

    /// The types of the extensions, in their order.
    pub fn extensions(&self) -> impl Iterator<Item = u16> + '_ {
        self.extensions.iter().map(|(kind, _)| *kind)
    }

    /// What the extension of this type holds.
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        let (_, body) = self.extensions.iter().find(|(found, _)| *found == kind)?;
        Some(&self.message[body.clone()])
    }

    /// The one list that an extension holds, whose length takes `width` bytes.
    fn listed(&self, kind: u16, width: usize) -> Option<&[u8]> {
        let body = self.extension(kind)?;
        let list = Reader { bytes: body, at: 0 }.vector(width)?;
        (list.end == body.len()).then(|| &body[list])
    }
}

impl fmt::Debug for ClientHello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientHello")
            .field("server_name", &self.server_name())
            .field("versions", &self.versions().collect::<Vec<_>>())
            .field("cipher_suites", &self.cipher_suites().collect::<Vec<_>>())
            .field("extensions", &self.extensions().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Numbers of two bytes.
fn codes(list: &[u8]) -> impl Iterator<Item = u16> + '_ {
    list.chunks_exact(2).map(|code| u16::from_be_bytes([code[0], code[1]]))
}

/// Takes fields off the front.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, len: usize) -> Option<Range<usize>> {
        let end = self.at.checked_add(len).filter(|&end| end <= self.bytes.len())?;
        let field = self.at..end;
        self.at = end;
        Some(field)
    }

    fn number(&mut self, width: usize) -> Option<usize> {
        let field = self.take(width)?;
        Some(self.bytes[field].iter().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    }

    fn u8(&mut self) -> Option<u8> {
        self.number(1).map(|number| number as u8)
    }

    fn u16(&mut self) -> Option<u16> {
        self.number(2).map(|number| number as u16)
    }

    /// A field behind its length.
    fn vector(&mut self, width: usize) -> Option<Range<usize>> {
        let len = self.number(width)?;
        self.take(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ClientHello with this block of extensions.
    fn hello(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([2, 0xaa, 0xbb]); // session id
        body.extend([0, 4, 0x13, 1, 0xc0, 0x2f, 1, 0]); // two suites, no compression
        body.extend((extensions.len() as u16).to_be_bytes());
        body.extend(extensions);
        let mut message = vec![ClientHello::TYPE, 0];
        message.extend((body.len() as u16).to_be_bytes());
        message.extend(body);
        message
    }

    #[test]
    fn everything_is_found() {
        let extensions = [
            &[0, 0, 0, 16, 0, 14, 0, 0, 11][..],
            b"A.example.X",
            &[0, 16, 0, 14, 0, 12, 2, b'h', b'2', 8],
            b"http/1.1",
            &[0, 43, 0, 5, 4, 3, 4, 3, 3],
            &[0, 10, 0, 4, 0, 2, 0, 29],
            &[0, 51, 0, 7, 0, 5, 0, 29, 0, 1, 9],
            &[0, 13, 0, 4, 0, 2, 4, 3],
        ]
        .concat();
        let hello = ClientHello::parse(&hello(&extensions)).expect("a ClientHello");
        assert_eq!(hello.server_name().as_deref(), Some("a.example.x"));
        assert_eq!(hello.alpn().collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
        assert_eq!(
            hello.versions().collect::<Vec<_>>(),
            [ProtocolVersion::TLS13, ProtocolVersion::TLS12]
        );
        assert_eq!(hello.groups().collect::<Vec<_>>(), [NamedGroup::X25519]);
        assert_eq!(hello.key_shares().collect::<Vec<_>>(), [NamedGroup::X25519]);
        assert_eq!(
            hello.signature_schemes().collect::<Vec<_>>(),
            [SignatureScheme::ECDSA_SECP256R1_SHA256]
        );
        assert_eq!(hello.random(), [7; 32]);
        assert_eq!(hello.session_id(), [0xaa, 0xbb]);
        assert_eq!(hello.cipher_suites().count(), 2);
        assert_eq!(hello.extensions().collect::<Vec<_>>(), [0, 16, 43, 10, 51, 13]);
    }

    #[test]
    fn without_extensions_the_version_is_the_old_field() {
        let hello = ClientHello::parse(&hello(&[])).expect("a ClientHello");
        assert_eq!(hello.versions().collect::<Vec<_>>(), [ProtocolVersion::TLS12]);
        assert_eq!(hello.server_name(), None);
        assert_eq!(hello.alpn().count(), 0);
    }

    #[test]
    fn cut_or_lengthened_it_is_refused() {
        let whole = hello(&[0, 10, 0, 4, 0, 2, 0, 29]);
        for len in 0..whole.len() {
            assert!(ClientHello::parse(&whole[..len]).is_err(), "{len} bytes");
        }
        assert!(ClientHello::parse(&[&whole[..], &[0]].concat()).is_err());
        let twice = [0, 10, 0, 4, 0, 2, 0, 29].repeat(2);
        assert!(ClientHello::parse(&hello(&twice)).is_err());
    }

    #[test]
    fn a_protocol_without_a_name_ends_the_list() {
        let hello = ClientHello::parse(&hello(&[0, 16, 0, 8, 0, 6, 2, b'h', b'2', 0, 1, b'x']))
            .expect("a ClientHello");
        assert_eq!(hello.alpn().collect::<Vec<_>>(), [b"h2"]);
    }

    #[test]
    fn an_extension_that_makes_no_sense_says_nothing() {
        let hello = ClientHello::parse(&hello(&[0, 16, 0, 3, 0, 9, 1, 0, 0, 0, 1, 5]))
            .expect("a ClientHello");
        assert_eq!(hello.alpn().count(), 0);
        assert_eq!(hello.server_name(), None);
    }
}
