//! Who plays: contexts of two backends that trust each other.

use std::sync::OnceLock;

use rcgen::{CertificateParams, KeyPair};
use tls_object::{
    Capability, Certificate, Config, DynBackend, DynContext, Error, Identity, MemoryBio,
    PrivateKey, ProtocolVersion, ServerName, SslObject, VecBio, Wrap,
};

/// A client's and a server's context for each version that both speak.
#[derive(Debug)]
pub struct Parties {
    tls12: [Box<dyn DynContext>; 2],
    tls13: Option<[Box<dyn DynContext>; 2]>,
}

impl Parties {
    /// Makes the contexts.
    ///
    /// # Errors
    /// What a backend has against a plain configuration.
    pub fn new(client: &dyn DynBackend, server: &dyn DynBackend) -> Result<Self, Error> {
        let contexts = |version| -> Result<_, Error> {
            let identity = identity();
            let mut of_client = Config::client();
            of_client.trust_store = vec![identity.chain()[0].clone()].into();
            let mut of_server = Config::server(identity.clone());
            for config in [&mut of_client, &mut of_server] {
                (config.min_version, config.max_version) = (version, version);
            }
            Ok([client.context(&of_client)?, server.context(&of_server)?])
        };
        let both = client.capabilities().has(Capability::Tls13)
            && server.capabilities().has(Capability::Tls13Server);
        Ok(Self {
            tls12: contexts(ProtocolVersion::TLS12)?,
            tls13: if both { Some(contexts(ProtocolVersion::TLS13)?) } else { None },
        })
    }

    /// Two ends that have not begun, the client first, between BIOs with a limit (0 for none).
    pub(super) fn ends(&self, tls13: bool, limit: usize) -> Result<[Box<dyn SslObject>; 2], Error> {
        let [client, server] = self.tls13.as_ref().filter(|_| tls13).unwrap_or(&self.tls12);
        let bio = || Box::new(VecBio::with_limit(limit)) as Box<dyn MemoryBio>;
        let name = ServerName::new("localhost")?;
        Ok([
            client.wrap_bio(bio(), bio(), Wrap::client(name))?,
            server.wrap_bio(bio(), bio(), Wrap::server())?,
        ])
    }
}

/// A certificate for `localhost` that is its own issuer, made once for each process.
pub fn identity() -> &'static Identity {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    IDENTITY.get_or_init(|| {
        let key = KeyPair::generate().expect("rcgen makes keys");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a host name");
        let leaf = params.self_signed(&key).expect("sound parameters");
        let key = PrivateKey::from_der(key.serialize_der()).expect("rcgen writes PKCS#8");
        Identity::new(vec![Certificate::from_der(leaf.der().to_vec())], key).expect("a leaf")
    })
}
