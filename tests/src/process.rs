//! Processes that end with the test that started them.

use std::fmt::Display;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How long a process may be silent before the test gives up on it.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// A running process. Killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    stdout: Stream,
    stderr: Stream,
}

/// What a process came to.
#[derive(Debug)]
pub struct Output {
    /// How it exited.
    pub status: ExitStatus,
    /// What it printed and nobody read before.
    pub stdout: Vec<u8>,
    /// What it complained of.
    pub stderr: String,
}

impl Output {
    /// The exit code.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("killed: {self:?}"))
    }

    /// What it printed, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl Process {
    /// Starts a process.
    pub fn spawn(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap_or_else(|error| {
            panic!("{name}: {error}; `cargo xtask test` installs what the tests need")
        });
        let stdout = Stream::new(child.stdout.take().expect("piped"));
        let stderr = Stream::new(child.stderr.take().expect("piped"));
        Self { name, child, stdout, stderr }
    }

    /// Runs a process to its end with `input` as its standard input.
    pub fn run(command: &mut Command, input: &[u8]) -> Output {
        let mut process = Self::spawn(command);
        let mut stdin = process.stdin();
        thread::scope(|scope| {
            // A process may end without having read everything.
            scope.spawn(move || stdin.write_all(input));
            process.wait()
        })
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input. Ends when dropped.
    pub fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().expect("standard input is taken once")
    }

    /// The next line that it prints, without the end of the line.
    pub fn line(&mut self) -> String {
        match self
            .stdout
            .take(|waiting| waiting.iter().position(|&byte| byte == b'\n').map(|end| end + 1))
        {
            Ok(line) => String::from_utf8_lossy(&line).trim_end().to_owned(),
            Err(end) => self.give_up(format_args!("no line: {end}")),
        }
    }

    /// The next `length` bytes that it prints.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        match self.stdout.take(|waiting| (waiting.len() >= length).then_some(length)) {
            Ok(bytes) => bytes,
            Err(end) => self.give_up(format_args!("not {length} bytes: {end}")),
        }
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Output {
        let (Some(stdout), Some(stderr)) = (self.stdout.rest(), self.stderr.rest()) else {
            self.give_up("does not end");
        };
        // Without its output streams it has nothing left to do.
        let status = self.child.wait().expect("a child of this process");
        Output { status, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() }
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("a child of this process").is_none()
    }

    /// Ends it, and the test with it.
    pub fn give_up(&mut self, why: impl Display) -> ! {
        // It may have ended by itself.
        let _ = self.child.kill();
        let stderr = self.stderr.rest().unwrap_or_default();
        panic!("{}: {why}: {}", self.name, String::from_utf8_lossy(&stderr))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process prints, read as it comes: no process waits for its output to be read, unless
/// it prints megabytes.
#[derive(Debug)]
struct Stream {
    chunks: Receiver<Vec<u8>>,
    waiting: Vec<u8>,
}

/// Why a stream has no more to give.
#[derive(Debug, thiserror::Error)]
enum StreamEnd {
    #[error("output ended")]
    Ended,
    #[error("nothing for {DEADLINE:?}")]
    Silent,
}

impl Stream {
    fn new(mut stream: impl Read + Send + 'static) -> Self {
        let (sender, chunks) = mpsc::sync_channel(256);
        thread::spawn(move || {
            loop {
                let mut chunk = vec![0; 64 * 1024];
                match stream.read(&mut chunk) {
                    Ok(n @ 1..) => chunk.truncate(n),
                    _ => return,
                }
                if sender.send(chunk).is_err() {
                    return;
                }
            }
        });
        Self { chunks, waiting: Vec::new() }
    }

    /// As many bytes as `enough` finds to be there.
    fn take(&mut self, enough: impl Fn(&[u8]) -> Option<usize>) -> Result<Vec<u8>, StreamEnd> {
        loop {
            if let Some(n) = enough(&self.waiting) {
                return Ok(self.waiting.drain(..n).collect());
            }
            let chunk = self.chunks.recv_timeout(DEADLINE).map_err(|error| match error {
                RecvTimeoutError::Disconnected => StreamEnd::Ended,
                RecvTimeoutError::Timeout => StreamEnd::Silent,
            })?;
            self.waiting.extend(chunk);
        }
    }

    /// Everything until the stream ends; `None` if it does not.
    fn rest(&mut self) -> Option<Vec<u8>> {
        match self.take(|_| None) {
            Err(StreamEnd::Ended) => Some(std::mem::take(&mut self.waiting)),
            _ => None,
        }
    }
}
