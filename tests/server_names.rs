//! A server resumes a session for the server name that it began with, and for no other: RFC 6066 section 3. Clients here
//! refuse to offer one for another name, so Python's does.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tls_object::{
    Capability, Config, DynBackend, DynContext, Hook, ProtocolVersion, SessionStore, Wrap, backends,
};
use tls_object_tests::endpoint::{Endpoint, listener, server_config};
use tls_object_tests::peers::{Version, python_script};
use tls_object_tests::pki::Pki;
use tls_object_tests::process::Process;

const PLAIN: &str = "localhost";
/// A server by name has identities of its own for it.
const NAMED: &str = "named.example";
const LONG: &str = "a-name-of-more-than-55-bytes-which-is-more-than-one-block.hash.example";

/// Names that a client asks for, and then with the session of that connection; an empty one is none.
const PAIRS: &[(&str, &str)] = &[
    (PLAIN, PLAIN),
    (NAMED, NAMED),
    (LONG, LONG),
    ("", ""),
    (PLAIN, NAMED),
    (NAMED, PLAIN),
    (LONG, PLAIN),
    (PLAIN, ""),
    ("", PLAIN),
];

/// Where a server has its sessions.
#[derive(Clone, Copy, Debug)]
enum Keeping {
    Tickets,
    ByName,
    Cache,
    Store,
}

impl Keeping {
    const ALL: [Self; 4] = [Self::Tickets, Self::ByName, Self::Cache, Self::Store];

    /// What a backend needs for it.
    fn capabilities(self, version: Version) -> Vec<Capability> {
        let cache = version.pick(Capability::SessionCache12, Capability::SessionCache13);
        let mut all = vec![version.pick(Capability::Tls12, Capability::Tls13Server)];
        all.push(Capability::ServerResumption);
        match self {
            Self::Tickets => {}
            Self::ByName => all.push(Capability::SniIdentity),
            Self::Cache => all.push(cache),
            Self::Store => all.extend([cache, Capability::SessionStore]),
        }
        all
    }

    fn set(self, config: &mut Config) {
        match self {
            Self::Tickets => {}
            Self::ByName => {
                let identities = config.identities.clone();
                config.identities_by_name.insert(NAMED.to_owned(), identities);
            }
            Self::Cache => config.session_cache = 64,
            Self::Store => config.session_store = Some(Hook::new(Arc::<Store>::default())),
        }
    }
}

/// Keeps everything.
#[derive(Default)]
struct Store(Mutex<HashMap<Vec<u8>, Vec<u8>>>);

impl SessionStore for Store {
    fn put(&self, id: &[u8], session: &[u8], _lifetime: Duration) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(id.to_vec(), session.to_vec());
    }

    fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

/// Takes the next connection, whose client asks for `name`, and returns whether it has resumed a session.
fn serve(context: &dyn DynContext, listener: &TcpListener, name: &str, case: &str) -> bool {
    let (socket, _) = listener.accept().expect("a client");
    let mut server = Endpoint::new(context, Wrap::server(), socket);
    server.handshake().unwrap_or_else(|error| panic!("{case}: {error}"));
    let asked = server.tls().facts().server_name.clone();
    assert_eq!(asked.unwrap_or_default(), name, "{case}");
    server.write(b"!").expect("a client that reads");
    server.tls().session_reused()
}

/// Asserts for each pair of names that the server of `backend` resumes where it should, and returns the number of pairs.
fn assert_resumes(
    backend: &dyn DynBackend,
    pki: &Pki,
    version: Version,
    keeping: Keeping,
) -> usize {
    let capabilities = backend.capabilities();
    if !keeping.capabilities(version).iter().all(|&it| capabilities.has(it)) {
        return 0;
    }
    // Where native-tls stands on OpenSSL, nothing can be said to its acceptor about sessions. It has one certificate.
    let is_bound = backend.name() != "native-tls";
    let mut config = server_config(pki);
    config.max_version = version.pick(ProtocolVersion::TLS12, ProtocolVersion::TLS13);
    keeping.set(&mut config);
    let context = backend.context(&config).expect("a context");
    let (listener, port) = listener();
    let mut command = python_script("resumption.py");
    command.arg(port.to_string()).arg(version.pick("TLSv1_2", "TLSv1_3"));
    command.args(PAIRS.iter().map(|(first, second)| format!("{first},{second}")));
    let mut peer = Process::spawn(&mut command);
    for (first, second) in PAIRS {
        let case = format!("{}, {version:?}, {keeping:?}: {first}, {second}", backend.name());
        assert!(!serve(&*context, &listener, first, &case), "{case}: resumed without a session");
        let resumed = serve(&*context, &listener, second, &case);
        assert_eq!(resumed, first == second || !is_bound, "{case}");
        assert_eq!(peer.line(), u8::from(resumed).to_string(), "{case}");
    }
    PAIRS.len()
}

#[test]
fn sessions_are_resumed_for_their_own_name_only() {
    let pki = Pki::new();
    for version in Version::ALL {
        for keeping in Keeping::ALL {
            let assert = |&backend| assert_resumes(backend, &pki, version, keeping);
            let tried: usize = backends().iter().map(assert).sum();
            assert!(tried >= 3 * PAIRS.len(), "{version:?}, {keeping:?}: {tried} pairs");
        }
    }
}
