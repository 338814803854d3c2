//! Cipher strings, beside what the linked OpenSSL makes of them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use openssl::ssl::{SslContext, SslMethod};
use tls_object::{CipherRules, CipherString, CipherSuite, ProtocolVersion};
use tls_object_fuzz::ffi;

static AVAILABLE: LazyLock<Vec<CipherSuite>> =
    LazyLock::new(|| openssl("ALL:COMPLEMENTOFALL").expect("all suites").0);

/// What OpenSSL selects, and the security level then; `None` if it refuses the string.
fn openssl(text: &str) -> Option<(Vec<CipherSuite>, u32)> {
    let mut builder = SslContext::builder(SslMethod::tls()).expect("a context");
    builder.set_cipher_list(text).ok()?;
    let context = builder.build();
    let mut suites = ffi::suites(&context);
    suites.retain(|suite| suite.version() != ProtocolVersion::TLS13);
    Some((suites, context.security_level()))
}

/// The security level that OpenSSL has by itself.
static USUAL_LEVEL: LazyLock<u32> = LazyLock::new(|| openssl("DEFAULT").expect("its own").1);

fuzz_target!(|text: &str| {
    let read = CipherString::parse(text, &AVAILABLE, CipherRules::OpenSsl32);
    if text.contains('\0') {
        assert!(read.is_err(), "a NUL character");
        return;
    }
    let ours = read.ok().map(|read| {
        (read.suites().to_vec(), read.security_level().map_or(*USUAL_LEVEL, u32::from))
    });
    assert_eq!(ours, openssl(text), "{text:?}");
});
