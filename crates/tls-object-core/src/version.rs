//! Protocol versions.

use crate::registry::registry;

registry! {
    /// A version of the protocol, ordered from old to new.
    pub struct ProtocolVersion(u16);
    /// RFC 5246.
    TLS12 = 0x0303, "TLS 1.2", "TLSv1.2";
    /// RFC 8446.
    TLS13 = 0x0304, "TLS 1.3", "TLSv1.3";
}
