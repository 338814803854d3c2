//! Members that a backend may lack: what is declared works, what is not is refused as such.

use tls_object_core::{Capability, ChannelBinding, CipherSuite, ErrorKind, Setting, Side};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "capability::shared_ciphers",
        "A server tells which cipher suites both ends have, the best first.",
        Dims::VERSIONS,
        shared_ciphers,
    )
    .needs_each(SUITES, &[
        Capability::CipherSuites12,
        Capability::CipherSuites13,
        Capability::SharedCiphers,
    ]),
    Scenario::new(
        "capability::tls_unique",
        "Both ends of a TLS 1.2 connection give the same tls-unique binding.",
        Dims::TLS12,
        tls_unique,
    )
    .needs(&[Capability::ChannelBindingUnique]),
    Scenario::new(
        "capability::tls_unique_resumed",
        "Both ends of a resumed TLS 1.2 connection give the same tls-unique binding, and a new one.",
        Dims::TLS12,
        tls_unique_resumed,
    )
    .needs_each(
        &[Capability::ChannelBindingUnique, Capability::Resumption12],
        &[Capability::ChannelBindingUnique, Capability::ServerResumption],
    ),
    Scenario::new(
        "capability::tls_unique_undefined",
        "There is no tls-unique binding under TLS 1.3.",
        Dims::TLS13,
        tls_unique_undefined,
    ),
    Scenario::new(
        "capability::tls_exporter",
        "Both ends give the same tls-exporter binding, which is what the exporter gives (RFC 9266).",
        Dims::VERSIONS,
        tls_exporter,
    )
    .needs(&[
        Capability::ChannelBindingExporter,
        Capability::ChannelBindingExporter12,
        Capability::Exporter,
    ]),
    Scenario::new(
        "capability::relics",
        "Nothing is compressed, and nothing is agreed on by Next Protocol Negotiation: each end says so at all times.",
        Dims::VERSIONS,
        relics,
    ),
    Scenario::new(
        "capability::refusals_are_no_end",
        "A member that is refused leaves the connection as it was.",
        Dims::VERSIONS,
        refusals_are_no_end,
    ),
];

fn relics(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.pair(&lab.client_config(), &lab.server_config())?;
    let look = |pair: &mut Pair| -> Result<(), Failure> {
        for side in SIDES {
            ensure!(pair.tls(side).compression().is_none(), "compression");
            ensure!(pair.tls(side).selected_npn_protocol().is_none(), "a protocol by NPN");
        }
        Ok(())
    };
    look(&mut pair)?;
    pair.handshake()?;
    look(&mut pair)?;
    pair.shut_down()?;
    look(&mut pair)
}

const SUITES: &[Capability] = &[Capability::CipherSuites12, Capability::CipherSuites13];

fn shared_ciphers(lab: &Lab) -> Result<(), Failure> {
    let (client, server, expected) = if lab.is_tls13() {
        (
            vec![CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_AES_256_GCM_SHA384],
            vec![CipherSuite::TLS13_AES_256_GCM_SHA384],
            [CipherSuite::TLS13_AES_256_GCM_SHA384],
        )
    } else {
        (
            vec![
                CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            ],
            vec![CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384],
            [CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384],
        )
    };
    let (mut client_config, mut server_config) = (lab.client_config(), lab.server_config());
    client_config.cipher_suites = Setting::Required(client);
    server_config.cipher_suites = Setting::Required(server);
    let mut pair = lab.pair(&client_config, &server_config)?;
    pair.handshake()?;
    let shared =
        pair.server().shared_ciphers().map_err(|error| Failure::of(Side::Server, &error))?;
    ensure!(shared == expected, "{shared:?}");
    if lab.has(Side::Client, Capability::SharedCiphers) {
        let told = pair.client().shared_ciphers()?;
        ensure!(told.is_empty(), "the client is told nothing, and says {told:?}");
    }
    Ok(())
}

/// What both ends give, which must be the same.
fn binding(pair: &mut Pair, kind: ChannelBinding) -> Result<Vec<u8>, Failure> {
    let [client, server] = SIDES.map(|side| {
        pair.tls(side).get_channel_binding(kind).map_err(|error| Failure::of(side, &error))
    });
    let (client, server) = (client?, server?);
    ensure!(client == server, "{kind:?}: {client:?} and {server:?}");
    Ok(client)
}

fn tls_unique(lab: &Lab) -> Result<(), Failure> {
    let bytes = binding(&mut lab.connected()?, ChannelBinding::TlsUnique)?;
    // RFC 5246 section 7.4.9: the length of a Finished.
    ensure!(bytes.len() == 12, "{} bytes", bytes.len());
    let other = binding(&mut lab.connected()?, ChannelBinding::TlsUnique)?;
    ensure!(bytes != other, "not unique");
    Ok(())
}

/// RFC 5929 section 3.1: the first Finished is the server's then.
fn tls_unique_resumed(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    first.exchange()?;
    let bytes = binding(&mut first, ChannelBinding::TlsUnique)?;
    let session = lab.session(&mut first)?;
    let mut second = contexts.pair(lab.wrap()?.with_session(session))?;
    second.handshake()?;
    ensure!(second.client().session_reused(), "not resumed");
    let other = binding(&mut second, ChannelBinding::TlsUnique)?;
    ensure!(other.len() == 12 && other != bytes, "{bytes:?}, then {other:?}");
    Ok(())
}

fn tls_unique_undefined(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let expected = if lab.has(side, Capability::ChannelBindingUnique) {
            ErrorKind::InvalidArgument
        } else {
            ErrorKind::Unsupported(Capability::ChannelBindingUnique)
        };
        let result = pair.tls(side).get_channel_binding(ChannelBinding::TlsUnique);
        ensure!(result.as_ref().is_err_and(|error| error.kind() == expected), "{result:?}");
    }
    Ok(())
}

fn tls_exporter(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let bytes = binding(&mut pair, ChannelBinding::TlsExporter)?;
    for side in SIDES {
        let mut exported = [0; 32];
        let label = "EXPORTER-Channel-Binding";
        pair.tls(side).export_keying_material(&mut exported, label, Some(b""))?;
        ensure!(bytes == exported, "{bytes:?} and {exported:?}");
    }
    Ok(())
}

/// Each optional member answers, or refuses with its own capability.
fn refusals_are_no_end(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        let mut results = vec![
            (Capability::SharedCiphers, pair.tls(side).shared_ciphers().map(|_| ())),
            (Capability::VerifiedChain, pair.tls(side).verified_chain().map(|_| ())),
            (Capability::OwnCertificate, pair.tls(side).own_certificate().map(|_| ())),
        ];
        let asked = pair.call(side, |tls| tls.verify_client_post_handshake()).map(|_| ());
        results.push((Capability::PostHandshakeAuth, asked));
        if lab.is_tls13() {
            for (capability, request_peer) in
                [(Capability::KeyUpdate, true), (Capability::KeyUpdateOwn, false)]
            {
                let result = pair.call(side, |tls| tls.key_update(request_peer)).map(|_| ());
                results.push((capability, result));
            }
        }
        for kind in [ChannelBinding::TlsExporter, ChannelBinding::TlsServerEndPoint] {
            let result = pair.tls(side).get_channel_binding(kind).map(|_| ());
            results.push((kind.capability(lab.version()), result));
        }
        for (capability, result) in results {
            let refused =
                matches!(&result, Err(error) if error.kind() == ErrorKind::Unsupported(capability));
            ensure!(refused != lab.has(side, capability), "{capability}: {result:?}");
        }
    }
    pair.exchange()?;
    pair.shut_down()
}
