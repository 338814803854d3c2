//! An OpenSSL before 3.2, which knows no raw public keys: the check has refused them.

use openssl::error::ErrorStack;
use openssl::ssl::{SslContextBuilder, SslRef};
use openssl::x509::X509StoreContextRef;
use tls_object_core::PublicKey;

/// Whether the library has them.
pub(crate) const HAS_RAW_PUBLIC_KEYS: bool = false;

/// Nothing to set: there is one type.
#[allow(clippy::unnecessary_wraps)] // not with every library
pub(crate) fn set_certificate_types(
    _builder: &mut SslContextBuilder,
    _client: &[u8],
    _server: &[u8],
) -> Result<(), ErrorStack> {
    Ok(())
}

/// Never.
pub(crate) fn shows_public_key(_ssl: &SslRef) -> bool {
    false
}

/// None.
pub(crate) fn peer_public_key(_ssl: &SslRef) -> Option<PublicKey> {
    None
}

/// None.
pub(crate) fn public_key_to_judge(_judgement: &X509StoreContextRef) -> Option<PublicKey> {
    None
}
