//! Connections over a transport that arbitrary things happen to.
//!
//! A [`Schedule`] says what both ends write, in which pieces bytes arrive, and what befalls which byte on its way. [`play`]
//! lets a pair of backends go through it and checks what must hold whatever happens: no end reads other bytes than its peer
//! wrote, no stream ends cleanly before its end, an error stays, facts stay, memory is bounded, and when no byte moves
//! any more, an end that has not finished says so once its transport ends.

mod exchange;
mod link;
mod parties;
mod schedule;

pub use exchange::{Account, End, play};
pub use parties::{Parties, identity};
pub use schedule::{Fault, Mishap, Schedule, one_fault, several_faults, without_faults};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// What a number of schedules came to on one pair.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// All data arrived at both ends, and both closed.
    pub complete: usize,
    /// An end found its stream cut off, and neither met an error.
    pub truncated: usize,
    /// An end refused to go on.
    pub refused: usize,
}

/// Plays `count` of the schedules of `strategy` on a pair, chosen by `seed`, and calls `done` after each.
///
/// # Errors
/// The smallest schedule found that breaks a rule, and which rule that is.
pub fn run(
    parties: &Parties,
    strategy: &impl Strategy<Value = Schedule>,
    count: u32,
    seed: u64,
    done: &(dyn Fn() + Sync),
) -> Result<Tally, String> {
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let tally = core::cell::Cell::new(Tally::default());
    let result = TestRunner::new_with_rng(config, rng).run(strategy, |schedule| {
        let account = play(parties, &schedule).map_err(TestCaseError::fail)?;
        let mut sum = tally.get();
        if account.ends.iter().any(|end| matches!(end, End::Failed(..))) {
            sum.refused += 1;
        } else if account.ends.contains(&End::Truncated) {
            sum.truncated += 1;
        } else {
            sum.complete += 1;
        }
        tally.set(sum);
        done();
        Ok(())
    });
    match result {
        Ok(()) => Ok(tally.get()),
        Err(TestError::Fail(why, schedule)) => Err(format!("{why}\n{schedule:#?}")),
        Err(TestError::Abort(why)) => Err(why.to_string()),
    }
}
