//! OpenSSL, through the `openssl` crate's `SslStream` over memory.

use openssl::ssl::{SslCipherRef, SslMethod, SslMode, SslOptions};

use super::libssl::libssl_driver;

libssl_driver! {
    openssl,
    /// The contexts of both ends, which clones share.
    OpenSsl
}

fn builder(suite: Suite) -> SslContextBuilder {
    let mut builder = SslContext::builder(SslMethod::tls()).expect("a context");
    builder.set_mode(
        SslMode::RELEASE_BUFFERS
            | SslMode::ACCEPT_MOVING_WRITE_BUFFER
            | SslMode::ENABLE_PARTIAL_WRITE
            | SslMode::AUTO_RETRY
            | SslMode::NO_AUTO_CHAIN,
    );
    builder.set_options(
        SslOptions::NO_COMPRESSION
            | SslOptions::NO_RENEGOTIATION
            | SslOptions::CIPHER_SERVER_PREFERENCE,
    );
    let suite = match suite {
        Suite::Aes128 => "TLS_AES_128_GCM_SHA256",
        Suite::Aes256 => "TLS_AES_256_GCM_SHA384",
        Suite::ChaCha20 => "TLS_CHACHA20_POLY1305_SHA256",
    };
    builder.set_ciphersuites(suite).expect("a suite");
    builder
}

fn set_groups(builder: &mut SslContextBuilder, groups: &str) {
    builder.set_groups_list(groups).expect("groups");
}

/// What `connect` and `accept` do at first, so that both ends are made where they are said to be made.
fn begin(client: &mut Ssl, server: &mut Ssl) {
    client.set_connect_state();
    server.set_accept_state();
}

fn set_flags(param: &mut X509VerifyParamRef, flags: X509VerifyFlags) {
    param.set_flags(flags).expect("flags");
}

fn suite_code(cipher: &SslCipherRef) -> u16 {
    u16::from_be_bytes(cipher.protocol_id())
}
