//! Connections over loopback TCP, by this project's API and by what else there is for tokio.
//!
//! A [`Stack`] makes both ends of a connection, each in a thread and a runtime of its own, so that it
//! can be said what each costs: processor time, and calls of the system, which a [`Socket`] counts.

pub mod adapter;
mod contest;
mod end;
mod ours;
#[cfg(feature = "rivals")]
pub mod rivals;
mod run;
mod socket;
mod stack;

pub use contest::{EVENTS, Entrant, Event};
pub use end::Work;
pub use run::{Cost, Outcome, run};
pub use socket::{Calls, Socket};
pub use stack::Stack;
