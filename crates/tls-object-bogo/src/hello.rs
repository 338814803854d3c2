//! What a server makes of a ClientHello before anything else does.

use tls_object::{Alert, AlpnProtocol, Answer, ClientHello};

use crate::failure::Failure;
use crate::settings::Settings;

/// The extension by which a client asks for an OCSP response (RFC 6066 section 8).
const STATUS_REQUEST: u16 = 5;

/// Whether the flags ask for a decision at the ClientHello.
pub(crate) fn is_asked_for(settings: &Settings) -> bool {
    let expect = &settings.expect;
    let refuses = settings.fail_early_callback
        || settings.fail_cert_callback
        || settings.fail_ddos_callback
        || settings.fail_ocsp_callback
        || settings.reject_alpn;
    settings.server && (refuses || expect.no_server_name || expect.advertised_alpn.is_some())
}

/// Goes on, or refuses, as the flags say.
///
/// # Errors
/// [`Failure::Unexpected`] if the client does not say what it should.
pub(crate) fn answer(hello: &ClientHello, settings: &Settings) -> Result<Answer, Failure> {
    if settings.expect.no_server_name && hello.server_name().is_some() {
        return Err(Failure::unexpected("a client that asks for a name"));
    }
    if let Some(expected) = &settings.expect.advertised_alpn {
        let offered: Result<Vec<_>, _> = hello.alpn().map(AlpnProtocol::new).collect();
        if AlpnProtocol::encode(&offered?) != *expected {
            return Err(Failure::unexpected("other protocols offered"));
        }
    }
    if settings.fail_early_callback {
        return Ok(Answer::refuse(Alert::HANDSHAKE_FAILURE));
    }
    if settings.fail_cert_callback {
        let alert = settings.fail_cert_callback_alert.map_or(Alert::INTERNAL_ERROR, Alert::new);
        return Ok(Answer::refuse(alert));
    }
    let asks_for_ocsp = hello.extension(STATUS_REQUEST).is_some();
    if settings.fail_ddos_callback || settings.fail_ocsp_callback && asks_for_ocsp {
        return Ok(Answer::refuse(Alert::INTERNAL_ERROR));
    }
    if settings.reject_alpn && hello.alpn().next().is_some() {
        return Ok(Answer::refuse(Alert::NO_APPLICATION_PROTOCOL));
    }
    Ok(Answer::accept())
}
