//! Standard input, read by a thread of its own: it may be a file, a pipe or a terminal, and not all
//! of them can be waited for.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use mio::Waker;

/// How many chunks are read ahead.
const AHEAD: usize = 4;

/// How long a chunk is at most, in bytes.
const CHUNK: usize = 64 * 1024;

/// Starts to read. `waker` is woken for each chunk and for the end, which is when the channel
/// hangs up.
pub(super) fn spawn(waker: Arc<Waker>) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = sync_channel(AHEAD);
    thread::spawn(move || {
        read(&sender, &waker);
        drop(sender);
        // Without the other end nobody waits any more.
        let _ = waker.wake();
    });
    receiver
}

fn read(sender: &SyncSender<io::Result<Vec<u8>>>, waker: &Waker) {
    let mut stdin = io::stdin().lock();
    loop {
        let mut chunk = vec![0; CHUNK];
        let result = match stdin.read(&mut chunk) {
            Ok(0) => return,
            Ok(n) => {
                chunk.truncate(n);
                Ok(chunk)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = result.is_err();
        if sender.send(result).is_err() || waker.wake().is_err() || failed {
            return;
        }
    }
}
