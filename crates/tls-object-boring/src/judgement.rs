//! Verdicts on peers: the library's on chains, with what OpenSSL asks besides and in its words, and those on raw public keys.

use core::ffi::c_int;
use std::sync::LazyLock;
use std::time::SystemTime;

use boring::error::ErrorStack;
use boring::ex_data::Index;
use boring::pkey::{PKeyRef, Public};
use boring::ssl::{NameType, Ssl, SslContext, SslContextBuilder, SslRef};
use boring::stack::StackRef;
use boring::x509::verify::X509VerifyParamRef;
use boring::x509::{X509, X509Ref, X509StoreContext, X509StoreContextRef};
use tls_object_core::{
    Certificate, CertificateType, Config, ErrorKind, PublicKey, Side, VerifyCode, VerifyTime,
};
use tls_object_libssl::{Refused, Verdict, leave_refusal};
use tls_object_path::{Refusal, Rules, matches_common_name};

use crate::ffi::peer_certificates;
use crate::issuers::{self, TrustedIssuers};
use crate::{extensions, ffi, hooks, strength};

/// `X509_V_ERR_INVALID_CALL` and `X509_V_ERR_STORE_LOOKUP`, as OpenSSL numbers them.
const INVALID_CALL: c_int = 69;
const STORE_LOOKUP: c_int = 70;

/// Where a connection keeps the chain by which its peer was accepted.
static VERIFIED_CHAIN: LazyLock<Result<Index<Ssl, Vec<X509>>, ErrorStack>> =
    LazyLock::new(Ssl::new_ex_index);

/// Has chains judged by the application as well, where it wants to, and makes a connection keep the path by which
/// its peer was accepted, which is gone once it is judged.
pub(crate) fn set_judge(builder: &mut SslContextBuilder, config: &Config, trusted: &[X509]) {
    if let Ok(index) = *JUDGED_BY {
        let issuers = TrustedIssuers::of(trusted, config);
        builder.set_ex_data(index, JudgedBy { config: config.clone(), issuers });
    }
    if config.reverify_on_resume {
        ffi::reverify_on_resume(builder);
    }
    if config.accepts(CertificateType::RawPublicKey) {
        return;
    }
    if config.pause_for_verdict || config.reverify_on_resume {
        return ffi::set_judge(builder);
    }
    builder.set_cert_verify_callback(|judgement| judge(judgement).accepts());
}

/// The verdict on a chain, whose path is kept.
pub(crate) fn judge(judgement: &mut X509StoreContextRef) -> Verdict {
    let verdict = hooks::judge(judgement);
    if verdict == Verdict::Accepted
        && let Ok(index) = *VERIFIED_CHAIN
        && let Ok(connection) = X509StoreContext::ssl_idx()
    {
        // The certificates are counted references to those that are trusted or were sent.
        let chain = judgement.chain().into_iter().flatten().map(ToOwned::to_owned).collect();
        if let Some(ssl) = judgement.ex_data_mut(connection) {
            ssl.set_ex_data(index, chain);
        }
    }
    verdict
}

/// None: a raw public key is not judged as a chain is.
pub(crate) fn public_key_to_judge(_: &X509StoreContextRef) -> Option<(PublicKey, bool)> {
    None
}

/// The verdict on the raw public key that the peer shows; `None` where it is to be waited for.
pub(crate) fn judge_public_key(
    ssl: &SslRef,
    key: &PKeyRef<Public>,
) -> Option<Result<(), VerifyCode>> {
    let encoded = ffi::encoded(key);
    let (Some(hooks), Some(encoded)) = (hooks::hooks_of(ssl), encoded) else {
        return Some(Err(VerifyCode::ApplicationVerification));
    };
    hooks.verify_public_key(encoded, strength::is_weak(key))
}

/// The library's verdict on a chain, and then that on its extensions, its strength and the common name of its leaf.
pub(crate) fn verify(judgement: &mut X509StoreContextRef) -> bool {
    let chosen =
        judged_by(judgement).and_then(|by| issuers::chosen(&by.config, &by.issuers, judgement));
    let accepted = match chosen {
        Some(chosen) => ffi::verify_with(judgement, &chosen.sent, &chosen.trusted),
        None => judgement.verify_cert().unwrap_or(false),
    };
    if !accepted {
        return false;
    }
    let (Some(by), Some(path)) = (judged_by(judgement), judgement.chain()) else {
        // What cannot be looked at is not accepted.
        refuse(judgement, VerifyCode::Unspecified);
        return false;
    };
    let purpose = by.config.purpose.side(by.config.side.peer());
    let fault = extensions::fault(path, purpose)
        .or_else(|| strength::weakness(path))
        .or_else(|| common_name_fault(&by.config, path));
    let Some((code, depth)) = fault else { return true };
    let certificate = path.get(depth).and_then(|it| it.to_der().ok()).map(Certificate::from_der);
    leave_refusal(Refused {
        kind: Some(ErrorKind::CertificateVerify(code)),
        depth: u32::try_from(depth).unwrap_or(u32::MAX),
        certificate,
    });
    refuse(judgement, hooks::stand_in(code.alert()));
    false
}

/// What is wrong with the common name of a leaf that counts as a host name, and how far above the leaf: that the authorities
/// may not speak for it.
fn common_name_fault(config: &Config, path: &StackRef<X509>) -> Option<(VerifyCode, usize)> {
    if !path.iter().any(ffi::has_name_constraints) {
        return None;
    }
    let Ok(path) = path.iter().map(X509Ref::to_der).collect::<Result<Vec<_>, _>>() else {
        // What cannot be looked at is not accepted.
        return Some((VerifyCode::Unspecified, 0));
    };
    let refusal = rules(config).allow_common_names(&path).err()?;
    Some((refusal.code, refusal.depth))
}

/// What a context judges its peers by.
struct JudgedBy {
    config: Config,
    issuers: TrustedIssuers,
}

/// Where a context that verifies keeps that.
static JUDGED_BY: LazyLock<Result<Index<SslContext, JudgedBy>, ErrorStack>> =
    LazyLock::new(SslContext::new_ex_index);

/// What the context keeps there; `None` if it keeps nothing, which is a failure.
fn judged_by(judgement: &X509StoreContextRef) -> Option<&JudgedBy> {
    let ssl = judgement.ex_data(X509StoreContext::ssl_idx().ok()?)?;
    ssl.ssl_context().ex_data(*JUDGED_BY.as_ref().ok()?)
}

/// The chain that is being judged, as it was sent.
pub(crate) fn sent(judgement: &X509StoreContextRef) -> Vec<Certificate> {
    let ssl = X509StoreContext::ssl_idx().ok().and_then(|index| judgement.ex_data(index));
    ssl.map(peer_certificates).unwrap_or_default()
}

/// The library's word for a chain that it has refused.
pub(crate) fn judgement_code(judgement: &X509StoreContextRef) -> VerifyCode {
    let said = judgement.verify_result().err();
    said.map_or(VerifyCode::ApplicationVerification, |said| by_openssl(said.as_raw()))
}

/// Accepts a chain that the library has not accepted.
pub(crate) fn overrule(judgement: &mut X509StoreContextRef) {
    judgement.set_error(Ok(()));
}

/// Refuses a chain, with one of the codes that OpenSSL and BoringSSL share.
pub(crate) fn refuse(judgement: &mut X509StoreContextRef, code: VerifyCode) {
    ffi::set_error(judgement, code.openssl_code());
}

/// The chain by which the peer was accepted.
pub(crate) fn verified_chain(ssl: &SslRef) -> Vec<Certificate> {
    let Ok(index) = *VERIFIED_CHAIN else { return Vec::new() };
    let chain = ssl.ex_data(index).into_iter().flatten();
    chain.filter_map(|it| it.to_der().ok().map(Certificate::from_der)).collect()
}

/// `X509_VERIFY_PARAM_set_purpose`: for this side, or for anything.
pub(crate) fn set_purpose(
    param: &mut X509VerifyParamRef,
    side: Option<Side>,
) -> Result<(), ErrorStack> {
    ffi::set_purpose(param, side.map_or(boring_sys::X509_PURPOSE_ANY, ffi::purpose_of))
}

/// Whether what the library finds wrong with a chain is nothing to OpenSSL, which forgets it: that the leaf has no host name
/// but its common name, where that counts. Whether the authorities may speak for it is seen to in [`verify`].
pub(crate) fn forgives(config: &Config, chain: &mut X509StoreContextRef) -> bool {
    let Err(said) = chain.verify_result() else { return false };
    let forgives = match said.as_raw() {
        // The library looks at no common name beside alternative names of any kind.
        boring_sys::X509_V_ERR_HOSTNAME_MISMATCH => {
            config.check_common_name && is_named_by_common_name(chain)
        }
        // The library lets no authority that is held to names speak for a common name.
        boring_sys::X509_V_ERR_NAME_CONSTRAINTS_WITHOUT_SANS => true,
        _ => false,
    };
    if forgives {
        overrule(chain);
    }
    forgives
}

/// Whether the name that was asked for is the common name of the leaf, which has no host name.
fn is_named_by_common_name(chain: &X509StoreContextRef) -> bool {
    let ssl = X509StoreContext::ssl_idx().ok().and_then(|index| chain.ex_data(index));
    let name = ssl.and_then(|ssl| ssl.servername(NameType::HOST_NAME));
    let leaf = chain.cert().and_then(|leaf| leaf.to_der().ok());
    name.zip(leaf).is_some_and(|(name, leaf)| matches_common_name(&leaf, name))
}

/// Where the chain fails that is being judged, and why if it leads nowhere, of which BoringSSL says less than OpenSSL.
pub(crate) fn refused(config: &Config, chain: &mut X509StoreContextRef) -> Refused {
    if let Some(refusal) = shape_fault(config, chain) {
        refuse(chain, hooks::stand_in(refusal.code.alert()));
        return Refused {
            kind: Some(ErrorKind::CertificateVerify(refusal.code)),
            depth: u32::try_from(refusal.depth).unwrap_or(u32::MAX),
            certificate: Some(refusal.certificate),
        };
    }
    let kind = match judgement_code(chain) {
        // BoringSSL has one alert for what is not valid any more and not valid yet.
        code @ (VerifyCode::NotYetValid | VerifyCode::CrlNotYetValid) => {
            refuse(chain, VerifyCode::Rejected);
            Some(ErrorKind::CertificateVerify(code))
        }
        _ => None,
    };
    let certificate = chain.current_cert().and_then(|it| it.to_der().ok());
    Refused {
        kind,
        depth: chain.error_depth(),
        certificate: certificate.map(Certificate::from_der),
    }
}

/// What OpenSSL would say of a chain, where it is what it looks at first: where the chain leads, extensions, and strength. BoringSSL
/// says the same of a chain that leads to nobody who is trusted, of one that is too long, of some that sign themselves, and of
/// one with an issuer whose key is not for that; and it has no word on the extensions of what is in the store.
fn shape_fault(config: &Config, chain: &X509StoreContextRef) -> Option<Refusal> {
    let said = chain.verify_result().err()?.as_raw();
    let is_told = |code| match code {
        // It has no constraints on addresses, and refuses whatever is held to one.
        VerifyCode::NameConstraint | VerifyCode::NameExcluded => {
            said == boring_sys::X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE
        }
        // A list about attribute certificates is not given to it: `ffi::crl`.
        VerifyCode::CrlScope => said == boring_sys::X509_V_ERR_UNABLE_TO_GET_CRL,
        code => matches!(
            code,
            VerifyCode::ChainTooLong
                | VerifyCode::InvalidCa
                | VerifyCode::PathLengthExceeded
                | VerifyCode::SelfSigned
                | VerifyCode::SelfSignedInChain
                | VerifyCode::UnhandledCriticalExtension
                | VerifyCode::UnknownIntermediateIssuer
                | VerifyCode::UnknownIssuer
                | VerifyCode::WeakCaKey
                | VerifyCode::WeakKey
                | VerifyCode::WeakSignature
                | VerifyCode::WrongPurpose
        ),
    };
    let ssl = chain.ex_data(X509StoreContext::ssl_idx().ok()?)?;
    let sent = peer_certificates(ssl);
    let sent: Vec<_> = sent.iter().map(Certificate::der).collect();
    rules(config).refusal(&sent, &|_, _| Some(true)).filter(|refusal| is_told(refusal.code))
}

/// What OpenSSL would hold a path to now, but for the name.
pub(crate) fn rules(config: &Config) -> Rules<'_> {
    let since_1970 = match config.verify_time {
        VerifyTime::Fixed(since_1970) => since_1970,
        VerifyTime::System => {
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
        }
    };
    // A time that does not fit is later than any certificate's.
    let now = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
    Rules { config, peer: config.side.peer(), server_name: None, now }
}

/// `SSL_get_verify_result`, by OpenSSL's numbers.
pub(crate) fn verify_result(ssl: &SslRef) -> c_int {
    by_openssl(ffi::verify_result(ssl)).openssl_code()
}

/// What a code of BoringSSL's is. OpenSSL has moved some.
fn by_openssl(code: c_int) -> VerifyCode {
    match code {
        boring_sys::X509_V_ERR_INVALID_CA => VerifyCode::InvalidCa,
        boring_sys::X509_V_ERR_INVALID_CALL => VerifyCode::from_openssl(INVALID_CALL),
        boring_sys::X509_V_ERR_STORE_LOOKUP => VerifyCode::from_openssl(STORE_LOOKUP),
        code => VerifyCode::from_openssl(code),
    }
}
