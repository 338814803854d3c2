//! Cipher suites.

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslCipherRef, SslContext, SslContextBuilder, SslRef};
use tls_object_core::{CipherSuite, Config, Error, ErrorKind, Side};
use tls_object_libssl::cipher_list;

use crate::error::library_error;
use crate::ffi;

/// The cipher suites of TLS 1.3, the best first.
pub(crate) fn set_tls13_suites(
    builder: &mut SslContextBuilder,
    suites: &[CipherSuite],
) -> Result<(), ErrorStack> {
    builder.set_ciphersuites(&cipher_list(suites))
}

/// What a context has, also of versions that it does not speak; the best first.
pub(crate) fn ciphers(context: &SslContext, _config: &Config) -> Vec<CipherSuite> {
    Ssl::new(context).map_or_else(|_| Vec::new(), |ssl| ffi::ciphers(&ssl))
}

/// Sees to it that a client has a suite to offer: its versions, its security level and its signature schemes all take
/// some away, and OpenSSL finds out when it writes the hello.
///
/// # Errors
/// [`ErrorKind::NoCipherSelected`].
pub(crate) fn check(context: &SslContext, config: &Config) -> Result<(), Error> {
    if config.side == Side::Server {
        return Ok(());
    }
    let mut ssl = Ssl::new(context).map_err(library_error)?;
    // Servers have other schemes.
    ssl.set_connect_state();
    if ffi::has_supported_ciphers(&ssl) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::NoCipherSelected)
        .with_detail("the library has no cipher suite left for these settings"))
}

/// The suites of a server that its client offers too, of the version that is spoken.
pub(crate) fn shared_ciphers(ssl: &SslRef) -> Result<Vec<CipherSuite>, Error> {
    let offered = ffi::client_ciphers(ssl);
    let version = ssl.current_cipher().map(|cipher| suite_of(cipher).version());
    let is_shared =
        |suite: &CipherSuite| offered.contains(suite) && Some(suite.version()) == version;
    Ok(ffi::ciphers(ssl).into_iter().filter(is_shared).collect())
}

/// The suite of a cipher.
pub(crate) fn suite_of(cipher: &SslCipherRef) -> CipherSuite {
    CipherSuite::new(u16::from_be_bytes(cipher.protocol_id()))
}
