//! What a feature set must not pull in, however many crates away.

use anyhow::Result;

use crate::cargo::{cargo, output};

/// A crate with some of its features, and the crates that must not come with it. A trailing
/// `*` stands for any ending.
struct FeatureSet {
    package: &'static str,
    features: &'static [&'static str],
    without: &'static [&'static [&'static str]],
}

const OPENSSL: &[&str] = &["openssl", "openssl-sys", "openssl-src", "native-tls"];
const BORING: &[&str] = &["boring", "boring-sys"];
const RUSTLS: &[&str] = &["rustls", "rustls-webpki"];
const AWS_LC: &[&str] = &["aws-lc-rs", "aws-lc-sys"];
const RING: &[&str] = &["ring"];
const RUNTIMES: &[&str] = &["tokio", "mio", "async-*", "futures*", "smol"];

const FEATURE_SETS: &[FeatureSet] = &[
    FeatureSet {
        package: "tls-object-core",
        features: &[],
        without: &[OPENSSL, BORING, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object-x509",
        features: &["serde"],
        without: &[OPENSSL, BORING, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object-conformance",
        features: &["harness"],
        without: &[OPENSSL, BORING, RUSTLS, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &[],
        without: &[OPENSSL, BORING, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &["keys", "system-roots"],
        without: &[OPENSSL, BORING, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &["rustls"],
        without: &[OPENSSL, BORING, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &["rustls-ring"],
        without: &[OPENSSL, BORING, AWS_LC, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &["openssl"],
        without: &[BORING, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &["boring"],
        without: &[OPENSSL, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
    FeatureSet {
        package: "tls-object",
        features: &["native-tls"],
        without: &[BORING, RUSTLS, AWS_LC, RING, RUNTIMES],
    },
];

/// Adds a line to `faults` for every crate that a feature set must not pull in. Returns how
/// many feature sets there are.
///
/// # Errors
/// If cargo cannot tell.
pub(crate) fn check(faults: &mut Vec<String>) -> Result<usize> {
    for set in FEATURE_SETS {
        let features = set.features.join(",");
        let tree = output(&mut cargo([
            "tree",
            "--locked",
            "--package",
            set.package,
            "--no-default-features",
            "--features",
            &features,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]))?;
        for name in forbidden(&tree, set.without) {
            let features = if features.is_empty() { "no features" } else { &features };
            faults.push(format!("{} with {features} pulls in {name}", set.package));
        }
    }
    Ok(FEATURE_SETS.len())
}

/// The names in `tree`, one package a line, that are in one of `lists`.
fn forbidden<'a>(tree: &'a str, lists: &[&[&str]]) -> Vec<&'a str> {
    let mut found: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| lists.iter().copied().flatten().any(|pattern| matches(name, pattern)))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn matches(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_crates_are_found_by_their_whole_name() {
        let tree = "tls-object v0.1.0 (/src)\nrustls v0.23.0\nrustls-pki-types v1.0.0\n\
                    async-io v2.0.0\nrustls v0.23.0 (*)\n";
        assert_eq!(forbidden(tree, &[RUSTLS, RUNTIMES]), ["async-io", "rustls"]);
        assert_eq!(forbidden(tree, &[OPENSSL, RING]), [""; 0]);
    }
}
