//! Recordings of TCP connections, in the format of libpcap.

use tls_object::Side;

/// The longest segment, in bytes of payload: its packet's length has 16 bits.
const SEGMENT: usize = 16 * 1024;
/// The link type of packets that begin with the header of IP.
const RAW_IP: u32 = 101;
const HEADERS: usize = 40;

/// A recording of TCP connections to port 443.
#[derive(Debug)]
pub struct Capture {
    file: Vec<u8>,
    packets: u32,
}

/// One connection in a recording.
#[derive(Debug)]
pub struct Stream {
    port: u16,
    /// What the client has sent, and what the server has, in bytes.
    sent: [u32; 2],
}

impl Stream {
    /// A connection from this port of the client's.
    pub fn new(port: u16) -> Self {
        Self { port, sent: [0; 2] }
    }
}

impl Default for Capture {
    /// An empty recording.
    fn default() -> Self {
        let mut file = Vec::new();
        // Magic number and version; then time zone, accuracy, and the longest packet.
        file.extend(0xa1b2_c3d4_u32.to_ne_bytes());
        file.extend([2_u16, 4].iter().flat_map(|part| part.to_ne_bytes()));
        file.extend([0, 0, 65_535, RAW_IP].iter().flat_map(|part: &u32| part.to_ne_bytes()));
        Self { file, packets: 0 }
    }
}

impl Capture {
    /// Records what `from` has sent.
    pub fn record(&mut self, stream: &mut Stream, from: Side, bytes: &[u8]) {
        for payload in bytes.chunks(SEGMENT) {
            self.packet(stream, from, payload);
            let sent = &mut stream.sent[usize::from(from == Side::Server)];
            *sent += payload.len() as u32;
        }
    }

    /// The file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.file
    }

    /// One packet: checksums are left out, and nobody looks at them unless told to.
    fn packet(&mut self, stream: &Stream, from: Side, payload: &[u8]) {
        self.packets += 1;
        let len = (HEADERS + payload.len()) as u32;
        self.file.extend([self.packets, 0, len, len].iter().flat_map(|part| part.to_ne_bytes()));
        let client = ([127, 0, 0, 1], stream.port);
        let server = ([127, 0, 0, 2], 443);
        let [sent_by_client, sent_by_server] = stream.sent;
        let (source, target, sequence, acknowledged) = match from {
            Side::Client => (client, server, sent_by_client, sent_by_server),
            Side::Server => (server, client, sent_by_server, sent_by_client),
        };
        // RFC 791: version and length of the header, total length, time to live, TCP.
        self.file.extend([0x45, 0]);
        self.file.extend((len as u16).to_be_bytes());
        self.file.extend([0, 0, 0, 0, 64, 6, 0, 0]);
        self.file.extend(source.0);
        self.file.extend(target.0);
        // RFC 9293: ports, numbers, length of the header, ACK and PSH, window.
        self.file.extend(source.1.to_be_bytes());
        self.file.extend(target.1.to_be_bytes());
        self.file.extend((sequence + 1).to_be_bytes());
        self.file.extend((acknowledged + 1).to_be_bytes());
        self.file.extend([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
        self.file.extend(payload);
    }
}
