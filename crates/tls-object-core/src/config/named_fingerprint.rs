//! What a server's session belongs to: its configuration and the server name that was asked for.

use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use super::Config;

/// For backends: the [fingerprint](Config::session_fingerprint) of a server's configuration, and with it the server name that
/// a client asks for. RFC 6066 section 3 forbids a server to resume a session for another name than it began with.
#[derive(Clone, Debug)]
pub struct NamedFingerprint {
    fingerprint: [u8; 32],
    /// The hash function when it has taken the fingerprint and zeros: one whole block, which is not hashed again for
    /// each connection.
    begun: Sha256,
    /// The first name that was asked for, and its answer: most servers have one name, which is hashed once.
    first: OnceLock<(Box<[u8]>, [u8; 32])>,
}

impl NamedFingerprint {
    /// Of `config`.
    pub fn of(config: &Config) -> Self {
        let fingerprint = config.session_fingerprint();
        let mut begun = Sha256::new();
        begun.update(fingerprint);
        begun.update([0; 32]);
        Self { fingerprint, begun, first: OnceLock::new() }
    }

    /// What sessions belong to whose clients ask for no name: the fingerprint itself.
    pub const fn without_name(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// What sessions belong to whose clients ask for `name`, whatever the case of its letters. Allocates for the first
    /// name only.
    pub fn with_name(&self, name: &[u8]) -> [u8; 32] {
        let first = self.first.get_or_init(|| (name.into(), self.hash(name)));
        if first.0.eq_ignore_ascii_case(name) { first.1 } else { self.hash(name) }
    }

    fn hash(&self, name: &[u8]) -> [u8; 32] {
        let mut all = self.begun.clone();
        for part in name.chunks(64) {
            let mut lower = [0; 64];
            let lower = &mut lower[..part.len()];
            lower.copy_from_slice(part);
            lower.make_ascii_lowercase();
            all.update(lower);
        }
        all.finalize().into()
    }

    /// What sessions belong to whose clients send this body of the extension `server_name`. Of one that is malformed, or
    /// longer than any host name, both of which the library refuses, any 32 bytes.
    pub fn with_extension(&self, body: &[u8]) -> [u8; 32] {
        // RFC 6066 section 3: the length of the list, the type of the only name in it, the length of that.
        const HEADER: usize = 5;
        const MAX_NAME: usize = 255;
        let name = body.get(HEADER..).filter(|name| name.len() <= MAX_NAME);
        self.with_name(name.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_but_not_their_case() {
        let plain = NamedFingerprint::of(&Config::client());
        let long = "a".repeat(65);
        let names = ["", "localhost", "localhost.", "other.example", &long[1..], &long];
        let mut seen = vec![plain.without_name()];
        for name in names {
            let named = plain.with_name(name.as_bytes());
            assert!(!seen.contains(&named), "{name}");
            assert_eq!(plain.with_name(name.to_ascii_uppercase().as_bytes()), named);
            seen.push(named);
        }
        assert_eq!(plain.with_extension(b"\0\x0c\0\0\x09LocalHost"), plain.with_name(b"localhost"));
        let mut other = Config::client();
        other.check_server_name = false;
        assert!(!seen.contains(&NamedFingerprint::of(&other).with_name(b"localhost")));
    }
}
