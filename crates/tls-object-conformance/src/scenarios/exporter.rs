//! Keying material (RFC 5705, RFC 8446 section 7.5).

use tls_object_core::{Capability, ErrorKind, Side};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::{Pair, SIDES};
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "exporter::same_at_both_ends",
        "Both ends derive the same bytes, of any length, with and without a context.",
        Dims::VERSIONS.keys(),
        same_at_both_ends,
    )
    .needs(EXPORTER),
    Scenario::new(
        "exporter::separated",
        "Another label, context or connection gives other bytes.",
        Dims::VERSIONS,
        separated,
    )
    .needs(EXPORTER),
    Scenario::new(
        "exporter::empty_context",
        "An empty context is none under TLS 1.3, and not under TLS 1.2.",
        Dims::VERSIONS,
        empty_context,
    )
    .needs(EXPORTER),
    Scenario::new(
        "exporter::resumed",
        "A resumed connection derives bytes of its own, the same at both ends.",
        Dims::VERSIONS,
        resumed,
    )
    .needs_each(
        &[Capability::Exporter, Capability::Resumption12, Capability::Resumption13],
        &[Capability::Exporter, Capability::ServerResumption],
    ),
    Scenario::new(
        "exporter::limits",
        "Nothing at all and more than the protocol gives are refused, and the connection goes on.",
        Dims::TLS13,
        limits,
    )
    .needs(EXPORTER),
    Scenario::new(
        "exporter::reserved_labels",
        "Under TLS 1.2 a label of its own, or one that begins like it, is refused, and the connection goes on.",
        Dims::VERSIONS,
        reserved_labels,
    )
    .needs(EXPORTER),
    Scenario::new(
        "exporter::after_close",
        "Keying material is derived after the end as before.",
        Dims::VERSIONS,
        after_close,
    )
    .needs(EXPORTER),
];

const EXPORTER: &[Capability] = &[Capability::Exporter];
const LABEL: &str = "EXPORTER-tls-object-test";

fn export(
    pair: &mut Pair,
    side: Side,
    label: &str,
    context: Option<&[u8]>,
    len: usize,
) -> Result<Vec<u8>, Failure> {
    let mut out = vec![0; len];
    pair.tls(side)
        .export_keying_material(&mut out, label, context)
        .map_err(|error| Failure::of(side, &error))?;
    Ok(out)
}

/// What both ends derive, which must be the same.
fn agreed(
    pair: &mut Pair,
    label: &str,
    context: Option<&[u8]>,
    len: usize,
) -> Result<Vec<u8>, Failure> {
    let client = export(pair, Side::Client, label, context, len)?;
    let server = export(pair, Side::Server, label, context, len)?;
    ensure!(client == server, "{len} bytes differ between the ends, context {context:?}");
    Ok(client)
}

fn same_at_both_ends(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for context in [None, Some(&b""[..]), Some(b"a context"), Some(&[0x5a; 300])] {
        for len in [1, 16, 32, 48, 255, 1024] {
            let bytes = agreed(&mut pair, LABEL, context, len)?;
            ensure!(len < 16 || bytes.iter().any(|&byte| byte != 0), "zeros");
            ensure!(agreed(&mut pair, LABEL, context, len)? == bytes, "other bytes the next time");
        }
    }
    Ok(())
}

fn separated(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let mut all = vec![
        agreed(&mut pair, LABEL, None, 32)?,
        agreed(&mut pair, LABEL, Some(b"a context"), 32)?,
        agreed(&mut pair, LABEL, Some(b"another"), 32)?,
        agreed(&mut pair, "EXPORTER-tls-object-other", None, 32)?,
        agreed(&mut lab.connected()?, LABEL, None, 32)?,
    ];
    let count = all.len();
    all.sort();
    all.dedup();
    ensure!(all.len() == count, "two derivations gave the same bytes");
    Ok(())
}

fn empty_context(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let none = agreed(&mut pair, LABEL, None, 32)?;
    let empty = agreed(&mut pair, LABEL, Some(b""), 32)?;
    ensure!((none == empty) == lab.is_tls13(), "none and empty: alike is {}", none == empty);
    Ok(())
}

fn resumed(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let mut first = contexts.pair(lab.wrap()?)?;
    first.handshake()?;
    let mut second = contexts.resume(lab, &mut first)?;
    let (before, after) =
        (agreed(&mut first, LABEL, None, 32)?, agreed(&mut second, LABEL, None, 32)?);
    ensure!(before != after, "two connections derive the same");
    Ok(())
}

/// RFC 5869 section 2.3: HKDF gives at most 255 times its hash, which is at most 48 bytes here.
fn limits(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    for side in SIDES {
        for len in [0, 255 * 48 + 1] {
            let mut out = vec![0; len];
            match pair.tls(side).export_keying_material(&mut out, LABEL, None) {
                Err(error) if error.kind() == ErrorKind::InvalidArgument => {}
                Err(error) => return Err(Failure::of(side, &error)),
                Ok(()) => return Err(Failure::new(format!("{len} bytes on the {}", name(side)))),
            }
        }
    }
    agreed(&mut pair, LABEL, None, 32)?;
    pair.exchange()
}

/// RFC 5705 section 4, RFC 7627 section 4.
fn reserved_labels(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let labels = [
        "client finished",
        "server finished",
        "master secret",
        "extended master secret",
        "key expansion",
        "key expansion of our own",
    ];
    for (side, label) in SIDES.into_iter().flat_map(|side| labels.map(|label| (side, label))) {
        let mut out = [0; 32];
        let exported = pair.tls(side).export_keying_material(&mut out, label, None);
        let refused = exported.map_err(|error| error.kind()) == Err(ErrorKind::InvalidArgument);
        ensure!(refused != lab.is_tls13(), "{label:?} on the {}: {refused}", name(side));
    }
    agreed(&mut pair, "key", None, 32)?;
    pair.exchange()
}

fn after_close(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    let before = agreed(&mut pair, LABEL, None, 32)?;
    pair.shut_down()?;
    ensure!(agreed(&mut pair, LABEL, None, 32)? == before, "other bytes after the end");
    Ok(())
}
