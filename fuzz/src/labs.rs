//! Contexts of every backend, made once for each process.

use std::sync::LazyLock;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tls_object::{
    Certificate, Config, DynBackend, DynContext, Identity, MemoryBio, PrivateKey, ProtocolVersion,
    ServerName, Side, SslObject, VecBio, Wrap,
};

use crate::input::Input;

/// The name that the certificate is for.
pub const SERVER_NAME: &str = "localhost";

/// The versions, in the order in which a [`Lab`] has contexts for them.
const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS12, ProtocolVersion::TLS13];

/// A server's certificate with its key, and the authority that signed it.
pub struct Pki {
    pub identity: Identity,
    pub key: PrivateKey,
    pub authority: Certificate,
}

/// Made anew in each process: an input must show what it shows with any key.
pub static PKI: LazyLock<Pki> = LazyLock::new(|| {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new([]).expect("no names");
    params.distinguished_name.push(DnType::CommonName, "authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).expect("a certificate");
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([SERVER_NAME.to_owned()]).expect("a name");
    let leaf = params.signed_by(&key, &issuer).expect("a certificate");
    let chain = vec![Certificate::from_der(leaf.der().to_vec())];
    let key = PrivateKey::from_der(key.serialize_der()).expect("a private key");
    Pki {
        identity: Identity::new(chain, key.clone()).expect("an identity"),
        key,
        authority: Certificate::from_der(root.der().to_vec()),
    }
});

/// A backend with a context for each end and version; none where it lacks the version.
pub struct Lab {
    pub backend: &'static dyn DynBackend,
    clients: [Option<Box<dyn DynContext>>; 2],
    servers: [Option<Box<dyn DynContext>>; 2],
}

/// One of each backend.
pub static LABS: LazyLock<Vec<Lab>> = LazyLock::new(|| {
    let lab = |&backend: &&'static dyn DynBackend| Lab {
        backend,
        clients: VERSIONS.map(|version| context(backend, client(), version)),
        servers: VERSIONS.map(|version| context(backend, server(), version)),
    };
    tls_object::backends().iter().map(lab).collect()
});

/// A client that trusts the authority.
pub fn client() -> Config {
    let mut config = Config::client();
    config.trust_store.add(PKI.authority.clone());
    config
}

/// A server that shows the certificate.
pub fn server() -> Config {
    Config::server(PKI.identity.clone())
}

fn context(
    backend: &dyn DynBackend,
    mut config: Config,
    version: ProtocolVersion,
) -> Option<Box<dyn DynContext>> {
    config.min_version = version;
    config.max_version = version;
    let has = backend.capabilities().versions(config.side).any(|its| its == version);
    has.then(|| backend.context(&config).expect("a context"))
}

impl Lab {
    /// The lab that the input chooses.
    pub fn chosen(input: &mut Input<'_>) -> &'static Self {
        &LABS[usize::from(input.u8()) % LABS.len()]
    }

    /// An object of this backend, if it speaks that version.
    pub fn object(&self, side: Side, tls13: bool) -> Option<Box<dyn SslObject>> {
        let contexts = match side {
            Side::Client => &self.clients,
            Side::Server => &self.servers,
        };
        Some(object(&**contexts[usize::from(tls13)].as_ref()?))
    }

    /// A server that is suspended when the client has spoken, if the backend speaks that version.
    pub fn pausing_server(&self, tls13: bool) -> Option<Box<dyn SslObject>> {
        let context = self.servers[usize::from(tls13)].as_ref()?;
        Some(wrapped(&**context, Wrap::server().pausing_at_client_hello()))
    }
}

/// An object of a context that was made from [`client`], [`server`] or the like.
pub fn object(context: &dyn DynContext) -> Box<dyn SslObject> {
    let wrap = match context.config().side {
        Side::Client => Wrap::client(ServerName::new(SERVER_NAME).expect("a host name")),
        Side::Server => Wrap::server(),
    };
    wrapped(context, wrap)
}

fn wrapped(context: &dyn DynContext, wrap: Wrap) -> Box<dyn SslObject> {
    let bio = || Box::new(VecBio::new()) as Box<dyn MemoryBio>;
    context.wrap_bio(bio(), bio(), wrap).expect("an object")
}
