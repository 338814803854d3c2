//! What BoringSSL and its bindings have differently from OpenSSL.

use core::ffi::c_int;
use std::sync::LazyLock;
use std::time::SystemTime;

use boring::error::ErrorStack;
use boring::ex_data::Index;
use boring::pkey::{PKey, PKeyRef, Private, Public};
use boring::ssl::{
    Ssl, SslCipherRef, SslContext, SslContextBuilder, SslMode, SslRef, SslSignatureAlgorithm,
    SslVerifyMode,
};
use boring::x509::verify::{X509VerifyFlags, X509VerifyParamRef};
use boring::x509::{X509, X509StoreContext, X509StoreContextRef};
use tls_object_core::{
    Capability, Certificate, CertificateType, CipherSuite, Config, Error, ErrorKind, Identity,
    NamedGroup, ProtocolVersion, PublicKey, Side, SignatureScheme, VerifyCode, VerifyTime,
};
use tls_object_libssl::{Refused, Verdict, leave_refusal};
use tls_object_path::{Refusal, Rules};

pub(crate) use crate::ffi::{
    early_data_accepted, early_data_limit, has_extended_master_secret, offer_early_data,
    peer_certificates, set_groups, set_num_tickets, set_tls13_suites, take_early_data, tls_unique,
};
use crate::identity::{self, Loaded};
use crate::signing::External;
use crate::{capabilities, extensions, facts, ffi, hooks, strength};

/// What is accepted from the peer unless the configuration says otherwise: BoringSSL's own
/// default without SHA-1, and with Ed25519.
const DEFAULT_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::ED25519,
];

/// Never: BoringSSL answers the name that a client asks for where RFC 6066 section 3 says so.
pub(crate) fn keeps_quiet_of_name(_ssl: &SslRef) -> bool {
    false
}

/// `X509_V_ERR_INVALID_CALL` and `X509_V_ERR_STORE_LOOKUP`, as OpenSSL numbers them.
const INVALID_CALL: c_int = 69;
const STORE_LOOKUP: c_int = 70;

/// Nothing: BoringSSL has no security levels, and the check has refused any.
pub(crate) fn set_security_level(_builder: &mut SslContextBuilder, _level: u8) {}

/// No way to ask later: the check refuses it.
pub(crate) const POST_HANDSHAKE: SslVerifyMode = SslVerifyMode::NONE;

/// Nothing: the check refuses it.
pub(crate) fn offer_post_handshake_auth(_: &mut SslContextBuilder) {}

/// What every context is told. The rest of what OpenSSL must be told is BoringSSL's own way.
pub(crate) fn set_up(builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    builder.set_mode(SslMode::ACCEPT_MOVING_WRITE_BUFFER | SslMode::ENABLE_PARTIAL_WRITE);
    Ok(())
}

/// The private key of an identity. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Key {
    Private(PKey<Private>),
    External(External),
}

impl From<PKey<Private>> for Key {
    fn from(key: PKey<Private>) -> Self {
        Self::Private(key)
    }
}

/// A key that is held elsewhere.
#[allow(clippy::unnecessary_wraps)] // not with every library
pub(crate) fn external_key(key: External) -> Result<Key, ErrorStack> {
    Ok(Key::External(key))
}

/// An identity of a context, and the address of its credential, if it has one: not if it is the only one and its key is
/// at hand.
struct Shown {
    identity: Loaded,
    credential: Option<usize>,
}

/// Where a context keeps what its connections can show.
static IDENTITIES: LazyLock<Result<Index<SslContext, Vec<Shown>>, ErrorStack>> =
    LazyLock::new(SslContext::new_ex_index);

/// Where a server's connection keeps which of several it has shown.
static SHOWN: LazyLock<Result<Index<Ssl, X509>, ErrorStack>> = LazyLock::new(Ssl::new_ex_index);

/// What peers accept of RSA. BoringSSL leaves it to them to refuse a shorter key.
pub(crate) const LEAST_RSA_BITS: Option<u32> = Some(2048);

/// Whether a raw public key is too weak to be shown, which is found out when it is loaded.
pub(crate) const fn is_too_weak_to_show(_builder: &SslContextBuilder, _identity: &Loaded) -> bool {
    false
}

/// Whether an OCSP response can be given to clients. BoringSSL passes on what it has not read.
pub(crate) const fn gives_ocsp_response(_response: &[u8]) -> bool {
    true
}

/// Whether all keys of a context share one list of schemes to sign by.
pub(crate) const ONE_LIST_OF_SCHEMES: bool = false;

/// Why an identity that was loaded cannot be shown.
pub(crate) fn why_not_shown(_error: &ErrorStack) -> ErrorKind {
    ErrorKind::InvalidCertificate
}

/// What connections show, the best first; at least one.
pub(crate) fn show(
    builder: &mut SslContextBuilder,
    config: &Config,
    identities: Vec<Loaded>,
) -> Result<(), ErrorStack> {
    let mut all = Vec::with_capacity(identities.len());
    if let [only @ Loaded { leaf: Some(leaf), key: Key::Private(key), .. }] = &identities[..] {
        builder.set_certificate(leaf)?;
        for issuer in &only.issuers {
            builder.add_extra_chain_cert(issuer.clone())?;
        }
        builder.set_private_key(key)?;
        if let Some(schemes) = &only.schemes {
            ffi::set_signing_schemes(builder, schemes)?;
        }
        if let Some(response) = &only.ocsp_response {
            ffi::set_ocsp_response(builder, response)?;
        }
        if let Some(list) = &only.sct_list {
            ffi::set_sct_list(builder, list)?;
        }
        all.push(None);
    } else {
        for identity in &identities {
            all.push(Some(ffi::add_credential(builder, identity)?));
        }
    }
    let all = identities.into_iter().zip(all);
    let all = all.map(|(identity, credential)| Shown { identity, credential }).collect();
    let index = IDENTITIES.as_ref().map_err(Clone::clone)?;
    builder.replace_ex_data(*index, all);
    if config.side == Side::Client {
        ffi::set_certificate_callback(builder);
    }
    Ok(())
}

/// The key that a connection signs with in the handshake that goes on, if it is held elsewhere.
pub(crate) fn signing_key(ssl: &SslRef) -> Option<&External> {
    let credential = ffi::selected_credential(ssl)?;
    let shown = ssl.ssl_context().ex_data(*IDENTITIES.as_ref().ok()?)?;
    let signing = shown.iter().find(|one| one.credential == Some(credential))?;
    match &signing.identity.key {
        Key::External(key) => Some(key),
        Key::Private(_) => None,
    }
}

/// Has servers asked for signed certificate timestamps.
pub(crate) fn request_sct(builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    builder.enable_signed_cert_timestamps();
    Ok(())
}

/// Nothing: what an identity has of them goes with it.
pub(crate) fn give_sct(
    _builder: &mut SslContextBuilder,
    _identities: &[Loaded],
) -> Result<(), ErrorStack> {
    Ok(())
}

/// Keeps which of several identities a server shows, which BoringSSL tells during the handshake only.
pub(crate) fn remember_shown(ssl: &mut SslRef) {
    let (Ok(identities), Ok(shown)) = (IDENTITIES.as_ref(), SHOWN.as_ref()) else { return };
    let Some(credential) = ffi::selected_credential(ssl) else { return };
    let all = ssl.ssl_context().ex_data(*identities).into_iter().flatten();
    let leaf = all
        .into_iter()
        .find(|one| one.credential == Some(credential))
        .and_then(|one| one.identity.leaf.clone());
    if let Some(leaf) = leaf {
        ssl.replace_ex_data(*shown, leaf);
    }
}

/// The certificate that a server shows.
pub(crate) fn own_certificate(ssl: &SslRef) -> Option<Certificate> {
    let shown = SHOWN.as_ref().ok().and_then(|&index| ssl.ex_data(index));
    match shown {
        Some(leaf) => leaf.to_der().ok().map(Certificate::from_der),
        None => facts::own_certificate(ssl),
    }
}

/// Leaves a client without anything to show where the server can verify nothing of it (RFC 8446 section 4.4.2),
/// for the server to make of it what it will. BoringSSL would give up.
pub(crate) fn show_nothing_in_vain(ssl: &mut SslRef) -> Result<(), ErrorStack> {
    let index = *IDENTITIES.as_ref().map_err(Clone::clone)?;
    let version = identity::version(ssl);
    let schemes = ffi::peer_schemes(ssl);
    let identities = ssl.ssl_context().ex_data(index);
    // Of a key without a name here the library shall judge.
    let may_fit = |one: &Shown| one.identity.kind.is_none() || one.identity.fits(&schemes, version);
    if !identities.is_some_and(|identities| identities.iter().any(may_fit)) {
        ffi::clear_certificates(ssl);
    }
    Ok(())
}

/// BoringSSL takes no suite away for another setting.
pub(crate) fn check_suites(_context: &SslContext, _config: &Config) -> Result<(), Error> {
    Ok(())
}

/// What a context has, also of versions that it does not speak; the best first.
pub(crate) fn ciphers(context: &SslContext, config: &Config) -> Vec<CipherSuite> {
    // BoringSSL has the suites of TLS 1.3 in no list that can be read. By itself it goes by what the machine is
    // quick at.
    let usual = || {
        let mut usual = vec![
            CipherSuite::TLS13_AES_128_GCM_SHA256,
            CipherSuite::TLS13_AES_256_GCM_SHA384,
            CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        ];
        if !ffi::has_aes_hardware() {
            usual.rotate_right(1);
        }
        usual
    };
    let named = config.suites(&capabilities::capabilities()).ok().and_then(|suites| suites.tls13);
    let tls12 = context.ciphers().into_iter().flatten().map(suite_of);
    let tls12 = tls12.filter(|suite| suite.version() == ProtocolVersion::TLS12);
    named.unwrap_or_else(usual).into_iter().chain(tls12).collect()
}

/// The signature schemes accepted from the peer, the best first.
pub(crate) fn set_schemes(
    builder: &mut SslContextBuilder,
    _side: Side,
    schemes: Option<Vec<SignatureScheme>>,
) -> Result<(), ErrorStack> {
    let schemes = schemes.as_deref().unwrap_or(DEFAULT_SCHEMES);
    let accepted: Vec<_> =
        schemes.iter().map(|scheme| SslSignatureAlgorithm::from(scheme.code())).collect();
    builder.set_verify_algorithm_prefs(&accepted)
}

/// Takes the word of an authority.
pub(crate) fn trust(builder: &mut SslContextBuilder, anchor: &X509) -> Result<(), ErrorStack> {
    builder.cert_store_mut().add_cert(anchor)
}

/// `X509_VERIFY_PARAM_set_flags`.
pub(crate) fn set_flags(
    param: &mut X509VerifyParamRef,
    flags: X509VerifyFlags,
) -> Result<(), ErrorStack> {
    param.try_set_flags(flags)
}

/// Where a connection keeps the chain by which its peer was accepted.
static VERIFIED_CHAIN: LazyLock<Result<Index<Ssl, Vec<X509>>, ErrorStack>> =
    LazyLock::new(Ssl::new_ex_index);

/// Has chains judged by the application as well, where it wants to, and makes a connection keep the path by which
/// its peer was accepted, which is gone once it is judged.
pub(crate) fn set_judge(builder: &mut SslContextBuilder, config: &Config) {
    if let Ok(index) = *PURPOSE {
        builder.set_ex_data(index, config.purpose.side(config.side.peer()));
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

/// What peers may show of themselves. What a client may show follows from its identities.
pub(crate) fn set_certificate_types(
    builder: &mut SslContextBuilder,
    config: &Config,
    _identities: &[Identity],
) -> Result<(), ErrorStack> {
    if config.peer_certificate_types == [CertificateType::X509] {
        return Ok(());
    }
    // BoringSSL itself accepts no raw public key, also where it verifies nobody.
    ffi::set_judge(builder);
    let types: Vec<_> = config.peer_certificate_types.iter().map(|it| it.code()).collect();
    ffi::set_accepted_peer_types(builder, &types)
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

/// The library's verdict on a chain, and then that on its extensions and its strength.
pub(crate) fn verify(judgement: &mut X509StoreContextRef) -> bool {
    if !judgement.verify_cert().unwrap_or(false) {
        return false;
    }
    let (Some(purpose), Some(path)) = (purpose_of(judgement), judgement.chain()) else {
        // What cannot be looked at is not accepted.
        refuse(judgement, VerifyCode::Unspecified);
        return false;
    };
    let fault = extensions::fault(path, purpose).or_else(|| strength::weakness(path));
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

/// Where a context that verifies keeps the side that the certificates of its peers must be for, if it must be one.
static PURPOSE: LazyLock<Result<Index<SslContext, Option<Side>>, ErrorStack>> =
    LazyLock::new(SslContext::new_ex_index);

/// What the context keeps there; `None` if it keeps nothing, which is a failure.
fn purpose_of(judgement: &X509StoreContextRef) -> Option<Option<Side>> {
    let ssl = judgement.ex_data(X509StoreContext::ssl_idx().ok()?)?;
    ssl.ssl_context().ex_data(*PURPOSE.as_ref().ok()?).copied()
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
        // A list about attribute certificates is not given to it: `ffi::add_crl`.
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
    let rules = Rules {
        config,
        peer: config.side.peer(),
        server_name: None,
        now: match config.verify_time {
            VerifyTime::Fixed(since_1970) => i64::try_from(since_1970.as_secs()).ok()?,
            VerifyTime::System => {
                let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                i64::try_from(since_1970.unwrap_or_default().as_secs()).ok()?
            }
        },
    };
    rules.refusal(&sent, &|_, _| Some(true)).filter(|refusal| is_told(refusal.code))
}

/// Whether a client may offer a pre-shared key: it is asked for one where it may only.
pub(crate) const fn takes_psk(_ssl: &SslRef) -> bool {
    true
}

/// The suite of a cipher.
pub(crate) fn suite_of(cipher: &SslCipherRef) -> CipherSuite {
    CipherSuite::new(cipher.protocol_id())
}

/// The group of the key exchange.
pub(crate) fn group_of(ssl: &SslRef) -> Option<NamedGroup> {
    ssl.curve().map(NamedGroup::new)
}

/// `SSL_get_shared_ciphers` says nothing, and the client's list is gone after the handshake.
pub(crate) fn shared_ciphers(_ssl: &SslRef) -> Result<Vec<CipherSuite>, Error> {
    Err(ErrorKind::Unsupported(Capability::SharedCiphers).into())
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
        // OpenSSL takes the common name for a host name then, which is not a permitted one.
        boring_sys::X509_V_ERR_NAME_CONSTRAINTS_WITHOUT_SANS => VerifyCode::NameConstraint,
        code => VerifyCode::from_openssl(code),
    }
}
