//! The secrets of a connection that others go on with.

use rustls::crypto::cipher::{AeadKey, Iv};
use rustls::{ConnectionTrafficSecrets, ExtractedSecrets, SupportedCipherSuite};
use tls_object_core::{CipherSuite, ProtocolVersion, TrafficKeys, TrafficSecrets};

/// What rustls has handed out of a connection with this suite; `None` for an encryption without a name here.
pub(crate) fn of(
    suite: SupportedCipherSuite,
    extracted: ExtractedSecrets,
) -> Option<TrafficSecrets> {
    let version = ProtocolVersion::new(suite.version().version.into());
    let suite = CipherSuite::new(suite.suite().into());
    let (write, read) = (keys(extracted.tx)?, keys(extracted.rx)?);
    let write = if suite.has_explicit_nonce() { past_used_nonces(&write) } else { write };
    Some(TrafficSecrets::new(version, suite, write, read))
}

fn keys((sequence, secrets): (u64, ConnectionTrafficSecrets)) -> Option<TrafficKeys> {
    let with = |key: &AeadKey, iv: &Iv| {
        let iv = iv.as_ref().try_into().ok()?;
        Some(TrafficKeys::new(key.as_ref(), iv, sequence))
    };
    match &secrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
        | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
        | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => with(key, iv),
        _ => None,
    }
}

/// The same keys with the first explicit nonce that counts up without ever meeting one that was used. The nonce of each
/// record so far was the number `n` behind the salt, with the record's own number added bit by bit: all of these lie
/// between the two numbers that have `n`'s high bits and, below, all bits off or all on.
fn past_used_nonces(keys: &TrafficKeys) -> TrafficKeys {
    let mut iv = *keys.iv();
    if let Some(explicit) = iv.last_chunk_mut::<8>() {
        let low_bits = keys.sequence().next_power_of_two() - 1;
        let last = u64::from_be_bytes(*explicit) | low_bits;
        *explicit = last.wrapping_add(1).to_be_bytes();
    }
    TrafficKeys::new(keys.key(), iv, keys.sequence())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nonce_is_used_twice() {
        for base in [0, 6, 0xff, 0x1234_5678_9abc_def0, u64::MAX, u64::MAX - 5] {
            for written in 1..70 {
                let mut iv = [9; 12];
                iv[4..].copy_from_slice(&u64::to_be_bytes(base));
                let keys = TrafficKeys::new(&[1; 16], iv, written);
                let next = past_used_nonces(&keys);
                assert_eq!(next.iv()[..4], [9; 4]);
                let first = u64::from_be_bytes(*next.iv().last_chunk().unwrap());
                let used = |nonce| (0..written).any(|number| base ^ number == nonce);
                assert!((0..1000).all(|n| !used(first.wrapping_add(n))), "{base:#x}, {written}");
            }
        }
    }
}
