//! The secrets of a connection do what a kernel would do with them: records are opened and sealed here, by hand.

mod in_memory;

use ring::aead::{
    AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey,
};
use tls_object::{
    Capability, CipherSuite, DynBackend, ProtocolVersion, Read, Setting, SslObject, Status,
    TrafficKeys, TrafficSecrets, backends,
};
use tls_object_tests::endpoint::{client_config, having, server_config};
use tls_object_tests::pki::Pki;

const APPLICATION_DATA: u8 = 23;
const HEADER: usize = 5;
const EXPLICIT: usize = 8;
const TAG: usize = 16;

const SUITES: &[CipherSuite] = &[
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// One direction of a connection.
struct Direction {
    key: LessSafeKey,
    iv: [u8; 12],
    /// The explicit nonce of the next record, where there is one.
    explicit: Option<u64>,
    sequence: u64,
    is_tls13: bool,
}

impl Direction {
    fn new(secrets: &TrafficSecrets, keys: &TrafficKeys) -> Self {
        let name = secrets.suite.iana_name().expect("a name");
        let algorithm = match keys.key().len() {
            16 => &AES_128_GCM,
            _ if name.contains("CHACHA20") => &CHACHA20_POLY1305,
            _ => &AES_256_GCM,
        };
        let iv = *keys.iv();
        let is_tls13 = secrets.version == ProtocolVersion::TLS13;
        let counts = !is_tls13 && name.contains("GCM");
        Self {
            key: LessSafeKey::new(UnboundKey::new(algorithm, keys.key()).expect("a key")),
            iv,
            explicit: counts.then(|| u64::from_be_bytes(*iv.last_chunk().expect("12 bytes"))),
            sequence: keys.sequence(),
            is_tls13,
        }
    }

    /// The nonce of the next record, with what stands in front of it.
    fn nonce(&self, explicit: &[u8]) -> Nonce {
        let mut nonce = self.iv;
        if self.explicit.is_some() {
            nonce[4..].copy_from_slice(explicit);
        } else {
            let number = self.sequence.to_be_bytes();
            nonce[4..].iter_mut().zip(number).for_each(|(byte, mask)| *byte ^= mask);
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// What is authenticated besides: RFC 8446 section 5.2, RFC 5246 section 6.2.3.3.
    fn additional(&self, header: [u8; HEADER], plain_len: usize) -> Vec<u8> {
        if self.is_tls13 {
            return header.to_vec();
        }
        let len = u16::try_from(plain_len).expect("a record").to_be_bytes();
        [&self.sequence.to_be_bytes()[..], &header[..3], &len].concat()
    }

    fn open(&mut self, record: &[u8]) -> Vec<u8> {
        let (&header, mut rest) = record.split_first_chunk::<HEADER>().expect("a header");
        let mut explicit: &[u8] = &[];
        if self.explicit.is_some() {
            (explicit, rest) = rest.split_at(EXPLICIT);
        }
        let additional = self.additional(header, rest.len() - TAG);
        let mut text = rest.to_vec();
        let nonce = self.nonce(explicit);
        let opened = self.key.open_in_place(nonce, Aad::from(additional), &mut text);
        let mut text = opened.expect("a record sealed with these keys").to_vec();
        self.sequence += 1;
        let kind = if self.is_tls13 { text.pop() } else { Some(header[0]) };
        assert_eq!(kind, Some(APPLICATION_DATA));
        text
    }

    fn seal(&mut self, plain: &[u8]) -> Vec<u8> {
        let explicit = self.explicit.map(u64::to_be_bytes);
        let explicit = explicit.as_ref().map_or(&[][..], |bytes| &bytes[..]);
        let mut text = plain.to_vec();
        if self.is_tls13 {
            text.push(APPLICATION_DATA);
        }
        let len = u16::try_from(explicit.len() + text.len() + TAG).expect("a record");
        let [high, low] = len.to_be_bytes();
        let header = [APPLICATION_DATA, 3, 3, high, low];
        let additional = Aad::from(self.additional(header, plain.len()));
        let nonce = self.nonce(explicit);
        self.key.seal_in_place_append_tag(nonce, additional, &mut text).expect("room");
        let record = [&header[..], explicit, &text].concat();
        self.sequence += 1;
        self.explicit = self.explicit.map(|explicit| explicit.wrapping_add(1));
        record
    }
}

/// Everything that waits to be written out.
fn written_out(tls: &mut dyn SslObject) -> Vec<u8> {
    let mut bytes = vec![0; tls.outgoing().pending()];
    tls.outgoing().read(&mut bytes);
    bytes
}

/// Brings `from`'s bytes to `to`, which has no data of them.
fn settle(from: &mut dyn SslObject, to: &mut dyn SslObject) {
    let bytes = written_out(from);
    to.incoming().write(&bytes).expect("an open BIO");
    assert_eq!(to.read(&mut [0; 16]).expect("a sound connection"), Read::WantRead);
}

fn expect(tls: &mut dyn SslObject, expected: &[u8]) {
    let mut buffer = [0; 64];
    assert_eq!(tls.read(&mut buffer).expect("a record"), Read::Data(expected.len()));
    assert_eq!(&buffer[..expected.len()], expected);
}

fn secrets(tls: &mut dyn SslObject) -> TrafficSecrets {
    let extracted = tls.extract_traffic_secrets().expect("secrets");
    extracted.done().expect("nothing in the way")
}

/// Goes on by hand with the connection of `one` under `suite`, whose peer `other` notices nothing.
fn go_on(suite: CipherSuite, mut one: Box<dyn SslObject>, mut other: Box<dyn SslObject>) {
    settle(&mut *one, &mut *other);
    settle(&mut *other, &mut *one);
    // Some records of each kind, more one way than the other.
    for text in [&b"before"[..], b"and again"] {
        assert_eq!(one.write(text).expect("room"), Status::Done(text.len()));
        let bytes = written_out(&mut *one);
        other.incoming().write(&bytes).expect("an open BIO");
        expect(&mut *other, text);
    }
    let secrets = secrets(&mut *one);
    assert_eq!((secrets.version, secrets.suite), (suite.version(), suite));
    drop(one);
    let mut read = Direction::new(&secrets, &secrets.read);
    let mut write = Direction::new(&secrets, &secrets.write);
    for text in [&b"to the kernel"[..], b"once more", b""] {
        if !text.is_empty() {
            assert_eq!(other.write(text).expect("room"), Status::Done(text.len()));
            assert_eq!(read.open(&written_out(&mut *other)), text);
        }
        let answer = [b"from the kernel: ", text].concat();
        other.incoming().write(&write.seal(&answer)).expect("an open BIO");
        expect(&mut *other, &answer);
    }
}

/// Tries each suite that one of the ends can require. Returns how many connections went on by hand.
fn with_each_suite(pki: &Pki, client: &dyn DynBackend, server: &dyn DynBackend) -> usize {
    let mut tried = 0;
    for &suite in SUITES {
        let mut configs = [client_config(pki), server_config(pki)];
        let mut is_required = false;
        for (config, backend) in configs.iter_mut().zip([client, server]) {
            let capabilities = backend.capabilities();
            config.extract_secrets = capabilities.has(Capability::TrafficSecrets);
            if capabilities.cipher_suites.contains(&suite) {
                config.cipher_suites = Setting::Required(vec![suite]);
                is_required = true;
            }
            config.min_version = suite.version();
            config.max_version = suite.version();
        }
        let [client_config, server_config] = &configs;
        if !server.check(server_config).is_usable() {
            // Of TLS 1.3, which this server does not speak.
            assert_eq!(suite.version(), ProtocolVersion::TLS13, "{}", server.name());
            continue;
        }
        if !is_required {
            // Nobody can say that it shall be this one.
            continue;
        }
        for extracts_client in [true, false] {
            let [one, other] = in_memory::connect(client, client_config, server, server_config);
            let (one, other) = if extracts_client { (one, other) } else { (other, one) };
            if one.context().config().extract_secrets {
                go_on(suite, one, other);
                tried += 1;
            }
        }
    }
    tried
}

#[test]
fn records_are_opened_and_sealed_with_them() {
    let pki = Pki::new();
    for mine in having(Capability::TrafficSecrets) {
        for &theirs in backends() {
            let as_client = with_each_suite(&pki, mine, theirs);
            let as_server = with_each_suite(&pki, theirs, mine);
            assert!(as_client >= 3 && as_server >= 3, "{} and {}", mine.name(), theirs.name());
        }
    }
}
