//! Signed certificate timestamps in the handshake. OpenSSL's own client judges them where it asks, and its server has none to
//! give, so both ends have an extension of their own here.

use std::sync::{Arc, LazyLock};

use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::ssl::{ExtensionContext, Ssl, SslAlert, SslContextBuilder, SslRef};
use openssl::x509::X509Ref;
use tls_object_core::{CipherSuite, is_sct_list};

use crate::ffi;
use crate::identity::Loaded;

/// The extension `signed_certificate_timestamp` (RFC 6962 section 3.3.1).
const EXTENSION: u16 = 18;

/// Where a client's connection keeps what it was given.
static GIVEN: LazyLock<Result<Index<Ssl, Vec<u8>>, ErrorStack>> = LazyLock::new(Ssl::new_ex_index);

/// The messages that the extension stands in.
fn messages() -> ExtensionContext {
    ExtensionContext::CLIENT_HELLO
        | ExtensionContext::TLS1_2_SERVER_HELLO
        | ExtensionContext::TLS1_3_CERTIFICATE
}

/// Has servers asked for them.
pub(crate) fn request(builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    builder.add_custom_ext(EXTENSION, messages(), ask, take)
}

/// Asks: with nothing in it.
fn ask(
    _ssl: &mut SslRef,
    message: ExtensionContext,
    _certificate: Option<(usize, &X509Ref)>,
) -> Result<Option<&'static [u8]>, SslAlert> {
    Ok(message.contains(ExtensionContext::CLIENT_HELLO).then_some(&[]))
}

/// Keeps those of the server's own certificate.
fn take(
    ssl: &mut SslRef,
    _message: ExtensionContext,
    list: &[u8],
    certificate: Option<(usize, &X509Ref)>,
) -> Result<(), SslAlert> {
    if !is_sct_list(list) {
        return Err(SslAlert::DECODE_ERROR);
    }
    if certificate.is_none_or(|(depth, _)| depth == 0) {
        let index = *GIVEN.as_ref().map_err(|_| SslAlert::INTERNAL_ERROR)?;
        ssl.set_ex_data(index, list.to_vec());
    }
    Ok(())
}

/// Those that the server has given.
pub(crate) fn given(ssl: &SslRef) -> Option<Vec<u8>> {
    ssl.ex_data(*GIVEN.as_ref().ok()?).cloned()
}

/// Gives clients that ask those of the certificate that they are shown.
pub(crate) fn give(
    builder: &mut SslContextBuilder,
    identities: &[Loaded],
) -> Result<(), ErrorStack> {
    let mut lists: Vec<(Vec<u8>, Arc<[u8]>)> = Vec::new();
    for identity in identities {
        if let Some(list) = &identity.sct_list {
            let Some(leaf) = &identity.leaf else { continue };
            lists.push((leaf.to_der()?, list.clone()));
        }
    }
    builder.add_custom_ext(
        EXTENSION,
        messages(),
        move |ssl, _message, certificate| {
            let shown = match certificate {
                Some((0, leaf)) => leaf.to_der(),
                None if shows_certificate(ssl) => match ssl.certificate() {
                    Some(leaf) => leaf.to_der(),
                    None => return Ok(None),
                },
                _ => return Ok(None),
            };
            let shown = shown.map_err(|_| SslAlert::INTERNAL_ERROR)?;
            let of_shown = lists.iter().find(|(leaf, _)| *leaf == shown);
            Ok(of_shown.map(|(_, list)| list.clone()))
        },
        |_ssl, _message, asked, _certificate| {
            if asked.is_empty() { Ok(()) } else { Err(SslAlert::DECODE_ERROR) }
        },
    )
}

/// Whether a server of TLS 1.2 shows a certificate in the handshake that goes on.
fn shows_certificate(ssl: &SslRef) -> bool {
    !ssl.session_reused() && !ffi::pending_cipher(ssl).is_some_and(CipherSuite::is_psk)
}
