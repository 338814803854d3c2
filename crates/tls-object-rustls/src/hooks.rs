//! Code of the application that rustls calls back.

use std::sync::Arc;

use tls_object_core::{Config, Hook, KeyLog, Side};

/// A key log as rustls wants it.
#[derive(Debug)]
pub(crate) struct Keys {
    key_log: Hook<dyn KeyLog>,
    early_data: bool,
}

impl Keys {
    /// The key log of a configuration, if it has one.
    pub(crate) fn of(config: &Config) -> Option<Arc<Self>> {
        let key_log = config.key_log.clone()?;
        let early_data = config.side == Side::Client || config.max_early_data > 0;
        Some(Arc::new(Self { key_log, early_data }))
    }
}

impl rustls::KeyLog for Keys {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.key_log.log(label, client_random, secret);
    }

    /// A server of rustls derives the secret of early data whenever it resumes, also where it takes none. No
    /// other library tells a secret of nothing.
    fn will_log(&self, label: &str) -> bool {
        self.early_data || label != "CLIENT_EARLY_TRAFFIC_SECRET"
    }
}
