//! Peers that do not speak TLS.

use tls_object_core::{
    Alert, Capability, ErrorKind, MAX_PLAINTEXT, Origin, Side, SslObject, Status,
};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "strangers::http_request",
        "A server tells an HTTP request, and answers nothing.",
        SERVER.variants(&[
            "GET / HTTP/1.1",
            "POST /form HTTP/1.1",
            "HEAD / HTTP/1.0",
            "PUT /x HTTP/1.1",
            "DELETE /x HTTP/1.1",
        ]),
        |lab| stranger(lab, Side::Server, request(lab).as_bytes(), ErrorKind::HttpRequest, &[]),
    ),
    Scenario::new(
        "strangers::proxy_request",
        "A server tells a request to a proxy, and answers nothing.",
        SERVER,
        |lab| {
            let request = b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n";
            stranger(lab, Side::Server, request, ErrorKind::HttpsProxyRequest, &[])
        },
    ),
    Scenario::new(
        "strangers::ssl2_hello",
        "A server tells an SSL 2 hello and answers with the one alert that its sender may understand.",
        SERVER,
        |lab| {
            let alert = [21, 3, 1, 0, 2, 2, Alert::PROTOCOL_VERSION.code()];
            stranger(lab, Side::Server, SSL2_HELLO, ErrorKind::Ssl2Hello, &alert)
        },
    ),
    Scenario::new(
        "strangers::other_protocol",
        "A server tells that something else is spoken, and answers nothing.",
        SERVER.variants(&[
            "SSH-2.0-OpenSSH_9.9",
            "EHLO example.com",
            "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}",
        ]),
        |lab| stranger(lab, Side::Server, request(lab).as_bytes(), ErrorKind::NotTls, &[]),
    ),
    Scenario::new(
        "strangers::answer",
        "A client tells that it is answered in something else.",
        Dims::alone(Side::Client).chunkings(&[Chunking::Byte, Chunking::Whole]).variants(&[
            "HTTP/1.1 400 Bad Request",
            "220 mail.example ESMTP",
            "SSH-2.0-OpenSSH_9.9",
        ]),
        |lab| stranger(lab, Side::Client, request(lab).as_bytes(), ErrorKind::NotTls, &[]),
    ),
    Scenario::new(
        "strangers::too_short_to_tell",
        "Fewer bytes than a record's header are nothing yet, and truncation once the transport has ended.",
        Dims::alone(Side::Server),
        too_short_to_tell,
    ),
    Scenario::new(
        "strangers::endless_server_hello",
        "A first message that is longer than any can be is refused, and the peer is told.",
        Dims::alone(Side::Client),
        endless_server_hello,
    )
    .needs(&[Capability::AlertSent]),
    Scenario::new(
        "strangers::endless_client_hello",
        "A hello that is longer than any can be is refused, and the peer is told.",
        Dims::alone(Side::Server),
        endless_client_hello,
    )
    .needs(&[Capability::AlertSent]),
];

const SERVER: Dims = Dims::alone(Side::Server).chunkings(&[Chunking::Byte, Chunking::Whole]);

/// Version 0.2, one cipher, no session, a challenge of 16 bytes (draft-hickman-netscape-ssl-00).
const SSL2_HELLO: &[u8] = b"\x80\x1c\x01\x00\x02\x00\x03\x00\x00\x00\x10\x07\x00\xc0\
    0123456789abcdef";

/// The variant as the first line of a request or an answer.
fn request(lab: &Lab) -> String {
    format!("{}\r\nHost: example.com\r\n\r\n", lab.variant())
}

fn stranger(
    lab: &Lab,
    side: Side,
    bytes: &[u8],
    expected: ErrorKind,
    answer: &[u8],
) -> Result<(), Failure> {
    let mut tls = lab.alone(side)?;
    let begun = tls.do_handshake()?;
    ensure!(begun == Status::WantRead, "{begun:?} before anything arrived");
    drained(&mut *tls);
    let mut met = None;
    for piece in bytes.chunks(lab.chunking().bytes()) {
        tls.incoming().write(piece)?;
        match tls.do_handshake() {
            Ok(Status::WantRead) => {}
            Ok(status) => return Err(Failure::new(format!("{status:?}"))),
            Err(error) => {
                met = Some(error);
                break;
            }
        }
    }
    let Some(error) = met else { return Err(Failure::new("nothing was wrong")) };
    ensure!(error.kind() == expected, "{error:?}, expected {expected:?}");
    lab.ended(side, &error);
    let sent = drained(&mut *tls);
    ensure!(sent == answer, "answered {sent:?}");
    ensure!(error.alert_sent().is_some() != answer.is_empty(), "{error:?}");
    let later = [
        tls.do_handshake().map(|_| ()),
        tls.read(&mut [0; 16]).map(|_| ()),
        tls.write(b"hello?").map(|_| ()),
        tls.close(),
    ];
    for result in later {
        ensure!(result.as_ref().is_err_and(|later| later.kind() == expected), "later: {result:?}");
    }
    ensure!(drained(&mut *tls).is_empty(), "more was sent");
    Ok(())
}

fn endless_server_hello(lab: &Lab) -> Result<(), Failure> {
    endless(lab, Side::Client, 2)
}

fn endless_client_hello(lab: &Lab) -> Result<(), Failure> {
    endless(lab, Side::Server, 1)
}

/// The end on `side` gets the beginning of a handshake message of this type that says it is 16 MiB long.
fn endless(lab: &Lab, side: Side, message: u8) -> Result<(), Failure> {
    /// RFC 8446 section 5.1: handshake, and as much as a record holds.
    const HEADER: [u8; 5] = [22, 3, 3, 0x40, 0];
    let mut tls = lab.alone(side)?;
    let begun = tls.do_handshake()?;
    ensure!(begun == Status::WantRead, "{begun:?} before anything arrived");
    drained(&mut *tls);
    let mut record = [&HEADER[..], &[0; MAX_PLAINTEXT]].concat();
    record[5..9].copy_from_slice(&[message, 0xff, 0xff, 0xff]);
    for _ in 0..1024 {
        tls.incoming().write(&record)?;
        record[5..9].fill(0);
        match tls.do_handshake() {
            Ok(Status::WantRead) => {}
            Ok(status) => return Err(Failure::new(format!("{status:?}"))),
            Err(error) => {
                ensure!(error.origin() == Origin::PeerMisbehaved, "{error:?}");
                lab.ended(side, &error);
                let sent = drained(&mut *tls);
                let alert = error.alert_sent().map(Alert::code);
                let told = matches!(sent[..], [21, 3, _, 0, 2, 2, told] if Some(told) == alert);
                ensure!(told, "{error:?}, told by {sent:?}");
                return Ok(());
            }
        }
    }
    Err(Failure::new("16 MiB were taken"))
}

/// What the object wants to send.
fn drained(tls: &mut dyn SslObject) -> Vec<u8> {
    let mut bytes = vec![0; tls.outgoing().pending()];
    tls.outgoing().read(&mut bytes);
    bytes
}

fn too_short_to_tell(lab: &Lab) -> Result<(), Failure> {
    let mut server = lab.alone(Side::Server)?;
    server.incoming().write(b"GET ")?;
    let step = server.do_handshake()?;
    ensure!(step == Status::WantRead, "{step:?}");
    server.incoming().write_eof();
    let end = server.do_handshake();
    ensure!(end.as_ref().is_err_and(|end| end.kind() == ErrorKind::Truncated), "{end:?}");
    ensure!(server.outgoing().pending() == 0, "an answer to nobody");
    Ok(())
}
