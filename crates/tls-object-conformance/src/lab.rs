//! What a scenario works with: two backends, the parameters of the case, and a record of
//! the deviations it met.

mod panics;
mod refusal;
mod second_hello;

use core::fmt::Debug;
use std::cell::RefCell;

use tls_object_core::{
    Capability, Config, DynBackend, DynContext, Error, ErrorKind, MemoryBio, Negotiated,
    ProtocolVersion, ServerName, Session, Side, SslObject, VecBio, VerifyTime, Wrap,
};

use crate::deviations::{self, Deviation};
use crate::failure::{Failure, ensure, name};
use crate::pair::{Pair, SIDES};
use crate::pki::{Family, KeyType, NOW, SERVER_NAME, pki};
use crate::report::ConnectionError;
use crate::scenario::Params;
use crate::wire::Chunking;

pub(crate) use panics::{ended_by_panic, lets_panic_through, panic_quietly};
pub(crate) use second_hello::{SECOND_GROUP, ask_again, two_hellos};

/// What a scenario is given.
pub(crate) struct Lab {
    scenario: &'static str,
    client: &'static dyn DynBackend,
    server: &'static dyn DynBackend,
    params: Params,
    met: RefCell<Vec<Met>>,
    ends: RefCell<Vec<ConnectionError>>,
}

/// A fact for which a deviation is listed, as it was met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    pub(crate) deviation: &'static Deviation,
    /// Whether the backends deviated; they behaved as everybody else if not.
    pub(crate) deviated: bool,
}

/// A context for each end.
pub(crate) struct Contexts {
    pub(crate) client: Box<dyn DynContext>,
    pub(crate) server: Box<dyn DynContext>,
    chunking: Chunking,
}

impl Contexts {
    /// A pair that is made as `wrap` says on the client's side.
    pub(crate) fn pair(&self, wrap: Wrap) -> Result<Pair, Failure> {
        self.pair_with_limit(wrap, 0)
    }

    /// A pair whose four BIOs have a limit.
    pub(crate) fn pair_with_limit(&self, wrap: Wrap, limit: usize) -> Result<Pair, Failure> {
        let client = wrapped(&*self.client, wrap, limit)?;
        let server = wrapped(&*self.server, Wrap::server(), limit)?;
        Ok(Pair::new(client, server, self.chunking))
    }

    /// A second pair, which has resumed a session of the `first`.
    #[track_caller]
    pub(crate) fn resume(&self, lab: &Lab, first: &mut Pair) -> Result<Pair, Failure> {
        first.exchange()?;
        let session = lab.session(first)?;
        let mut second = self.pair(lab.wrap()?.with_session(session))?;
        second.handshake()?;
        ensure!(second.client().session_reused(), "not resumed");
        Ok(second)
    }

    /// A pair whose client offers `session`, and which has or has not resumed it, as both ends say.
    #[track_caller]
    pub(crate) fn offer(
        &self,
        lab: &Lab,
        session: Option<&Session>,
        resumed: bool,
    ) -> Result<Pair, Failure> {
        let mut wrap = lab.wrap()?;
        wrap.session = session.cloned();
        let mut pair = self.pair(wrap)?;
        pair.handshake()?;
        let facts = lab.same_facts(&mut pair)?;
        ensure!(facts.resumed == resumed, "resumed is {}", facts.resumed);
        pair.exchange()?;
        Ok(pair)
    }

    /// A pair that is made as the two say.
    pub(crate) fn pair_of(&self, client: Wrap, server: Wrap) -> Result<Pair, Failure> {
        let client = wrapped(&*self.client, client, 0)?;
        let server = wrapped(&*self.server, server, 0)?;
        Ok(Pair::new(client, server, self.chunking))
    }
}

/// The configuration with `version`, or else with those that the backend has. Certificates are judged by the
/// backend's clock if it cannot be told the time.
pub(crate) fn settled(
    mut config: Config,
    backend: &dyn DynBackend,
    version: Option<ProtocolVersion>,
) -> Config {
    let capabilities = backend.capabilities();
    if capabilities.has(Capability::VerifyTime) {
        config.verify_time = VerifyTime::Fixed(NOW);
    }
    let versions: Vec<_> = match version {
        Some(version) => vec![version],
        None => capabilities.versions(config.side).collect(),
    };
    if let (Some(&oldest), Some(&newest)) = (versions.first(), versions.last()) {
        (config.min_version, config.max_version) = (oldest, newest);
    }
    config
}

pub(crate) fn wrapped(
    context: &dyn DynContext,
    wrap: Wrap,
    limit: usize,
) -> Result<Box<dyn SslObject>, Failure> {
    let side = wrap.side;
    let bio = || Box::new(VecBio::with_limit(limit)) as Box<dyn MemoryBio>;
    context.wrap_bio(bio(), bio(), wrap).map_err(|error| Failure::of(side, &error))
}

impl Lab {
    pub(crate) fn new(
        scenario: &'static str,
        client: &'static dyn DynBackend,
        server: &'static dyn DynBackend,
        params: Params,
    ) -> Self {
        Self { scenario, client, server, params, met: RefCell::default(), ends: RefCell::default() }
    }

    /// The listed deviations that were met, and the errors that ended connections.
    pub(crate) fn into_record(self) -> (Vec<Met>, Vec<ConnectionError>) {
        (self.met.into_inner(), self.ends.into_inner())
    }

    /// Writes down the error that ended the connection on `side`.
    pub(crate) fn ended(&self, side: Side, error: &Error) {
        let end = ConnectionError { side, kind: error.kind(), alert_sent: error.alert_sent() };
        let mut ends = self.ends.borrow_mut();
        if !ends.contains(&end) {
            ends.push(end);
        }
    }

    /// The backend on `side`.
    pub(crate) fn backend(&self, side: Side) -> &'static dyn DynBackend {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// Whether the backend on `side` has a capability.
    pub(crate) fn has(&self, side: Side, capability: Capability) -> bool {
        self.backend(side).capabilities().has(capability)
    }

    /// The variant of the scenario, or an empty string.
    pub(crate) fn variant(&self) -> &'static str {
        self.params.variant.unwrap_or_default()
    }

    /// The pieces in which bytes arrive.
    pub(crate) fn chunking(&self) -> Chunking {
        self.params.chunking.unwrap_or(Chunking::Whole)
    }

    /// The one version of the protocol that the case is about.
    ///
    /// # Panics
    /// If the scenario is not tried over versions.
    pub(crate) fn version(&self) -> ProtocolVersion {
        self.params.version.expect("the scenario is tried over versions")
    }

    /// Whether the case is about TLS 1.3.
    pub(crate) fn is_tls13(&self) -> bool {
        self.version() == ProtocolVersion::TLS13
    }

    /// The type of the server's key, P-256 unless the scenario is tried over types.
    pub(crate) fn key(&self) -> KeyType {
        self.params.key.unwrap_or(KeyType::P256)
    }

    /// The hierarchy with keys of the case's type.
    pub(crate) fn family(&self) -> &'static Family {
        pki().family(self.key())
    }

    /// A client that trusts the case's authority and speaks the case's version.
    pub(crate) fn client_config(&self) -> Config {
        let mut config = Config::client();
        config.trust_store = vec![self.family().authority.root()].into();
        self.settle(config)
    }

    /// The same for another backend.
    pub(crate) fn client_config_for(&self, backend: &dyn DynBackend) -> Config {
        let mut config = Config::client();
        config.trust_store = vec![self.family().authority.root()].into();
        settled(config, backend, self.params.version)
    }

    /// A server that shows the case's valid certificate and speaks the case's version.
    pub(crate) fn server_config(&self) -> Config {
        self.settle(Config::server(self.family().server.clone()))
    }

    fn settle(&self, config: Config) -> Config {
        let backend = self.backend(config.side);
        settled(config, backend, self.params.version)
    }

    /// A context of the backend on the configuration's side. What `check` says of a
    /// configuration must come true, so this is tried with every one there is.
    #[track_caller]
    pub(crate) fn context(&self, config: &Config) -> Result<Box<dyn DynContext>, Failure> {
        let backend = self.backend(config.side);
        let foretold = backend.check(config).into_result();
        match (foretold, backend.context(config)) {
            (Ok(()), Ok(context)) => {
                ensure!(context.backend() == backend.name(), "a context of {}", context.backend());
                ensure!(context.config() == config, "a context forgot its configuration");
                Ok(context)
            }
            (Err(foretold), Err(error)) if foretold.kind() == error.kind() => {
                Err(Failure::of(config.side, &error))
            }
            (Ok(()), Err(error)) if !matches!(error.kind(), ErrorKind::Unsupported(_)) => {
                Err(Failure::of(config.side, &error))
            }
            (foretold, made) => Err(Failure::new(format!(
                "check said {foretold:?} of the {}'s configuration, the context said {:?}",
                name(config.side),
                made.map(|_| ())
            ))),
        }
    }

    /// The error for which a configuration is refused, which it must be.
    #[track_caller]
    pub(crate) fn refused_config(&self, config: &Config) -> Result<Error, Failure> {
        match self.backend(config.side).context(config) {
            Ok(_) => Err(Failure::new(format!("the {} made a context", name(config.side)))),
            Err(error) => Ok(error),
        }
    }

    /// A configuration is refused with an error of this kind, or because the backend lacks what it asks for.
    #[track_caller]
    pub(crate) fn refused_for(&self, config: &Config, kind: ErrorKind) -> Result<(), Failure> {
        let error = self.refused_config(config)?;
        match error.kind() {
            ErrorKind::Unsupported(lacking) if !self.has(config.side, lacking) => {
                Err(Failure::absent(config.side, lacking))
            }
            found => {
                ensure!(found == kind, "{error:?}");
                Ok(())
            }
        }
    }

    /// Ends the scenario if the backend on `side` lacks a capability, where nothing that follows would ask for it.
    #[track_caller]
    pub(crate) fn need(&self, side: Side, capability: Capability) -> Result<(), Failure> {
        if self.has(side, capability) { Ok(()) } else { Err(Failure::absent(side, capability)) }
    }

    /// The client's session, which there is when its backend takes any along.
    #[track_caller]
    pub(crate) fn session(&self, pair: &mut Pair) -> Result<Session, Failure> {
        let resumption =
            if self.is_tls13() { Capability::Resumption13 } else { Capability::Resumption12 };
        self.fact(Side::Client, resumption, pair.client().session())
    }

    /// Contexts for both ends.
    #[track_caller]
    pub(crate) fn contexts(&self, client: &Config, server: &Config) -> Result<Contexts, Failure> {
        Ok(Contexts {
            client: self.context(client)?,
            server: self.context(server)?,
            chunking: self.chunking(),
        })
    }

    /// A client that talks to [`SERVER_NAME`].
    pub(crate) fn wrap(&self) -> Result<Wrap, Failure> {
        Ok(Wrap::client(ServerName::new(SERVER_NAME)?))
    }

    /// A pair that has not begun; the client talks to [`SERVER_NAME`].
    #[track_caller]
    pub(crate) fn pair(&self, client: &Config, server: &Config) -> Result<Pair, Failure> {
        self.pair_to(SERVER_NAME, client, server)
    }

    /// A pair that has not begun; the client talks to `name`.
    #[track_caller]
    pub(crate) fn pair_to(
        &self,
        name: &str,
        client: &Config,
        server: &Config,
    ) -> Result<Pair, Failure> {
        self.contexts(client, server)?.pair(Wrap::client(ServerName::new(name)?))
    }

    /// A pair of the case's plain configurations, handshake done.
    #[track_caller]
    pub(crate) fn connected(&self) -> Result<Pair, Failure> {
        let mut pair = self.pair(&self.client_config(), &self.server_config())?;
        pair.handshake()?;
        Ok(pair)
    }

    /// One end of the case's plain configuration, without a peer.
    #[track_caller]
    pub(crate) fn alone(&self, side: Side) -> Result<Box<dyn SslObject>, Failure> {
        let (config, wrap) = match side {
            Side::Client => (self.client_config(), self.wrap()?),
            Side::Server => (self.server_config(), Wrap::server()),
        };
        wrapped(&*self.context(&config)?, wrap, 0)
    }

    /// Compares a fact that all backends should agree on. Where the two of this case are listed to
    /// deviate in it, and deviate as listed, the scenario goes on.
    #[track_caller]
    pub(crate) fn expect<T: Debug + PartialEq>(
        &self,
        fact: &str,
        expected: T,
        observed: T,
    ) -> Result<(), Failure> {
        let deviated = expected != observed;
        let (expected, observed) = (format!("{expected:?}"), format!("{observed:?}"));
        let listed = deviations::find(
            self.scenario,
            fact,
            self.client,
            self.server,
            &expected,
            deviated.then_some(&*observed),
        );
        match listed {
            Some(deviation) => self.met.borrow_mut().push(Met { deviation, deviated }),
            None => ensure!(!deviated, "{fact}: expected {expected}, observed {observed}"),
        }
        Ok(())
    }

    /// A fact that exists when the backend on `side` has the capability, and does not exist when it has not.
    #[track_caller]
    pub(crate) fn fact<T: Debug>(
        &self,
        side: Side,
        capability: Capability,
        fact: Option<T>,
    ) -> Result<T, Failure> {
        match fact {
            Some(fact) => {
                ensure!(self.has(side, capability), "{fact:?} in spite of no {capability}");
                Ok(fact)
            }
            None if self.has(side, capability) => {
                Err(Failure::new(format!("{capability}: nothing from the {}", name(side))))
            }
            None => Err(Failure::absent(side, capability)),
        }
    }

    /// The facts that both ends must hold alike are alike. Returns them.
    #[track_caller]
    pub(crate) fn same_facts(&self, pair: &mut Pair) -> Result<Negotiated, Failure> {
        let mut client = pair.client().facts().clone();
        let mut server = pair.server().facts().clone();
        // What one end cannot tell is for the scenarios of that fact.
        let both = |capability| SIDES.iter().all(|&side| self.has(side, capability));
        for facts in [&mut client, &mut server] {
            if !both(Capability::SignatureFact) {
                (facts.client_signature, facts.server_signature) = (None, None);
            }
            if !both(Capability::HandshakeKind) {
                facts.handshake = None;
            }
        }
        ensure!(client == server, "the client says {client:?}, the server {server:?}");
        if let Some(version) = self.params.version {
            ensure!(client.version == Some(version), "they speak {:?}", client.version);
        }
        Ok(client)
    }
}
