//! Connections that no socket is involved in.

use tls_object::{
    Capability, Config, DynBackend, DynContext, ProtocolVersion, ServerName, SslObject, Status,
    VecBio, Wrap,
};

/// Both ends of a connection whose handshake is done, the client first; it talks to `localhost`.
pub(crate) fn connect(
    client_backend: &dyn DynBackend,
    client: &Config,
    server_backend: &dyn DynBackend,
    server: &Config,
) -> [Box<dyn SslObject>; 2] {
    let wrap = |context: Box<dyn DynContext>, wrap| {
        context
            .wrap_bio(Box::new(VecBio::new()), Box::new(VecBio::new()), wrap)
            .expect("a sound wrap")
    };
    let mut server = server.clone();
    if !server_backend.capabilities().has(Capability::Tls13Server) {
        server.max_version = ProtocolVersion::TLS12;
    }
    let name = ServerName::new("localhost").expect("a host name");
    let mut ends = [
        wrap(client_backend.context(client).expect("a sound configuration"), Wrap::client(name)),
        wrap(server_backend.context(&server).expect("a sound configuration"), Wrap::server()),
    ];
    // Each turn is a flight of one end, and of those no handshake has ten.
    for _ in 0..10 {
        let done =
            ends.each_mut().map(|tls| tls.do_handshake().expect("a handshake") == Status::Done(()));
        if done == [true, true] {
            return ends;
        }
        let [client, server] = &mut ends;
        client.outgoing().lend(&mut |bytes| server.incoming().write(bytes).expect("an open BIO"));
        server.outgoing().lend(&mut |bytes| client.incoming().write(bytes).expect("an open BIO"));
    }
    panic!("{ends:?}: the handshake does not end");
}
