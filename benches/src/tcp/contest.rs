//! Everyone does the same work in turn.

use core::time::Duration;
use std::sync::Arc;

use super::{Outcome, Stack, Work, run};
use crate::Sample;

/// The number of bytes that figures of bulk are about.
const MIB: usize = 1024 * 1024;

/// One library, driven one way.
#[allow(missing_debug_implementations)] // closures have none
pub struct Entrant {
    library: &'static str,
    driver: &'static str,
    run: Box<dyn Fn(Work, usize) -> Outcome>,
}

impl Entrant {
    /// With the names that its figures go by.
    pub fn new(library: &'static str, driver: &'static str, stack: impl Stack) -> Self {
        let stack = Arc::new(stack);
        Self { library, driver, run: Box::new(move |work, n| run(&stack, work, n)) }
    }

    /// Whether it is meant by a name: that of its library, or that of its driver behind it.
    pub fn goes_by(&self, name: &str) -> bool {
        match name.split_once('/') {
            Some(name) => name == (self.library, self.driver),
            None => name == self.library,
        }
    }
}

/// Work on so many connections, by a name that stays.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The beginning of the names of its figures.
    pub id: &'static str,
    /// What is done on each connection.
    pub work: Work,
    /// How many connections there are.
    pub connections: usize,
}

/// Every event that figures are given for.
pub const EVENTS: [Event; 4] = [
    Event { id: "tcp/bulk/1", work: Work::Bulk(256 * MIB), connections: 1 },
    Event { id: "tcp/bulk/64", work: Work::Bulk(4 * MIB), connections: 64 },
    Event { id: "tcp/echo/1", work: Work::Echo(8_000), connections: 1 },
    Event { id: "tcp/echo/64", work: Work::Echo(400), connections: 64 },
];

impl Event {
    /// How much is done over all connections, what that is counted in, and one of these in a name.
    fn amount(self) -> (f64, &'static str, &'static str) {
        let total = |each: usize| (each * self.connections) as f64;
        match self.work {
            Work::Bulk(bytes) => (total(bytes) / MIB as f64, "MiB", "MiB"),
            Work::Echo(rounds) => (total(rounds), "round trips", "round-trip"),
        }
    }

    /// Has everyone do it in turn, so often, and gives the figures of each: the best time, and the mean of
    /// the calls. `progress` is told before each turn of all.
    pub fn hold(
        self,
        entrants: &[Entrant],
        times: usize,
        mut progress: impl FnMut(usize),
    ) -> Vec<Sample> {
        let mut outcomes = vec![Vec::new(); entrants.len()];
        for time in 0..times {
            progress(time);
            for (entrant, outcomes) in entrants.iter().zip(&mut outcomes) {
                outcomes.push((entrant.run)(self.work, self.connections));
            }
        }
        let figures = entrants.iter().zip(&outcomes);
        figures.flat_map(|(entrant, outcomes)| self.samples(entrant, outcomes)).collect()
    }

    fn samples(self, entrant: &Entrant, outcomes: &[Outcome]) -> Vec<Sample> {
        let Self { id, .. } = self;
        let (amount, units, one) = self.amount();
        let sample = |id: String, unit: &str, value: f64| {
            Sample::new(id, entrant.library, entrant.driver, unit, value)
        };
        let rate = |time: fn(&Outcome) -> Duration| {
            let best = outcomes.iter().map(time).min().expect("an outcome");
            amount / best.as_secs_f64()
        };
        let calls = |count: fn(&Outcome) -> u64| {
            let total: u64 = outcomes.iter().map(count).sum();
            total as f64 / outcomes.len() as f64 / amount
        };
        let per_second = format!("{units}/s");
        let per_cpu = format!("{units}/s of processor time");
        let [receive, send] = ["recv", "send"].map(|call| format!("{call}-calls-per-{one}"));
        vec![
            sample(id.into(), &per_second, rate(|[a, b]| a.wall.max(b.wall))),
            sample(format!("{id}/cpu"), &per_cpu, rate(|[a, b]| a.cpu + b.cpu)),
            sample(format!("{id}/client/cpu"), &per_cpu, rate(|[client, _]| client.cpu)),
            sample(format!("{id}/server/cpu"), &per_cpu, rate(|[_, server]| server.cpu)),
            sample(format!("{id}/{receive}"), "calls", calls(|[a, b]| a.received + b.received)),
            sample(format!("{id}/{send}"), "calls", calls(|[a, b]| a.sent + b.sent)),
            sample(format!("{id}/client/{receive}"), "calls", calls(|[client, _]| client.received)),
            sample(format!("{id}/client/{send}"), "calls", calls(|[client, _]| client.sent)),
            sample(format!("{id}/server/{receive}"), "calls", calls(|[_, server]| server.received)),
            sample(format!("{id}/server/{send}"), "calls", calls(|[_, server]| server.sent)),
        ]
    }
}
