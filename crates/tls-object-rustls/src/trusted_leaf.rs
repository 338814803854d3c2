//! A leaf that is a trust anchor itself, such as `openssl req -x509` makes.
//!
//! webpki looks for a path from the leaf to an anchor and has none that is one certificate
//! long. OpenSSL and BoringSSL do; so it is judged here by what is left to judge.

use rustls::pki_types::{CertificateDer, UnixTime};
use tls_object_core::Side;
use webpki::Error;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ExtendedKeyUsage;
use x509_parser::prelude::FromDer as _;

use crate::validity::Validity;
use crate::verify::usage_of;

/// Judges the dates and the purpose of a leaf whose key is trusted as it is. `peer` is the side
/// that shows it.
pub(crate) fn judge(leaf: &CertificateDer<'_>, peer: Side, now: UnixTime) -> Result<(), Error> {
    let (_, leaf) = X509Certificate::from_der(leaf).map_err(|_| Error::BadDer)?;
    Validity::of(&leaf).check(now)?;
    let purposes = leaf.extended_key_usage().map_err(|_| Error::BadDer)?;
    if purposes.is_some_and(|purposes| !allows(purposes.value, peer)) {
        return Err(Error::RequiredEkuNotFoundContext(webpki::RequiredEkuNotFoundContext {
            required: usage_of(peer),
            present: Vec::new(),
        }));
    }
    Ok(())
}

fn allows(purposes: &ExtendedKeyUsage<'_>, peer: Side) -> bool {
    purposes.any
        || match peer {
            Side::Client => purposes.client_auth,
            Side::Server => purposes.server_auth,
        }
}
