//! A sample of schedules of faults on every ordered pair of backends: `cargo xtask faults --count 1000` plays as many as one likes.

use tls_object_tests::faults::{Parties, run, several_faults};

/// How many schedules each pair goes through here.
const SAMPLE: u32 = 20;

#[test]
fn whatever_happens_no_end_is_deceived() {
    let mut seed = 1;
    for client in tls_object::backends() {
        for server in tls_object::backends() {
            let parties = Parties::new(*client, *server).expect("sound configurations");
            let tally = run(&parties, &several_faults(), SAMPLE, seed, &|| {});
            let tally = tally.unwrap_or_else(|broken| panic!("{client:?} {server:?}: {broken}"));
            let felt = tally.truncated + tally.refused;
            assert!(felt > 0, "{client:?} {server:?}: no fault was felt in {tally:?}");
            seed += 1;
        }
    }
}
