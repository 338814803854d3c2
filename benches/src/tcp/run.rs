//! One run of some work, each end in a thread of its own.

use core::future::Future;
use core::time::Duration;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use cpu_time::ThreadTime;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use super::{Calls, Socket, Stack, Work};

/// What the work cost one end.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From the first byte to the last.
    pub wall: Duration,
    /// The time of the processor.
    pub cpu: Duration,
    /// How often the system was asked to receive.
    pub received: u64,
    /// How often the system was asked to send.
    pub sent: u64,
}

/// What the work cost each end, the client first.
pub type Outcome = [Cost; 2];

/// Makes connections, warms them up, and does the work on each of them at the same time.
///
/// # Panics
/// If anything goes wrong.
pub fn run<S: Stack>(stack: &Arc<S>, work: Work, connections: usize) -> Outcome {
    let (clients, servers) = pairs(connections).expect("sockets");
    let together = Barrier::new(2);
    let connect = |socket| {
        let stack = Arc::clone(stack);
        async move { stack.connect(socket).await }
    };
    let accept = |socket| {
        let stack = Arc::clone(stack);
        async move { stack.accept(socket).await }
    };
    let client = |mut stream, work: Work| async move {
        work.client(&mut stream).await.expect("an open connection");
        stream
    };
    let server = |mut stream, work: Work| async move {
        work.server(&mut stream).await.expect("an open connection");
        stream
    };
    thread::scope(|scope| {
        // Named, so that profiles tell them apart.
        let [clients_end, servers_end] =
            ["client", "server"].map(|it| thread::Builder::new().name(it.into()));
        let client =
            clients_end.spawn_scoped(scope, || end(clients, &together, connect, client, work));
        let server =
            servers_end.spawn_scoped(scope, || end(servers, &together, accept, server, work));
        [client, server]
            .map(|end| end.expect("a thread").join().expect("an end that did not panic"))
    })
}

/// Connected sockets, the clients' first.
pub(super) fn pairs(n: usize) -> io::Result<(Vec<TcpStream>, Vec<TcpStream>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let (mut clients, mut servers) = (Vec::new(), Vec::new());
    for _ in 0..n {
        clients.push(TcpStream::connect(address)?);
        servers.push(listener.accept()?.0);
    }
    Ok((clients, servers))
}

/// Does the part of one end on the thread that calls: each connection is a task of its own.
fn end<T: Send + 'static, M, W>(
    sockets: Vec<TcpStream>,
    together: &Barrier,
    make: impl Fn(Socket) -> M,
    part: impl Fn(T, Work) -> W,
    work: Work,
) -> Cost
where
    M: Future<Output = T> + Send + 'static,
    W: Future<Output = T> + Send + 'static,
{
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let calls = Arc::new(Calls::default());
        let sockets = sockets.into_iter().map(|it| make(Socket::new(it, Arc::clone(&calls))));
        let mut streams = all(sockets).await;
        for work in work.warm_up() {
            streams = all(streams.into_iter().map(|it| part(it, work))).await;
        }

        together.wait();
        let before = calls.count();
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        let streams = all(streams.into_iter().map(|it| part(it, work))).await;
        let (wall, cpu) = (wall.elapsed(), cpu.elapsed());
        let after = calls.count();

        // Neither end hangs up while the other still counts.
        together.wait();
        drop(streams);
        Cost { wall, cpu, received: after[0] - before[0], sent: after[1] - before[1] }
    })
}

/// Runs futures at the same time and waits for all of them.
async fn all<T: Send + 'static>(
    futures: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: JoinSet<T> = futures.collect();
    tasks.join_all().await
}
