//! `HOST:PORT` as it is written on a command line.

use core::{fmt, str::FromStr};

/// A host and a port. An IPv6 address stands in brackets: `[::1]:443`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    /// The host name or IP address, without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once("]:").ok_or("expected [IPV6]:PORT")?,
            None => text.rsplit_once(':').ok_or("expected HOST:PORT")?,
        };
        if host.is_empty() {
            return Err("expected a host in front of the port");
        }
        if host.contains(':') && !text.starts_with('[') {
            return Err("an IPv6 address stands in brackets: [::1]:443");
        }
        let port = port.parse().map_err(|_| "expected a port, 0 to 65535")?;
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_told_apart() {
        for (text, host, port) in [
            ("example.org:443", "example.org", 443),
            ("127.0.0.1:0", "127.0.0.1", 0),
            ("[::1]:65535", "::1", 65535),
            ("[fe80::1%lo]:8443", "fe80::1%lo", 8443),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.host.as_str(), address.port), (host, port));
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "example.org",
            ":443",
            "[]:443",
            "::1:443",
            "[::1]443",
            "[::1",
            "host:",
            "host:65536",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
