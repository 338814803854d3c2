//! How much memory a connection holds, held to its limits.

use super::limits::{AFTER_BULK, IDLE, IDLE_OPENSSL};
use super::programs::Sample;
use super::rows::{LIBRARIES, Limit, Row};

/// Lays the stages of a connection's life side by side.
pub(super) fn rows(samples: &[Sample]) -> Vec<Row> {
    let mut rows = Vec::new();
    for library in LIBRARIES {
        let value = |id: &str, driver: &str| {
            let is_it =
                |it: &&Sample| (&*it.id, &*it.library, &*it.driver) == (id, library, driver);
            samples.iter().find(is_it).map(|it| it.value)
        };
        let mut row = |case: &str, what, base: Option<f64>, measured: Option<f64>, limit| {
            if let (Some(base), Some(measured)) = (base, measured) {
                let (case, library) = (case.to_owned(), library.to_owned());
                rows.push(Row { case, what, library, base, measured, limit });
            }
        };
        for (case, limit) in [
            ("mem/new", Limit::None),
            ("mem/handshaken", Limit::None),
            ("mem/idle", Limit::Plus(IDLE)),
        ] {
            row(case, "bytes an end, obj / raw", value(case, "raw"), value(case, "obj"), limit);
        }
        let idle = value("mem/idle", "obj");
        if library == "openssl" {
            let limit = Limit::Times(1.0);
            row("mem/idle", "bytes an end, obj / 19 KiB", Some(IDLE_OPENSSL), idle, limit);
        }
        let case = "mem/after-16m";
        let limit = Limit::Plus(AFTER_BULK);
        row(case, "bytes an end, as when idle", idle, value(case, "obj"), limit);
    }
    rows
}
