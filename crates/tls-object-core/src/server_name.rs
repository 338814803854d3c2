//! Whom a client wants to talk to.

use core::fmt;
use core::hash::{Hash, Hasher};
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
///
/// Two are equal if they differ in case at most (RFC 4343).
#[derive(Clone)]
pub struct DnsName(Arc<str>);

impl PartialEq for DnsName {
    fn eq(&self, other: &Self) -> bool {
        // Mostly they are the same to the letter.
        self.0 == other.0 || self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for DnsName {}

impl Hash for DnsName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.bytes().for_each(|byte| state.write_u8(byte.to_ascii_lowercase()));
        state.write_u8(0xff);
    }
}

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
    /// digit, `-` or `_`, a label that begins or ends with `-` (RFC 5890 section 2.3.1), and a last label that is a number,
    /// decimal or `0x` and hexadecimal, and not part of an IPv4 address.
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
            if label.starts_with('-') || label.ends_with('-') {
                return Err(invalid(name, "a label begins or ends with '-'"));
            }
            if !label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            {
                return Err(invalid(name, "only letters, digits, '-' and '_' make a label"));
            }
        }
        let last = dns.rsplit('.').next().unwrap_or(dns);
        if is_number(last) {
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

/// Whether a label is a number that some would take for a part of an IPv4 address.
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    label.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
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
