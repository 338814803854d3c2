//! A scenario: one promise of the contract, and over what it is tried.

use core::fmt;

use tls_object_core::{Capability, ProtocolVersion, Side};

use crate::failure::Failure;
use crate::lab::Lab;
use crate::pki::KeyType;
use crate::wire::Chunking;

/// One promise of the contract, as code that tries it on a pair of backends.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name, `topic::what`, which stays.
    pub name: &'static str,
    /// The promise, in one sentence.
    pub summary: &'static str,
    pub(crate) needs: Needs,
    pub(crate) over: Dims,
    pub(crate) run: fn(&Lab) -> Result<(), Failure>,
}

impl Scenario {
    pub(crate) const fn new(
        name: &'static str,
        summary: &'static str,
        over: Dims,
        run: fn(&Lab) -> Result<(), Failure>,
    ) -> Self {
        Self { name, summary, needs: Needs { client: &[], server: &[] }, over, run }
    }

    /// Needs `capabilities` of both ends, besides what each case needs anyway.
    pub(crate) const fn needs(mut self, capabilities: &'static [Capability]) -> Self {
        self.needs = Needs { client: capabilities, server: capabilities };
        self
    }

    /// Needs `client` of the client and `server` of the server, besides what each case needs anyway.
    pub(crate) const fn needs_each(
        mut self,
        client: &'static [Capability],
        server: &'static [Capability],
    ) -> Self {
        self.needs = Needs { client, server };
        self
    }

    /// Everything that the case of `params` needs of the backend on `side`.
    pub(crate) fn needed(&self, side: Side, params: &Params) -> Vec<Capability> {
        let mut needed = match side {
            Side::Client => {
                vec![Capability::Client, Capability::VerifyChain, Capability::VerifyName]
            }
            Side::Server => vec![Capability::Server],
        };
        // A case that is about no version is tried over those that there are.
        needed.extend(match (params.version, side) {
            (Some(ProtocolVersion::TLS12), _) => Some(Capability::Tls12),
            (Some(ProtocolVersion::TLS13), Side::Client) => Some(Capability::Tls13),
            (Some(ProtocolVersion::TLS13), Side::Server) => Some(Capability::Tls13Server),
            _ => None,
        });
        if params.key == Some(KeyType::Ed25519) {
            needed.push(Capability::Ed25519);
        }
        let listed = match side {
            Side::Client => self.needs.client,
            Side::Server => self.needs.server,
        };
        needed.extend(listed.iter().filter(|&&capability| concerns(capability, params.version)));
        needed
    }
}

/// Whether a capability means anything in a case about `version`.
fn concerns(capability: Capability, version: Option<ProtocolVersion>) -> bool {
    match capability {
        Capability::CipherSuites12
        | Capability::Psk12
        | Capability::RawPublicKeys12
        | Capability::Resumption12
        | Capability::SessionCache12
        | Capability::ChannelBindingExporter12
        | Capability::ChannelBindingUnique => version != Some(ProtocolVersion::TLS13),
        Capability::CipherSuites13
        | Capability::Psk13
        | Capability::RawPublicKeys13
        | Capability::Resumption13
        | Capability::SessionCache13
        | Capability::ChannelBindingExporter => version != Some(ProtocolVersion::TLS12),
        _ => true,
    }
}

/// What a scenario needs of the two ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    pub(crate) client: &'static [Capability],
    pub(crate) server: &'static [Capability],
}

/// Over what a scenario is tried. An empty list is a dimension that it does not have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dims {
    alone: Option<Side>,
    versions: &'static [ProtocolVersion],
    keys: &'static [KeyType],
    chunkings: &'static [Chunking],
    variants: &'static [&'static str],
}

impl Dims {
    /// Once for each pair, every version of the protocol on offer that each end has.
    pub(crate) const ONCE: Self =
        Self { alone: None, versions: &[], keys: &[], chunkings: &[], variants: &[] };

    /// With TLS 1.2 and with TLS 1.3.
    pub(crate) const VERSIONS: Self =
        Self { versions: &[ProtocolVersion::TLS12, ProtocolVersion::TLS13], ..Self::ONCE };

    /// With TLS 1.2 alone.
    pub(crate) const TLS12: Self = Self { versions: &[ProtocolVersion::TLS12], ..Self::ONCE };

    /// With TLS 1.3 alone.
    pub(crate) const TLS13: Self = Self { versions: &[ProtocolVersion::TLS13], ..Self::ONCE };

    /// Once for each backend, which plays `side` without a peer.
    pub(crate) const fn alone(side: Side) -> Self {
        Self { alone: Some(side), ..Self::ONCE }
    }

    /// And with each type of key.
    pub(crate) const fn keys(mut self) -> Self {
        self.keys = KeyType::ALL;
        self
    }

    /// And with bytes arriving in each of these ways.
    pub(crate) const fn chunkings(mut self, chunkings: &'static [Chunking]) -> Self {
        self.chunkings = chunkings;
        self
    }

    /// And in each of these variants, which mean something to the scenario alone.
    pub(crate) const fn variants(mut self, variants: &'static [&'static str]) -> Self {
        self.variants = variants;
        self
    }

    /// The one end that plays, if there is no pair.
    pub(crate) const fn plays_alone(&self) -> Option<Side> {
        self.alone
    }

    /// Every combination, in the order of the lists.
    pub(crate) fn expand(&self) -> Vec<Params> {
        let mut all = Vec::new();
        for version in options(self.versions) {
            for key in options(self.keys) {
                for chunking in options(self.chunkings) {
                    for variant in options(self.variants) {
                        all.push(Params { version, key, chunking, variant });
                    }
                }
            }
        }
        all
    }
}

/// Each value, or the absence of any.
fn options<T: Copy>(values: &'static [T]) -> Vec<Option<T>> {
    if values.is_empty() { vec![None] } else { values.iter().copied().map(Some).collect() }
}

/// One combination of what a scenario is tried over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Params {
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) key: Option<KeyType>,
    pub(crate) chunking: Option<Chunking>,
    pub(crate) variant: Option<&'static str>,
}

/// Such as `tls1.3,p256,chunk=1`; empty for a scenario without dimensions.
impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.map(|version| match version {
            ProtocolVersion::TLS12 => "tls1.2".to_owned(),
            ProtocolVersion::TLS13 => "tls1.3".to_owned(),
            other => other.to_string(),
        });
        let parts = [
            version,
            self.key.map(|key| key.name().to_owned()),
            self.chunking.map(|chunking| format!("chunk={}", chunking.name())),
            self.variant.map(str::to_owned),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(","))
    }
}
