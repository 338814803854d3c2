//! BoringSSL, through the `boring` crate's `SslStream` over memory.

use boring::ssl::{SslCipherRef, SslMethod, SslMode, SslOptions};

use super::libssl::libssl_driver;

libssl_driver! {
    boring,
    /// The contexts of both ends, which clones share.
    BoringSsl
}

/// The `boring` crate has no function to choose a suite of TLS 1.3.
fn builder(_: Suite) -> SslContextBuilder {
    let mut builder = SslContext::builder(SslMethod::tls()).expect("a context");
    builder.set_mode(SslMode::ACCEPT_MOVING_WRITE_BUFFER | SslMode::ENABLE_PARTIAL_WRITE);
    builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
    builder
}

fn set_groups(builder: &mut SslContextBuilder, groups: &str) {
    builder.set_curves_list(groups).expect("groups");
}

/// The `boring` crate leaves that to `connect` and `accept`, and it costs BoringSSL next to nothing.
const fn begin(_: &mut Ssl, _: &mut Ssl) {}

fn set_flags(param: &mut X509VerifyParamRef, flags: X509VerifyFlags) {
    param.try_set_flags(flags).expect("flags");
}

fn suite_code(cipher: &SslCipherRef) -> u16 {
    cipher.protocol_id()
}
