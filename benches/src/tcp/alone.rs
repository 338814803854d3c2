//! Both ends of one connection in one thread: nobody waits for another processor, so that what is measured is the
//! work alone.

use core::time::Duration;
use std::sync::Arc;

use cpu_time::ThreadTime;
use tokio::runtime::{Builder, Runtime};

use super::run::pairs;
use super::{Calls, Socket, Stack, Work};
use crate::workload::measured;

/// A connection that is warmed up, with the thread that calls for both of its ends.
struct Alone<S: Stack> {
    runtime: Runtime,
    ends: Option<(S::Client, S::Server)>,
}

impl<S: Stack> Alone<S> {
    fn new(stack: &Arc<S>, work: Work) -> Self {
        let (mut clients, mut servers) = pairs(1).expect("sockets");
        let [client, server] = [&mut clients, &mut servers].map(|it| it.remove(0));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let calls = Arc::new(Calls::default());
        let ends = runtime.block_on(async {
            let [client, server] = [client, server].map(|it| Socket::new(it, Arc::clone(&calls)));
            let connecting = Arc::clone(stack);
            let client = tokio::spawn(async move { connecting.connect(client).await });
            let server = stack.accept(server).await;
            (client.await.expect("a client that did not panic"), server)
        });
        let mut alone = Self { runtime, ends: Some(ends) };
        for work in work.warm_up() {
            alone.once(work);
        }
        alone
    }

    fn once(&mut self, work: Work) {
        let (mut client, mut server) = self.ends.take().expect("both ends");
        self.ends = Some(self.runtime.block_on(async {
            let client = tokio::spawn(async move {
                work.client(&mut client).await.expect("an open connection");
                client
            });
            work.server(&mut server).await.expect("an open connection");
            (client.await.expect("a client that did not panic"), server)
        }));
    }
}

/// Makes one connection, warms it up, and does the work on it `n` times, [`measured`]: a counter of instructions
/// sees the same again and again.
///
/// # Panics
/// If anything goes wrong.
pub fn count<S: Stack>(stack: &Arc<S>, work: Work, n: usize) {
    let mut alone = Alone::new(stack, work);
    alone.once(work);
    measured(n, || alone.once(work));
}

/// Makes one connection, warms it up, and does the work on it; the time of the processor for that.
///
/// # Panics
/// If anything goes wrong.
pub fn time<S: Stack>(stack: &Arc<S>, work: Work) -> Duration {
    let mut alone = Alone::new(stack, work);
    let begun = ThreadTime::now();
    alone.once(work);
    begun.elapsed()
}
