//! Connections over loopback TCP, by this project's API and by what else there is for tokio.
//!
//! A [`Stack`] makes both ends of a connection. They run each in a thread and a runtime of its own, as programs do, which
//! says what is reached when they wait for each other ([`run`](fn@run)); or both in one thread, which says what the
//! work costs ([`count`](fn@count), [`time`](fn@time)). A [`Socket`] counts the calls of the system.

pub mod adapter;
mod alone;
#[cfg(all(feature = "boring", feature = "openssl", feature = "rustls"))]
mod contest;
mod end;
#[cfg(all(feature = "boring", feature = "openssl", feature = "rustls"))]
mod entrant;
mod ours;
#[cfg(feature = "rivals")]
pub mod rivals;
mod run;
mod socket;
mod stack;

pub use alone::{count, time};
#[cfg(all(feature = "boring", feature = "openssl", feature = "rustls"))]
pub use contest::{ALONE, EVENTS, Event};
pub use end::Work;
#[cfg(all(feature = "boring", feature = "openssl", feature = "rustls"))]
pub use entrant::Entrant;
pub use run::{Cost, Outcome, run};
pub use socket::{Calls, Socket};
pub use stack::Stack;
