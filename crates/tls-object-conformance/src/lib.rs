//! One conformance suite for every `tls-object` backend.
//!
//! A *scenario* is one promise of the contract in [`tls_object_core`], tried on an ordered
//! pair of backends, one as the client and one as the server, over versions of the
//! protocol, types of keys, ways in which bytes arrive. It sees the core's traits and
//! nothing below them, so whoever writes a backend can hold it to the contract:
//!
//! ```
//! use tls_object_conformance::{Selection, plan, run};
//!
//! # let backends: &[&'static dyn tls_object_core::DynBackend] = &[];
//! let cases = plan(backends, &Selection::default());
//! let report = run(&cases, &mut |result| eprintln!("{} {:?}", result.scenario, result.outcome));
//! assert_eq!(report.summary.fail, 0);
//! ```
//!
//! With the feature `harness`, a function `main` does the same as a test binary.
//!
//! # Outcomes
//!
//! A scenario names the capabilities it needs. With all of them on both ends it must hold
//! ([`Outcome::Pass`]); with one missing the backend must refuse exactly that one
//! ([`Outcome::Unsupported`]): by [`ErrorKind::Unsupported`](tls_object_core::ErrorKind::Unsupported)
//! or, where the capability is a fact to be told, by not telling it. Anything else is
//! [`Outcome::Fail`], a panic and a silent skip included.
//!
//! Where libraries differ for a reason, `docs/deviations.toml` lists which fact of which
//! scenario, on which pairs, what is expected and what is seen instead
//! ([`Outcome::Deviation`]). The rest of the scenario is checked all the same, and a row
//! that no longer applies is a failure.
//!
//! No case waits, sleeps, reads a clock or opens a socket: where no byte can move any more,
//! the pump says so.

#![forbid(unsafe_code)]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod agent;
mod der;
mod deviations;
mod failure;
mod handshake_once;
#[cfg(feature = "harness")]
mod harness;
mod hermetic;
mod lab;
mod matrix;
#[cfg(feature = "harness")]
pub mod oracle;
mod pair;
mod pki;
mod report;
mod runner;
mod scenario;
mod scenarios;
mod wire;

pub use failure::Failure;
pub use handshake_once::{EndSummary, HandshakeSummary, handshake_once};
#[cfg(feature = "harness")]
pub use harness::main;
pub use hermetic::without_system_anchors;
pub use matrix::{Case, Selection, plan};
pub use report::{CaseResult, ConnectionError, Outcome, Report, Summary, report_json};
pub use runner::run;
pub use scenario::Scenario;
pub use scenarios::scenarios;
