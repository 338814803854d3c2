//! An object at one end of a socket.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use tls_object::{
    Capability, Certificate, Config, DynBackend, DynContext, Error, Identity, PrivateKey, Read,
    ServerName, SslObject, Status, VecBio, Wrap, backends,
};

use crate::pki::Pki;
use crate::process::DEADLINE;

/// An object at one end of a socket, for calls that wait.
#[derive(Debug)]
pub struct Endpoint {
    tls: Box<dyn SslObject>,
    socket: TcpStream,
}

impl Endpoint {
    /// An object of `context` on a connected socket.
    pub fn new(context: &dyn DynContext, wrap: Wrap, socket: TcpStream) -> Self {
        socket.set_read_timeout(Some(DEADLINE)).expect("a socket");
        let bio = || Box::new(VecBio::new());
        let tls = context.wrap_bio(bio(), bio(), wrap).expect("a connection");
        Self { tls, socket }
    }

    /// The object.
    pub fn tls(&mut self) -> &mut dyn SslObject {
        &mut *self.tls
    }

    /// Does the handshake.
    ///
    /// # Errors
    /// Those of the object.
    pub fn handshake(&mut self) -> Result<(), Error> {
        self.until_done(|tls| tls.do_handshake())
    }

    /// Reads what comes next; `None` at the end of the stream, however it ends.
    ///
    /// # Errors
    /// Those of the object.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut buffer = vec![0; tls_object::MAX_PLAINTEXT];
        self.until_done(|tls| {
            Ok(match tls.read(&mut buffer)? {
                Read::Data(n) => Status::Done(Some(n)),
                Read::Closed(_) => Status::Done(None),
                Read::WantRead => Status::WantRead,
                Read::WantWrite => Status::WantWrite,
                Read::Suspended => panic!("nobody pauses here"),
            })
        })
        .map(|read| {
            read.map(|n| {
                buffer.truncate(n);
                buffer
            })
        })
    }

    /// Writes a message that fits into one record.
    ///
    /// # Errors
    /// Those of the object.
    pub fn write(&mut self, message: &[u8]) -> Result<(), Error> {
        self.until_done(|tls| tls.write(message)).map(|n| assert_eq!(n, message.len()))
    }

    /// Sends `close_notify`.
    ///
    /// # Errors
    /// Those of the object.
    pub fn close(&mut self) -> Result<(), Error> {
        self.until_done(|tls| tls.close().map(Status::Done))
    }

    fn until_done<T>(
        &mut self,
        mut step: impl FnMut(&mut dyn SslObject) -> Result<Status<T>, Error>,
    ) -> Result<T, Error> {
        loop {
            let status = step(&mut *self.tls);
            let mut waiting = vec![0; self.tls.outgoing().pending()];
            self.tls.outgoing().read(&mut waiting);
            self.socket.write_all(&waiting).expect("a peer that reads");
            match status? {
                Status::Done(value) => return Ok(value),
                Status::WantRead => {
                    let mut arrived = [0; 4096];
                    match self.socket.read(&mut arrived).expect("a peer that writes") {
                        0 => self.tls.incoming().write_eof(),
                        n => assert_eq!(self.tls.incoming().write(&arrived[..n])?, n),
                    }
                }
                _ => {}
            }
        }
    }
}

/// The backends that have a capability, of which there must be one.
pub fn having(capability: Capability) -> Vec<&'static dyn DynBackend> {
    let has = |backend: &&dyn DynBackend| backend.capabilities().has(capability);
    let backends: Vec<_> = backends().iter().copied().filter(has).collect();
    assert!(!backends.is_empty(), "no backend has {capability}");
    backends
}

/// A socket that listens on the loopback address, and its port.
pub fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    (listener, port)
}

/// A client that trusts the authority.
pub fn client_config(pki: &Pki) -> Config {
    let mut config = Config::client();
    config.trust_store = certificates(&pki.ca()).into();
    config
}

/// A client that talks to `localhost`.
pub fn wrap() -> Wrap {
    Wrap::client(ServerName::new("localhost").expect("a name"))
}

/// A server with the authority's certificate for `localhost`.
pub fn server_config(pki: &Pki) -> Config {
    let key = std::fs::read(pki.server_key()).expect("a key");
    let key = PrivateKey::from_pem(&key).expect("a key in PEM");
    let chain = certificates(&pki.server_cert());
    Config::server(Identity::new(chain, key).expect("a chain and its key"))
}

fn certificates(path: &std::path::Path) -> Vec<Certificate> {
    let pem = std::fs::read(path).expect("a certificate");
    Certificate::all_from_pem(&pem).expect("a certificate in PEM")
}
