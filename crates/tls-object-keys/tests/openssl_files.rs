//! Files that the openssl command has made: `make.sh` says how.

use proptest::prelude::*;
use tls_object_core::{Certificate, Error, ErrorKind, KeyFormat, PrivateKey};
use tls_object_keys::{
    Passphrase, identity_from_pem, identity_from_pkcs12, private_key, private_key_from_pem,
};

const SECRET: &[u8] = b"secret words";
const PLAIN: &[u8] = include_bytes!("plain.pem");

macro_rules! files {
    ($($name:literal),* $(,)?) => { &[$(($name, include_bytes!($name) as &[u8])),*] };
}

const ENCRYPTED: &[(&str, &[u8])] = files![
    "aes-256.pem",
    "aes-128-sha1.pem",
    "aes-192-sha512.pem",
    "des3.pem",
    "scrypt.pem",
    "legacy-aes128.pem",
    "legacy-aes192.pem",
    "legacy-aes256.pem",
    "legacy-des.pem",
    "legacy-des3.pem",
];

const STORES: &[(&str, &[u8])] = files!["modern.p12", "legacy.p12"];

/// The key, whichever way it is laid out: its secret number stands in all of them.
#[track_caller]
fn is_the_key(key: &PrivateKey) {
    let plain = PrivateKey::from_pem(PLAIN).expect("plain.pem is a plain key");
    assert_eq!(plain.format(), KeyFormat::Pkcs8);
    // Version, algorithm, and the header of ECPrivateKey: RFC 5915 has the number behind a version.
    let secret = &plain.secret_der()[36..68];
    assert!(key.secret_der().windows(32).any(|window| window == secret), "another key");
}

#[track_caller]
fn refusal<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("it is refused");
    assert_eq!(error.kind(), ErrorKind::InvalidPrivateKey, "{error:?}");
    error.detail().expect("the reason").to_owned()
}

#[test]
fn every_encryption_is_undone() {
    for (name, pem) in ENCRYPTED {
        let key = private_key_from_pem(pem, Passphrase::of(SECRET));
        is_the_key(&key.unwrap_or_else(|error| panic!("{name}: {error:?}")));
    }
}

#[test]
fn a_key_may_come_in_der() {
    let is_encrypted = |(_, text): &&(&str, &[u8])| text.starts_with(b"-----BEGIN ENCRYPTED ");
    let mut tried = 0;
    for (name, text) in ENCRYPTED.iter().filter(is_encrypted) {
        let der = pem::parse(text).expect("PEM").into_contents();
        let key = private_key(&der, Passphrase::of(SECRET));
        is_the_key(&key.unwrap_or_else(|error| panic!("{name}: {error:?}")));
        is_the_key(&private_key(text, Passphrase::of(SECRET)).expect("the same in PEM"));
        tried += 1;
    }
    assert!(tried > 0, "no encrypted key");
    let plain = PrivateKey::from_pem(PLAIN).expect("plain.pem is a plain key");
    let nobody = || -> Result<Vec<u8>, Error> { panic!("asked about a plain key") };
    is_the_key(&private_key(plain.secret_der(), Passphrase::ask(nobody)).expect("a plain key"));
    refusal(private_key(&[0x30, 0], Passphrase::of(SECRET)));
}

#[test]
fn a_wrong_passphrase_is_refused() {
    for (name, pem) in ENCRYPTED {
        for wrong in [&b"secret word"[..], b"", b"\xff\xfe"] {
            let said = refusal(private_key_from_pem(pem, Passphrase::of(wrong)));
            assert!(said.contains("passphrase is wrong"), "{name}: {said}");
        }
        let said = refusal(private_key_from_pem(pem, Passphrase::none()));
        assert!(said.contains("no passphrase"), "{name}: {said}");
    }
}

#[test]
fn what_is_no_such_file_is_told_before_anybody_is_asked() {
    let never = || -> Result<Vec<u8>, Error> { panic!("there is nothing to decrypt") };
    for junk in [&b"junk"[..], b"", PLAIN, b"\x30\x03\x02\x01\x02"] {
        let said = refusal(identity_from_pkcs12(junk, Passphrase::ask(never)));
        assert_eq!(said, "it is no PKCS#12 file");
    }
    let cut = &PLAIN[..PLAIN.len() / 2];
    let error = private_key_from_pem(cut, Passphrase::ask(never)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidPem);
    assert_eq!(error.detail(), Some("private key: no line -----END"));
}

#[test]
fn what_is_around_a_key_may_be_anything() {
    let junk = b"-----BEGIN FOO-----\nno base64: !\n-----END FOO-----\n";
    let unterminated = b"-----BEGIN FOO-----\nAAAA\n";
    for around in [&b"\xef\xbb\xbf"[..], junk, unterminated, b"\xff\xfe\n"] {
        is_the_key(&private_key_from_pem(&[around, PLAIN].concat(), Passphrase::none()).unwrap());
        is_the_key(&private_key_from_pem(&[PLAIN, around].concat(), Passphrase::none()).unwrap());
    }
}

#[test]
fn nobody_is_asked_about_a_plain_key() {
    let never = || -> Result<Vec<u8>, Error> { panic!("there is nothing to decrypt") };
    is_the_key(&private_key_from_pem(PLAIN, Passphrase::ask(never)).unwrap());
}

#[test]
fn whoever_is_asked_may_refuse() {
    let refuses = || Err(Error::new(ErrorKind::Internal).with_detail("no terminal"));
    let error = private_key_from_pem(ENCRYPTED[0].1, Passphrase::ask(refuses)).unwrap_err();
    assert_eq!((error.kind(), error.detail()), (ErrorKind::Internal, Some("no terminal")));
}

#[test]
fn a_passphrase_has_a_longest_length() {
    for (length, kind) in [(1024, ErrorKind::InvalidPrivateKey), (1025, ErrorKind::InvalidArgument)]
    {
        let passphrase = || Passphrase::of(vec![b'a'; length]);
        let key = private_key_from_pem(ENCRYPTED[0].1, passphrase()).unwrap_err();
        assert_eq!(key.kind(), kind, "{length}");
        let store = identity_from_pkcs12(STORES[0].1, passphrase()).unwrap_err();
        assert_eq!(store.kind(), kind, "{length}");
    }
}

#[test]
fn what_asks_for_too_much_is_refused_at_once() {
    let never = || -> Result<Vec<u8>, Error> { panic!("before anybody is asked") };
    let pem = include_bytes!("too-many-rounds.pem");
    let said = refusal(private_key_from_pem(pem, Passphrase::ask(never)));
    assert!(said.contains("10000001 rounds"), "{said}");
    let store = include_bytes!("too-many-rounds.p12");
    let said = refusal(identity_from_pkcs12(store, Passphrase::ask(never)));
    assert!(said.contains("rounds"), "{said}");
}

#[test]
fn an_unknown_encryption_is_said_to_be_unknown() {
    let pem = include_bytes!("pkcs12-pbe.pem");
    let said = refusal(private_key_from_pem(pem, Passphrase::of(SECRET)));
    assert!(said.contains("not known"), "{said}");
    let text = core::str::from_utf8(ENCRYPTED[5].1).unwrap().replace("AES-128", "CAMELLIA-128");
    let said = refusal(private_key_from_pem(text.as_bytes(), Passphrase::of(SECRET)));
    assert!(said.contains("CAMELLIA-128-CBC"), "{said}");
}

#[test]
fn a_text_without_a_key_is_refused() {
    for text in [&b""[..], b"no PEM", include_bytes!("root.pem")] {
        let error = private_key_from_pem(text, Passphrase::of(SECRET)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidPem, "{error:?}");
    }
}

#[test]
fn one_text_may_hold_chain_and_key() {
    let text = [include_bytes!("leaf.pem"), ENCRYPTED[0].1, include_bytes!("root.pem")].concat();
    let identity = identity_from_pem(&text, &text, Passphrase::of(SECRET)).unwrap();
    assert_eq!(identity.chain().len(), 2);
    is_the_key(identity.key().private().unwrap());
}

#[test]
fn stores_hold_a_chain_and_its_key() {
    let text = [&include_bytes!("leaf.pem")[..], include_bytes!("root.pem")].concat();
    let chain = Certificate::all_from_pem(&text).unwrap();
    for (name, der) in STORES {
        let identity = identity_from_pkcs12(der, Passphrase::of(SECRET));
        let identity = identity.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(identity.chain(), chain, "{name}");
        is_the_key(identity.key().private().unwrap());
        refusal(identity_from_pkcs12(der, Passphrase::of(&b"wrong"[..])));
        refusal(identity_from_pkcs12(der, Passphrase::none()));
    }
    let empty = include_bytes!("no-passphrase.p12");
    is_the_key(
        identity_from_pkcs12(empty, Passphrase::of(&b""[..])).unwrap().key().private().unwrap(),
    );
    let without = include_bytes!("no-key.p12");
    let said = refusal(identity_from_pkcs12(without, Passphrase::of(SECRET)));
    assert!(said.contains("no private key"), "{said}");
}

#[test]
fn what_is_cut_off_is_refused() {
    for (_, der) in STORES {
        for len in (0..der.len()).step_by(97) {
            refusal(identity_from_pkcs12(&der[..len], Passphrase::of(SECRET)));
        }
    }
    for (name, pem) in ENCRYPTED {
        for len in (0..pem.len() - 30).step_by(41) {
            let cut = private_key_from_pem(&pem[..len], Passphrase::of(SECRET));
            assert!(cut.is_err(), "{name}: {len} bytes");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A byte that was changed in a file, or a file of nothing but junk, does no harm.
    #[test]
    fn damage_is_no_panic(
        file in 0..ENCRYPTED.len() + STORES.len(),
        at in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        let (_, bytes) = ENCRYPTED.iter().chain(STORES).nth(file).expect("within both");
        let mut bytes = bytes.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = private_key_from_pem(&bytes, Passphrase::of(SECRET));
        let _ = identity_from_pkcs12(&bytes, Passphrase::of(SECRET));
    }

    #[test]
    fn junk_is_refused(junk: Vec<u8>) {
        prop_assert!(private_key_from_pem(&junk, Passphrase::of(SECRET)).is_err());
        prop_assert!(identity_from_pkcs12(&junk, Passphrase::of(SECRET)).is_err());
        let labelled = [b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n", &junk[..]].concat();
        prop_assert!(private_key_from_pem(&labelled, Passphrase::of(SECRET)).is_err());
    }
}
