//! Contexts that are shared and exchanged.

use std::sync::Barrier;
use std::thread;

use tls_object_core::{DynContext, MemoryBio, Reloadable, ServerName, VecBio, Wrap};

use crate::failure::{Failure, ensure};
use crate::lab::Lab;
use crate::pair::Pair;
use crate::pki::{SERVER_NAME, pki};
use crate::scenario::{Dims, Scenario};
use crate::wire::Chunking;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "context::reloaded",
        "A context is exchanged while connections are made: old ones keep theirs, new ones have the new one.",
        Dims::VERSIONS,
        reloaded,
    ),
    Scenario::new(
        "context::shared",
        "Threads share a context, and exchange it meanwhile: each connection has one or the other.",
        Dims::ONCE,
        shared,
    ),
];

fn bio() -> Box<dyn MemoryBio> {
    Box::new(VecBio::new())
}

/// A pair of a client's and a server's context.
fn pair(client: &dyn DynContext, server: &dyn DynContext) -> Result<Pair, Failure> {
    let to_server = Wrap::client(ServerName::new(SERVER_NAME)?);
    let client = client.wrap_bio(bio(), bio(), to_server)?;
    let server = server.wrap_bio(bio(), bio(), Wrap::server())?;
    Ok(Pair::new(client, server, Chunking::Whole))
}

fn reloaded(lab: &Lab) -> Result<(), Failure> {
    let client = lab.context(&lab.client_config())?;
    let former = lab.server_config();
    let mut latter = former.clone();
    latter.identities = vec![pki().server_named(&[SERVER_NAME])];
    let place = Reloadable::new(lab.context(&former)?);
    let mut begun = pair(&*client, &*place.get())?;
    let replaced = place.set(lab.context(&latter)?);
    ensure!(*replaced.config() == former, "another context was in the place");
    let mut fresh = pair(&*client, &*place.get())?;
    for (pair, config) in [(&mut begun, &former), (&mut fresh, &latter)] {
        pair.handshake()?;
        let expected = config.identities.first().and_then(|identity| identity.leaf());
        ensure!(pair.client().getpeercert() == expected, "another certificate was shown");
        ensure!(pair.server().context().config() == config, "another context was told");
        pair.exchange()?;
    }
    Ok(())
}

fn shared(lab: &Lab) -> Result<(), Failure> {
    const THREADS: usize = 4;
    let client = lab.context(&lab.client_config())?;
    let former = lab.server_config();
    let mut latter = former.clone();
    latter.identities = vec![pki().server_named(&[SERVER_NAME])];
    let expected: Vec<_> = [&former, &latter]
        .into_iter()
        .filter_map(|config| config.identities.first())
        .map(|identity| identity.chain()[0].clone())
        .collect();
    let (place, latter) = (Reloadable::new(lab.context(&former)?), lab.context(&latter)?);
    let start = Barrier::new(THREADS);
    let connect = |index: usize| -> Result<(), Failure> {
        start.wait();
        if index == 0 {
            place.set(latter.clone());
        }
        let mut pair = pair(&*client, &*place.get())?;
        pair.handshake()?;
        let shown = pair.client().getpeercert();
        ensure!(shown.is_some_and(|shown| expected.contains(shown)), "a third certificate");
        pair.exchange()
    };
    let results = thread::scope(|scope| {
        let connect = &connect;
        let threads: Vec<_> =
            (0..THREADS).map(|index| scope.spawn(move || connect(index))).collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
    });
    for result in results {
        match result {
            Ok(end) => end?,
            Err(_) => return Err(Failure::new("a thread panicked")),
        }
    }
    Ok(())
}
