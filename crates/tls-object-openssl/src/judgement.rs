//! Verdicts on peers: the library's on chains, and those on raw public keys.

use core::ffi::c_int;

use openssl::error::ErrorStack;
use openssl::ssl::{SslContextBuilder, SslRef};
use openssl::x509::verify::X509VerifyParamRef;
use openssl::x509::{X509, X509PurposeId, X509StoreContextRef, X509VerifyResult};
use tls_object_core::{Certificate, CertificateType, Config, PublicKey, Side, VerifyCode};
use tls_object_libssl::{Refused, forget_refusal};

use crate::ffi;

/// `X509_VERIFY_PARAM_set_purpose`: for this side, or for anything.
pub(crate) fn set_purpose(
    param: &mut X509VerifyParamRef,
    side: Option<Side>,
) -> Result<(), ErrorStack> {
    param.set_purpose(match side {
        Some(Side::Client) => X509PurposeId::SSL_CLIENT,
        Some(Side::Server) => X509PurposeId::SSL_SERVER,
        None => X509PurposeId::ANY,
    })
}

/// Nothing: what OpenSSL finds wrong with a chain is.
pub(crate) const fn forgives(_config: &Config, _chain: &mut X509StoreContextRef) -> bool {
    false
}

/// Where the chain fails that is being judged.
pub(crate) fn refused(_config: &Config, chain: &mut X509StoreContextRef) -> Refused {
    let certificate = chain.current_cert().and_then(|it| it.to_der().ok());
    Refused {
        kind: None,
        depth: chain.error_depth(),
        certificate: certificate.map(Certificate::from_der),
    }
}

/// Has chains judged by the application as well, where it wants to.
pub(crate) fn set_judge(builder: &mut SslContextBuilder, config: &Config, _trusted: &[X509]) {
    if config.asks_for_verdict() || config.accepts(CertificateType::RawPublicKey) {
        ffi::set_judge(builder);
    }
}

/// The raw public key that is being judged instead of a chain, and whether it is too weak for the security level.
pub(crate) fn public_key_to_judge(
    judgement: &mut X509StoreContextRef,
) -> Option<(PublicKey, bool)> {
    /// `X509_V_ERR_EE_KEY_TOO_SMALL`.
    const TOO_SMALL: c_int = 66;
    let key = ffi::public_key_to_judge(judgement)?;
    // OpenSSL looks at the strength, and then trusts no such key.
    let _ = judgement.verify_cert();
    drop(ErrorStack::get());
    forget_refusal();
    Some((key, judgement.error().as_raw() == TOO_SMALL))
}

/// The library's verdict on a chain.
pub(crate) fn verify(judgement: &mut X509StoreContextRef) -> bool {
    judgement.verify_cert().unwrap_or(false)
}

/// The chain that is being judged, as it was sent.
pub(crate) fn sent(judgement: &X509StoreContextRef) -> Vec<Certificate> {
    ffi::sent(judgement)
}

/// The library's word for a chain that it has refused.
pub(crate) fn judgement_code(judgement: &X509StoreContextRef) -> VerifyCode {
    VerifyCode::from_openssl(judgement.error().as_raw())
}

/// Accepts a chain that the library has not accepted: there is no path then.
pub(crate) fn overrule(judgement: &mut X509StoreContextRef) {
    judgement.set_error(X509VerifyResult::OK);
    ffi::forget_path(judgement);
}

/// Refuses a chain.
pub(crate) fn refuse(judgement: &mut X509StoreContextRef, code: VerifyCode) {
    ffi::set_error(judgement, code.openssl_code());
}

/// The chain by which the peer was accepted, also where the verdict was not asked for.
pub(crate) fn verified_chain(ssl: &SslRef) -> Vec<Certificate> {
    let chain = ssl.verified_chain().into_iter().flatten();
    chain.filter_map(|it| it.to_der().ok().map(Certificate::from_der)).collect()
}

/// `SSL_get_verify_result`.
pub(crate) fn verify_result(ssl: &SslRef) -> c_int {
    ssl.verify_result().as_raw()
}
