//! Whom a client wants to talk to.

use core::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use crate::{Error, ErrorKind};

/// The name of a server: what a client asks for (SNI, RFC 6066 section 3) and what the
/// server's certificate is checked against (RFC 9525).
///
/// Python: `server_hostname`. Names must be ASCII: an internationalised name is given as its
/// A-label (`xn--...`).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ServerName {
    /// A host name. Sent to the server as SNI.
    Dns(DnsName),
    /// An IP address. Never sent; the certificate must carry it as an address.
    Ip(IpAddr),
}

/// A host name as it is sent: ASCII labels, the case kept, without a dot at the end. Clones share its bytes.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct DnsName(Arc<str>);

impl DnsName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in lower case, for comparison.
    pub fn to_lowercase(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Debug for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ServerName {
    /// Reads a host name or an IP address (`192.0.2.1`, `2001:db8::1`, with or without
    /// brackets around the latter).
    ///
    /// One dot at the end of a host name is dropped (RFC 6066 section 3 sends none).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidServerName`] for anything that is neither: an empty name or label,
    /// a dot in front, a label over 63 or a name over 253 bytes, a byte that is not a letter,
    /// digit, `-` or `_`, and a last label of digits only that is not part of an IPv4 address.
    pub fn new(name: &str) -> Result<Self, Error> {
        let bracketed = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(inner) = bracketed {
            return match inner.parse::<Ipv6Addr>() {
                Ok(ip) => Ok(Self::Ip(ip.into())),
                Err(_) => Err(invalid(name, "not an IPv6 address")),
            };
        }
        if let Ok(ip) = name.parse() {
            return Ok(Self::Ip(ip));
        }
        let dns = name.strip_suffix('.').unwrap_or(name);
        if dns.len() > 253 {
            return Err(invalid(name, "longer than 253 bytes"));
        }
        for label in dns.split('.') {
            if label.is_empty() {
                return Err(invalid(name, "an empty label"));
            }
            if label.len() > 63 {
                return Err(invalid(name, "a label longer than 63 bytes"));
            }
            if !label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            {
                return Err(invalid(name, "only letters, digits, '-' and '_' make a label"));
            }
        }
        let last = dns.rsplit('.').next().unwrap_or(dns);
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid(name, "ends in a number and is not an IP address"));
        }
        Ok(Self::Dns(DnsName(dns.into())))
    }

    /// The host name, if it is one.
    pub fn dns(&self) -> Option<&DnsName> {
        match self {
            Self::Dns(name) => Some(name),
            Self::Ip(_) => None,
        }
    }
}

#[cold]
fn invalid(name: &str, why: &str) -> Error {
    let shown: String = name.chars().take(80).collect();
    Error::new(ErrorKind::InvalidServerName).with_detail(format!("{shown:?}: {why}"))
}

impl TryFrom<&str> for ServerName {
    type Error = Error;

    fn try_from(name: &str) -> Result<Self, Error> {
        Self::new(name)
    }
}

impl From<IpAddr> for ServerName {
    fn from(ip: IpAddr) -> Self {
        Self::Ip(ip)
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name.as_str()),
            Self::Ip(ip) => ip.fmt(f),
        }
    }
}
