//! Names and addresses, asked for and constrained.

use std::net::IpAddr;

use tls_object_core::{ServerName, Side, VerifyCode};
use x509_parser::extensions::{GeneralName, GeneralSubtree, NameConstraints};
use x509_parser::prelude::FromDer as _;

use crate::certificate::Cert;
use crate::rules::{Fault, Rules};

/// Whether the leaf carries the name that was asked for.
pub(crate) fn check(rules: &Rules<'_>, leaf: &Cert<'_>) -> Result<(), Fault> {
    match rules.server_name {
        None => Ok(()),
        Some(ServerName::Ip(address)) => {
            let octets = octets(*address);
            let found = leaf
                .alternative_names()
                .iter()
                .any(|name| matches!(name, GeneralName::IPAddress(bytes) if *bytes == octets));
            if found { Ok(()) } else { Err((VerifyCode::IpAddressMismatch, 0)) }
        }
        Some(name) => {
            let wanted = name.to_string();
            let names = leaf.alternative_names();
            let mut patterns = names.iter().filter_map(dns);
            let found = patterns.any(|pattern| matches(pattern, &wanted))
                || (rules.config.check_common_name && common_name_matches(leaf, &wanted));
            if found { Ok(()) } else { Err((VerifyCode::NameMismatch, 0)) }
        }
    }
}

/// Whether the common name of a certificate's subject is `name` or a wildcard for it, and the certificate
/// has no host name where they belong (RFC 6125 section 6.4.4).
pub fn matches_common_name(certificate: &[u8], name: &str) -> bool {
    Cert::parse(certificate).is_some_and(|cert| common_name_matches(&cert, name))
}

fn common_name_matches(cert: &Cert<'_>, name: &str) -> bool {
    if cert.has_host_names() {
        return false;
    }
    let mut common_names = cert.x509.subject().iter_common_name();
    common_names.any(|it| it.as_str().is_ok_and(|pattern| matches(pattern, name)))
}

fn dns<'a>(name: &GeneralName<'a>) -> Option<&'a str> {
    match name {
        GeneralName::DNSName(name) => Some(name),
        _ => None,
    }
}

/// Whether a host name of the certificate is `name` or a wildcard for it.
pub fn matches_host_name(certificate: &[u8], name: &str) -> bool {
    let Some(cert) = Cert::parse(certificate) else { return false };
    cert.alternative_names().iter().filter_map(dns).any(|pattern| matches(pattern, name))
}

/// Whether `pattern` stands for `name`. A wildcard stands for one whole label, the first, above at least two
/// others (RFC 9525 section 6.3); as with OpenSSL, only in names of letters, digits and hyphens.
fn matches(pattern: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let Some(parent) = pattern.strip_prefix("*.") else {
        return !pattern.is_empty() && pattern.eq_ignore_ascii_case(name);
    };
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.');
    let is_wide = !parent.contains('.') || !name.bytes().all(is_plain);
    let above = name.split_once('.').filter(|(label, _)| !label.is_empty());
    !is_wide && above.is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent))
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// Whether each name is one that the authorities above may speak for: host names, addresses and the subject.
pub(crate) fn check_constraints(rules: &Rules<'_>, path: &[Cert<'_>]) -> Result<(), Fault> {
    for (depth, cert) in path.iter().enumerate().rev() {
        // RFC 5280 section 6.1.4 (b): a self-issued authority is none of those that are constrained.
        if depth > 0 && cert.is_self_issued() {
            continue;
        }
        let names = cert.alternative_names();
        for authority in path[depth + 1..].iter().rev() {
            let Some(constraints) = authority.name_constraints() else { continue };
            for name in &names {
                constrained(name, &constraints).map_err(|code| (code, depth))?;
            }
            subject_constrained(cert, &constraints).map_err(|code| (code, depth))?;
        }
    }
    check_common_name(rules, path)
}

/// Whether the common names of the leaf, where they count as host names, are some that the authorities above may speak for.
pub(crate) fn check_common_name(rules: &Rules<'_>, path: &[Cert<'_>]) -> Result<(), Fault> {
    let Some((leaf, above)) = path.split_first() else { return Ok(()) };
    // OpenSSL looks at them unless it is told that they are none, which it is where it looks for the name of a server.
    let config = rules.config;
    let are_none =
        rules.peer == Side::Server && config.check_server_name && !config.check_common_name;
    if are_none || leaf.has_host_names() {
        return Ok(());
    }
    for constraints in above.iter().rev().filter_map(Cert::name_constraints) {
        let names = leaf.x509.subject().iter_common_name().filter_map(|it| it.as_str().ok());
        // What is no host name is nobody's to permit.
        for name in names.filter(|name| name.contains('.') && !name.contains(' ')) {
            constrained(&GeneralName::DNSName(name), &constraints).map_err(|code| (code, 0))?;
        }
    }
    Ok(())
}

fn constrained(name: &GeneralName<'_>, by: &NameConstraints<'_>) -> Result<(), VerifyCode> {
    let subtrees = |of: &Option<Vec<GeneralSubtree<'_>>>| {
        of.iter().flatten().filter_map(|subtree| lies_in(name, &subtree.base)).collect::<Vec<_>>()
    };
    let permitted = subtrees(&by.permitted_subtrees);
    if !permitted.is_empty() && !permitted.contains(&true) {
        return Err(VerifyCode::NameConstraint);
    }
    if subtrees(&by.excluded_subtrees).contains(&true) {
        return Err(VerifyCode::NameExcluded);
    }
    Ok(())
}

fn subject_constrained(cert: &Cert<'_>, by: &NameConstraints<'_>) -> Result<(), VerifyCode> {
    let subject = cert.subject();
    let subtrees = |of: &Option<Vec<GeneralSubtree<'_>>>| {
        of.iter()
            .flatten()
            .filter_map(|subtree| match &subtree.base {
                GeneralName::DirectoryName(name) => Some(begins_with(subject, name.as_raw())),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let permitted = subtrees(&by.permitted_subtrees);
    if !permitted.is_empty() && !permitted.contains(&true) {
        return Err(VerifyCode::NameConstraint);
    }
    if subtrees(&by.excluded_subtrees).contains(&true) {
        return Err(VerifyCode::NameExcluded);
    }
    Ok(())
}

/// Whether `name` lies in the subtree at `base`; `None` where they are of different kinds.
fn lies_in(name: &GeneralName<'_>, base: &GeneralName<'_>) -> Option<bool> {
    match (name, base) {
        (GeneralName::DNSName(name), GeneralName::DNSName(base)) => {
            let base = base.strip_prefix('.').unwrap_or(base);
            let name = name.to_ascii_lowercase();
            let base = base.to_ascii_lowercase();
            let above = name.strip_suffix(&base);
            Some(
                above.is_some_and(|above| {
                    base.is_empty() || above.is_empty() || above.ends_with('.')
                }),
            )
        }
        (GeneralName::IPAddress(address), GeneralName::IPAddress(base)) => {
            let (network, mask) = base.split_at(base.len() / 2);
            let same = |((bits, network), mask): ((&u8, &u8), &u8)| bits & mask == network & mask;
            let is_in =
                network.len() == address.len() && address.iter().zip(network).zip(mask).all(same);
            Some(is_in)
        }
        _ => None,
    }
}

/// Whether a DER name begins with the parts of another: both are sequences of sets.
fn begins_with(name: &[u8], base: &[u8]) -> bool {
    content(name).zip(content(base)).is_some_and(|(name, base)| name.starts_with(base))
}

/// What is inside of the one element that `der` is.
fn content(der: &[u8]) -> Option<&[u8]> {
    let (_, any) = x509_parser::asn1_rs::Any::from_der(der).ok()?;
    Some(any.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_whole_label() {
        for (pattern, name, expected) in [
            ("a.example", "A.Example", true),
            ("a.example", "a.example.", true),
            ("a.example", "b.example", false),
            ("*.a.example", "one.a.example", true),
            ("*.a.example", "a.example", false),
            ("*.a.example", "one.two.a.example", false),
            ("*.a.example", ".a.example", false),
            ("*.example", "a.example", false),
            ("*", "example", false),
            ("a*.b.example", "ab.b.example", false),
            ("a_b.example", "a_b.example", true),
            ("*.a.example", "_one.a.example", false),
            ("*.a_b.example", "one.a_b.example", false),
            ("*.*.example", "a.b.example", false),
            ("", "", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn subtrees_of_names_and_addresses() {
        let dns = |name, base| lies_in(&GeneralName::DNSName(name), &GeneralName::DNSName(base));
        assert_eq!(dns("a.example", "example"), Some(true));
        assert_eq!(dns("example", "Example"), Some(true));
        assert_eq!(dns("a.example", ".example"), Some(true));
        assert_eq!(dns("badexample", "example"), Some(false));
        assert_eq!(dns("example", ""), Some(true));
        let ip = |name: &'static [u8], base: &'static [u8]| {
            lies_in(&GeneralName::IPAddress(name), &GeneralName::IPAddress(base))
        };
        assert_eq!(ip(&[10, 1, 2, 3], &[10, 1, 0, 0, 255, 255, 0, 0]), Some(true));
        assert_eq!(ip(&[10, 2, 2, 3], &[10, 1, 0, 0, 255, 255, 0, 0]), Some(false));
        assert_eq!(ip(&[0; 16], &[10, 1, 0, 0, 255, 255, 0, 0]), Some(false));
        let other = lies_in(&GeneralName::DNSName("a"), &GeneralName::IPAddress(&[0; 8]));
        assert_eq!(other, None);
    }
}
