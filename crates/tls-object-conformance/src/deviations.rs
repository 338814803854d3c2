//! The accepted differences between libraries: `docs/deviations.toml`, as data.

use std::sync::OnceLock;

use serde::Deserialize;
use tls_object_core::DynBackend;

/// One accepted difference. It covers exactly one observation in place of one expectation,
/// so that nothing else hides behind it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviation {
    /// The scenario's name; with a `*` at the end, all that begin so.
    pub(crate) scenario: String,
    /// The fact in the scenario.
    pub(crate) fact: String,
    /// The client's backend, `*` as above; any, if left out.
    pub(crate) client: Option<String>,
    /// The server's backend, `*` as above; any, if left out.
    pub(crate) server: Option<String>,
    /// The first version of the named backends' library that deviates; all, if left out.
    pub(crate) since: Option<String>,
    /// The first version after those that deviate; none, if left out.
    pub(crate) before: Option<String>,
    /// What the scenario expects.
    pub(crate) expected: String,
    /// What these backends do instead.
    pub(crate) observed: String,
    /// Why they do, and why that is accepted.
    pub(crate) reason: String,
    /// Where the library's authors say so.
    pub(crate) link: String,
}

impl Deviation {
    /// Whether the deviation is about this fact on this pair.
    fn covers(
        &self,
        scenario: &str,
        fact: &str,
        client: &dyn DynBackend,
        server: &dyn DynBackend,
    ) -> bool {
        let concerns = |named: &Option<String>, backend: &dyn DynBackend| {
            let Some(pattern) = named else { return true };
            let version = || numbers(&backend.library().foundation().version);
            matches(pattern, backend.name())
                && self.since.as_deref().is_none_or(|since| version() >= numbers(since))
                && self.before.as_deref().is_none_or(|before| version() < numbers(before))
        };
        self.fact == fact
            && matches(&self.scenario, scenario)
            && concerns(&self.client, client)
            && concerns(&self.server, server)
    }

    /// What the report says of it.
    pub(crate) fn describe(&self) -> String {
        let Self { fact, expected, observed, reason, link, .. } = self;
        format!("{fact}: {observed} instead of {expected}: {reason} ({link})")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Deviation>,
}

/// Every accepted difference.
pub(crate) fn all() -> &'static [Deviation] {
    static ALL: OnceLock<Vec<Deviation>> = OnceLock::new();
    ALL.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../../../docs/deviations.toml"))
            .expect("docs/deviations.toml is well formed: a test reads it");
        file.deviation
    })
}

/// The deviation that is listed for this fact; when something else than `expected` was observed,
/// only one that lists just that.
pub(crate) fn find(
    scenario: &str,
    fact: &str,
    client: &dyn DynBackend,
    server: &dyn DynBackend,
    expected: &str,
    observed: Option<&str>,
) -> Option<&'static Deviation> {
    all().iter().find(|deviation| {
        deviation.covers(scenario, fact, client, server)
            && deviation.expected == expected
            && observed.is_none_or(|observed| deviation.observed == observed)
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

/// The numbers that a version begins with, such as 3, 0 and 22.
fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', ' ', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_about_a_scenario_and_gives_a_reason_and_a_link() {
        for row in all() {
            assert!(
                crate::scenarios().iter().any(|scenario| matches(&row.scenario, scenario.name))
                    || row.scenario.starts_with("oracle::"),
                "no scenario {}",
                row.scenario
            );
            assert!(row.reason.len() > 20, "{row:?}");
            assert!(row.link.starts_with("https://"), "{row:?}");
            assert_ne!(row.expected, row.observed);
            assert!(row.client.is_some() || row.server.is_some(), "{row:?}");
        }
    }

    #[test]
    fn a_star_stands_for_the_rest() {
        assert!(matches("rustls*", "rustls-ring"));
        assert!(matches("*", "openssl"));
        assert!(!matches("rustls", "rustls-ring"));
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("3.10.0") > numbers("3.2"));
        assert!(numbers("3.0.22 25 Aug 2026") < numbers("3.2"));
        assert!(numbers("3.2") >= numbers("3.2"));
    }
}
