//! Code of the application that rustls calls back.

use tls_object_core::{Hook, KeyLog};

/// A key log as rustls wants it.
#[derive(Debug)]
pub(crate) struct Keys(pub(crate) Hook<dyn KeyLog>);

impl rustls::KeyLog for Keys {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.0.log(label, client_random, secret);
    }

    /// A server of rustls derives the secret of early data whenever it resumes. None is sent here, and no
    /// other library tells a secret of nothing.
    fn will_log(&self, label: &str) -> bool {
        label != "CLIENT_EARLY_TRAFFIC_SECRET"
    }
}
