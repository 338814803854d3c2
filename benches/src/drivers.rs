//! Drivers by name.

use tls_object::boring::BoringSsl;
use tls_object::openssl::OpenSsl;
use tls_object::rustls::Rustls;

use crate::obj::{Named, Static};
use crate::setup::Setup;
use crate::stopwatch::{Timed, Work};
use crate::{Case, Driver, raw};

/// The names of the drivers that do the same work on the same library.
pub const DRIVERS: [&str; 3] = ["raw", "obj", "dyn"];

/// The names of the libraries.
pub const LIBRARIES: [&str; 3] = ["rustls", "openssl", "boring"];

/// Something to be done with a driver, whichever it is.
pub trait Visit {
    /// What it comes to.
    type Output;

    /// Does it. Each call of `make` makes the contexts of both ends anew.
    fn visit<D: Driver + Clone + Send + 'static>(self, make: impl FnMut() -> D) -> Self::Output;
}

/// Does it with the driver of this name on the library of that; `None` if there is no such driver.
pub fn visit<V: Visit>(driver: &str, library: &str, setup: &Setup, it: V) -> Option<V::Output> {
    Some(match (driver, library) {
        ("raw", "rustls") => it.visit(|| raw::rustls::Rustls::new(setup)),
        ("raw", "openssl") => it.visit(|| raw::openssl::OpenSsl::new(setup)),
        ("raw", "boring") => it.visit(|| raw::boring::BoringSsl::new(setup)),
        ("raw", "native-tls") => it.visit(|| raw::native_tls::NativeTls::new(setup)),
        ("obj", "rustls") => it.visit(|| Static::new(&Rustls::AWS_LC_RS, setup)),
        ("obj", "openssl") => it.visit(|| Static::new(&OpenSsl, setup)),
        ("obj", "boring") => it.visit(|| Static::new(&BoringSsl, setup)),
        ("dyn", _) if LIBRARIES.contains(&library) => it.visit(|| Named::new(library, setup)),
        _ => return None,
    })
}

/// Makes the [`Work`] of a case.
#[derive(Clone, Copy, Debug)]
pub struct Begin(pub Case);

impl Visit for Begin {
    type Output = Box<dyn Timed>;

    fn visit<D: Driver + Clone + Send + 'static>(
        self,
        mut make: impl FnMut() -> D,
    ) -> Box<dyn Timed> {
        Box::new(Work::new(self.0.workload, self.0.terms, make()))
    }
}
