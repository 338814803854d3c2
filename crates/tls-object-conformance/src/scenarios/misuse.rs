//! Calls against the rules: refused, and no harm done.

use tls_object_core::{ErrorKind, ServerName, Side, VecBio, Wrap};

use crate::failure::{Failure, ensure, name};
use crate::lab::Lab;
use crate::pair::SIDES;
use crate::pki::SERVER_NAME;
use crate::scenario::{Dims, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "misuse::wrong_side",
        "A context for one side makes no object for the other.",
        Dims::ONCE,
        wrong_side,
    ),
    Scenario::new(
        "misuse::server_with_a_name",
        "A server object takes neither a server name nor a session.",
        Dims::alone(Side::Server),
        server_with_a_name,
    ),
    Scenario::new(
        "misuse::write_after_eof",
        "A BIO that has ended takes nothing more, and what it held is still used.",
        Dims::VERSIONS,
        write_after_eof,
    ),
    Scenario::new(
        "misuse::is_not_final",
        "A call against the rules is refused alone: the connection goes on.",
        Dims::VERSIONS,
        is_not_final,
    ),
];

fn wrong_side(lab: &Lab) -> Result<(), Failure> {
    let contexts = lab.contexts(&lab.client_config(), &lab.server_config())?;
    let bio = || Box::<VecBio>::default();
    let results = [
        contexts.client.wrap_bio(bio(), bio(), Wrap::server()),
        contexts.server.wrap_bio(bio(), bio(), Wrap::client(ServerName::new(SERVER_NAME)?)),
        contexts.server.wrap_bio(bio(), bio(), Wrap::nameless_client()),
        contexts.server.wrap_bio(bio(), bio(), Wrap::server().with_early_data()),
    ];
    for result in results {
        ensure!(
            result.as_ref().is_err_and(|error| error.kind() == ErrorKind::WrongSide),
            "{result:?}"
        );
    }
    Ok(())
}

fn server_with_a_name(lab: &Lab) -> Result<(), Failure> {
    let context = lab.context(&lab.server_config())?;
    let mut wrap = Wrap::server();
    wrap.server_name = Some(ServerName::new(SERVER_NAME)?);
    let result = context.wrap_bio(Box::<VecBio>::default(), Box::<VecBio>::default(), wrap);
    ensure!(result.as_ref().is_err_and(|error| error.kind() == ErrorKind::WrongSide), "{result:?}");
    Ok(())
}

fn write_after_eof(lab: &Lab) -> Result<(), Failure> {
    for side in SIDES {
        let mut pair = lab.connected()?;
        pair.write_all(side.peer(), b"before the end")?;
        pair.cut(side, usize::MAX);
        let incoming = pair.tls(side).incoming();
        for bytes in [&b"after it"[..], b""] {
            let result = incoming.write(bytes);
            ensure!(
                result.as_ref().is_err_and(|error| error.kind() == ErrorKind::BioEnded),
                "{result:?}"
            );
        }
        pair.expect_data(side, b"before the end")?;
    }
    Ok(())
}

fn is_not_final(lab: &Lab) -> Result<(), Failure> {
    let mut pair = lab.connected()?;
    pair.exchange()?;
    for side in SIDES {
        let result = pair.call(side, |tls| tls.export_keying_material(&mut [], "label", None));
        ensure!(
            result.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidArgument),
            "on the {}: {result:?}",
            name(side)
        );
    }
    pair.exchange()?;
    pair.close(Side::Client)?;
    for _ in 0..2 {
        let result = pair.call(Side::Client, |tls| tls.write(b"too late"));
        ensure!(
            result.as_ref().is_err_and(|error| error.kind() == ErrorKind::ProtocolIsShutdown),
            "{result:?}"
        );
    }
    pair.write_all(Side::Server, b"still here")?;
    pair.expect_data(Side::Client, b"still here")?;
    pair.shut_down()
}
