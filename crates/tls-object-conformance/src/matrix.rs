//! Which scenario is tried on which pair, with which parameters.

use core::fmt;

use tls_object_core::{DynBackend, Side};

use crate::scenario::{Params, Scenario};

/// What to take of the matrix. Empty: everything.
#[allow(clippy::exhaustive_structs)] // filled in by its users
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selection {
    /// Only cases with this in their name, such as `truncation` or `[tls1.3`.
    pub filter: Option<String>,
    /// Only with this backend as the client.
    pub client: Option<String>,
    /// Only with this backend as the server.
    pub server: Option<String>,
}

/// One scenario on one ordered pair of backends, with one set of parameters.
///
/// Displays as its id, such as `shutdown::truncation[tls1.3,mid-record] client=rustls server=openssl`.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub(crate) scenario: &'static Scenario,
    pub(crate) params: Params,
    pub(crate) client: &'static dyn DynBackend,
    pub(crate) server: &'static dyn DynBackend,
}

impl Case {
    /// The scenario.
    pub fn scenario(&self) -> &'static Scenario {
        self.scenario
    }

    /// The scenario's name with the parameters: the id but for the backends.
    pub fn name(&self) -> String {
        format!("{}{}", self.scenario.name, bracketed(&self.params))
    }

    /// The backend that plays `side`.
    pub(crate) fn backend(&self, side: Side) -> &'static dyn DynBackend {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (client, server) = (self.client.name(), self.server.name());
        write!(f, "{} client={client} server={server}", self.name())
    }
}

fn bracketed(params: &Params) -> String {
    let params = params.to_string();
    if params.is_empty() { params } else { format!("[{params}]") }
}

/// Every case that the selection leaves of the matrix over `backends`, scenario by scenario.
///
/// A scenario for two ends is tried on every ordered pair, one for a single end once with each
/// backend, which is then named as client and server both.
pub fn plan(backends: &[&'static dyn DynBackend], selection: &Selection) -> Vec<Case> {
    let chosen = |chosen: &Option<String>, backend: &dyn DynBackend| {
        chosen.as_deref().is_none_or(|chosen| chosen == backend.name())
    };
    let mut cases = Vec::new();
    for scenario in crate::scenarios() {
        for params in scenario.over.expand() {
            for &client in backends {
                for &server in backends {
                    let alone = scenario.over.plays_alone().is_some();
                    let case = Case { scenario, params, client, server };
                    let filtered = selection.filter.as_deref();
                    if chosen(&selection.client, client)
                        && chosen(&selection.server, server)
                        && (!alone || client.name() == server.name())
                        && filtered.is_none_or(|filter| case.name().contains(filter))
                    {
                        cases.push(case);
                    }
                }
            }
        }
    }
    cases
}
