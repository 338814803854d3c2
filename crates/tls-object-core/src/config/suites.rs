//! Which cipher suites a configuration comes to on one backend.

use crate::{Capabilities, CipherString, CipherSuite, Config, Error, ProtocolVersion};

/// Which cipher suites a configuration comes to on one backend, the best first. `None` is the backend's own
/// default; a list is empty where the version it is for is not spoken.
#[non_exhaustive]
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Suites {
    /// Those of TLS 1.3.
    pub tls13: Option<Vec<CipherSuite>>,
    /// Those of TLS 1.2.
    pub tls12: Option<Vec<CipherSuite>>,
    /// The security level; `None` for the library's own.
    pub security_level: Option<u8>,
}

impl Config {
    /// What the suites by name, the cipher string and the security level come to on a backend that can do this.
    /// What the backend lacks is left out.
    ///
    /// # Errors
    /// Those of [`CipherString::parse`]; none for a configuration that has passed the check.
    pub fn suites(&self, capabilities: &Capabilities) -> Result<Suites, Error> {
        let mut suites = Suites { security_level: self.security_level, ..Suites::default() };
        if let Some(named) = self.cipher_suites.values() {
            let available = |suite: &CipherSuite| capabilities.cipher_suites.contains(suite);
            let (tls13, tls12): (Vec<_>, Vec<_>) = named
                .iter()
                .copied()
                .filter(available)
                .partition(|suite| suite.version() == ProtocolVersion::TLS13);
            (suites.tls13, suites.tls12) = (Some(tls13), Some(tls12));
        }
        if let Some(text) = &self.cipher_string {
            let read = self.read_cipher_string(text, capabilities)?;
            suites.tls12 = Some(read.suites().to_vec());
            suites.security_level = self.security_level.or_else(|| read.security_level());
        }
        Ok(suites)
    }

    /// What a cipher string selects from the suites that a backend has. Those with a pre-shared key are there only where
    /// there may be one.
    ///
    /// # Errors
    /// Those of [`CipherString::parse`].
    pub(crate) fn read_cipher_string(
        &self,
        text: &str,
        capabilities: &Capabilities,
    ) -> Result<CipherString, Error> {
        let mut available = capabilities.cipher_suites.clone();
        available.retain(|suite| self.has_psk() || !suite.is_psk());
        CipherString::parse(text, &available, capabilities.cipher_rules)
    }
}
