//! What OpenSSL and its bindings have differently from BoringSSL.

use core::ffi::{c_int, c_long};
use std::collections::HashSet;
use std::sync::LazyLock;

use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::ocsp::OcspResponse;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{
    SslContext, SslContextBuilder, SslMode, SslOptions, SslRef, SslSessionCacheMode, SslVerifyMode,
};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParamRef};
use openssl::x509::{X509, X509Ref};
use tls_object_core::{
    Certificate, CertificateType, CipherSuite, Config, ErrorKind, Identity, KeyKind, NamedGroup,
    ProtocolVersion, Side, SignatureScheme,
};

pub(crate) use crate::ffi::early_data_accepted;
pub(crate) use crate::ffi::{find_psks, offer_post_handshake_auth};
use crate::identity::{self, Loaded};
pub(crate) use crate::judgement::{
    forgives, judgement_code, overrule, public_key_to_judge, refuse, refused, sent, set_judge,
    set_purpose, verified_chain, verify, verify_result,
};
pub(crate) use crate::sct::{give as give_sct, request as request_sct};
pub(crate) use crate::suites::{
    check as check_suites, ciphers, set_tls13_suites, shared_ciphers, suite_of,
};
use crate::{capabilities, error, facts, ffi};

/// A server asks when told, and not in the handshake.
pub(crate) const POST_HANDSHAKE: SslVerifyMode = SslVerifyMode::POST_HANDSHAKE;

/// What every context is told.
pub(crate) fn set_up(builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    // An idle connection holds no record buffers; a chain is sent as it was given.
    builder.set_mode(
        SslMode::RELEASE_BUFFERS
            | SslMode::ACCEPT_MOVING_WRITE_BUFFER
            | SslMode::ENABLE_PARTIAL_WRITE
            | SslMode::AUTO_RETRY
            | SslMode::NO_AUTO_CHAIN,
    );
    builder.set_options(SslOptions::NO_COMPRESSION | SslOptions::NO_RENEGOTIATION);
    // For the suites with DHE, where they are asked for: a group as strong as the certificate's key.
    ffi::set_dh_auto(builder)
}

/// The private key of an identity, at hand or not. Cheap to clone.
pub(crate) type Key = PKey<Private>;

/// A key that is held elsewhere.
pub(crate) use crate::ffi::external_key;

/// Whether a server's callback must say that it does not answer the name that the client asks for: RFC 6066 section 3 has
/// no answer to it where a session is resumed, and under TLS 1.3 OpenSSL gives one all the same.
pub(crate) fn keeps_quiet_of_name(ssl: &SslRef) -> bool {
    ssl.session_reused() && identity::version(ssl) == ProtocolVersion::TLS13
}

/// Where a context that shows the one of several identities, or a raw public key, keeps them.
static IDENTITIES: LazyLock<Result<Index<SslContext, Vec<Loaded>>, ErrorStack>> =
    LazyLock::new(SslContext::new_ex_index);

/// The security level decides.
pub(crate) const LEAST_RSA_BITS: Option<u32> = None;

/// Whether a raw public key is too weak to be shown. OpenSSL asks that of the keys in certificates only.
pub(crate) fn is_too_weak_to_show(builder: &SslContextBuilder, identity: &Loaded) -> bool {
    /// Bits of security at each level.
    const LEAST: [u32; 6] = [0, 80, 112, 128, 192, 256];
    let least = LEAST.get(ffi::security_level(builder)).copied().unwrap_or(u32::MAX);
    identity.leaf.is_none() && identity.key.security_bits() < least
}

/// Whether an OCSP response can be given to clients. OpenSSL 3.6 gives what it has read and written again; before, what it
/// was handed.
pub(crate) fn gives_ocsp_response(response: &[u8]) -> bool {
    /// `OPENSSL_VERSION_NUMBER` of 3.6.0.
    const V3_6: i64 = 0x3060_0000;
    if openssl::version::number() < V3_6 {
        return true;
    }
    let read = OcspResponse::from_der(response).and_then(|read| read.to_der());
    read.is_ok_and(|der| der == response)
}

/// Whether all keys of a context share one list of schemes to sign by.
pub(crate) const ONE_LIST_OF_SCHEMES: bool = true;

/// Why an identity that was loaded cannot be shown.
pub(crate) fn why_not_shown(error: &ErrorStack) -> ErrorKind {
    /// `SSL_R_EE_KEY_TOO_SMALL` of `ERR_LIB_SSL`.
    const KEY_TOO_SMALL: (c_int, c_int) = (20, 399);
    if error::codes(error).contains(&KEY_TOO_SMALL) {
        ErrorKind::InvalidPrivateKey
    } else {
        ErrorKind::InvalidCertificate
    }
}

/// What connections show, the best first; at least one.
pub(crate) fn show(
    builder: &mut SslContextBuilder,
    config: &Config,
    identities: Vec<Loaded>,
) -> Result<(), ErrorStack> {
    staple(builder, &identities)?;
    sign_as_told(builder, config, &identities)?;
    if let [only @ Loaded { leaf: Some(leaf), .. }] = &identities[..] {
        builder.set_certificate(leaf)?;
        for issuer in &only.issuers {
            builder.add_extra_chain_cert(issuer.clone())?;
        }
        return builder.set_private_key(&only.key);
    }
    // OpenSSL has a slot for each type of key, and chooses by its own order of schemes and suites, and as a TLS 1.2
    // client not at all; a raw public key it would show nobody in vain, but for an empty list of certificates. So each
    // connection is given the one that fits; certificates are put in here, the best last and so in front, for the library
    // to refuse what it will not show.
    for identity in identities.iter().rev() {
        let Some(leaf) = &identity.leaf else { continue };
        builder.set_certificate(leaf)?;
        builder.set_private_key(&identity.key)?;
        for issuer in &identity.issuers {
            ffi::add_chain_certificate(builder, issuer)?;
        }
    }
    let index = IDENTITIES.as_ref().map_err(Clone::clone)?;
    builder.set_ex_data(*index, identities);
    ffi::set_certificate_callback(builder);
    Ok(())
}

/// Which types of certificates each end may show.
pub(crate) fn set_certificate_types(
    builder: &mut SslContextBuilder,
    config: &Config,
    identities: &[Identity],
) -> Result<(), ErrorStack> {
    let mut shown: Vec<_> = identities.iter().map(Identity::certificate_type).collect();
    let mut seen = HashSet::new();
    shown.retain(|it| seen.insert(*it));
    let accepted = &config.peer_certificate_types;
    let (client, server) = match config.side {
        Side::Client => (&shown, accepted),
        Side::Server => (accepted, &shown),
    };
    ffi::set_certificate_types(builder, &type_list(client), &type_list(server))
}

/// The numbers of a list that says more than what is so without one: certificates alone.
fn type_list(types: &[CertificateType]) -> Vec<u8> {
    if types == [CertificateType::X509] {
        return Vec::new();
    }
    types.iter().map(|it| it.code()).collect()
}

/// Keeps to the schemes that keys sign by, where those are not all that they can. OpenSSL has one list for all keys of a context.
fn sign_as_told(
    builder: &mut SslContextBuilder,
    config: &Config,
    identities: &[Loaded],
) -> Result<(), ErrorStack> {
    if identities.iter().all(|identity| identity.schemes.is_none()) {
        return Ok(());
    }
    let all = capabilities::capabilities().signature_schemes;
    let mut schemes: Vec<_> =
        identities.iter().filter_map(|it| it.schemes.as_deref()).flatten().copied().collect();
    let at_hand = identities.iter().filter(|it| it.schemes.is_none());
    for kind in at_hand.filter_map(|identity| identity.kind) {
        let signs = |scheme: &&SignatureScheme| kind.signs_with(**scheme, ProtocolVersion::TLS12);
        schemes.extend(all.iter().filter(signs));
    }
    // Identities share what the configuration says.
    let mut seen = HashSet::new();
    schemes.retain(|scheme| seen.insert(*scheme));
    let schemes = scheme_list(&schemes);
    match config.side {
        Side::Client => ffi::set_client_sigalgs_list(builder, &schemes),
        Side::Server => {
            builder.set_sigalgs_list(&schemes)?;
            // What clients may sign by must not follow from that.
            if config.signature_schemes.values().is_none() {
                ffi::set_client_sigalgs_list(builder, &scheme_list(&all))?;
            }
            Ok(())
        }
    }
}

/// Gives clients that ask the OCSP response on the certificate that they are shown.
fn staple(builder: &mut SslContextBuilder, identities: &[Loaded]) -> Result<(), ErrorStack> {
    let mut responses = Vec::new();
    for identity in identities {
        if let Some(response) = &identity.ocsp_response {
            let Some(leaf) = &identity.leaf else { continue };
            responses.push((leaf.to_der()?, response.clone()));
        }
    }
    if responses.is_empty() {
        return Ok(());
    }
    builder.set_status_callback(move |ssl| {
        let Some(shown) = ssl.certificate() else { return Ok(false) };
        let shown = shown.to_der()?;
        let Some((_, response)) = responses.iter().find(|(leaf, _)| *leaf == shown) else {
            return Ok(false);
        };
        ssl.set_ocsp_status(response)?;
        Ok(true)
    })
}

/// Gives a connection the first identity of its context that the peer can verify, and none where none is.
pub(crate) fn choose_identity(ssl: &mut SslRef) -> Result<(), ErrorStack> {
    let chosen = fitting_identity(ssl).cloned();
    ffi::clear_certificates(ssl);
    let Some(chosen) = chosen else { return Ok(()) };
    if let Some(leaf) = &chosen.leaf {
        ssl.set_certificate(leaf)?;
        if ssl.is_server() {
            ffi::set_ticket_data(ssl, &leaf.digest(MessageDigest::sha256())?)?;
        }
    }
    ssl.set_private_key(&chosen.key)?;
    chosen.issuers.into_iter().try_for_each(|issuer| ssl.add_chain_cert(issuer))
}

/// The certificate that a server shows; on a resumed connection, for which OpenSSL asks for none, the one that its
/// session began with.
pub(crate) fn own_certificate(ssl: &SslRef) -> Option<Certificate> {
    let index = IDENTITIES.as_ref().ok()?;
    let Some(all) = ssl.ssl_context().ex_data(*index).filter(|_| ssl.session_reused()) else {
        return facts::own_certificate(ssl);
    };
    let digest = |identity: &Loaded| identity.leaf.as_ref()?.digest(MessageDigest::sha256()).ok();
    let shown = ffi::ticket_data(ssl);
    let shown = all.iter().find(|one| digest(one).is_some_and(|digest| *digest == *shown));
    shown?.leaf.as_ref()?.to_der().ok().map(Certificate::from_der)
}

/// The first of a context's several identities that the peer can verify.
fn fitting_identity(ssl: &SslRef) -> Option<&Loaded> {
    let all = ssl.ssl_context().ex_data(*IDENTITIES.as_ref().ok()?)?;
    let version = identity::version(ssl);
    let schemes = ffi::peer_schemes(ssl);
    let is_raw = ffi::shows_public_key(ssl);
    let by_suite = ssl.is_server() && version == ProtocolVersion::TLS12;
    let limits = by_suite.then(|| (ffi::shared_uses(ssl), ffi::peer_groups(ssl)));
    all.iter().filter(|identity| identity.leaf.is_none() == is_raw).find(|identity| {
        // Of a key without a name here, which is the only one, the library shall judge.
        let signs = identity.kind.is_none() || identity.fits(&schemes, version);
        match (&limits, identity.kind) {
            (None, _) | (_, None) => signs,
            (Some((uses, _)), Some(KeyKind::Rsa)) => signs && uses.rsa || uses.key_transport,
            (Some((uses, groups)), Some(kind)) => {
                // RFC 8422 section 5.1: the groups of a client are those that a certificate may be of.
                let curve = curve_of(kind).filter(|_| !groups.is_empty());
                signs && uses.ecdsa && curve.is_none_or(|curve| groups.contains(&curve))
            }
        }
    })
}

fn curve_of(kind: KeyKind) -> Option<Nid> {
    match kind {
        KeyKind::P256 => Some(Nid::X9_62_PRIME256V1),
        KeyKind::P384 => Some(Nid::SECP384R1),
        KeyKind::P521 => Some(Nid::SECP521R1),
        _ => None,
    }
}

/// What is too weak to be used.
pub(crate) fn set_security_level(builder: &mut SslContextBuilder, level: u8) {
    builder.set_security_level(level.into());
}

/// The groups for the key exchange, the best first.
pub(crate) fn set_groups(
    builder: &mut SslContextBuilder,
    groups: &[NamedGroup],
) -> Result<(), ErrorStack> {
    let names: Vec<_> = groups.iter().filter_map(|group| group.openssl_name()).collect();
    builder.set_groups_list(&names.join(":"))
}

/// The signature schemes accepted from the peer, the best first; `None` for OpenSSL's own.
pub(crate) fn set_schemes(
    builder: &mut SslContextBuilder,
    side: Side,
    schemes: Option<Vec<SignatureScheme>>,
) -> Result<(), ErrorStack> {
    let Some(schemes) = schemes else { return Ok(()) };
    match side {
        Side::Client => {
            // One list speaks for both directions unless client signatures have their own.
            builder.set_sigalgs_list(&scheme_list(&schemes))?;
            let all = capabilities::capabilities().signature_schemes;
            ffi::set_client_sigalgs_list(builder, &scheme_list(&all))
        }
        Side::Server => ffi::set_client_sigalgs_list(builder, &scheme_list(&schemes)),
    }
}

fn scheme_list(schemes: &[SignatureScheme]) -> String {
    let names: Vec<_> = schemes.iter().filter_map(|scheme| scheme.iana_name()).collect();
    names.join(":")
}

/// Whether a client may offer a pre-shared key. It goes with SHA-256 under TLS 1.3, and OpenSSL ends the connection where
/// one is offered to a server that has asked for another ClientHello and a suite with another hash.
pub(crate) fn takes_psk(ssl: &SslRef) -> bool {
    ffi::pending_cipher(ssl) != Some(CipherSuite::TLS13_AES_256_GCM_SHA384)
}

/// How many tickets of TLS 1.3 a server sends. With none wanted this must be told: the option against tickets leaves
/// OpenSSL sending stateful ones.
pub(crate) fn set_num_tickets(
    builder: &mut SslContextBuilder,
    number: usize,
) -> Result<(), ErrorStack> {
    builder.set_num_tickets(number)
}

/// Early data of so many bytes is taken. OpenSSL then keeps the sessions of TLS 1.3 itself and resumes each once, so that
/// early data is taken once.
pub(crate) fn take_early_data(builder: &mut SslContextBuilder, max: u32) -> Result<(), ErrorStack> {
    // OpenSSL's own cache: nothing else tells it that a session was not taken before.
    builder.set_session_cache_mode(SslSessionCacheMode::SERVER);
    builder.set_max_early_data(max)?;
    ffi::set_recv_max_early_data(builder, max)
}

/// A client that will send early data says so by sending it.
pub(crate) fn offer_early_data(_ssl: &mut SslRef) {}

/// How much early data the offered session allows.
pub(crate) fn early_data_limit(ssl: &SslRef) -> u32 {
    ssl.session().map_or(0, |session| session.max_early_data())
}

/// Takes the word of an authority.
pub(crate) fn trust(builder: &mut SslContextBuilder, anchor: &X509) -> Result<(), ErrorStack> {
    builder.cert_store_mut().add_cert(anchor.clone())
}

/// `X509_VERIFY_PARAM_set_flags`.
pub(crate) fn set_flags(
    param: &mut X509VerifyParamRef,
    flags: X509VerifyFlags,
) -> Result<(), ErrorStack> {
    param.set_flags(flags)
}

/// The group of the key exchange.
pub(crate) fn group_of(ssl: &SslRef) -> Option<NamedGroup> {
    /// `TLSEXT_nid_unknown`: the low half is the code point.
    const NO_NID: c_long = 0x0100_0000;
    let said = ffi::negotiated_group(ssl);
    if said & NO_NID != 0 {
        return Some(NamedGroup::new(said as u16));
    }
    let nid = Nid::from_raw(c_int::try_from(said).ok()?);
    if nid == Nid::UNDEF {
        return None;
    }
    NamedGroup::from_name(nid.short_name().ok()?)
}

/// The peer's chain as it came. On a server, and where a session remembers the leaf only, OpenSSL
/// leaves the leaf out of it.
pub(crate) fn peer_certificates(ssl: &SslRef) -> Vec<Certificate> {
    let der = |it: &X509Ref| it.to_der().ok().map(Certificate::from_der);
    let chain = ssl.peer_cert_chain().into_iter().flatten().filter_map(der);
    if !ssl.is_server() {
        let chain: Vec<_> = chain.collect();
        if !chain.is_empty() {
            return chain;
        }
        return ssl.peer_certificate().and_then(|leaf| der(&leaf)).into_iter().collect();
    }
    let leaf = ssl.peer_certificate().and_then(|leaf| der(&leaf));
    leaf.into_iter().chain(chain).collect()
}

/// `SSL_get_extms_support`.
pub(crate) fn has_extended_master_secret(ssl: &SslRef) -> bool {
    ssl.extms_support() == Some(true)
}

/// The first Finished: the server's where a session was resumed, the client's else (RFC 5929 section 3.1).
pub(crate) fn tls_unique(ssl: &SslRef) -> Option<Vec<u8>> {
    // RFC 5246 section 7.4.9: 12 bytes, unless a suite says otherwise, which none here does.
    let mut finished = vec![0; 64];
    let len = if ssl.session_reused() == ssl.is_server() {
        ssl.finished(&mut finished)
    } else {
        ssl.peer_finished(&mut finished)
    };
    finished.truncate(len);
    (len > 0).then_some(finished)
}
