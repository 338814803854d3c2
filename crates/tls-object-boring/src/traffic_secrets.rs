//! The keys of a connection that others go on with.

use boring::error::ErrorStack;
use boring::ssl::SslRef;
use tls_object_core::{Capability, CipherSuite, Error, ErrorKind, TrafficKeys, TrafficSecrets};
use tls_object_libssl::FirstSecret;
use zeroize::Zeroizing;

use crate::error::library_error;
use crate::{ffi, native};

/// The keys of both directions; those of TLS 1.3 begin with `own` and `peer`.
pub(crate) fn of(
    ssl: &SslRef,
    own: Option<FirstSecret>,
    peer: Option<FirstSecret>,
) -> Result<TrafficSecrets, Error> {
    let suite = ssl.current_cipher().map(native::suite_of);
    let suite = suite.ok_or_else(|| Error::new(ErrorKind::Internal))?;
    let key_len = suite.traffic_key_len().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported(Capability::TrafficSecrets))
            .with_detail(format!("of {suite}"))
    })?;
    let sequences = (ffi::write_sequence(ssl), ffi::read_sequence(ssl));
    let (write, read) = match (own, peer) {
        (Some(own), Some(peer)) => (
            expanded(suite, key_len, own, sequences.0).map_err(library_error)?,
            expanded(suite, key_len, peer, sequences.1).map_err(library_error)?,
        ),
        _ => of_key_block(ssl, suite, key_len, sequences).map_err(library_error)?,
    };
    Ok(TrafficSecrets::new(suite.version(), suite, write, read))
}

/// RFC 8446 sections 7.2 and 7.3: the keys of one direction of TLS 1.3.
fn expanded(
    suite: CipherSuite,
    key_len: usize,
    first: FirstSecret,
    sequence: u64,
) -> Result<TrafficKeys, ErrorStack> {
    let is_sha384 = suite == CipherSuite::TLS13_AES_256_GCM_SHA384;
    let expand = |secret: &[u8], label: &str, out: &mut [u8]| {
        ffi::hkdf_expand(is_sha384, secret, &hkdf_label(label, out.len()), out)
    };
    let mut secret = first.secret;
    for _ in 0..first.updates {
        let mut next = Zeroizing::new(vec![0; secret.len()]);
        expand(&secret, "traffic upd", &mut next)?;
        secret = next;
    }
    let mut key = Zeroizing::new(vec![0; key_len]);
    expand(&secret, "key", &mut key)?;
    let mut iv = [0; 12];
    expand(&secret, "iv", &mut iv)?;
    Ok(TrafficKeys::new(&key, iv, sequence))
}

/// RFC 8446 section 7.1: `HkdfLabel` with an empty context.
fn hkdf_label(label: &str, len: usize) -> Vec<u8> {
    const PREFIX: &str = "tls13 ";
    // Lengths are those of keys, and labels short.
    let mut info = vec![(len >> 8) as u8, len as u8, (PREFIX.len() + label.len()) as u8];
    info.extend_from_slice(PREFIX.as_bytes());
    info.extend_from_slice(label.as_bytes());
    info.push(0);
    info
}

/// RFC 5246 section 6.3: what this end writes and reads with under TLS 1.2.
fn of_key_block(
    ssl: &SslRef,
    suite: CipherSuite,
    key_len: usize,
    (write, read): (u64, u64),
) -> Result<(TrafficKeys, TrafficKeys), ErrorStack> {
    let block = ffi::key_block(ssl)?;
    let (client_key, rest) = block.split_at(key_len);
    let (server_key, ivs) = rest.split_at(key_len);
    let (client_iv, server_iv) = ivs.split_at(ivs.len() / 2);
    let iv_of = |fixed: &[u8], sequence: u64| {
        let mut iv = [0; 12];
        if suite.has_explicit_nonce() {
            // BoringSSL has the record's number there, as RFC 5288 section 3 proposes.
            iv[4..].copy_from_slice(&sequence.to_be_bytes());
        }
        iv[..fixed.len()].copy_from_slice(fixed);
        iv
    };
    let keys =
        |key: &[u8], iv: &[u8], sequence| TrafficKeys::new(key, iv_of(iv, sequence), sequence);
    Ok(if ssl.is_server() {
        (keys(server_key, server_iv, write), keys(client_key, client_iv, read))
    } else {
        (keys(client_key, client_iv, write), keys(server_key, server_iv, read))
    })
}
