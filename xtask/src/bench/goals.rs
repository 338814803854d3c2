//! What the figures beside others shall come to. Times are never a test: this is told, and no more.

use super::programs::Sample;
use super::rows::{amount, columns};

/// A figure of `obj` beside another driver's.
struct Goal {
    id: &'static str,
    library: &'static str,
    other: &'static str,
    wanted: Wanted,
    /// Why it is not met, where that is known.
    unless: &'static str,
}

#[derive(Clone, Copy)]
enum Wanted {
    /// At least so many times the other's.
    AtLeast(f64),
    /// At most so many times the other's.
    AtMost(f64),
}

const fn goal(
    id: &'static str,
    library: &'static str,
    other: &'static str,
    wanted: Wanted,
    unless: &'static str,
) -> Goal {
    Goal { id, library, other, wanted, unless }
}

const NOISE: &str =
    "Not explained: a time of one run, which what else the machine does moves by a tenth.";
const WAITING: &str = "Here each end waits for the other, on processors that are not theirs alone; runs differ by a \
                       fifth. What the work itself takes is told by `tcp/alone`.";
const PLACES: &str = "By where buffers lie: glibc copies with `rep movsb`, which made rustls' own copy of each record's \
                      plaintext (`take_received_plaintext`) a quarter of all time in one profile and a fortieth in \
                      another. The goal without `rep movsb` stands below.";
const ALONE: &str = "By copies: each byte goes through two memory BIOs, into rustls' own buffer on one side and out of its \
                     queue of records on the other, where tokio-rustls lets rustls read from and write to the socket. In a \
                     profile by callgrind `memcpy` is 97 % of the instructions that `tcp/bulk/1m` takes more. Fewer system \
                     calls pay for it to within a run's noise: three runs gave 1.01, 1.05 and 0.98.";
const CIPHER: &str = "The system's OpenSSL 3.0 encrypts and decrypts at about 3.3 GiB/s each, so 1,690 MiB/s both ways \
                      if nothing else cost anything, which is less than twice what Python does.";

/// How the figures of a run without `rep movsb` are told from others.
pub(super) const SMOOTH: &str = "without rep movsb";

const GOALS: &[Goal] = &[
    goal("late/64m", "rustls", "raw", Wanted::AtLeast(0.85), NOISE),
    goal("late/64m", "openssl", "raw", Wanted::AtLeast(0.85), NOISE),
    goal("late/64m", "boring", "raw", Wanted::AtLeast(0.85), NOISE),
    goal("tcp/alone/bulk", "rustls", "tokio-rustls", Wanted::AtLeast(1.0), PLACES),
    goal(BULK_SMOOTH, "rustls", "tokio-rustls", Wanted::AtLeast(1.0), ALONE),
    goal("tcp/alone/echo", "rustls", "tokio-rustls", Wanted::AtLeast(1.0), ALONE),
    goal("tcp/alone/bulk", "openssl", "tokio-openssl", Wanted::AtLeast(1.0), ALONE),
    goal("tcp/alone/echo", "openssl", "tokio-openssl", Wanted::AtLeast(1.0), ALONE),
    goal("tcp/alone/bulk", "boring", "tokio-boring", Wanted::AtLeast(1.0), ALONE),
    goal("tcp/alone/echo", "boring", "tokio-boring", Wanted::AtLeast(1.0), ALONE),
    goal(RECEIVED, "rustls", "tokio-rustls", Wanted::AtMost(0.5), ""),
    goal("tcp/bulk/1", "rustls", "tokio-rustls", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/bulk/64", "rustls", "tokio-rustls", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/echo/1", "rustls", "tokio-rustls", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/echo/64", "rustls", "tokio-rustls", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/bulk/1", "openssl", "tokio-openssl", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/bulk/64", "openssl", "tokio-openssl", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/echo/1", "openssl", "tokio-openssl", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/echo/64", "openssl", "tokio-openssl", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/bulk/1", "boring", "tokio-boring", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/bulk/64", "boring", "tokio-boring", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/echo/1", "boring", "tokio-boring", Wanted::AtLeast(1.0), WAITING),
    goal("tcp/echo/64", "boring", "tokio-boring", Wanted::AtLeast(1.0), WAITING),
    goal("bulk/64k", "openssl", "python", Wanted::AtLeast(1.1), NOISE),
    goal("bulk/16m", "openssl", "python", Wanted::AtLeast(2.0), CIPHER),
    goal("echo/64", "openssl", "python", Wanted::AtLeast(1.5), NOISE),
];

const BULK_SMOOTH: &str = "tcp/alone/bulk without rep movsb";

/// How often the receiving end asks the system for bytes.
const RECEIVED: &str = "tcp/bulk/1/recv-calls-per-MiB";

const HEAD: [&str; 7] = ["case", "library", "obj", "beside", "ratio", "wanted", "verdict"];

/// The goals as a table in Markdown, and why some are not met.
pub(super) fn table(samples: &[Sample]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    let mut reasons = String::new();
    for goal in GOALS {
        let value = |driver: &str| {
            let is_it = |it: &&Sample| {
                (&*it.id, &*it.library, &*it.driver) == (goal.id, goal.library, driver)
            };
            samples.iter().find(is_it).map(|it| it.value)
        };
        let (Some(obj), Some(other)) = (value("obj"), value(goal.other)) else { continue };
        let ratio = obj / other;
        let (met, wanted) = match goal.wanted {
            Wanted::AtLeast(limit) => (ratio >= limit, format!(">= {limit:.2}")),
            Wanted::AtMost(limit) => (ratio <= limit, format!("<= {limit:.2}")),
        };
        if !met {
            let (id, library, unless) = (goal.id, goal.library, goal.unless);
            reasons.push_str(&format!("* {id}, {library}: {ratio:.2}. {unless}\n"));
        }
        lines.push([
            goal.id.to_owned(),
            goal.library.to_owned(),
            amount(obj),
            format!("{} {}", goal.other, amount(other)),
            format!("{ratio:.2}"),
            wanted,
            if met { "met" } else { "not met" }.to_owned(),
        ]);
    }
    let table = columns(&lines, 2..=5);
    if reasons.is_empty() { table } else { format!("{table}\n{reasons}") }
}
