//! Every scenario, by topic.

use std::sync::OnceLock;

use crate::scenario::Scenario;

mod alpn;
mod bio;
mod capability;
mod certificates;
mod chain;
mod ciphers;
mod client_auth;
mod client_hello;
mod config;
mod context;
mod data;
mod early_data;
mod end_point;
mod exporter;
mod external_key;
mod facts;
mod faults;
mod handshake;
mod identities;
mod key_log;
mod key_update;
mod lent;
mod memory;
mod messages;
mod misuse;
mod negotiation;
mod ocsp;
mod pause;
mod post_handshake;
mod psk;
mod raw_public_keys;
mod record;
mod resume;
mod reverify;
mod saved;
mod sct;
mod session_cache;
mod session_store;
mod shutdown;
mod signing;
mod sni;
mod strangers;
mod tickets;
mod traffic_secrets;
mod truncation;
mod verifier;
mod verify;

/// Every scenario, in the order of topics.
pub fn scenarios() -> &'static [Scenario] {
    static ALL: OnceLock<Vec<Scenario>> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            handshake::SCENARIOS,
            facts::SCENARIOS,
            verify::SCENARIOS,
            verify::common_name::SCENARIOS,
            verify::revocation::SCENARIOS,
            certificates::SCENARIOS,
            chain::SCENARIOS,
            chain::OTHERS,
            chain::anchor::SCENARIOS,
            chain::anchor::ACCEPTED,
            chain::common_name::REFUSED,
            chain::common_name::ACCEPTED,
            chain::revocation::SCENARIOS,
            chain::extensions::SCENARIOS,
            chain::extensions::ACCEPTED,
            chain::extensions::KEY_USAGE,
            chain::trusted_leaf::SCENARIOS,
            chain::trusted_leaf::KEY_USAGE,
            chain::twins::ACCEPTED,
            chain::twins::REFUSED,
            verifier::SCENARIOS,
            verifier::KEY_USAGE,
            ocsp::SCENARIOS,
            sct::SCENARIOS,
            client_auth::SCENARIOS,
            psk::SCENARIOS,
            raw_public_keys::SCENARIOS,
            raw_public_keys::verdict::SCENARIOS,
            raw_public_keys::choice::SCENARIOS,
            negotiation::SCENARIOS,
            ciphers::SCENARIOS,
            alpn::SCENARIOS,
            sni::SCENARIOS,
            identities::SCENARIOS,
            external_key::SCENARIOS,
            pause::SCENARIOS,
            signing::SCENARIOS,
            client_hello::SCENARIOS,
            client_hello::hook::SCENARIOS,
            data::SCENARIOS,
            lent::SCENARIOS,
            record::SCENARIOS,
            faults::SCENARIOS,
            shutdown::SCENARIOS,
            truncation::SCENARIOS,
            strangers::SCENARIOS,
            resume::SCENARIOS,
            reverify::SCENARIOS,
            tickets::SCENARIOS,
            saved::SCENARIOS,
            session_cache::SCENARIOS,
            session_store::SCENARIOS,
            early_data::SCENARIOS,
            exporter::SCENARIOS,
            post_handshake::SCENARIOS,
            key_log::SCENARIOS,
            end_point::SCENARIOS,
            traffic_secrets::SCENARIOS,
            key_update::SCENARIOS,
            messages::SCENARIOS,
            capability::SCENARIOS,
            config::SCENARIOS,
            config::values::SCENARIOS,
            config::material::SCENARIOS,
            config::no_effect::SCENARIOS,
            context::SCENARIOS,
            misuse::SCENARIOS,
            bio::SCENARIOS,
            memory::SCENARIOS,
        ]
        .concat()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tls_object_core::{Capability, Side};

    use super::*;

    #[test]
    fn names_are_unique_and_begin_with_a_topic() {
        let mut names = BTreeSet::new();
        for scenario in scenarios() {
            assert!(names.insert(scenario.name), "{} twice", scenario.name);
            assert!(scenario.name.split_once("::").is_some(), "{}", scenario.name);
            assert!(scenario.summary.ends_with('.'), "{}", scenario.name);
        }
    }

    #[test]
    fn ids_are_unique() {
        for scenario in scenarios() {
            let params = scenario.over.expand();
            let ids: BTreeSet<_> = params.iter().map(ToString::to_string).collect();
            assert_eq!(ids.len(), params.len(), "{}", scenario.name);
        }
    }

    #[test]
    fn every_capability_is_needed_by_a_scenario() {
        let mut needed = BTreeSet::new();
        for scenario in scenarios() {
            for params in scenario.over.expand() {
                needed.extend(scenario.needed(Side::Client, &params));
                needed.extend(scenario.needed(Side::Server, &params));
            }
        }
        let never: Vec<_> = Capability::ALL.iter().filter(|cap| !needed.contains(cap)).collect();
        assert!(never.is_empty(), "{never:?}");
    }
}
