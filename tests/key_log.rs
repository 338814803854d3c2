//! What a key log notes opens the recording of the connection, for Wireshark's `tshark`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tls_object::{
    Capability, CipherSuite, DynBackend, Hook, KeyLogFile, ProtocolVersion, Read, Setting, Side,
    SslObject, Status, VecBio, Wrap, backends,
};
use tls_object_tests::capture::{Capture, Stream};
use tls_object_tests::endpoint::{client_config, server_config, wrap};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;

const SUITES: [CipherSuite; 6] = [
    CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
];

/// Two objects in memory, and a recording of what goes to and fro.
struct Recorded<'a> {
    ends: [Box<dyn SslObject>; 2],
    capture: &'a mut Capture,
    stream: Stream,
}

impl Recorded<'_> {
    /// Carries what waits from each end to the other; whether there was something.
    fn carry(&mut self) -> bool {
        let mut moved = false;
        for from in [0, 1] {
            let outgoing = self.ends[from].outgoing();
            let mut bytes = vec![0; outgoing.pending()];
            outgoing.read(&mut bytes);
            let side = self.ends[from].side();
            self.capture.record(&mut self.stream, side, &bytes);
            let taken = self.ends[1 - from].incoming().write(&bytes).expect("an open BIO");
            assert_eq!(taken, bytes.len());
            moved |= taken > 0;
        }
        moved
    }

    fn handshake(&mut self) {
        loop {
            let done = self.ends.each_mut().map(|tls| tls.do_handshake().expect("a handshake"));
            if !self.carry() && done == [Status::Done(()); 2] {
                return;
            }
        }
    }

    /// Sends a message from one end and reads it at the other.
    fn send(&mut self, from: usize, message: &str) {
        let written = self.ends[from].write(message.as_bytes()).expect("a record");
        assert_eq!(written, Status::Done(message.len()));
        self.carry();
        let mut buffer = [0; 1024];
        let read = self.ends[1 - from].read(&mut buffer).expect("a record");
        assert_eq!(read, Read::Data(message.len()));
        assert_eq!(&buffer[..message.len()], message.as_bytes());
    }

    /// A request for `path`, answered with its name.
    fn exchange(&mut self, path: &str) {
        self.send(0, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        let length = path.len();
        self.send(
            1,
            &format!(
                "HTTP/1.1 200 OK\r\nX-Answer-To: {path}\r\nContent-Length: {length}\r\n\r\n{path}"
            ),
        );
    }
}

/// One connection with one suite, of which one end takes notes.
fn connect(
    [client, server]: [&dyn DynBackend; 2],
    suite: CipherSuite,
    noting: Side,
    key_log: &Hook<dyn tls_object::KeyLog>,
    pki: &Pki,
    capture: &mut Capture,
    port: u16,
) {
    let (mut client_config, mut server_config) = (client_config(pki), server_config(pki));
    client_config.cipher_suites = Setting::Required(vec![suite]);
    let noted = if noting == Side::Client { &mut client_config } else { &mut server_config };
    noted.key_log = Some(key_log.clone());
    let contexts = [
        client.context(&client_config).expect("a client context"),
        server.context(&server_config).expect("a server context"),
    ];
    let bio = || Box::new(VecBio::new());
    let wraps = [wrap(), Wrap::server()];
    let mut ends = contexts
        .iter()
        .zip(wraps)
        .map(|(context, wrap)| context.wrap_bio(bio(), bio(), wrap).expect("a connection"));
    let mut pair = Recorded {
        ends: std::array::from_fn(|_| ends.next().expect("two of them")),
        capture,
        stream: Stream::new(port),
    };
    pair.handshake();
    assert_eq!(pair.ends[0].facts().cipher_suite, Some(suite));
    pair.exchange(&format!("/{port}/first"));
    if suite.version() == ProtocolVersion::TLS13 {
        for end in [0, 1] {
            let done = pair.ends[end].key_update(true).expect("other keys");
            assert_eq!(done, Status::Done(()));
            pair.exchange(&format!("/{port}/after-{end}"));
        }
    }
    for end in [0, 1] {
        pair.ends[end].close().expect("an end");
        pair.carry();
    }
}

/// What `tshark` reads in a recording: the path of each request, and the one that its answer names.
fn dissect(pcap: &Path, keys: &Path) -> BTreeMap<String, usize> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-r"]).arg(pcap);
    command.arg("-o").arg(format!("tls.keylog_file:{}", keys.display()));
    command.args(["-Y", "http", "-T", "fields", "-e", "http.request.uri"]);
    command.args(["-e", "http.response.line", "-E", "separator=;"]);
    let output = Process::run(&mut command, b"");
    assert_eq!(output.code(), 0, "{output:?}");
    let mut found = BTreeMap::new();
    for line in output.text().lines() {
        // A request's path stands alone, an answer's behind the name of its field.
        let path = line.split_once("X-Answer-To: ").map_or(line, |(_, rest)| rest);
        let path: String = path
            .chars()
            .take_while(|it| it.is_ascii_alphanumeric() || "/-".contains(*it))
            .collect();
        *found.entry(path).or_default() += 1;
    }
    found
}

#[test]
fn tshark_reads_what_was_sent() {
    let pki = Pki::new();
    let [pcap, keys, none] = ["all.pcap", "keys.txt", "none.txt"].map(|it| pki.folder().join(it));
    let key_log: Hook<dyn tls_object::KeyLog> =
        Hook::new(Arc::new(KeyLogFile::append(&keys).expect("a key log")));
    let mut capture = Capture::default();
    let mut expected = BTreeMap::new();
    let mut port = 20_000;
    let able: Vec<_> = backends()
        .iter()
        .copied()
        .filter(|backend| backend.capabilities().has(Capability::KeyLog))
        .collect();
    for (index, &backend) in able.iter().enumerate() {
        // With itself, and with one that is not itself.
        for other in [backend, able[(index + 1) % able.len()]] {
            for noting in [Side::Client, Side::Server] {
                let pair = match noting {
                    Side::Client => [backend, other],
                    Side::Server => [other, backend],
                };
                for suite in SUITES {
                    port += 1;
                    connect(pair, suite, noting, &key_log, &pki, &mut capture, port);
                    expected.insert(format!("/{port}/first"), 2);
                    if suite.version() == ProtocolVersion::TLS13 {
                        for end in [0, 1] {
                            expected.insert(format!("/{port}/after-{end}"), 2);
                        }
                    }
                }
            }
        }
    }
    assert!(able.len() >= 4, "each library has a key log");
    std::fs::write(&pcap, capture.into_bytes()).expect("the temporary folder takes files");
    std::fs::write(&none, "").expect("the temporary folder takes files");
    assert_eq!(dissect(&pcap, &keys), expected);
    assert_eq!(dissect(&pcap, &none), BTreeMap::new(), "read without keys");
}
