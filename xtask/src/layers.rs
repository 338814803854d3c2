//! Who may depend on whom: arrows point down, and siblings do not see each other.

use anyhow::{Result, bail};
use cargo_metadata::DependencyKind;

use crate::cargo::metadata;
use crate::closure;

/// A member of the workspace and the members that it may see.
struct Member {
    name: &'static str,
    layer: u8,
    /// For its library and programs.
    may_use: &'static [&'static str],
    /// For its tests as well.
    may_test_with: &'static [&'static str],
}

const CORE: &str = "tls-object-core";
const X509: &str = "tls-object-x509";
const LIBSSL: &str = "tls-object-libssl";
const KEYS: &str = "tls-object-keys";
const PATH: &str = "tls-object-path";
const RUSTLS: &str = "tls-object-rustls";
const OPENSSL: &str = "tls-object-openssl";
const BORING: &str = "tls-object-boring";
const NATIVE_TLS: &str = "tls-object-native-tls";
const CONFORMANCE: &str = "tls-object-conformance";
const FACADE: &str = "tls-object";
const CLI: &str = "tls-object-cli";
const BOGO: &str = "tls-object-bogo";

/// Layers 0 to 3.
const PUBLISHED: &[&str] = &[
    CORE,
    X509,
    PATH,
    KEYS,
    LIBSSL,
    RUSTLS,
    OPENSSL,
    BORING,
    NATIVE_TLS,
    CONFORMANCE,
    FACADE,
    CLI,
];

/// The whole workspace. A member without a row, or a row without a member, is a fault.
const MEMBERS: &[Member] = &[
    Member { name: CORE, layer: 0, may_use: &[], may_test_with: &[] },
    Member { name: KEYS, layer: 1, may_use: &[CORE], may_test_with: &[] },
    Member { name: X509, layer: 1, may_use: &[CORE], may_test_with: &[] },
    Member { name: PATH, layer: 1, may_use: &[CORE], may_test_with: &[] },
    Member { name: LIBSSL, layer: 1, may_use: &[CORE], may_test_with: &[] },
    Member { name: RUSTLS, layer: 1, may_use: &[CORE, PATH], may_test_with: &[CONFORMANCE] },
    Member { name: OPENSSL, layer: 1, may_use: &[CORE, LIBSSL], may_test_with: &[CONFORMANCE] },
    Member {
        name: BORING,
        layer: 1,
        may_use: &[CORE, LIBSSL, PATH],
        may_test_with: &[CONFORMANCE],
    },
    Member { name: NATIVE_TLS, layer: 1, may_use: &[CORE, LIBSSL], may_test_with: &[CONFORMANCE] },
    Member { name: CONFORMANCE, layer: 2, may_use: &[CORE], may_test_with: &[] },
    Member {
        name: FACADE,
        layer: 3,
        may_use: &[CORE, KEYS, X509, RUSTLS, OPENSSL, BORING, NATIVE_TLS],
        may_test_with: &[],
    },
    Member { name: CLI, layer: 3, may_use: &[CORE, CONFORMANCE, FACADE], may_test_with: &[] },
    Member { name: BOGO, layer: 3, may_use: &[FACADE], may_test_with: &[] },
    Member { name: "tls-object-tests", layer: 4, may_use: PUBLISHED, may_test_with: &[] },
    Member { name: "tls-object-bench", layer: 4, may_use: PUBLISHED, may_test_with: &[] },
    Member { name: "xtask", layer: 4, may_use: &[], may_test_with: &[] },
];

/// One member depends on another.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Edge {
    from: String,
    to: String,
    for_tests: bool,
}

/// Checks the workspace as it is.
///
/// # Errors
/// Names every edge, member and crate that is not allowed.
pub(crate) fn check() -> Result<()> {
    let (members, edges) = workspace()?;
    let mut faults = faults(&members, &edges);
    let trees = closure::check(&mut faults)?;
    if !faults.is_empty() {
        bail!("the layers do not hold:\n  {}", faults.join("\n  "));
    }
    println!(
        "{} members, {} edges between them, {trees} feature sets: all within the layers",
        members.len(),
        edges.len()
    );
    Ok(())
}

/// The names of all members, layer by layer.
pub(crate) fn members() -> impl Iterator<Item = &'static str> {
    MEMBERS.iter().map(|member| member.name)
}

/// The members and the edges between them, as the manifests have them.
fn workspace() -> Result<(Vec<String>, Vec<Edge>)> {
    let mut members = Vec::new();
    let mut edges = Vec::new();
    for package in metadata()?.packages {
        members.push(package.name.to_string());
        edges.extend(package.dependencies.iter().filter(|to| to.path.is_some()).map(|to| Edge {
            from: package.name.to_string(),
            to: to.name.clone(),
            for_tests: to.kind == DependencyKind::Development,
        }));
    }
    Ok((members, edges))
}

/// What the table does not allow, each fault in one line.
fn faults(members: &[String], edges: &[Edge]) -> Vec<String> {
    let mut faults = Vec::new();
    for name in members.iter().filter(|name| row(name).is_none()) {
        faults.push(format!("{name} has no layer: give it a row in xtask/src/layers.rs"));
    }
    for Member { name, .. } in MEMBERS.iter().filter(|row| !members.iter().any(|m| m == row.name)) {
        faults.push(format!("{name} has a layer but is no member of the workspace"));
    }
    for Edge { from, to, for_tests } in edges {
        let Some(member) = row(from) else { continue };
        let allowed = member.may_use.contains(&to.as_str())
            || (*for_tests && member.may_test_with.contains(&to.as_str()));
        if !allowed {
            let kind = if *for_tests { " for its tests" } else { "" };
            faults.push(format!(
                "{} must not depend on {}{kind}",
                with_layer(from),
                with_layer(to)
            ));
        }
    }
    faults
}

fn with_layer(name: &str) -> String {
    match row(name) {
        Some(member) => format!("{name} (layer {})", member.layer),
        None => format!("{name} (no layer)"),
    }
}

fn row(name: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_members() -> Vec<String> {
        members().map(str::to_owned).collect()
    }

    fn faults_of(from: &str, to: &str, for_tests: bool) -> Vec<String> {
        faults(&all_members(), &[Edge { from: from.into(), to: to.into(), for_tests }])
    }

    #[test]
    fn the_table_itself_points_down() {
        for member in MEMBERS {
            for name in member.may_use {
                let used = row(name).unwrap();
                // What several backends need is in crates of their own, which see no backend.
                let shared = [LIBSSL, PATH];
                let shared_by_siblings =
                    shared.contains(name) && member.layer == 1 && !shared.contains(&member.name);
                let facade_in_front = *name == FACADE && [CLI, BOGO].contains(&member.name);
                assert!(
                    used.layer < member.layer || shared_by_siblings || facade_in_front,
                    "{} uses {name}",
                    member.name
                );
            }
        }
    }

    #[test]
    fn allowed_edges_pass() {
        assert_eq!(faults_of(RUSTLS, CORE, false), [""; 0]);
        assert_eq!(faults_of(RUSTLS, CORE, true), [""; 0]);
        assert_eq!(faults_of(RUSTLS, CONFORMANCE, true), [""; 0]);
        assert_eq!(faults_of(CLI, FACADE, false), [""; 0]);
    }

    #[test]
    fn forbidden_edges_are_named() {
        assert_eq!(
            faults_of(CORE, RUSTLS, false),
            ["tls-object-core (layer 0) must not depend on tls-object-rustls (layer 1)"]
        );
        assert_eq!(
            faults_of(CORE, CONFORMANCE, true),
            [
                "tls-object-core (layer 0) must not depend on tls-object-conformance (layer 2) for its tests"
            ]
        );
        assert_eq!(faults_of(OPENSSL, BORING, false).len(), 1, "siblings");
        assert_eq!(faults_of(RUSTLS, LIBSSL, false).len(), 1, "libssl is for the C libraries");
        assert_eq!(faults_of(RUSTLS, CONFORMANCE, false).len(), 1, "for tests only");
        assert_eq!(faults_of(CONFORMANCE, FACADE, true).len(), 1, "upwards");
        assert_eq!(faults_of(CORE, "elsewhere", false).len(), 1, "out of the workspace");
    }

    #[test]
    fn strangers_and_missing_members_are_named() {
        let mut members = all_members();
        members.retain(|name| name != CORE);
        members.push("tls-object-new".into());
        assert_eq!(
            faults(&members, &[]),
            [
                "tls-object-new has no layer: give it a row in xtask/src/layers.rs",
                "tls-object-core has a layer but is no member of the workspace",
            ]
        );
    }

    #[test]
    fn the_manifests_are_read() {
        let (members, edges) = workspace().unwrap();
        assert!(members.contains(&CORE.to_owned()));
        let facade_to_core = Edge { from: FACADE.into(), to: CORE.into(), for_tests: false };
        assert!(edges.contains(&facade_to_core));
    }
}
