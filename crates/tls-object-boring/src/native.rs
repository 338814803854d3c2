//! What BoringSSL and its bindings have differently from OpenSSL.

use std::sync::LazyLock;

use boring::error::ErrorStack;
use boring::ex_data::Index;
use boring::pkey::{PKey, Private};
use boring::ssl::{
    Ssl, SslCipherRef, SslContext, SslContextBuilder, SslMode, SslRef, SslSignatureAlgorithm,
    SslVerifyMode,
};
use boring::x509::X509;
use boring::x509::verify::{X509VerifyFlags, X509VerifyParamRef};
use tls_object_core::{
    Capability, Certificate, CertificateType, CipherSuite, Config, Error, ErrorKind, Identity,
    NamedGroup, ProtocolVersion, Side, SignatureScheme,
};

pub(crate) use crate::ffi::{
    early_data_accepted, early_data_limit, has_extended_master_secret, offer_early_data,
    peer_certificates, set_groups, set_num_tickets, set_tls13_suites, take_early_data, tls_unique,
};
use crate::identity::{self, Loaded};
pub(crate) use crate::judgement::{
    forgives, judge, judge_public_key, judgement_code, overrule, public_key_to_judge, refuse,
    refused, sent, set_judge, set_purpose, verified_chain, verify, verify_result,
};
use crate::signing::External;
use crate::{capabilities, facts, ffi};

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

/// Nothing: BoringSSL has no security levels, and the check has refused any.
pub(crate) fn set_security_level(_builder: &mut SslContextBuilder, _level: u8) {}

/// No way to ask later: the check refuses it.
pub(crate) const POST_HANDSHAKE: SslVerifyMode = SslVerifyMode::NONE;

/// Nothing: the check refuses it.
pub(crate) fn offer_post_handshake_auth(_: &mut SslContextBuilder) {}

/// A server asks its hook for pre-shared keys.
pub(crate) fn find_psks(builder: &mut SslContextBuilder) {
    builder.set_psk_server_callback(crate::hooks::find_psk);
}

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
