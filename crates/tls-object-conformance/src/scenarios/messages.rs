//! Messages, shown as they go by.

use std::sync::{Arc, Mutex};

use tls_object_core::{
    AlpnProtocol, Capability, Config, Direction, Hook, Message, MessageKind, OnMessage, Side,
};

use crate::failure::{Failure, ensure, name};
use crate::lab::{Lab, ended_by_panic, panic_quietly};
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "messages::seen_at_both_ends",
        "Each end is shown whole handshake messages and alerts in order, and what one has sent the other receives.",
        Dims::VERSIONS,
        seen_at_both_ends,
    )
    .needs(MESSAGES),
    Scenario::new(
        "messages::refusal",
        "The alert of a refusal is shown where it was sent and where it arrives.",
        Dims::VERSIONS,
        refusal,
    )
    .needs(&[Capability::Messages, Capability::Alpn]),
    Scenario::new(
        "messages::of_one_end",
        "One end is shown what both say, the other is left alone.",
        Dims::VERSIONS,
        of_one_end,
    )
    .needs_each(MESSAGES, &[]),
    Scenario::new(
        "messages::panic",
        "A panic of what is shown a message comes out of the call that met it, and the connection is over.",
        Dims::VERSIONS,
        panic,
    )
    .needs(MESSAGES),
];

const MESSAGES: &[Capability] = &[Capability::Messages];

/// Types of handshake messages (RFC 8446 section 4, RFC 5246 section 7.4).
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const FINISHED: u8 = 20;

/// Direction, kind and bytes of a message.
type Seen = (Direction, MessageKind, Vec<u8>);

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Seen>>>);

impl Notes {
    fn hook(&self) -> Option<Hook<dyn OnMessage>> {
        Some(Hook::new(Arc::new(self.clone())))
    }

    /// The messages of one kind that went one way, in order.
    fn of(&self, direction: Direction, kind: MessageKind) -> Vec<Vec<u8>> {
        let seen = self.0.lock().expect("no scenario panics with it");
        let wanted = seen.iter().filter(|it| (it.0, it.1) == (direction, kind));
        wanted.map(|it| it.2.clone()).collect()
    }
}

impl OnMessage for Notes {
    fn on_message(&self, message: &Message<'_>) {
        let seen = (message.direction, message.kind, message.bytes.to_vec());
        self.0.lock().expect("no scenario panics with it").push(seen);
    }
}

/// A pair whose ends are watched; the client's notes come first.
fn watched(
    lab: &Lab,
    mut client: Config,
    mut server: Config,
) -> Result<(Pair, [Notes; 2]), Failure> {
    let notes = [Notes::default(), Notes::default()];
    client.on_message = notes[0].hook();
    server.on_message = notes[1].hook();
    Ok((lab.pair(&client, &server)?, notes))
}

/// What each end has sent of this kind, which the other has received.
fn agreed(notes: &[Notes; 2], kind: MessageKind) -> Result<[Vec<Vec<u8>>; 2], Failure> {
    let sent = notes.each_ref().map(|notes| notes.of(Direction::Sent, kind));
    for (side, (sent, peer)) in SIDES.into_iter().zip(sent.iter().zip([&notes[1], &notes[0]])) {
        let received = peer.of(Direction::Received, kind);
        let short = |all: &[Vec<u8>]| -> Vec<_> {
            all.iter().map(|it| (it.first().copied(), it.len())).collect()
        };
        ensure!(
            *sent == received,
            "{kind:?}: the {} sent {:?}, {:?} arrived",
            name(side),
            short(sent),
            short(&received)
        );
    }
    Ok(sent)
}

fn seen_at_both_ends(lab: &Lab) -> Result<(), Failure> {
    let (mut pair, notes) = watched(lab, lab.client_config(), lab.server_config())?;
    pair.handshake()?;
    pair.exchange()?;
    pair.shut_down()?;
    let sent = agreed(&notes, MessageKind::Handshake)?;
    for message in sent.iter().flatten() {
        // RFC 8446 section 4: a type, and three bytes of length.
        let &[_, a, b, c, ref body @ ..] = &message[..] else {
            return Err(Failure::new(format!("a message of {} bytes", message.len())));
        };
        let len = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        ensure!(body.len() == len, "{} bytes, {len} announced", body.len());
    }
    let [client, server] =
        sent.each_ref().map(|it| it.iter().map(|message| message[0]).collect::<Vec<_>>());
    ensure!(client[0] == CLIENT_HELLO && server[0] == SERVER_HELLO, "{client:?}, {server:?}");
    ensure!(server.contains(&CERTIFICATE), "no certificate: {server:?}");
    for types in [client, server] {
        let finished = types.iter().filter(|&&it| it == FINISHED).count();
        ensure!(finished == 1, "Finished {finished} times");
    }
    // RFC 8446 section 6.1: close_notify, whatever its level.
    let alerts = agreed(&notes, MessageKind::Alert)?;
    for alerts in alerts {
        ensure!(alerts.len() == 1 && alerts[0].len() == 2 && alerts[0][1] == 0, "{alerts:?}");
    }
    Ok(())
}

fn refusal(lab: &Lab) -> Result<(), Failure> {
    let (mut client, mut server) = (lab.client_config(), lab.server_config());
    client.alpn = vec![AlpnProtocol::new("ours")?];
    server.alpn = vec![AlpnProtocol::new("theirs")?];
    let (mut pair, notes) = watched(lab, client, server)?;
    let handshake = pair.drive()?;
    ensure!(!handshake.of(Side::Client).is_done(), "not refused");
    let [client, server] = agreed(&notes, MessageKind::Alert)?;
    ensure!(client.is_empty(), "an alert was answered: {client:?}");
    // RFC 7301 section 3.2: no_application_protocol, which is fatal.
    ensure!(server == [[2, 120]], "{server:?}");
    Ok(())
}

fn of_one_end(lab: &Lab) -> Result<(), Failure> {
    let notes = Notes::default();
    let mut client = lab.client_config();
    client.on_message = notes.hook();
    let mut pair = lab.pair(&client, &lab.server_config())?;
    pair.handshake()?;
    pair.exchange()?;
    for direction in [Direction::Sent, Direction::Received] {
        let seen = notes.of(direction, MessageKind::Handshake);
        ensure!(!seen.is_empty(), "nothing {direction:?}");
    }
    pair.shut_down()
}

/// Looks at one type of handshake message and is horrified.
struct Horrified(u8);

impl OnMessage for Horrified {
    fn on_message(&self, message: &Message<'_>) {
        if message.handshake_type() == Some(self.0) {
            panic_quietly();
        }
    }
}

fn panic(lab: &Lab) -> Result<(), Failure> {
    for (side, at) in
        [(Side::Client, CLIENT_HELLO), (Side::Server, CLIENT_HELLO), (Side::Client, FINISHED)]
    {
        let (mut client, mut server) = (lab.client_config(), lab.server_config());
        let config = if side == Side::Client { &mut client } else { &mut server };
        config.on_message = Some(Hook::new(Arc::new(Horrified(at))));
        let mut pair = lab.pair(&client, &server)?;
        ended_by_panic(&mut pair, side)?;
    }
    Ok(())
}
