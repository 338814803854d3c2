//! Who there is.

use core::time::Duration;
use std::sync::Arc;

use tls_object::boring::BoringSsl;
use tls_object::openssl::OpenSsl;
use tls_object::rustls::Rustls;

#[cfg(feature = "rivals")]
use super::rivals;
use super::{Outcome, Stack, Work, count, run, time};
use crate::Setup;
use crate::obj::{Named, Static};

/// One library, driven one way, with its contexts ready.
#[allow(missing_debug_implementations)] // closures have none
pub struct Entrant {
    /// The library, such as `rustls`.
    pub library: &'static str,
    /// How it is driven, such as `obj` or `tokio-rustls`.
    pub driver: &'static str,
    run: Box<dyn Fn(Work, usize) -> Outcome>,
    time: Box<dyn Fn(Work) -> Duration>,
    count: Box<dyn Fn(Work, usize)>,
}

impl Entrant {
    /// Everyone there is, by library and driver, those of one library one after another.
    pub const ALL: &[(&str, &str)] = &[
        ("rustls", "obj"),
        ("rustls", "dyn"),
        #[cfg(feature = "rivals")]
        ("rustls", "tokio-rustls"),
        ("openssl", "obj"),
        ("openssl", "dyn"),
        #[cfg(feature = "rivals")]
        ("openssl", "tokio-openssl"),
        ("boring", "obj"),
        ("boring", "dyn"),
        #[cfg(feature = "rivals")]
        ("boring", "tokio-boring"),
        #[cfg(feature = "rivals")]
        ("native-tls", "tokio-native-tls"),
        #[cfg(feature = "rivals")]
        ("s2n", "s2n-tls-tokio"),
    ];

    /// Makes the contexts of one of [`ALL`](Self::ALL); `None` if there is no such driver of that library.
    pub fn new(library: &str, driver: &str, setup: &Setup) -> Option<Self> {
        let &(library, driver) = Self::ALL.iter().find(|it| **it == (library, driver))?;
        Some(match (library, driver) {
            ("rustls", "obj") => {
                Self::with(library, driver, Static::new(&Rustls::AWS_LC_RS, setup))
            }
            ("openssl", "obj") => Self::with(library, driver, Static::new(&OpenSsl, setup)),
            ("boring", "obj") => Self::with(library, driver, Static::new(&BoringSsl, setup)),
            (_, "dyn") => Self::with(library, driver, Named::new(library, setup)),
            #[cfg(feature = "rivals")]
            ("rustls", _) => Self::with(library, driver, rivals::rustls::Rustls::new(setup)),
            #[cfg(feature = "rivals")]
            ("openssl", _) => Self::with(library, driver, rivals::openssl::OpenSsl::new(setup)),
            #[cfg(feature = "rivals")]
            ("boring", _) => Self::with(library, driver, rivals::boring::BoringSsl::new(setup)),
            #[cfg(feature = "rivals")]
            ("native-tls", _) => {
                Self::with(library, driver, rivals::native_tls::NativeTls::new(setup))
            }
            #[cfg(feature = "rivals")]
            ("s2n", _) => Self::with(library, driver, rivals::s2n::S2n::new(setup)),
            _ => return None,
        })
    }

    fn with(library: &'static str, driver: &'static str, stack: impl Stack) -> Self {
        let stack = Arc::new(stack);
        let (timed, counted) = (Arc::clone(&stack), Arc::clone(&stack));
        Self {
            library,
            driver,
            run: Box::new(move |work, connections| run(&stack, work, connections)),
            time: Box::new(move |work| time(&timed, work)),
            count: Box::new(move |work, n| count(&counted, work, n)),
        }
    }

    /// See [`run`](fn@run).
    ///
    /// # Panics
    /// If anything goes wrong.
    pub fn run(&self, work: Work, connections: usize) -> Outcome {
        (self.run)(work, connections)
    }

    /// See [`time`](fn@time).
    ///
    /// # Panics
    /// If anything goes wrong.
    pub fn time(&self, work: Work) -> Duration {
        (self.time)(work)
    }

    /// See [`count`](fn@count).
    ///
    /// # Panics
    /// If anything goes wrong.
    pub fn count(&self, work: Work, n: usize) {
        (self.count)(work, n);
    }
}
