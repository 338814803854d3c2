//! Everyone does the same work in turn.

use core::time::Duration;

use super::{Entrant, Outcome, Work};
use crate::Sample;

/// The number of bytes that figures of bulk are about.
const MIB: usize = 1024 * 1024;

/// Work on so many connections, by a name that stays.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The beginning of the names of its figures.
    pub id: &'static str,
    /// What is done on each connection in one turn.
    pub work: Work,
    /// How many connections there are.
    pub connections: usize,
}

/// Every event that figures are given for.
pub const EVENTS: [Event; 4] = [
    Event { id: "tcp/bulk/1", work: Work::Bulk(64 * MIB), connections: 1 },
    Event { id: "tcp/bulk/64", work: Work::Bulk(MIB), connections: 64 },
    Event { id: "tcp/echo/1", work: Work::Echo(2_000), connections: 1 },
    Event { id: "tcp/echo/64", work: Work::Echo(100), connections: 64 },
];

/// What is done on one connection with both ends in one thread, by a name that stays.
pub const ALONE: [Event; 2] = [
    Event { id: "tcp/alone/bulk", work: Work::Bulk(8 * MIB), connections: 1 },
    Event { id: "tcp/alone/echo", work: Work::Echo(400), connections: 1 },
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

    /// Has everyone do it in turn, so often, and gives the figures of each: the median of the times, and the mean
    /// of the calls. `progress` is told before each turn of all.
    ///
    /// Turns are short, and who begins changes: what else the machine does meets everyone alike.
    pub fn hold(
        self,
        entrants: &[Entrant],
        times: usize,
        progress: impl FnMut(usize),
    ) -> Vec<Sample> {
        let run = |entrant: &Entrant| entrant.run(self.work, self.connections);
        let outcomes = in_turn(entrants, times, progress, run);
        let figures = entrants.iter().zip(&outcomes);
        figures.flat_map(|(entrant, outcomes)| self.samples(entrant, outcomes)).collect()
    }

    /// The same for the time that both ends take in one thread, which is one of [`ALONE`].
    pub fn hold_alone(
        self,
        entrants: &[Entrant],
        times: usize,
        progress: impl FnMut(usize),
    ) -> Vec<Sample> {
        let took = in_turn(entrants, times, progress, |entrant| entrant.time(self.work));
        let (amount, units, _) = self.amount();
        let unit = format!("{units}/s of processor time");
        let rate = |(entrant, took): (&Entrant, Vec<Duration>)| {
            let rate = amount / median(took).as_secs_f64();
            Sample::new(self.id, entrant.library, entrant.driver, &unit, rate)
        };
        entrants.iter().zip(took).map(rate).collect()
    }

    fn samples(self, entrant: &Entrant, outcomes: &[Outcome]) -> Vec<Sample> {
        let Self { id, .. } = self;
        let (amount, units, one) = self.amount();
        let sample = |id: String, unit: &str, value: f64| {
            Sample::new(id, entrant.library, entrant.driver, unit, value)
        };
        let rate = |time: fn(&Outcome) -> Duration| {
            amount / median(outcomes.iter().map(time).collect()).as_secs_f64()
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

/// What each of `entrants` comes to in each of so many short turns. Who begins changes, so that what else the
/// machine does meets everyone alike.
fn in_turn<T>(
    entrants: &[Entrant],
    times: usize,
    mut progress: impl FnMut(usize),
    mut act: impl FnMut(&Entrant) -> T,
) -> Vec<Vec<T>> {
    let mut outcomes: Vec<_> = entrants.iter().map(|_| Vec::with_capacity(times)).collect();
    for time in 0..times {
        progress(time);
        for turn in 0..entrants.len() {
            let whose = (time + turn) % entrants.len();
            outcomes[whose].push(act(&entrants[whose]));
        }
    }
    outcomes
}

/// The time in the middle; of an even number of them the greater one.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_time_in_the_middle() {
        let of = |times: &[u64]| median(times.iter().copied().map(Duration::from_secs).collect());
        assert_eq!(of(&[7, 1, 3]), Duration::from_secs(3));
        assert_eq!(of(&[9, 2]), Duration::from_secs(9));
    }
}
