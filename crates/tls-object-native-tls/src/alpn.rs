//! Application protocols (RFC 7301), which native-tls knows as text.

use tls_object_core::{
    AlpnMismatch, AlpnProtocol, Capability, ClientHello, Config, Error, ErrorKind,
};

/// The names as native-tls takes them.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for one that is no text.
pub(crate) fn names(protocols: &[AlpnProtocol]) -> Result<Vec<&str>, Error> {
    let text = |one| core::str::from_utf8(AlpnProtocol::as_bytes(one));
    protocols
        .iter()
        .map(|one| text(one).map_err(|_| ErrorKind::Unsupported(Capability::AlpnBytes).into()))
        .collect()
}

/// Which clients a server refuses: native-tls itself always goes on.
pub(crate) struct Policy(Vec<AlpnProtocol>);

impl Policy {
    /// `None` where nobody is refused.
    pub(crate) fn new(config: &Config, protocols: &[AlpnProtocol]) -> Option<Self> {
        let refuses = config.alpn_mismatch == AlpnMismatch::Alert && !protocols.is_empty();
        refuses.then(|| Self(protocols.to_vec()))
    }

    /// Whether the client offers protocols, and none of ours.
    pub(crate) fn refuses(&self, hello: &ClientHello) -> bool {
        hello.alpn().next().is_some()
            && !hello.alpn().any(|offered| self.0.iter().any(|own| own.as_bytes() == offered))
    }
}
