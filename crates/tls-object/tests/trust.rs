//! What is gathered from files: made by the openssl command, see `crates/tls-object-keys/tests/make.sh`.

use std::fs;
use std::io::ErrorKind as IoErrorKind;
#[cfg(unix)]
use std::process::Command;
use std::sync::Arc;

use tls_object::{Certificate, Crl, Error, ErrorKind, TrustStore, trust};

const ROOT: &[u8] = include_bytes!("../../tls-object-keys/tests/root.pem");
const LEAF: &[u8] = include_bytes!("../../tls-object-keys/tests/leaf.pem");

/// The outermost of a revocation list (RFC 5280 section 5.1): without a version, names and dates that say nothing.
const LIST: &[u8] = &[0x30, 8, 0x30, 6, 0x30, 0, 0x30, 0, 0x17, 0];

fn der(pem: &[u8]) -> Certificate {
    Certificate::all_from_pem(pem).expect("one certificate").remove(0)
}

#[test]
fn a_text_may_hold_several_and_each_counts_once() {
    let mut store = TrustStore::new();
    assert_eq!(store.add_pem(&[ROOT, LEAF, ROOT].concat()).expect("three"), 3);
    assert_eq!(store.certificates(), [der(ROOT), der(LEAF)]);
    assert_eq!(store.authorities().collect::<Vec<_>>(), [&der(ROOT)]);
    assert!(!store.add(der(ROOT)) && store.add_crl(Crl::from_der(vec![0x30, 0])));
    let stats = store.stats();
    assert_eq!((stats.certificates, stats.authorities, stats.crls), (2, 1, 1));
}

#[test]
fn der_stands_in_a_row() {
    let row = [der(ROOT).der(), der(LEAF).der()].concat();
    let mut store = TrustStore::new();
    assert_eq!(store.add_der(&row).expect("two"), 2);
    assert_eq!(store.certificates(), [der(ROOT), der(LEAF)]);
    for (bytes, detail) in
        [(&b""[..], "no certificate"), (&row[..row.len() - 1], "entry 2"), (b"junk", "entry 1")]
    {
        let before = store.clone();
        let error = store.add_der(bytes).expect_err("it is refused");
        assert_eq!((error.kind(), error.detail()), (ErrorKind::InvalidCertificate, Some(detail)));
        assert_eq!(store, before);
    }
}

#[test]
fn a_revocation_list_in_der_is_told_from_a_certificate() {
    let mut store = TrustStore::new();
    assert_eq!(store.add_der(&[LIST, der(ROOT).der(), LIST].concat()).expect("three"), 3);
    assert_eq!(store.crls(), [Crl::from_der(LIST)]);
    assert_eq!(store.certificates(), [der(ROOT)]);
}

#[test]
fn clones_share_what_is_made_of_them() {
    let count = |store: &TrustStore| store.parsed(|| Ok(store.certificates().len())).expect("made");
    let store = TrustStore::from(vec![der(ROOT)]);
    let mut clone = store.clone();
    assert!(Arc::ptr_eq(&count(&store), &count(&clone)));
    clone.add(der(LEAF));
    assert_eq!((*count(&store), *count(&clone)), (1, 2), "a clone that changes is its own");
    clone.add(der(ROOT));
    assert!(Arc::ptr_eq(&count(&clone), &count(&clone.clone())), "nothing was new");

    let failed = store.parsed::<String>(|| Err(Error::new(ErrorKind::InvalidCertificate)));
    assert!(failed.is_err());
    assert_eq!(*store.parsed(|| Ok("made".to_owned())).expect("tried again"), "made");
}

#[test]
fn junk_is_named() {
    let mut store = TrustStore::new();
    for text in [&b""[..], b"junk"] {
        assert_eq!(store.add_pem(text).expect_err("nothing").kind(), ErrorKind::InvalidPem);
    }
    let junk = b"-----BEGIN CERTIFICATE-----\nanVuaw==\n-----END CERTIFICATE-----\n";
    let error = store.add_pem(&[ROOT, junk].concat()).expect_err("the second is none");
    assert_eq!((error.kind(), error.detail()), (ErrorKind::InvalidCertificate, Some("entry 2")));
    let cut = &ROOT[..ROOT.len() / 2];
    let error = store.add_pem(&[ROOT, cut].concat()).expect_err("the second has no end");
    assert_eq!(error.kind(), ErrorKind::InvalidPem);
    assert_eq!(error.detail(), Some("entry 2: no line -----END CERTIFICATE-----"));
    assert_eq!(store, TrustStore::new(), "nothing was added");
}

#[test]
fn files_and_directories_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("0a1b2c3d.0"), ROOT).expect("written");
    fs::write(path("leaf.der"), der(LEAF).der()).expect("written");
    fs::write(path("README"), "no certificate").expect("written");
    // What `c_rehash` leaves beside each other, and a list of the smallest size.
    fs::write(path("0a1b2c3d.1"), ROOT).expect("written");
    fs::write(path("0a1b2c3d.r0"), LIST).expect("written");
    fs::create_dir(path("more")).expect("made");
    #[cfg(unix)]
    std::os::unix::fs::symlink(path("nowhere"), path("astray")).expect("linked");
    #[cfg(unix)]
    assert!(Command::new("mkfifo").arg(path("pipe")).status().expect("mkfifo").success());
    let mut store = TrustStore::new();
    let found = trust::add_directory(&mut store, folder.path()).expect("two");
    assert_eq!(found.count, 3, "each counts once");
    let unusable: Vec<_> = found.unusable.iter().map(ToString::to_string).collect();
    let expected = if cfg!(unix) { &["README", "astray"][..] } else { &["README"] };
    assert_eq!(unusable.len(), expected.len(), "{unusable:?}");
    for (said, name) in unusable.iter().zip(expected) {
        assert!(said.contains(name), "{unusable:?}");
    }
    assert_eq!(store.certificates(), [der(ROOT), der(LEAF)]);
    assert_eq!(trust::add_file(&mut store, path("leaf.der")).expect("one"), 1);
    assert_eq!(store.certificates().len(), 2, "it was there");

    let missing = trust::add_file(&mut store, path("none")).expect_err("not there");
    assert_eq!(missing.kind(), IoErrorKind::NotFound);
    let junk = trust::add_file(&mut store, path("README")).expect_err("nothing in it");
    assert_eq!(junk.kind(), IoErrorKind::InvalidData);
    assert!(junk.to_string().contains("README"), "{junk}");
    let empty = trust::add_directory(&mut store, path("more")).expect_err("nothing in it");
    assert_eq!(empty.kind(), IoErrorKind::InvalidData);
}
