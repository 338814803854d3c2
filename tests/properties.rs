//! What holds for any input on every ordered pair of backends.

use proptest::prelude::*;
use tls_object::{Closure, Config, ProtocolVersion, Read, Side, SslObject, Status};
use tls_object_tests::faults::{
    End, Fault, Mishap, Parties, Schedule, identity, one_fault, play, run, without_faults,
};

mod in_memory;

/// How many inputs each pair is tried with.
const INPUTS: u32 = 12;

/// Every ordered pair of backends.
fn pairs() -> Vec<(String, Parties)> {
    let backends = tls_object::backends();
    let pairs = backends.iter().flat_map(|&client| backends.iter().map(move |&it| (client, it)));
    pairs
        .map(|(client, server)| {
            let parties = Parties::new(client, server).expect("sound configurations");
            (format!("client={} server={}", client.name(), server.name()), parties)
        })
        .collect()
}

#[test]
fn writes_of_any_sizes_come_out_in_order_in_any_pieces() {
    for (seed, (pair, parties)) in (1..).zip(pairs()) {
        let tally = run(&parties, &without_faults(), INPUTS, seed, &|| {});
        let tally = tally.unwrap_or_else(|broken| panic!("{pair}: {broken}"));
        assert_eq!(tally.complete, INPUTS as usize, "{pair}");
    }
}

#[test]
fn one_bad_byte_deceives_nobody() {
    for (seed, (pair, parties)) in (100..).zip(pairs()) {
        let tally = run(&parties, &one_fault(), INPUTS, seed, &|| {});
        let tally = tally.unwrap_or_else(|broken| panic!("{pair}: {broken}"));
        assert!(tally.truncated + tally.refused > 0, "{pair}: no fault was felt in {tally:?}");
    }
}

/// Data one way, with something that befalls it behind the handshake.
fn one_way() -> impl Strategy<Value = (Schedule, Side)> {
    let to = prop_oneof![Just(Side::Client), Just(Side::Server)];
    let mishap = prop_oneof![
        (0..8_u8).prop_map(Mishap::Corrupt),
        Just(Mishap::Drop(1)),
        Just(Mishap::Repeat(1)),
        Just(Mishap::Cut),
    ];
    (without_faults(), to, 0..6000_usize, mishap).prop_map(|(mut schedule, to, at, mishap)| {
        let silent = if to == Side::Client { 0 } else { 1 };
        schedule.writes[silent].clear();
        schedule.limit = 0;
        schedule.after_handshake = true;
        schedule.faults = vec![Fault { to, at, mishap }];
        (schedule, to)
    })
}

#[test]
fn the_same_bytes_in_other_pieces_are_the_same_events() {
    let pairs = pairs();
    let config =
        ProptestConfig { cases: INPUTS, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let result = runner.run(&one_way(), |(schedule, to)| {
        let whole = Schedule { pieces: vec![usize::MAX], ..schedule.clone() };
        let reader = if to == Side::Client { 0 } else { 1 };
        for (pair, parties) in &pairs {
            let events = |schedule| play(parties, schedule).map_err(TestCaseError::fail);
            let (one, other) = (events(&schedule)?, events(&whole)?);
            prop_assert_eq!(&one.reads[reader], &other.reads[reader], "{}", pair);
            prop_assert_eq!(one.ends[reader], other.ends[reader], "{}", pair);
        }
        Ok(())
    });
    if let Err(broken) = result {
        panic!("{broken}");
    }
}

#[test]
fn nothing_behind_close_notify_is_taken() {
    let config =
        ProptestConfig { cases: INPUTS, failure_persistence: None, ..ProptestConfig::default() };
    let backends = tls_object::backends();
    proptest!(config, |(
        said in prop::collection::vec(any::<u8>(), 0..2000),
        behind in prop::collection::vec(any::<u8>(), 1..500),
        piece in 1..700_usize,
        tls13 in any::<bool>(),
        to_client in any::<bool>(),
    )| {
        let [client, mut server] = configs();
        server.max_version = if tls13 { ProtocolVersion::TLS13 } else { ProtocolVersion::TLS12 };
        for (one, other) in backends.iter().flat_map(|one| backends.iter().map(move |it| (one, it))) {
            let mut ends = in_memory::connect(*one, &client, *other, &server);
            if to_client {
                ends.reverse();
            }
            let [writer, reader] = &mut ends;
            let sent = last_words(&mut **writer, &said, &behind);
            let (heard, left) = hear(&mut **reader, &sent, piece);
            prop_assert!(heard == said && left == behind, "client={} server={}", one.name(), other.name());
        }
    });
}

/// What an end puts out that says this and closes, and what somebody sends behind it.
fn last_words(writer: &mut dyn SslObject, said: &[u8], behind: &[u8]) -> Vec<u8> {
    let written = writer.write(said).expect("an open connection");
    assert_eq!(written, Status::Done(said.len()));
    writer.close().expect("an open connection");
    let mut sent = vec![0; writer.outgoing().pending()];
    writer.outgoing().read(&mut sent);
    sent.extend(behind);
    sent
}

/// What an end hears of this until its peer has closed, and what is left in its BIO.
fn hear(reader: &mut dyn SslObject, sent: &[u8], piece: usize) -> (Vec<u8>, Vec<u8>) {
    let mut heard = Vec::new();
    let mut closed = false;
    let mut buffer = [0; 4096];
    for piece in sent.chunks(piece) {
        reader.incoming().write(piece).expect("an open BIO");
        while !closed {
            match reader.read(&mut buffer).expect("an open connection") {
                Read::Data(n) => heard.extend(&buffer[..n]),
                Read::Closed(closure) => {
                    assert_eq!(closure, Closure::Clean);
                    closed = true;
                }
                _ => break,
            }
        }
    }
    assert!(closed, "the peer has closed");
    let mut left = vec![0; reader.incoming().pending()];
    reader.incoming().read(&mut left);
    (heard, left)
}

/// A client's and a server's configuration for [`in_memory::connect`].
fn configs() -> [Config; 2] {
    let identity = identity().clone();
    let mut client = Config::client();
    client.trust_store = vec![identity.chain()[0].clone()].into();
    [client, Config::server(identity)]
}

#[test]
fn a_fault_that_never_comes_changes_nothing() {
    let (pair, parties) = &pairs()[0];
    let fault = Fault { to: Side::Server, at: usize::MAX, mishap: Mishap::Cut };
    let schedule = Schedule {
        tls13: true,
        writes: [vec![10, 0, 40_000], vec![5]],
        read_size: [1000; 2],
        limit: 0,
        unwraps: [true, false],
        pieces: vec![1, 7000],
        server_first: vec![false],
        after_handshake: false,
        faults: vec![fault],
    };
    let account = play(parties, &schedule).unwrap_or_else(|broken| panic!("{pair}: {broken}"));
    assert_eq!(account.ends, [End::Clean; 2]);
    assert_eq!(account.reads[1].iter().sum::<usize>(), 40_010);
    assert_eq!(account.reads[0], [5]);
}
