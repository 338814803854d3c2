//! The framing of records: five bytes of header, then as many as they say.

use crate::{Alert, ErrorKind};

/// The most plaintext that one record carries, in bytes (RFC 8446 section 5.1).
pub const MAX_PLAINTEXT: usize = 16 * 1024;

/// The length of a record's header in bytes.
pub(crate) const HEADER: usize = 5;

/// Follows a stream of records to where each one ends, so that an engine is never given a
/// byte of the next.
///
/// Knows lengths only: whether a record makes sense is the engine's affair.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RecordCursor {
    header: [u8; HEADER],
    have: usize,
    body_left: usize,
}

impl RecordCursor {
    /// A cursor in front of a record.
    pub const fn new() -> Self {
        Self { header: [0; HEADER], have: 0, body_left: 0 }
    }

    /// How many of the bytes at the front of `bytes` belong to the current record, and whether the
    /// record ends with them. Moves the cursor past them.
    ///
    /// A length of more than 64 KiB cannot be said, so the answer is bounded.
    pub fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut taken = 0;
        if self.have < HEADER {
            taken = bytes.len().min(HEADER - self.have);
            self.header[self.have..self.have + taken].copy_from_slice(&bytes[..taken]);
            self.have += taken;
            if self.have < HEADER {
                return (taken, false);
            }
            self.body_left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
        }
        let body = self.body_left.min(bytes.len() - taken);
        self.body_left -= body;
        let complete = self.body_left == 0;
        if complete {
            self.have = 0;
        }
        (taken + body, complete)
    }

    /// Whether the cursor stands inside a record.
    pub const fn is_inside(&self) -> bool {
        self.have > 0
    }
}

/// A fatal alert in plain text, for a peer with whom nothing is agreed on yet (RFC 8446 section 6).
pub(crate) const fn plain_alert(alert: Alert) -> [u8; HEADER + 2] {
    const ALERT: u8 = 21;
    const FATAL: u8 = 2;
    [ALERT, 3, 3, 0, 2, FATAL, alert.code()]
}

/// Whether the first five bytes of a stream begin a TLS record; if not, what they are.
///
/// Asked before the first byte reaches a library, so that every backend says the same of
/// peers that speak something else.
pub(crate) fn preamble(first: [u8; HEADER], from_client: bool) -> Result<(), ErrorKind> {
    // RFC 8446 section 5.1: change_cipher_spec, alert, handshake or application_data, then 3.x.
    if (20..=23).contains(&first[0]) && first[1] == 3 {
        return Ok(());
    }
    if !from_client {
        return Err(ErrorKind::NotTls);
    }
    const METHODS: [&[u8; 5]; 8] =
        [b"GET /", b"POST ", b"HEAD ", b"PUT /", b"DELET", b"OPTIO", b"PATCH", b"TRACE"];
    if METHODS.contains(&&first) || first.starts_with(b"GET ") || first.starts_with(b"PUT ") {
        return Err(ErrorKind::HttpRequest);
    }
    if &first == b"CONNE" {
        return Err(ErrorKind::HttpsProxyRequest);
    }
    // RFC 5246 appendix E.2: two bytes of length with the top bit set, then CLIENT-HELLO (1).
    if first[0] & 0x80 != 0 && first[2] == 1 {
        return Err(ErrorKind::Ssl2Hello);
    }
    Err(ErrorKind::NotTls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_stops_at_the_end_of_each_record() {
        let stream = [22, 3, 3, 0, 2, 0xaa, 0xbb, 23, 3, 3, 0, 0, 21];
        let mut cursor = RecordCursor::new();
        assert_eq!(cursor.advance(&stream), (7, true));
        assert_eq!(cursor.advance(&stream[7..]), (5, true));
        assert_eq!(cursor.advance(&stream[12..]), (1, false));
        assert!(cursor.is_inside());
        assert_eq!(cursor.advance(&[]), (0, false));
    }

    #[test]
    fn strangers_are_recognised() {
        assert_eq!(preamble([22, 3, 1, 2, 0], true), Ok(()));
        assert_eq!(preamble(*b"GET /", true), Err(ErrorKind::HttpRequest));
        assert_eq!(preamble(*b"CONNE", true), Err(ErrorKind::HttpsProxyRequest));
        assert_eq!(preamble([0x80, 0x2e, 1, 0, 2], true), Err(ErrorKind::Ssl2Hello));
        assert_eq!(preamble(*b"SSH-2", true), Err(ErrorKind::NotTls));
        assert_eq!(preamble(*b"HTTP/", false), Err(ErrorKind::NotTls));
        assert_eq!(preamble([22, 2, 0, 0, 0], true), Err(ErrorKind::NotTls));
    }
}
