//! A workload on certain terms, by a name that stays.

use core::str::FromStr;

use crate::setup::{Group, Key, Suite, Terms, Version};
use crate::workload::{How, LIMIT, Workload};

/// A workload on certain terms.
///
/// Its name is its topic and what is particular about it, parted by slashes, such as `hs/full/1.3/p256`,
/// `bulk/16k/aes256` or `backlog/1024`. The version is 1.3 where none stands in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Case {
    /// What is done.
    pub workload: Workload,
    /// What both ends agree on.
    pub terms: Terms,
}

impl FromStr for Case {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        parse(name).ok_or_else(|| format!("no case has the name {name:?}"))
    }
}

fn parse(name: &str) -> Option<Case> {
    let parts: Vec<_> = name.split('/').collect();
    let mut terms = Terms::new(Version::Tls13);
    let workload = match parts[..] {
        ["hs", kind, version, key] => {
            terms = Terms { key: parse_key(key)?, ..Terms::new(parse_version(version)?) };
            match kind {
                "full" => {}
                "resumed" => return Some(Case { workload: Workload::Resumed, terms }),
                "mutual" => terms.mutual = true,
                "pq" => terms.group = Group::X25519MlKem768,
                chunk => terms.chunk = chunk.strip_prefix("chunk")?.parse().ok()?,
            }
            Workload::Full
        }
        ["ctx", "build"] => Workload::Contexts,
        ["ctx", "wrap"] => Workload::Objects,
        [what @ ("bulk" | "send"), size, suite, ref version @ ..] => {
            match version {
                [] => {}
                [version] => terms = Terms::new(parse_version(version)?),
                _ => return None,
            }
            terms.suite = parse_suite(suite)?;
            let size = parse_size(size)?;
            if what == "bulk" { Workload::Bulk { size } } else { Workload::Send { size } }
        }
        ["late", size] => {
            terms.limit = LIMIT;
            Workload::Late { size: parse_size(size)? }
        }
        ["echo", size] => Workload::Echo { size: parse_size(size)? },
        ["message", how, size] => {
            let how = match how {
                "apart" => How::Apart,
                "vectored" => How::Vectored,
                "together" => How::Together,
                _ => return None,
            };
            Workload::Message { how, size: parse_size(size)? }
        }
        ["lent", size] => Workload::Lent { size: parse_size(size)? },
        ["probe"] => Workload::Probe,
        ["backlog", records] => Workload::Backlog { records: records.parse().ok()? },
        _ => return None,
    };
    Some(Case { workload, terms })
}

fn parse_version(name: &str) -> Option<Version> {
    match name {
        "1.2" => Some(Version::Tls12),
        "1.3" => Some(Version::Tls13),
        _ => None,
    }
}

fn parse_key(name: &str) -> Option<Key> {
    match name {
        "p256" => Some(Key::P256),
        "rsa2048" => Some(Key::Rsa2048),
        _ => None,
    }
}

fn parse_suite(name: &str) -> Option<Suite> {
    match name {
        "aes128" => Some(Suite::Aes128),
        "aes256" => Some(Suite::Aes256),
        "chacha" => Some(Suite::ChaCha20),
        _ => None,
    }
}

/// A number of bytes, such as `64`, `16k` or `1m`.
fn parse_size(name: &str) -> Option<usize> {
    let (number, unit) = match name.as_bytes().last()? {
        b'k' => (&name[..name.len() - 1], 1024),
        b'm' => (&name[..name.len() - 1], 1024 * 1024),
        _ => (name, 1),
    };
    number.parse::<usize>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_done_on_which_terms() {
        let case: Case = "hs/chunk100/1.2/rsa2048".parse().unwrap();
        assert_eq!(case.workload, Workload::Full);
        let terms = Terms { key: Key::Rsa2048, chunk: 100, ..Terms::new(Version::Tls12) };
        assert_eq!(case.terms, terms);
        let case: Case = "bulk/64k/chacha".parse().unwrap();
        assert_eq!(case.workload, Workload::Bulk { size: 64 * 1024 });
        assert_eq!(case.terms.suite, Suite::ChaCha20);
        let case: Case = "message/vectored/1k".parse().unwrap();
        assert_eq!(case.workload, Workload::Message { how: How::Vectored, size: 1024 });
        for wrong in ["", "hs", "hs/full/1.1/p256", "bulk/16x", "echo/", "backlog/many"] {
            assert!(wrong.parse::<Case>().is_err(), "{wrong}");
        }
    }
}
