//! Handshakes in which the client sends a second ClientHello (RFC 8446 section 4.1.4).

use tls_object_core::{Config, NamedGroup, Setting, Side};

use crate::failure::{Failure, ensure};
use crate::pair::Pair;
use crate::wire::content;

/// The type of the handshake message.
const CLIENT_HELLO: u8 = 1;

/// The group for which the server asks the client again.
pub(crate) const SECOND_GROUP: NamedGroup = NamedGroup::SECP384R1;

/// Has the client send a key share of one group, and the server take another one only.
pub(crate) fn ask_again(client: &mut Config, server: &mut Config) {
    client.groups = Setting::Required(vec![NamedGroup::X25519, SECOND_GROUP]);
    server.groups = Setting::Required(vec![SECOND_GROUP]);
}

/// The client has sent two ClientHellos, each in a record of its own.
#[track_caller]
pub(crate) fn two_hellos(pair: &mut Pair) -> Result<(), Failure> {
    let records = pair.wire_to(Side::Server).records().iter();
    let hellos = records.filter(|record| {
        record.content_type == content::HANDSHAKE && record.head.first() == Some(&CLIENT_HELLO)
    });
    let hellos = hellos.count();
    ensure!(hellos == 2, "{hellos} ClientHellos");
    Ok(())
}
