//! Certificates, and two objects with a wire between them.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tls_object_core::{
    Backend, Certificate, Closure, Config, Context, Error, Identity, MemoryBio, PrivateKey,
    ProtocolVersion, Read, SslObject, Status, VecBio, Wrap,
};
use tls_object_rustls::{Rustls, RustlsContext, RustlsObject};

/// The backends that are compiled in.
pub(crate) fn backends() -> Vec<Rustls> {
    vec![
        #[cfg(feature = "aws-lc-rs")]
        Rustls::AWS_LC_RS,
        #[cfg(feature = "ring")]
        Rustls::RING,
    ]
}

/// An authority.
pub(crate) struct Pki {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority");
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate: Certificate::from_der(&certificate.der()[..]),
            issuer: Issuer::new(params, key),
        }
    }

    /// The authority's certificate.
    pub(crate) fn authority(&self) -> Certificate {
        self.certificate.clone()
    }

    /// A certificate for `name`, and its key.
    pub(crate) fn issue(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let leaf = params(name).signed_by(&key, &self.issuer).unwrap();
        identity(&leaf, &key)
    }
}

/// A certificate for `server.example` that has no issuer but itself, and its key.
pub(crate) fn self_signed() -> Identity {
    let key = KeyPair::generate().unwrap();
    identity(&params("server.example").self_signed(&key).unwrap(), &key)
}

/// A private key of a well-formed kind with an algorithm that nobody has.
pub(crate) fn unusable_key() -> Vec<u8> {
    let mut der = KeyPair::generate().unwrap().serialize_der();
    // The object identifier of elliptic curve keys, 1.2.840.10045.2.1.
    let ec = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let at = der.windows(ec.len()).position(|window| window == ec).unwrap();
    der[at + ec.len() - 1] = 0x7f;
    der
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn identity(certificate: &rcgen::Certificate, key: &KeyPair) -> Identity {
    Identity::new(
        vec![Certificate::from_der(&certificate.der()[..])],
        PrivateKey::from_der(key.serialize_der()).unwrap(),
    )
    .unwrap()
}

/// A client that trusts the authority and speaks one version.
pub(crate) fn client(
    backend: Rustls,
    version: ProtocolVersion,
    pki: &Pki,
    change: impl FnOnce(&mut Config),
) -> RustlsContext {
    let mut config = Config::client();
    config.trust_store.add(pki.authority());
    context(backend, version, config, change)
}

/// A server with a certificate for `server.example`, which speaks one version.
pub(crate) fn server(
    backend: Rustls,
    version: ProtocolVersion,
    pki: &Pki,
    change: impl FnOnce(&mut Config),
) -> RustlsContext {
    context(backend, version, Config::server(pki.issue("server.example")), change)
}

fn context(
    backend: Rustls,
    version: ProtocolVersion,
    mut config: Config,
    change: impl FnOnce(&mut Config),
) -> RustlsContext {
    (config.min_version, config.max_version) = (version, version);
    change(&mut config);
    backend.context(&config).unwrap()
}

/// Two ends and the wire between them.
pub(crate) struct Pair {
    pub(crate) client: RustlsObject,
    pub(crate) server: RustlsObject,
    /// How many bytes arrive at a time.
    pub(crate) chunk: usize,
}

impl Pair {
    pub(crate) fn new(client: &RustlsContext, server: &RustlsContext, wrap: Wrap) -> Self {
        let bio = || Box::new(VecBio::new());
        Self {
            client: client.wrap_bio(bio(), bio(), wrap).unwrap(),
            server: server.wrap_bio(bio(), bio(), Wrap::server()).unwrap(),
            chunk: usize::MAX,
        }
    }

    /// A pair of plain contexts, the handshake done.
    pub(crate) fn connected(backend: Rustls, version: ProtocolVersion, pki: &Pki) -> Self {
        let wrap = Wrap::client("server.example".try_into().unwrap());
        let client = client(backend, version, pki, |_| {});
        let mut pair = Self::new(&client, &server(backend, version, pki, |_| {}), wrap);
        pair.handshake().unwrap();
        pair
    }

    /// Runs the handshake until both ends are done, or to the first error of either.
    pub(crate) fn handshake(&mut self) -> Result<(), Error> {
        let (mut client, mut server) = (Status::WantRead, Status::WantRead);
        while !(client.is_done() && server.is_done()) {
            client = self.client.do_handshake()?;
            feed(&take(self.client.outgoing()), self.chunk, &mut self.server, &mut server)?;
            feed(&take(self.server.outgoing()), self.chunk, &mut self.client, &mut client)?;
        }
        Ok(())
    }

    /// Carries over what waits on either side.
    pub(crate) fn deliver(&mut self) {
        let (there, back) = (take(self.client.outgoing()), take(self.server.outgoing()));
        self.server.incoming().push(&there);
        self.client.incoming().push(&back);
    }

    /// All that the client can read now, and how the stream ended if it did.
    pub(crate) fn client_reads(&mut self) -> Result<(Vec<u8>, Option<Closure>), Error> {
        read_all(&mut self.client)
    }

    /// All that the server can read now, and how the stream ended if it did.
    pub(crate) fn server_reads(&mut self) -> Result<(Vec<u8>, Option<Closure>), Error> {
        read_all(&mut self.server)
    }
}

/// Lets bytes arrive in pieces, with a call after each.
fn feed(
    bytes: &[u8],
    chunk: usize,
    to: &mut RustlsObject,
    status: &mut Status<()>,
) -> Result<(), Error> {
    for piece in bytes.chunks(chunk) {
        to.incoming().push(piece);
        *status = to.do_handshake()?;
    }
    Ok(())
}

/// Takes all that waits in a BIO.
pub(crate) fn take(bio: &mut dyn MemoryBio) -> Vec<u8> {
    let mut bytes = vec![0; bio.pending()];
    let n = bio.read(&mut bytes);
    assert_eq!(n, bytes.len());
    bytes
}

fn read_all(tls: &mut RustlsObject) -> Result<(Vec<u8>, Option<Closure>), Error> {
    let mut data = Vec::new();
    // Not a divisor of a record's size: what is left of one must be read first.
    let mut buffer = [0; 1000];
    loop {
        match tls.read(&mut buffer)? {
            Read::Data(n) => data.extend_from_slice(&buffer[..n]),
            Read::WantRead => return Ok((data, None)),
            Read::Closed(closure) => return Ok((data, Some(closure))),
            Read::WantWrite | Read::Suspended => {
                panic!("an outgoing BIO without a limit is never full")
            }
        }
    }
}
