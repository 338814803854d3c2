//! One thing that is wrong with the handshake, and exactly what comes of it.

use tls_object_core::{Alert, ErrorKind, Side, SslObject, Status};

use super::record::interrupted;
use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Progress, SIDES};
use crate::scenario::{Dims, Scenario};
use crate::wire::content;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "faults::alert_first",
        "A fatal alert as the first record is told as what it is, and not answered.",
        Dims::ONCE,
        |lab| {
            let alert = Alert::HANDSHAKE_FAILURE;
            first(lab, &alert_record(FATAL, alert), ErrorKind::AlertReceived(alert), None)
        },
    ),
    Scenario::new(
        "faults::close_first",
        "close_notify as the first record is an end during the handshake.",
        Dims::ONCE,
        |lab| {
            let record = alert_record(WARNING, Alert::CLOSE_NOTIFY);
            first(lab, &record, ErrorKind::ClosedDuringHandshake, None)
        },
    ),
    Scenario::new(
        "faults::unknown_type_first",
        "A record of a type that does not exist is no TLS, as the first one.",
        Dims::ONCE,
        |lab| first(lab, &[0x63, 3, 3, 0, 1, 0], ErrorKind::NotTls, None),
    ),
    Scenario::new(
        "faults::unreadable_hello",
        "A first message that ends before it should cannot be decoded.",
        Dims::ONCE,
        unreadable_hello,
    ),
    Scenario::new(
        "faults::suite_not_offered",
        "A server that chooses a cipher suite that was not offered is refused (RFC 8446 section 4.1.3).",
        Dims::alone(Side::Client),
        suite_not_offered,
    ),
    Scenario::new(
        "faults::empty_record",
        "A handshake record with nothing in it, which may not be sent, is passed over before a hello (RFC 8446 section 5.1).",
        Dims::VERSIONS,
        empty_record,
    ),
    Scenario::new(
        "faults::alert_level",
        "An alert of a level that does not exist is not allowed under TLS 1.2; later versions look at no level.",
        Dims::TLS12,
        |lab| {
            let record = alert_record(7, Alert::HANDSHAKE_FAILURE);
            interrupted(lab, &record, ErrorKind::IllegalParameter)
        },
    ),
    Scenario::new(
        "faults::hello_request",
        "A client that waits for the server's hello ignores a HelloRequest (RFC 5246 section 7.4.1.1).",
        Dims::TLS12,
        hello_request,
    ),
];

const WARNING: u8 = 1;
const FATAL: u8 = 2;

const EMPTY_HANDSHAKE: &[u8] = &[content::HANDSHAKE, 3, 3, 0, 0];

/// An alert that is not encrypted.
fn alert_record(level: u8, alert: Alert) -> [u8; 7] {
    [content::ALERT, 3, 3, 0, 2, level, alert.code()]
}

/// Either end is sent this before anything else, and answers with this alert.
fn first(lab: &Lab, bytes: &[u8], kind: ErrorKind, alert: Option<Alert>) -> Result<(), Failure> {
    SIDES.into_iter().try_for_each(|side| first_to(lab, side, bytes, kind, alert))
}

fn first_to(
    lab: &Lab,
    side: Side,
    bytes: &[u8],
    kind: ErrorKind,
    alert: Option<Alert>,
) -> Result<(), Failure> {
    let mut tls = lab.alone(side)?;
    let begun = tls.do_handshake()?;
    ensure!(begun == Status::WantRead, "{begun:?}");
    taken(&mut *tls);
    tls.incoming().write(bytes)?;
    let Err(error) = tls.do_handshake() else {
        return Err(Failure::new(format!("the {} goes on", name(side))));
    };
    lab.ended(side, &error);
    let end = name(side);
    lab.expect(&format!("error of the {end}"), kind, error.kind())?;
    lab.expect(&format!("alert of the {end}"), alert, error.alert_sent())?;
    let sent = taken(&mut *tls);
    let told = match &*sent {
        [] => None,
        [content::ALERT, 3, _, 0, 2, FATAL, code] => Some(Alert::new(*code)),
        other => return Err(Failure::new(format!("sent {other:?}"))),
    };
    ensure!(told == error.alert_sent(), "{told:?} was sent: {error:?}");
    let again = tls.do_handshake();
    ensure!(again.is_err_and(|again| again.kind() == error.kind()), "not the last word: {error:?}");
    Ok(())
}

/// Empties the outgoing BIO.
fn taken(tls: &mut dyn SslObject) -> Vec<u8> {
    let mut bytes = vec![0; tls.outgoing().pending()];
    tls.outgoing().read(&mut bytes);
    bytes
}

/// One message in one record; its length is that of `body`.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let byte = |len: usize| u8::try_from(len).expect("a short message");
    let mut record = vec![content::HANDSHAKE, 3, 3, 0, byte(body.len() + 4), kind, 0, 0];
    record.push(byte(body.len()));
    record.extend(body);
    record
}

const HELLO_REQUEST: u8 = 0;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;

/// A version, and nothing behind it.
fn unreadable_hello(lab: &Lab) -> Result<(), Failure> {
    for (side, hello) in [(Side::Client, SERVER_HELLO), (Side::Server, CLIENT_HELLO)] {
        let record = message(hello, &[3, 3]);
        first_to(lab, side, &record, ErrorKind::Decode, Some(Alert::DECODE_ERROR))?;
    }
    Ok(())
}

/// TLS 1.2 with `TLS_RSA_WITH_NULL_SHA`, which nobody offers.
fn suite_not_offered(lab: &Lab) -> Result<(), Failure> {
    let mut hello = vec![3, 3];
    hello.extend([0x2a; 32]);
    hello.extend([0, 0, 0x02, 0]);
    // The renegotiation that is secure (RFC 5746), which clients may insist on.
    hello.extend([0, 5, 0xff, 0x01, 0, 1, 0]);
    let alert = Some(Alert::ILLEGAL_PARAMETER);
    first_to(lab, Side::Client, &message(SERVER_HELLO, &hello), ErrorKind::IllegalParameter, alert)
}

/// What an end makes of something that it was sent before its peer's hello.
#[derive(Debug, PartialEq)]
enum Met {
    /// Nothing: the handshake goes on.
    PassedOver,
    /// It ends the handshake.
    Refused(ErrorKind),
}

/// `side` is sent `record` before its peer's hello, and passes it over.
fn passed_over(lab: &Lab, side: Side, record: &[u8]) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    if side == Side::Client {
        let begun = pair.call(side, |tls| tls.do_handshake())?;
        ensure!(begun == Status::WantRead, "{begun:?}");
    }
    pair.wire_to(side).inject(record);
    let fact = format!("record to the {}", name(side));
    match pair.drive()?.of(side) {
        Progress::Failed(error) => {
            lab.expect(&fact, Met::PassedOver, Met::Refused(error.kind()))?;
            lab.final_error(&mut pair, side, error)
        }
        _ => {
            lab.expect(&fact, Met::PassedOver, Met::PassedOver)?;
            pair.exchange()
        }
    }
}

fn empty_record(lab: &Lab) -> Result<(), Failure> {
    SIDES.into_iter().try_for_each(|side| passed_over(lab, side, EMPTY_HANDSHAKE))
}

fn hello_request(lab: &Lab) -> Result<(), Failure> {
    passed_over(lab, Side::Client, &message(HELLO_REQUEST, &[]))
}
